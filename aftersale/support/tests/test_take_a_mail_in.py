"""A mail is taken in: stored once, without card numbers, before its sender hears that we have it."""

from datetime import timedelta

import pytest
from django.conf import settings

from aftersale.base.models import Notification
from aftersale.base.services import post_notification
from aftersale.orders.models import Order
from aftersale.returns.tests.cast import World, an_order
from aftersale.support.errors import MailRefused
from aftersale.support.mail.intake import accept, takes
from aftersale.support.mail.opening import open_thread_from_mail
from aftersale.support.mail.reply_tokens import reply_address
from aftersale.support.models import Attachment, AttachmentBytes, IncomingMail, MailState
from aftersale.support.tests.cast import ask
from aftersale.support.tests.letters import CY, a_mail, deliver, write_in

CARD = "4111 1111 1111 1111"


def test_a_mail_is_stored_with_who_wrote_what_and_when(world: World):
    row = deliver(world, a_mail("cy@shop.example", subject="Where is it?", text="My lamp is late."))
    assert (row.state, row.from_address, row.subject) == (MailState.STORED, "cy@shop.example", "Where is it?")
    assert (row.text, row.received_at, row.envelope_sender) == (
        "My lamp is late.",
        world.clock.now(),
        "cy@shop.example",
    )


def test_the_same_delivery_again_is_the_same_mail(world: World):
    raw = a_mail("cy@shop.example")
    assert deliver(world, raw) == deliver(world, raw)
    assert IncomingMail.objects.count() == 1


def test_a_card_number_is_in_nothing_that_is_kept(world: World):
    raw = a_mail(
        "cy@shop.example",
        name=f"Cy {CARD}",
        subject=f"My card {CARD}",
        text=f"It is {CARD}, please charge it.",
        files=[(f"{CARD}.txt", "text/plain", f"card: {CARD}".encode())],
    )
    row = deliver(world, raw)
    kept = [str(value) for value in IncomingMail.objects.values_list().get()]
    kept += [str(value) for value in Attachment.objects.values_list().get()]
    kept.append(bytes(AttachmentBytes.objects.get().content).decode())
    assert not any("4111" in text for text in kept)
    assert row.cards_removed == [["Visa", "1111"], ["Visa", "1111"]]


def test_an_id_that_is_a_card_number_is_not_kept(world: World):
    named = "<4242424242424242@shop.example>"
    row = deliver(world, a_mail(message_id=named, answers=[named]), envelope=named.strip("<>"))
    assert (row.message_id, row.references, row.envelope_sender) == ("", [], "")


def test_an_order_s_number_that_looks_like_a_card_is_kept_of_who_ordered_alone(world: World):
    order = an_order(world)
    Order.objects.filter(pk=order.pk).update(code="4111111111111111")
    told = {"subject": "Order 4111111111111111", "text": "Where is 4111111111111111? And 4242424242424242?"}
    files = [("4111111111111111.txt", "text/plain", b"4111111111111111")]
    mails = [write_in(world, sender=sender, files=files, **told) for sender in ("ann@example.com", CY)]
    assert [row.subject.endswith("4111111111111111") for row in mails] == [True, False]
    assert ["4111111111111111" in row.text for row in mails] == [True, False]
    assert ["4111" in row.attachments.get().name for row in mails] == [True, False]
    assert not any("4242424242424242" in row.text for row in mails)
    thread = open_thread_from_mail(ports=world.ports, token=mails[0].conversation.token, network="192.0.2.1")
    assert "4111111111111111" in thread.subject
    assert "4111111111111111" in thread.posts.get().body
    assert "4242424242424242" not in thread.posts.get().body


def test_a_picture_is_kept_and_a_program_is_left_out_by_name(world: World):
    files = [
        ("hello.txt", "text/plain", b"hello"),
        ("setup.exe", "application/x-msdownload", b"MZ\x90\x00" * 20),
    ]
    row = deliver(world, a_mail("cy@shop.example", files=files))
    assert [file.name for file in row.attachments.all()] == ["hello.txt"]
    assert row.files_left_out == ["setup.exe"]


def test_a_mail_that_is_over_a_cap_is_refused_and_nothing_is_stored(world: World):
    raw = a_mail("cy@shop.example", to=", ".join(f"p{n}@shop.example" for n in range(60)))
    with pytest.raises(MailRefused):
        accept(ports=world.ports, raw=raw, sender="cy@shop.example", recipient=_desk(), via="lmtp")
    assert not IncomingMail.objects.exists()


def test_letters_that_no_database_takes_are_left_out(world: World):
    row = deliver(world, b"From: cy@shop.example\nSubject: =?utf-8?q?a=00b?=\n\nx\x00y \xed\xa0\x80\n")
    row.refresh_from_db()
    assert "\0" not in row.subject + row.text


def test_only_living_addresses_of_ours_take_mail(world: World):
    now, thread = world.clock.now(), ask(world)
    address = reply_address(ports=world.ports, thread=thread, person=world.ann, ceiling="participants")
    post_notification(
        ports=world.ports,
        kind="thread-answered",
        key="x",
        recipient="ann@example.com",
        language="en",
        words={},
    )
    bounced = f"bounce+{Notification.objects.get().bounce_token}@{_desk().partition('@')[2]}"
    assert all(takes(each, now) for each in (_desk(), _desk().upper(), address, bounced))
    wrong = [
        "nobody@marketplace.example",
        "reply+aaaa@marketplace.example",
        "bounce+@marketplace.example",
        "",
        "@",
    ]
    assert not any(takes(each, now) for each in [*wrong, address.replace("@", "@x")])
    assert not takes(address, now + timedelta(days=400))


def _desk() -> str:
    return str(settings.MARKETPLACE_MAIL)


@pytest.mark.parametrize("seen", [1, 4, 9, 15, 18])
def test_the_head_of_a_card_number_at_a_cut_is_not_kept(world: World, seen):
    at_the_cut = "a lamp " * 28_572
    text = f"{at_the_cut[: 200_000 - seen - 1]} {CARD} is my card, charge it"
    row = deliver(world, a_mail(text=text, name=f"{'C' * (199 - seen)} {CARD}"))
    assert "4" not in row.text + row.from_name
    assert len(row.text) > 199_000


@pytest.mark.parametrize("seen", [4, 15])
def test_nor_where_very_long_html_or_a_file_s_name_is_cut(world: World, seen):
    page = f"<p>My card is {'<i></i>' * 600_000}"[: 4_000_000 - seen] + f"{CARD}</p><p>Charge it.</p>"
    name = f"{'x' * (199 - seen)} {CARD}.txt"
    row = deliver(world, of_html(page, name))
    kept = row.text + "".join(file.name for file in row.attachments.all()) + "".join(row.files_left_out)
    assert "My card is" in row.text
    assert "4" not in kept.replace("ending 1111", "")


def of_html(page: str, name: str) -> bytes:
    return (
        b"From: Cy <cy@shop.example>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n" + page.encode() + b"\r\n"
        b'--b\r\nContent-Disposition: attachment; filename="' + name.encode() + b'"\r\n\r\nhello\r\n--b--\r\n'
    )
