"""Nobody reads the support e-mail address before what is faster, with both waits as they were measured."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from aftersale.accounts.models import Role, User
from aftersale.base.mail import Mail, MailPort
from aftersale.config.worker import Stop, house_steps
from aftersale.support.models import MailConversation, Thread
from aftersale.support.tests.cast import ask, say
from aftersale.web.tests.conftest import world  # noqa: F401 - at this moment, as pages ask the machine's clock

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = settings.MARKETPLACE_MAIL
# Where the address is read, beside the receiving of mails and the demo; the includes alone show it.
READS_IT = {
    "aftersale/base/mail.py",
    "aftersale/base/migrations/0003_headers_and_bounces.py",
    "aftersale/support/notices.py",
    "aftersale/base/services.py",
    "aftersale/config/settings.py",
    "aftersale/support/waits.py",
    "aftersale/web/templatetags/aftersale_lanes.py",
}
SHOWS_IT = {"notifications/lanes.html", "notifications/lanes.txt", "cotton/lanes.html"}


def measured(world):  # noqa: F811
    """Threads were answered within three hours, an e-mail within nineteen days."""
    now = world.clock.now()
    say(world, world.mia, ask(world))
    Thread.objects.update(opened_at=now - timedelta(hours=3))
    MailConversation.objects.create(
        reference="M1", token="t", address="ann@example.com", subject="Lamp", language="en", state="answered",
        received_at=now - timedelta(days=19), last_mail_at=now, first_answered_at=now, waiting_since=now,
    )  # fmt: skip


def pages():
    """The address of every page that needs none of a row's."""

    def walk(patterns, before):
        for each in patterns:
            path = before + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from walk(each.url_patterns, path)
            elif isinstance(each, URLPattern) and not re.search(r"[<\\^]", path):
                yield "/" + path

    return sorted(set(walk(get_resolver().url_patterns, "")))


def stands_second(text: str) -> bool:
    # The line above which an answer stands names the address for programs: it leads into the thread.
    text = re.sub(r"-{5} .* -{5}", "", text)
    before, _, after = text.partition(ADDRESS)
    fast = before.rpartition("threads/ask/")[0] and re.search(r"Half are answered within 3 hours", before)
    return bool(fast and "19 days" in before + after[:200])


@pytest.mark.parametrize("role", ["", *Role.values])
def test_no_page_gives_the_address_before_the_faster_way(client, world, role):  # noqa: F811
    measured(world)
    if role:
        supplier = world.li_co if role == Role.SUPPLIER else None
        client.force_login(User.objects.create_user(f"{role}@x.example", role=role, supplier=supplier))
    shown = {}
    for path in pages():
        answer = client.get(path)
        if answer.status_code == 200 and not answer.streaming:
            shown[path] = answer.content.decode(errors="replace")
    # Our staff sees the mails themselves on its desk; programs are told by an operation of their own.
    giving = {path for path, text in shown.items() if ADDRESS in text}
    giving -= {path for path in giving if path.startswith(("/desk/mail/", "/api/v1/"))}
    assert {"/help/contact/", "/help/failed-payments/"} <= giving
    # Where a thread is just being opened there is no link to open one.
    assert not [path for path in giving if path != "/threads/ask/" and not stands_second(shown[path])]


def test_the_waits_and_the_way_are_read_in_chinese(client, world):  # noqa: F811
    measured(world)
    client.cookies["django_language"] = "zh-hans"
    page = client.get("/help/contact/").content.decode()
    assert "一半在 3 小时内得到答复" in page and "一半在 19 天内得到答复" in page
    assert page.index("/threads/ask/") < page.index(ADDRESS)


def test_a_program_is_told_the_faster_way_first(client, world):  # noqa: F811
    measured(world)
    told = client.get("/api/v1/contact").json()
    assert list(told) == ["thread", "mail", "mail_address"] and told["mail_address"] == ADDRESS
    assert told["mail"] == {"half_within_seconds": 19 * 86400, "is_at_least": False, "measured_on": 1}
    assert told["thread"]["half_within_seconds"] // 3600 == 3


def test_before_anybody_was_answered_nothing_is_claimed(client, world):  # noqa: F811
    page = client.get("/help/contact/").content.decode()
    assert "Answered first" in page and "Answered after the threads" in page and "measured on" not in page


def test_nothing_else_shows_the_address():
    reading = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "aftersale").rglob("*.py")
        if "MARKETPLACE_MAIL" in path.read_text(encoding="utf-8") and "tests" not in path.parts
    }
    receives = re.compile(r"aftersale/support/mail/|.*demo")
    assert {each for each in reading if not receives.match(each)} == READS_IT
    showing = {
        "/".join(path.parts[-2:])
        for path in (ROOT / "aftersale").rglob("templates/**/*.*")
        if re.search(r"mailto:|lanes\.mail\b|mail_address", path.read_text(encoding="utf-8"))
    }
    assert showing == SHOWS_IT


def test_every_mail_of_ours_ends_with_both_ways(world):  # noqa: F811
    """Its sender's address is the support address: whoever would answer it reads first what is faster."""
    bodies = (ROOT / "aftersale").rglob("templates/notifications/*/body.*")
    frames = {path: path.read_text(encoding="utf-8") for path in bodies}
    assert frames and all('{% extends "notifications/base.' in text for text in frames.values())
    measured(world)
    sent: list[Mail] = []

    class Kept(MailPort):
        def send(self, mail: Mail) -> None:
            sent.append(mail)

    steps = house_steps(ports=world.ports, mail=Kept(), providers={}, stop=Stop())
    next(step for step in steps if step.name == "send notifications").run()
    assert sent and all(stands_second(text) for mail in sent for text in (mail.text, mail.html))
