"""The real swaks writes to a real `aftersale mail serve`: what it was told with 250 is in the database."""

import random

import pytest

from aftersale.accounts.models import User
from aftersale.config.ports import system_ports
from aftersale.support.mail.reply_tokens import reply_address
from aftersale.support.models import Attachment, AttachmentBytes, IncomingMail
from aftersale.support.services import open_thread
from tests.mail.listening import DESK, letter, listening, swaks

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.swaks]
NO_RECIPIENT, NOT_TAKEN = 24, 26
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63606060600000"
    "000500017a6e2f3a0000000049454e44ae426082"
)


@pytest.mark.parametrize("protocol", ["LMTP", "SMTP"])
def test_a_mail_is_stored_when_its_sender_hears_250(tmp_path, protocol):
    with listening(tmp_path, *(["--smtp"] if protocol == "SMTP" else [])) as listener:
        code, said = swaks(
            listener, "--header", "Subject: Where is it?", "--body", "My lamp is late.", protocol=protocol
        )
        assert (code, said.count("250 2.0.0 stored")) == (0, 1), said
        mail = IncomingMail.objects.get()
    assert (mail.via, mail.envelope_sender, mail.recipient) == (protocol.lower(), "cy@shop.example", DESK)
    assert (mail.subject, mail.text) == ("Where is it?", "My lamp is late.")


def test_a_bounce_has_no_sender(listener):
    code, said = swaks(listener, "--body", "It was not delivered.", sender="<>")
    assert code == 0, said
    assert IncomingMail.objects.get().envelope_sender == ""


def test_two_recipients_are_answered_one_by_one(listener):
    ports = system_ports()
    ann = User.objects.create_user("ann@example.com", "a long password", name="Ann")
    thread = open_thread(
        ports=ports, by=ann, kind="general", subject="A lamp", body="It flickers.", intent="x"
    )
    token = reply_address(ports=ports, thread=thread, person=ann, ceiling="participants")
    code, said = swaks(listener, "--body", "To both.", to=f"{DESK},{token}")
    assert (code, said.count("250 2.0.0 stored")) == (0, 2), said
    # One of two that nobody has: the other is stored all the same.
    code, said = swaks(listener, "--body", "To one.", to=f"nobody@marketplace.example,{DESK}")
    assert (code, said.count("550 5.1.1"), said.count("250 2.0.0 stored")) == (0, 1, 1), said
    assert sorted(IncomingMail.objects.values_list("recipient", flat=True)) == sorted([DESK, DESK, token])


def test_a_picture_and_a_text_come_with_it(tmp_path, listener):
    (tmp_path / "lamp.png").write_bytes(PICTURE)
    (tmp_path / "note.txt").write_text("It flickers.\n")
    attached = ["--attach", f"@{tmp_path}/lamp.png", "--attach", f"@{tmp_path}/note.txt"]
    code, said = swaks(listener, *attached, "--body", "See the files.")
    assert code == 0, said
    assert sorted(Attachment.objects.values_list("name", flat=True)) == ["lamp.png", "note.txt"]
    assert AttachmentBytes.objects.count() == 2


@pytest.mark.parametrize(
    "nobody",
    ["nobody@marketplace.example", f"reply+{'a' * 26}@marketplace.example", "after-sale@elsewhere.example"],
)
def test_an_address_that_is_not_ours_is_refused_before_the_mail_is_sent(listener, nobody):
    code, said = swaks(listener, "--body", "Hello?", to=nobody)
    assert (code, "550 5.1.1 there is no such address here" in said) == (NO_RECIPIENT, True), said
    assert "DATA" not in said
    assert not IncomingMail.objects.exists()


def test_26_megabytes_are_refused_and_24_are_stored(listener):
    luck = random.Random(5)
    lines = ["".join(luck.choices("abcdefgh ", k=70)) for _ in range(1000)]
    megabyte = "\n".join(lines[n % 1000] for n in range(14_700))
    code, said = swaks(listener, data=letter(text=megabyte * 26))
    assert code == NOT_TAKEN, said[-300:]
    assert "552 Error: Too much mail data" in said
    assert not IncomingMail.objects.exists()
    code, said = swaks(listener, data=letter(text=megabyte * 23))
    assert code == 0, said[-300:]
    assert IncomingMail.objects.get().size > 23_000_000


def test_the_same_mail_twice_is_one_row_and_250_both_times(listener):
    raw = letter()
    for _ in range(2):
        code, said = swaks(listener, data=raw)
        assert (code, "250 2.0.0 stored" in said) == (0, True), said
    assert IncomingMail.objects.count() == 1


def nested(depth):
    top = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n" for n in range(depth))
    return f"From: cy@shop.example\r\n{top}Content-Type: text/plain\r\n\r\nhello\r\n".encode()


def flat(parts):
    part = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n"
    return (
        "From: cy@shop.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        + part * parts
        + "--b--\r\n"
    ).encode()


@pytest.mark.parametrize(
    ("bomb", "reason"),
    [
        (nested(1_000), "20 deep"),
        (flat(10_000), "more than 100 parts"),
        (b"From: cy@shop.example\r\nX-Long: " + b"x" * 66_000 + b"\r\n\r\nhello\r\n", "headers are larger"),
        (b"From: cy@shop.example\r\n" + b"X-Many: x\r\n" * 7_000 + b"\r\nhello\r\n", "headers are larger"),
    ],
    ids=["nested", "flat", "one header", "many headers"],
)
def test_a_bomb_is_refused_for_ever_with_its_reason_and_the_next_mail_is_taken(listener, bomb, reason):
    code, said = swaks(listener, data=bomb)
    assert code == NOT_TAKEN, said[-300:]
    assert reason in said.partition("554 5.6.0")[2] or "500 Line too long" in said, said[-300:]
    assert not IncomingMail.objects.exists()
    assert swaks(listener, data=letter())[0] == 0
