"""People and machines get a way in, and lose it again."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from aftersale.accounts.models import ApiKey, Supplier, User
from aftersale.accounts.services import (
    AccountRefused,
    add_person,
    key_of,
    make_api_key,
    revoke_api_key,
    set_fresh_password,
)
from aftersale.base.errors import BadInput, NotYours
from aftersale.base.ports import FixedClock, Ports, RandomIds


@pytest.fixture
def ports(db):
    return Ports(clock=FixedClock(datetime(2026, 6, 1, tzinfo=UTC)), ids=RandomIds(Random(7)))


@pytest.fixture
def mia(ports):
    return add_person(ports=ports, email="Mia@Example.com ", name="Mia", role="agent")


def a_key(ports, user, *, scopes=("read", "refunds"), days=30):
    expires_at = ports.clock.now() + timedelta(days=days)
    return make_api_key(ports=ports, user=user, name="shop", scopes=scopes, expires_at=expires_at)


def test_mia_signs_in_with_the_password_told_once(ports, mia):
    assert (mia.email, mia.is_staff, mia.has_usable_password()) == ("mia@example.com", True, False)
    _, password = set_fresh_password(ports=ports, person="MIA@example.com")
    mia.refresh_from_db()
    assert mia.check_password(password)
    _, second = set_fresh_password(ports=ports, person="mia@example.com")
    mia.refresh_from_db()
    assert mia.check_password(second)
    assert not mia.check_password(password)


def test_a_customer_is_found_by_the_marketplace_s_code(ports):
    bob = User.objects.create_user("b@customers.invalid", name="Bob", customer_code="B-7")
    assert set_fresh_password(ports=ports, person="B-7")[0] == bob


def test_nobody_gets_no_password(ports):
    with pytest.raises(NotYours):
        set_fresh_password(ports=ports, person="nobody@example.com")


def test_one_e_mail_is_one_person(ports, mia):
    with pytest.raises(AccountRefused):
        add_person(ports=ports, email="mia@example.com", name="Another", role="agent")
    assert User.objects.get() == mia


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"role": "king"}, "role"),
        ({"email": "no mail"}, "email"),
        ({"name": " "}, "name"),
        ({"role": "supplier"}, "supplier"),
        ({"role": "supplier", "supplier": "GONE"}, "supplier"),
        ({"supplier": "LI"}, "supplier"),
        ({"password": "short"}, "password"),
    ],
)
def test_what_cannot_be_is_named(ports, given, field):
    Supplier.objects.create(code="LI", name="Li", country="CN")
    words = {"email": "x@example.com", "name": "X", "role": "agent", **given}
    with pytest.raises(BadInput) as refused:
        add_person(ports=ports, **words)
    assert refused.value.field == field
    assert not User.objects.exists()


def test_a_supplier_s_person_works_for_the_supplier(ports):
    li = Supplier.objects.create(code="LI", name="Li", country="CN")
    person = add_person(ports=ports, email="li@example.com", name="Li", role="supplier", supplier="LI")
    assert person.supplier == li


def test_a_key_is_known_by_its_secret_only(ports, mia):
    key, secret = a_key(ports, mia)
    assert key_of(secret, now=ports.clock.now()) == key
    assert key.scopes == "read refunds"
    assert secret.rpartition("_")[2] not in str(ApiKey.objects.values().get())
    assert key_of(secret[:-1] + ("0" if secret[-1] != "0" else "1"), now=ports.clock.now()) is None
    for wrong in ("", "ak_", key.prefix, "x" * 70, secret.upper()):
        assert key_of(wrong, now=ports.clock.now()) is None


def test_a_key_ends_with_its_last_moment(ports, mia):
    key, secret = a_key(ports, mia)
    assert key_of(secret, now=key.expires_at - timedelta(seconds=1)) == key
    assert key_of(secret, now=key.expires_at) is None


def test_a_revoked_key_is_dead_and_stays_so(ports, mia):
    key, secret = a_key(ports, mia)
    revoked = revoke_api_key(ports=ports, prefix=key.prefix).revoked_at
    ports.clock.move(days=1)
    assert revoke_api_key(ports=ports, prefix=key.prefix).revoked_at == revoked
    assert key_of(secret, now=ports.clock.now()) is None
    with pytest.raises(NotYours):
        revoke_api_key(ports=ports, prefix="gone")


def test_a_key_of_someone_who_left_is_dead(ports, mia):
    _, secret = a_key(ports, mia)
    User.objects.update(is_active=False)
    assert key_of(secret, now=ports.clock.now()) is None


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"days": 366}, "expires_at"),
        ({"days": 0}, "expires_at"),
        ({"scopes": ()}, "scopes"),
        ({"scopes": ("all",)}, "scopes"),
    ],
)
def test_no_key_lives_for_ever_or_may_do_anything(ports, mia, given, field):
    with pytest.raises(BadInput) as refused:
        a_key(ports, mia, **given)
    assert refused.value.field == field
    assert not ApiKey.objects.exists()
