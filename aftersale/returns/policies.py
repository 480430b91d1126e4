"""Which policy decides an order: the one of the day it was placed, or a newer one that is kinder."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from django.db.models import QuerySet

from aftersale.base.errors import NotYours
from aftersale.base.ports import Ports
from aftersale.policy import Policy
from aftersale.policy.policy import translations_beside
from aftersale.returns.correcting import told_as_shipped
from aftersale.returns.models import PolicyVersion

_HASH = re.compile(r"[0-9a-f]{8,64}")


def publish_policy(*, ports: Ports, path: Path) -> PolicyVersion:
    """Keep the document at `path` as a version, once; PolicyError when it cannot be read.

    A newer release may tell the same document in better words: they are taken over.
    """
    policy, translations = Policy.load(path), translations_beside(path)
    version, is_new = PolicyVersion.objects.get_or_create(
        hash=policy.hash,
        defaults={
            "name": path.name,
            "text": policy.text,
            "translations": translations,
            "in_force_from": policy.in_force_from,
            "published_at": ports.clock.now(),
        },
    )
    if not is_new and version.translations != translations:
        told_as_shipped(ports=ports, version=version, translations=translations)
        version.refresh_from_db()
    return version


def version_for(ordered_on: date) -> PolicyVersion:
    """The version in force on `ordered_on`; the oldest one for orders from before there was any."""
    in_force = (
        PolicyVersion.objects.filter(in_force_from__lte=ordered_on).order_by("in_force_from", "pk").last()
    )
    version = in_force or PolicyVersion.objects.order_by("in_force_from", "pk").first()
    assert version is not None, "no policy is published: `aftersale serve` and `aftersale worker` publish one"
    return version


def versions() -> QuerySet[PolicyVersion]:
    """Every version, in the order in which they come into force."""
    return PolicyVersion.objects.order_by("in_force_from", "pk")


def version_named(named: str) -> PolicyVersion | None:
    """The version whose hash begins with `named`, at least 8 signs of it; None when there is none."""
    if not _HASH.fullmatch(named):
        return None
    return versions().filter(hash__startswith=named).last()


def version_found(named: str) -> PolicyVersion:
    """The same. Raises NotYours where there is none."""
    version = version_named(named)
    if version is None:
        raise NotYours(f"there is no version {named}")
    return version


def version_before(version: PolicyVersion) -> PolicyVersion:
    """The version that came into force before this one; itself where it is the first."""
    rows = list(versions())
    return rows[max(rows.index(version) - 1, 0)]


def newer_versions(version: PolicyVersion, on: date) -> list[PolicyVersion]:
    """The versions that came into force after `version` and are or were in force on `on`, oldest first."""
    newer = PolicyVersion.objects.filter(in_force_from__gt=version.in_force_from, in_force_from__lte=on)
    return list(newer.order_by("in_force_from", "pk"))


@dataclass(frozen=True, slots=True)
class Span:
    """A version in its place in time: `until` is its last day, None while none follows."""

    version: PolicyVersion
    until: date | None
    state: str  # coming, in_force or over

    @property
    def title(self) -> str:
        return policy_of(self.version).title


def spans(today: date) -> list[Span]:
    """Every version in its place, in the order in which they come into force."""
    rows = list(versions().select_related("published_by"))
    found = []
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        until = following.in_force_from - timedelta(days=1) if following else None
        is_over = until is not None and until < max(today, row.in_force_from)
        state = "coming" if row.in_force_from > today else "over" if is_over else "in_force"
        found.append(Span(row, until, state))
    return found


def span_of(version: PolicyVersion, today: date) -> Span:
    """One version in its place."""
    return next(span for span in spans(today) if span.version == version)


def policy_of(version: PolicyVersion) -> Policy:
    """The parsed document of a version."""
    translations = tuple(sorted(version.translations.items()))
    return _parsed(version.hash, version.name, version.text, translations)


@lru_cache(maxsize=64)
def _parsed(policy_hash: str, name: str, text: str, translations: tuple[tuple[str, str], ...]) -> Policy:
    policy = Policy.parse(text, name, dict(translations))
    assert policy.hash == policy_hash, f"the stored policy {policy_hash[:8]} reads as {policy.hash[:8]}"
    return policy
