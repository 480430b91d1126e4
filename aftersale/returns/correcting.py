"""Corrects the translations of a version: what it decides and its own text stay as they were published."""

from collections.abc import Mapping

from django.db import transaction

from aftersale.accounts.models import Role, User
from aftersale.base.ports import Ports
from aftersale.policy import DocumentError, Policy
from aftersale.returns.errors import Obstacle, PublishRefused
from aftersale.returns.models import PolicyCorrection, PolicyVersion


def correct_translations(
    *, ports: Ports, by: User, version: PolicyVersion, translations: Mapping[str, str]
) -> PolicyCorrection:
    """Tell a version in better words from now on; the words before are kept.

    A translation must still tell every clause and every number of the document, and none may be dropped.
    Raises PublishRefused with every reason; then nothing is written.
    """
    assert by.role == Role.POLICY_OWNER, "only a policy owner corrects"
    return _corrected(version, dict(translations), ports=ports, by=by)


@transaction.atomic
def told_as_shipped(*, ports: Ports, version: PolicyVersion, translations: Mapping[str, str]) -> None:
    """Take over the translations of a newer release, unless an owner of this desk has corrected them."""
    version = PolicyVersion.objects.select_for_update().get(pk=version.pk)
    told = {**version.translations, **translations}
    is_as_shipped = version.published_by_id is None and not version.corrections.exclude(made_by=None).exists()
    if is_as_shipped and told != version.translations:
        _corrected(version, told, ports=ports, by=None)


def version_told_as(text: str, translations: Mapping[str, str]) -> PolicyVersion | None:
    """The version that says exactly this text, where it is told in other words than these."""
    try:
        named = Policy.parse(text).hash
    except DocumentError:
        return None
    version = PolicyVersion.objects.filter(hash=named).first()
    return version if version and version.translations != dict(translations) else None


@transaction.atomic
def _corrected(
    version: PolicyVersion, translations: dict[str, str], *, ports: Ports, by: User | None
) -> PolicyCorrection:
    version = PolicyVersion.objects.select_for_update().get(pk=version.pk)
    before = version.translations
    if obstacles := list(_obstacles(version, translations)):
        raise PublishRefused(obstacles)
    version.translations = translations
    version.save(update_fields=["translations"])
    return PolicyCorrection.objects.create(
        version=version, before=before, after=translations, made_at=ports.clock.now(), made_by=by
    )


def _obstacles(version: PolicyVersion, translations: Mapping[str, str]) -> list[Obstacle]:
    """What stands against these words."""
    found = [
        Obstacle("language", f"its translation into `{language}` is missing")
        for language in version.translations
        if not translations.get(language, "").strip()
    ]
    if translations == version.translations:
        found.append(Obstacle("same", "it is told in these words already"))
    try:
        Policy.parse(version.text, version.name, dict(translations))
    except DocumentError as error:
        found.append(Obstacle("unreadable", str(error)))
    return found
