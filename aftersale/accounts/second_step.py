"""The second step of signing in: an authenticator's code or a passkey, and recovery codes beside them."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction

from aftersale.accounts.models import User
from aftersale.accounts.queries import person_called

_SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_second_step(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user, type__in=_SECOND).exists())


def lacks_second_step(user: User) -> bool:
    """Whether STAFF_SECOND_FACTOR asks this person for one that is not there yet."""
    return settings.STAFF_SECOND_FACTOR and user.is_staff and not has_second_step(user)


@transaction.atomic
def forget_second_step(*, person: str) -> User:
    """For one who lost the phone and the recovery codes too, by the operator. Raises NotYours."""
    user = User.objects.select_for_update().get(pk=person_called(person).pk)
    Authenticator.objects.filter(user=user).delete()
    return user


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey as its owner named it."""

    pk: int
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class SecondSteps:
    """What stands beside the first step of somebody's signing in."""

    has_app: bool
    passkeys: list[Passkey]
    codes_left: int

    @property
    def is_on(self) -> bool:
        return self.has_app or bool(self.passkeys)


def second_steps_of(user: User) -> SecondSteps:
    rows = list(Authenticator.objects.filter(user=user).order_by("pk"))
    codes = [row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES]
    return SecondSteps(
        has_app=any(row.type == Authenticator.Type.TOTP for row in rows),
        passkeys=[
            Passkey(row.pk, row.wrap().name, row.created_at, row.last_used_at)
            for row in rows
            if row.type == Authenticator.Type.WEBAUTHN
        ],
        codes_left=sum(len(row.wrap().get_unused_codes()) for row in codes),
    )
