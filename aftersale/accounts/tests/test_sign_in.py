"""Counted tries, proofs and devices, by themselves."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from cryptography.fernet import InvalidToken

from aftersale.accounts.devices import browser_of, device_hash, forget_devices, known_device, recognise_device
from aftersale.accounts.models import KnownDevice, MailedProof, TryCount, User
from aftersale.accounts.proving import NotProven, TooManyProofs, forget_codes, mail_proof, prove
from aftersale.accounts.tries import Limit, give_back, network_of, take_try
from aftersale.base.models import Notification
from aftersale.base.ports import FixedClock, Ports, RandomIds
from aftersale.base.private import sealed, unsealed

THREE = [Limit("three", 3, timedelta(minutes=15))]


@pytest.fixture
def ports(db):
    return Ports(clock=FixedClock(datetime(2026, 6, 1, tzinfo=UTC)), ids=RandomIds(Random(7)))


@pytest.fixture
def ann(ports):
    return User.objects.create_user("ann@example.com", name="Ann")


def code_of_the_last_mail() -> str:
    return str(Notification.objects.filter(kind="proof-code").latest("pk").words["code"])


def test_the_fourth_of_three_tries_waits_for_the_stretch_to_end(ports):
    taken = [take_try(THREE, now=ports.clock.now()) for _ in range(4)]
    assert taken == [True, True, True, False]
    ports.clock.move(minutes=14)
    assert not take_try(THREE, now=ports.clock.now())
    ports.clock.move(minutes=2)
    assert take_try(THREE, now=ports.clock.now())
    assert TryCount.objects.get().used == 1


def test_a_refused_try_uses_up_nothing_of_the_wider_limits(ports):
    wide = Limit("wide", 100, timedelta(days=1))
    for _ in range(9):
        take_try([*THREE, wide], now=ports.clock.now())
    assert TryCount.objects.get(name=wide.name).used == 3


def test_a_right_try_is_given_back(ports):
    for _ in range(9):
        assert take_try(THREE, now=ports.clock.now())
        give_back(THREE)
    assert TryCount.objects.get().used == 0


def test_no_address_stands_in_the_counts(ports):
    take_try([Limit("password:203.0.113.9:ann@example.com", 5, timedelta(days=1))], now=ports.clock.now())
    assert "ann" not in str(TryCount.objects.values().get())


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::"),
    ],
)
def test_one_ipv6_line_counts_as_one(address, network):
    assert network_of(address) == network


def test_ann_proves_by_her_password_and_by_nothing_less(ports, ann):
    ann.set_password("a lamp in the window")
    ann.save()
    prove(ports=ports, user=ann, purpose="x", given="a lamp in the window")
    mail_proof(ports=ports, user=ann, purpose="x")
    with pytest.raises(NotProven):
        prove(ports=ports, user=ann, purpose="x", given=code_of_the_last_mail())


def test_a_mailed_code_proves_once_for_its_purpose_and_for_ten_minutes(ports, ann):
    mail_proof(ports=ports, user=ann, purpose="payout")
    code = code_of_the_last_mail()
    assert code not in str(MailedProof.objects.values().get())
    with pytest.raises(NotProven):
        prove(ports=ports, user=ann, purpose="security", given=code)
    prove(ports=ports, user=ann, purpose="payout", given=f" {code[:3]} {code[3:]} ")
    with pytest.raises(NotProven):
        prove(ports=ports, user=ann, purpose="payout", given=code)
    ports.clock.move(minutes=2)
    mail_proof(ports=ports, user=ann, purpose="payout")
    ports.clock.move(minutes=11)
    with pytest.raises(NotProven):
        prove(ports=ports, user=ann, purpose="payout", given=code_of_the_last_mail())


def test_five_wrong_proofs_and_the_right_one_waits(ports, ann):
    mail_proof(ports=ports, user=ann, purpose="x")
    for _ in range(5):
        with pytest.raises(NotProven):
            prove(ports=ports, user=ann, purpose="x", given="no")
    with pytest.raises(NotProven):
        prove(ports=ports, user=ann, purpose="x", given=code_of_the_last_mail())
    assert MailedProof.objects.get().used_at is None


def test_codes_are_mailed_a_minute_apart_and_ten_a_day(ports, ann):
    mail_proof(ports=ports, user=ann, purpose="x")
    with pytest.raises(TooManyProofs):
        mail_proof(ports=ports, user=ann, purpose="x")
    for _ in range(9):
        ports.clock.move(minutes=2)
        mail_proof(ports=ports, user=ann, purpose="x")
    ports.clock.move(minutes=2)
    with pytest.raises(TooManyProofs):
        mail_proof(ports=ports, user=ann, purpose="x")
    assert Notification.objects.filter(kind="proof-code").count() == 10


def test_a_code_leaves_its_mail_when_it_ends(ports, ann):
    mail_proof(ports=ports, user=ann, purpose="x")
    code = code_of_the_last_mail()
    ports.clock.move(minutes=9)
    assert forget_codes(ports=ports) == 0 and code_of_the_last_mail() == code
    ports.clock.move(minutes=1)
    assert forget_codes(ports=ports) == 1 and code_of_the_last_mail() == ""
    assert forget_codes(ports=ports) == 0
    ports.clock.move(days=31)
    forget_codes(ports=ports)
    assert not MailedProof.objects.exists()


def test_a_device_is_known_to_its_person_only(ports, ann):
    bob = User.objects.create_user("bob@example.com", name="Bob")
    assert recognise_device(ports=ports, user=ann, token="t", browser="", address="203.0.113.9")
    assert not recognise_device(ports=ports, user=ann, token="t", browser="", address="203.0.113.9")
    assert known_device(" ANN@example.com", "t") == device_hash(ann, "t")
    assert known_device("bob@example.com", "t") == known_device("ann@example.com", "") == ""
    assert device_hash(bob, "t") != device_hash(ann, "t")
    forget_devices(ann)
    assert not KnownDevice.objects.exists()


@pytest.mark.parametrize(
    ("agent", "told"),
    [
        (
            "(Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141",
            "Edge, Windows",
        ),
        ("(iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Safari/604.1", "Safari, iPhone"),
        ("(Linux; Android 16) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36", "Chrome, Android"),
        ("(X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("curl/8.5", ""),
    ],
)
def test_a_browser_is_told_in_two_words(agent, told):
    assert browser_of(agent) == told


def test_a_seal_is_opened_by_its_own_key_only():
    seal = sealed("one", "a secret")
    assert unsealed("one", seal) == "a secret" and "secret" not in seal
    with pytest.raises(InvalidToken):
        unsealed("another", seal)
