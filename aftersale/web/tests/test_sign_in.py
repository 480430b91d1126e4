"""Signing in: who may, what is told, and that nobody's tries stop the owner."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client

from aftersale.accounts.models import KnownDevice, User
from aftersale.accounts.second_step import forget_second_step
from aftersale.base.models import Notification
from aftersale.returns.tests.cast import World
from aftersale.web.sign_in import SecondStepAdapter

PASSWORD = "a lamp in the window"
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SIGN_IN, SECOND_STEP = "/sign-in/login/", "/sign-in/second-step/authenticate/"


@pytest.fixture
def ann(world: World) -> User:
    world.ann.set_password(PASSWORD)
    world.ann.save()
    return world.ann


def from_network(number: int) -> Client:
    return Client(REMOTE_ADDR=f"203.0.113.{number}", headers={"user-agent": "X Firefox/140.0 Windows"})


def sign_in(client: Client, user: User, password: str = PASSWORD) -> Any:
    return client.post(SIGN_IN, {"login": user.email, "password": password})


def is_in(client: Client) -> bool:
    return bool(client.get("/account/security/").status_code == 200)


def code_now() -> str:
    return str(format_hotp_value(hotp_value(KEY, list(yield_hotp_counters_from_time())[1])))


def mailed(kind: str) -> list[dict[str, Any]]:
    return [one.words for one in Notification.objects.filter(kind=kind).order_by("pk")]


def sign_in_by_code(client: Client, user: User) -> Any:
    client.post("/sign-in/login/code/", {"email": user.email})
    return client.post("/sign-in/login/code/confirm/", {"code": mailed("sign-in-code")[-1]["code"]})


def with_app(user: User) -> None:
    Authenticator.objects.create(user=user, type="totp", data={"secret": SecondStepAdapter().encrypt(KEY)})


def test_a_stranger_s_wrong_passwords_stop_the_stranger_and_not_ann(ann: User):
    at_home, stranger = from_network(1), from_network(66)
    sign_in(at_home, ann)
    at_home.post("/sign-in/logout/")
    answers = [sign_in(stranger, ann, f"wrong password {n}") for n in range(7)]
    assert "Too many tries from here" in answers[-1].content.decode()
    # Not even the right password helps there now; Ann's own browser and her new phone do not notice.
    sign_in(stranger, ann)
    assert not is_in(stranger)
    sign_in(at_home, ann)
    assert is_in(at_home)
    on_the_phone = from_network(7)
    sign_in(on_the_phone, ann)
    assert is_in(on_the_phone)


def test_when_twenty_networks_guess_ann_still_gets_in(ann: User):
    at_home = from_network(1)
    sign_in(at_home, ann)
    at_home.post("/sign-in/logout/")
    answers = [
        sign_in(from_network(network), ann, f"guess {network} {n}")
        for network in range(30, 51)
        for n in range(5)
    ]
    assert "Too many tries" not in answers[99].content.decode()
    assert "Too many tries" in answers[100].content.decode()
    abroad = from_network(201)
    sign_in(abroad, ann)
    assert not is_in(abroad)  # a password on a device nobody knows is not believed today
    sign_in_by_code(abroad, ann)
    assert is_in(abroad)
    sign_in(at_home, ann)
    assert is_in(at_home)


def test_nobody_uses_up_the_codes_that_are_mailed_to_ann(ann: User):
    abroad = from_network(201)
    for _ in range(8):
        from_network(66).post("/sign-in/login/code/", {"email": ann.email})
    assert len(mailed("sign-in-code")) == 5
    sign_in_by_code(abroad, ann)
    assert is_in(abroad)


def test_the_page_after_a_mailed_code_claims_no_more_than_it_knows(ann: User):
    for address in (ann.email, "nobody@example.com"):
        page = from_network(5).post("/sign-in/login/code/", {"email": address}, follow=True).content.decode()
        assert address in page and "if that address is known here." in page
        assert "has been sent to" not in page


def test_right_passwords_use_up_nothing(ann: User):
    for _ in range(12):
        client = from_network(4)
        sign_in(client, ann)
        assert is_in(client)


def test_a_new_device_is_told_once(ann: User):
    phone = from_network(9)
    sign_in(phone, ann)
    phone.post("/sign-in/logout/")
    sign_in(phone, ann)
    (words,) = mailed("new-device")
    assert words["browser"] == "Firefox, Windows" and words["address"] == "203.0.113.9"
    cookie = phone.cookies["device"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    assert cookie.value not in str(list(KnownDevice.objects.values()))
    sign_in(from_network(9), ann)
    assert len(mailed("new-device")) == 2


def test_one_browser_of_two_people_is_new_to_each(ann: User, world: World):
    world.bob.set_password(PASSWORD)
    world.bob.save()
    shared = from_network(3)
    for person in (ann, world.bob):
        sign_in(shared, person)
        shared.post("/sign-in/logout/")
    assert KnownDevice.objects.values("device_hash").distinct().count() == 2
    assert set(Notification.objects.filter(kind="new-device").values_list("recipient", flat=True)) == {
        ann.email,
        world.bob.email,
    }


def test_ann_ends_the_session_on_the_lost_phone(ann: User):
    home, phone = from_network(1), from_network(9)
    sign_in(home, ann)
    sign_in(phone, ann)
    page = home.get("/account/security/").content.decode()
    assert "203.0.113.9" in page and "this browser" in page
    (end,) = re.findall(r'action="(/account/security/sessions/S[^"]+/end/)"', page)
    home.post(end)
    assert is_in(home) and not is_in(phone)
    assert KnownDevice.objects.count() == 1
    assert home.post(end).status_code == 404


def test_bob_cannot_end_a_session_of_ann_s(ann: User, world: World):
    home, bob = from_network(1), from_network(2)
    sign_in(home, ann)
    phone = from_network(9)
    sign_in(phone, ann)
    (end,) = re.findall(r'action="(/account/[^"]+/end/)"', home.get("/account/security/").content.decode())[
        :1
    ]
    bob.force_login(world.bob)
    theirs, nothing = bob.post(end), bob.post("/account/security/sessions/S00000-00000/end/")
    assert (theirs.status_code, nothing.status_code) == (404, 404)
    assert is_in(phone) and is_in(home)


def test_sign_out_everywhere_else(ann: User):
    browsers = [from_network(n) for n in (1, 2, 3)]
    for browser in browsers:
        sign_in(browser, ann)
    browsers[1].post("/account/security/sessions/end/")
    assert [is_in(one) for one in browsers] == [False, True, False]


def test_a_new_password_ends_the_other_sessions_and_their_devices(ann: User):
    home, phone = from_network(1), from_network(9)
    sign_in(home, ann)
    sign_in(phone, ann)
    change = {
        "oldpassword": PASSWORD,
        "password1": "another window, a lamp",
        "password2": "another window, a lamp",
    }
    home.post("/sign-in/password/change/", change)
    assert is_in(home) and not is_in(phone)
    assert KnownDevice.objects.count() == 1 and mailed("password-changed")


def test_the_second_step_is_asked_after_the_password_and_after_the_code(ann: User):
    with_app(ann)
    for first_step in (sign_in, sign_in_by_code):
        cache.clear()
        client = from_network(1)
        assert first_step(client, ann).headers["Location"].startswith(SECOND_STEP)
        assert not is_in(client)
        client.post(SECOND_STEP, {"code": "000000"})
        assert not is_in(client)
        client.post(SECOND_STEP, {"code": code_now()})
        assert is_in(client)


def test_an_app_s_code_works_once(ann: User):
    with_app(ann)
    code = code_now()
    for expected in (True, False):
        client = from_network(1)
        sign_in(client, ann)
        client.post(SECOND_STEP, {"code": code})
        assert is_in(client) == expected


def test_a_recovery_code_works_once(ann: User):
    with_app(ann)
    code = RecoveryCodes.activate(ann).get_unused_codes()[0]
    for expected in (True, False):
        client = from_network(1)
        sign_in(client, ann)
        client.post(SECOND_STEP, {"code": code})
        assert is_in(client) == expected


def test_guesses_at_the_second_step_stop_the_guesser_and_not_ann(ann: User):
    home, thief = from_network(1), from_network(66)
    sign_in(home, ann)
    home.post("/sign-in/logout/")
    with_app(ann)
    sign_in(thief, ann)
    answers = [thief.post(SECOND_STEP, {"code": f"00000{n}"}) for n in range(6)]
    assert "Too many tries from here" in answers[-1].content.decode()
    thief.post(SECOND_STEP, {"code": code_now()})
    assert not is_in(thief)
    sign_in(home, ann)
    home.post(SECOND_STEP, {"code": code_now()})
    assert is_in(home)


@pytest.mark.django_db(transaction=True)
def test_the_app_s_key_is_sealed_where_it_lies(ann: User):
    client = from_network(1)
    sign_in(client, ann)
    client.post("/sign-in/reauthenticate/", {"password": PASSWORD})
    page = client.get("/sign-in/second-step/totp/activate/").content.decode()
    (key,) = re.findall(r'<code class="key-text">([A-Z2-7]+)</code>', page)
    code = format_hotp_value(hotp_value(key, list(yield_hotp_counters_from_time())[1]))
    client.post("/sign-in/second-step/totp/activate/", {"code": code})
    row = Authenticator.objects.get(type="totp")
    assert key not in str(row.data) and TOTP(row).validate_code(code)
    assert mailed("second-step-changed")[0]["what"] == "app_added"


def test_whoever_finds_a_browser_open_cannot_add_a_second_step(world: World):
    """Ann has no password: allauth by itself would ask for nothing here."""
    found = from_network(1)
    found.force_login(world.ann)
    for path in ("totp/activate", "webauthn/add"):
        answer = found.get(f"/sign-in/second-step/{path}/")
        assert answer.headers["Location"].startswith("/account/security/confirm/?next=")
    answer = found.post(
        "/sign-in/password/set/", {"password1": "a thief's password", "password2": "a thief's password"}
    )
    assert answer.headers["Location"].startswith("/account/security/confirm/")
    world.ann.refresh_from_db()
    assert not world.ann.has_usable_password() and not Authenticator.objects.exists()


def test_ann_without_a_password_proves_by_a_mailed_code_and_sets_one(world: World):
    client = from_network(1)
    client.force_login(world.ann)
    onward = "/sign-in/password/set/"
    client.post("/account/security/confirm/", {"do": "mail", "next": onward})
    wrong = client.post("/account/security/confirm/", {"code": "x", "next": onward})
    assert wrong.status_code == 422
    code = mailed("proof-code")[-1]["code"]
    answer = client.post("/account/security/confirm/", {"code": code, "next": onward})
    assert answer.headers["Location"] == onward
    client.post(onward, {"password1": PASSWORD, "password2": PASSWORD})
    world.ann.refresh_from_db()
    assert world.ann.check_password(PASSWORD) and is_in(client)


def test_the_proof_leads_nowhere_else(world: World):
    client = from_network(1)
    client.force_login(world.ann)
    client.post("/account/security/confirm/", {"do": "mail"})
    sent = {"code": mailed("proof-code")[-1]["code"], "next": "https://evil.example/"}
    assert client.post("/account/security/confirm/", sent).headers["Location"] == "/account/security/"


def test_staff_that_must_have_a_second_step_set_it_up_first(world: World, settings: Any):
    settings.STAFF_SECOND_FACTOR = True
    mia, ann = Client(), Client()
    mia.force_login(world.mia)
    ann.force_login(world.ann)
    assert mia.get("/desk/").headers["Location"] == "/account/security/"
    assert "Your work here needs a second step" in mia.get("/account/security/").content.decode()
    assert ann.get("/account/").status_code == 200
    with_app(world.mia)
    assert mia.get("/desk/").status_code == 200
    forget_second_step(person=world.mia.email)
    assert mia.get("/desk/").status_code == 302


def test_the_passkey_page_offers_what_the_browser_can_do(ann: User):
    by_name, by_number = Client(), Client()
    assert (
        "Sign in with a passkey" in by_name.get(SIGN_IN, headers={"host": "localhost:8000"}).content.decode()
    )
    assert (
        "Sign in with a passkey" not in by_number.get(SIGN_IN, headers={"host": "127.0.0.1"}).content.decode()
    )
    options = by_name.get(
        "/sign-in/second-step/webauthn/login/", headers={"host": "localhost", "accept": "application/json"}
    )
    assert options.json()["request_options"]["publicKey"]["rpId"] == "localhost"
