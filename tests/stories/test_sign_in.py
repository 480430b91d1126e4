"""Signing in, in a real browser: an app, a passkey, other sessions, a new device, a stranger who guesses."""

import base64
import hashlib
import hmac
import struct
import time

from playwright.sync_api import Page, expect

from aftersale.base.models import Notification
from tests.stories.people import PHONE, People, faults, look_again, sign_in
from tests.stories.site import PASSWORD, Site

SECURITY = "/account/security/"


# What a browser answers when its person presses Cancel.
_CALLED_OFF = (
    "Object.defineProperty(navigator.credentials, 'get',"
    " {value: () => Promise.reject(new DOMException('called off', 'NotAllowedError'))})"
)


def digits_of_the_app(key: str, at: float) -> str:
    """RFC 6238, as an app on a phone has it."""
    counter = struct.pack(">Q", int(at) // 30)
    mac = hmac.new(base64.b32decode(key), counter, hashlib.sha1).digest()
    (number,) = struct.unpack(">I", mac[mac[-1] & 15 :][:4])
    return f"{(number & 0x7FFFFFFF) % 10**6:06}"


def with_authenticator(page: Page) -> None:
    """A device that keeps passkeys, and a person who always touches it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": device})


def confirm_by_password(page: Page) -> None:
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def test_an_app_is_set_up_and_asked_for(site: Site, people: People):
    dora = site.customer("dagmar")
    page = people.visitor(java_script_enabled=False, **PHONE)
    sign_in(page, dora)
    page.get_by_role("link", name="Security").first.click()
    page.goto(SECURITY)
    page.get_by_role("link", name="Set up an app").click()
    confirm_by_password(page)
    key = page.locator(".key-text").inner_text()
    page.get_by_label("Authenticator code").fill("000000")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_text("Incorrect code.")).to_be_visible()
    assert page.locator(".key-text").inner_text() == key
    page.get_by_label("Authenticator code").fill(digits_of_the_app(key, time.time()))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    codes = page.locator(".codes code").all_inner_texts()
    assert len(set(codes)) == 10

    other = people.visitor()
    sign_in(other, dora)
    expect(other.get_by_role("heading", name="The second step")).to_be_visible()
    found = faults(other)
    other.get_by_label("Code").fill(digits_of_the_app(key, time.time()))
    other.get_by_role("button", name="Sign in").click()
    expect(other.get_by_role("heading", name="My Account")).to_be_visible()
    without_phone = people.visitor()
    sign_in(without_phone, dora)
    without_phone.get_by_label("Code").fill(codes[3])
    without_phone.get_by_role("button", name="Sign in").click()
    expect(without_phone.get_by_role("heading", name="My Account")).to_be_visible()
    without_phone.goto(SECURITY)
    expect(without_phone.get_by_text("9 codes are left.")).to_be_visible()
    assert not found + faults(without_phone)


def test_a_passkey_signs_in_with_nothing_to_type(site: Site, people: People):
    emil = site.customer("emil")
    page = people.visitor(by_name=True)
    with_authenticator(page)
    sign_in(page, emil)
    page.goto(SECURITY)
    page.get_by_role("link", name="Add a passkey").click()
    confirm_by_password(page)
    page.get_by_label("What to call it").fill("my laptop")
    found = faults(page)
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(SECURITY)
    expect(page.get_by_text("my laptop", exact=True).first).to_be_visible()
    found += faults(page)
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out").click()
    page.goto("/sign-in/login/")
    found += faults(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="My Account")).to_be_visible()
    # With a passkey, the password alone opens nothing any more.
    elsewhere = people.visitor()
    sign_in(elsewhere, emil)
    expect(elsewhere.get_by_role("heading", name="The second step")).to_be_visible()
    assert not found


def test_a_passkey_that_is_called_off_is_said_on_the_page(site: Site, people: People):
    page = people.visitor(by_name=True)
    page.goto("/sign-in/login/")
    page.evaluate(_CALLED_OFF)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("The passkey was not used")).to_be_visible()


def test_flora_signs_the_lost_phone_out(site: Site, people: People):
    flora = site.customer("flora")
    phone, home = people.visitor(**PHONE), people.visitor()
    sign_in(phone, flora)
    sign_in(home, flora)
    expect(home.get_by_role("heading", name="My Account")).to_be_visible()
    home.goto(SECURITY)
    expect(home.get_by_text("this browser")).to_be_visible()
    home.get_by_role("region", name="Where you are signed in").get_by_role(
        "button", name="Sign out"
    ).first.click()
    expect(home.get_by_text("Signed out there.")).to_be_visible()
    phone.goto("/account/")
    expect(phone.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    home.goto("/account/")
    expect(home.get_by_role("heading", name="My Account")).to_be_visible()


def test_gerd_hears_of_a_new_device_once(site: Site, people: People):
    gerd = site.customer("gerd")
    page = people.visitor()
    for _ in range(2):
        sign_in(page, gerd)
        expect(page.get_by_role("heading", name="My Account")).to_be_visible()
        page.get_by_role("link", name="Sign out").click()
        page.get_by_role("button", name="Sign out").click()
    mails = people.visitor()
    mails.goto(f"/demo/mails/?to={gerd.email}")
    look_again(mails, mails.get_by_role("link", name="Somebody signed in to your account").count)
    expect(mails.get_by_role("link", name="Somebody signed in to your account")).to_have_count(1)
    mails.get_by_role("link", name="Somebody signed in to your account").click()
    expect(mails.frame_locator("iframe").get_by_text("Chrome, Linux")).to_be_visible()


def test_a_stranger_guesses_and_the_owner_still_gets_in(site: Site, people: People):
    hana = site.customer("henrike")
    home = people.visitor()
    sign_in(home, hana)
    expect(home.get_by_role("heading", name="My Account")).to_be_visible()
    home.get_by_role("link", name="Sign out").click()
    home.get_by_role("button", name="Sign out").click()
    stranger = people.visitor()
    stranger.goto("/sign-in/login/")
    for n in range(6):
        form = stranger.get_by_role("region", name="Use my password")
        form.get_by_role("textbox", name="Email").fill(hana.email)
        form.get_by_role("textbox", name="Password").fill(f"perhaps this one {n}")
        form.get_by_role("button", name="Sign in").click()
    expect(stranger.get_by_text("Too many tries from here.")).to_be_visible()
    # On her own browser she does not notice, from the very same network.
    sign_in(home, hana)
    expect(home.get_by_role("heading", name="My Account")).to_be_visible()
    # On a new one, from there too, the mailed code is open.
    stranger.goto("/sign-in/login/")
    form = stranger.get_by_role("region", name="Mail me a code")
    form.get_by_role("textbox", name="Email").fill(hana.email)
    form.get_by_role("button", name="Mail me a code").click()
    expect(stranger.get_by_role("heading", name="Enter the code from our mail")).to_be_visible()
    mail = Notification.objects.filter(kind="sign-in-code", recipient=hana.email).latest("pk")
    stranger.get_by_label("Code").fill(mail.words["code"])
    stranger.get_by_role("button", name="Confirm").click()
    expect(stranger.get_by_role("heading", name="My Account")).to_be_visible()


def test_the_pages_of_security_in_dark_on_a_phone_and_in_chinese(site: Site, people: People):
    ines = site.customer("ines")
    found: list[str] = []
    for language, options in (("en", PHONE), ("zh-hans", {})):
        page = people.signed_in(ines, language=language, color_scheme="dark", **options)
        for path in (SECURITY, "/account/security/confirm/", "/sign-in/password/change/"):
            page.goto(path)
            found += faults(page)
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide <= 0, f"{path} scrolls sideways by {wide}"
    assert not found, "\n".join(found)
