"""Verbs about people and machines: bring them in, give them a way to sign in, take it away again."""

import hashlib
import hmac
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import batched

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from aftersale.accounts.models import ApiKey, Role, Supplier, User
from aftersale.accounts.queries import person_called
from aftersale.base.card_numbers import scrub
from aftersale.base.errors import BadInput, NotYours, Refused
from aftersale.base.ports import Ports
from aftersale.base.private import keyed_hash
from aftersale.base.texts import clean_text

SCOPES = ("read", "returns", "refunds", "cards", "account", "policy", "threads")
LONGEST_KEY = timedelta(days=365)
_KEY_FORM = re.compile(r"ak_([0-9a-z]{8})_([0-9a-z]{53})")


class AccountRefused(Refused):
    """This person or key cannot be made so."""

    code = "account_refused"


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer as the marketplace's records name one; without an e-mail the sign-in is generated."""

    code: str
    name: str
    email: str | None = None
    language: str = "en"


def add_customers(*, ports: Ports, customers: Sequence[NewCustomer]) -> list[User]:
    """Add customers nobody knows yet, within the caller's transaction. None of them has a password."""
    addresses = _addresses(customers)
    return User.objects.bulk_create(
        [
            User(
                email=addresses[customer.code],
                reads_mail=customer.email is not None,
                name=scrub(customer.name).text,
                language=customer.language,
                role=Role.CUSTOMER,
                customer_code=customer.code,
                password=make_password(None),
                joined_at=ports.clock.now(),
            )
            for customer in customers
        ],
        batch_size=500,
    )


def _addresses(customers: Sequence[NewCustomer]) -> dict[str, str]:
    """What each customer signs in with, by code: the e-mail, or a made-up address that no server takes."""
    found = {one.code: one.email or f"{_readable(one.code)}@customers.invalid" for one in customers}
    used = Counter(found.values())
    for some in batched(list(found.values()), 500, strict=False):
        used.update(User.objects.filter(email__in=some).values_list("email", flat=True))
    for one in customers:
        # Two codes that look alike in small letters must not share an address.
        if one.email is None and used[found[one.code]] > 1:
            mark = hashlib.sha256(one.code.encode()).hexdigest()[:12]
            found[one.code] = f"{_readable(one.code)}-{mark}@customers.invalid"
    return found


def _readable(code: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", code.lower()).strip("-")[:48] or "customer"


@transaction.atomic
def add_person(
    *, ports: Ports, email: str, name: str, role: str, supplier: str = "", password: str | None = None
) -> User:
    """Add one who signs in with `password` or a mailed code. Raises BadInput and AccountRefused."""
    email = email.strip().lower()
    if role not in Role.values:
        raise BadInput("role", role, f"one of {', '.join(Role.values)}")
    try:
        validate_email(email)
    except ValidationError:
        raise BadInput("email", email, "an e-mail address") from None
    name = clean_text(
        name, field="name", longest=200, accepted="the person's name, of at most 200 characters"
    )
    if User.objects.filter(email=email).exists():
        raise AccountRefused(f"{email} can sign in already.")
    if password is not None:
        _check_password(password)
    return User.objects.create_user(
        email,
        password,
        name=name,
        role=role,
        supplier=_supplier_of(role, supplier),
        joined_at=ports.clock.now(),
    )


def _supplier_of(role: str, code: str) -> Supplier | None:
    if role != Role.SUPPLIER:
        if code:
            raise BadInput("supplier", code, "nothing, but for the role supplier")
        return None
    found = Supplier.objects.filter(code=code).first()
    if found is None:
        raise BadInput("supplier", code, "the code of a supplier that was imported")
    return found


def _check_password(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        raise BadInput("password", "…", " ".join(error.messages)) from None


@transaction.atomic
def set_fresh_password(*, ports: Ports, person: str) -> tuple[User, str]:
    """A new password for the one with this e-mail or customer code, to be told once. Raises NotYours."""
    user = User.objects.select_for_update().get(pk=person_called(person).pk)
    password = ports.ids.key()
    user.set_password(password)
    user.save(update_fields=["password"])
    return user, password


@transaction.atomic
def set_language(*, person: User, language: str) -> User:
    """The language in which this person is written to. Raises BadInput."""
    person.language = checked_language(language)
    person.save(update_fields=["language"])
    return person


def checked_language(given: str) -> str:
    """One of the site's languages. Raises BadInput."""
    spoken = [code for code, _name in settings.LANGUAGES]
    if given not in spoken:
        raise BadInput("language", given, f"one of {', '.join(spoken)}")
    return given


@transaction.atomic
def set_birthdate(*, person: str, birthdate: date | None) -> User:
    """Keep a keyed hash of the birthdate of the one with this e-mail or code; None forgets it."""
    user = User.objects.select_for_update().get(pk=person_called(person).pk)
    user.birthdate_hash = _birthdate_hash(user, birthdate.isoformat()) if birthdate else ""
    user.save(update_fields=["birthdate_hash"])
    return user


def is_birthdate_of(user: User, given: str) -> bool:
    """Whether `given`, such as 1990-05-17, is it. The work is the same where none is on file."""
    return hmac.compare_digest(user.birthdate_hash or "0" * 64, _birthdate_hash(user, given.strip()))


def _birthdate_hash(user: User, text: str) -> str:
    return keyed_hash("birthdate", f"{user.pk}:{text}")


@transaction.atomic
def make_api_key(
    *, ports: Ports, user: User, name: str, scopes: Sequence[str], expires_at: datetime
) -> tuple[ApiKey, str]:
    """A key for a machine that acts as `user`, and its secret, which is shown now and never again."""
    now = ports.clock.now()
    name = clean_text(name, field="name", longest=100, accepted="a text of 1 to 100 characters")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise BadInput("scopes", " ".join(scopes), f"some of {', '.join(SCOPES)}")
    if not now < expires_at <= now + LONGEST_KEY:
        raise BadInput("expires_at", expires_at, f"a moment within the next {LONGEST_KEY.days} days")
    # A key of the ids holds 130 random bits behind its letter: two of them are 256 bits and more.
    secret = ports.ids.key() + ports.ids.key()[1:]
    prefix = ports.ids.key()[1:9]
    key = ApiKey.objects.create(
        user=user,
        name=name,
        prefix=prefix,
        secret_hash=_hash(secret),
        scopes=" ".join(scope for scope in SCOPES if scope in scopes),
        created_at=now,
        expires_at=expires_at,
    )
    return key, f"ak_{prefix}_{secret}"


@transaction.atomic
def revoke_api_key(*, ports: Ports, prefix: str) -> ApiKey:
    """End a key now and for good; ending it twice changes nothing. Raises NotYours."""
    key = ApiKey.objects.select_for_update().filter(prefix=prefix).first()
    if key is None:
        raise NotYours(f"there is no key {prefix}")
    if key.revoked_at is None:
        key.revoked_at = ports.clock.now()
        key.save(update_fields=["revoked_at"])
    return key


def key_of(secret: str, *, now: datetime) -> ApiKey | None:
    """The living key with this secret; None for one that is unknown, expired or revoked."""
    form = _KEY_FORM.fullmatch(secret.strip())
    if form is None:
        return None
    key = ApiKey.objects.select_related("user").filter(prefix=form[1]).first()
    # A hash is compared for a prefix that does not exist, too: the answer takes as long.
    is_right = hmac.compare_digest(key.secret_hash if key else "0" * 64, _hash(form[2]))
    if key is None or not is_right or key.revoked_at is not None or key.expires_at <= now:
        return None
    return key if key.user.is_active else None


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
