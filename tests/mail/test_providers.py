"""Providers post mails to us, in the shapes they document; who has no secret stores nothing."""

import hashlib
import hmac
import json
import os
import subprocess
import sys
from base64 import b64encode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError

from aftersale.support.mail import delivering
from aftersale.support.models import Attachment, AttachmentBytes, IncomingMail
from aftersale.support.tests.letters import a_mail
from tests.mail.listening import DESK

SECRET, KEY = "desk:a-long-password-of-ours", "key-of-mailgun"
LETTER = a_mail(subject="Wo ist sie?", text="Die Lampe für Müller fehlt.", message_id="<1@shop.example>")
POSTMARK = {
    "FromName": "Cy", "MessageStream": "inbound", "From": "cy@shop.example",
    "FromFull": {"Email": "cy@shop.example", "Name": "Cy", "MailboxHash": ""},
    "To": f'"Desk" <{DESK}>', "ToFull": [{"Email": DESK, "Name": "Desk", "MailboxHash": ""}],
    "Cc": "", "CcFull": [], "Bcc": "", "BccFull": [], "OriginalRecipient": DESK,
    "Subject": "Wo ist sie?", "MessageID": "73e6d360-66eb-11e1-8e72-a8904824019b", "ReplyTo": "",
    "MailboxHash": "",
    "Date": "Fri, 1 Aug 2026 16:45:32 -04:00", "TextBody": "Die Lampe für Müller fehlt.", "HtmlBody": "",
    "StrippedTextReply": "", "Tag": "",
    "Headers": [
        {"Name": "Return-Path", "Value": "<cy@shop.example>"},
        {"Name": "Received", "Value": "from mx.shop.example by mail.postmarkapp.com; Fri, 1 Aug 2026"},
        {"Name": "X-Spam-Status", "Value": "No"}, {"Name": "X-Spam-Score", "Value": "-0.1"},
        {"Name": "MIME-Version", "Value": "1.0"}, {"Name": "Message-ID", "Value": "<1@shop.example>"},
    ],
    "Attachments": [
        {"Name": "note.txt", "Content": b64encode(b"It flickers.\n").decode(), "ContentType": "text/plain",
         "ContentLength": 13, "ContentID": ""},
    ],
}  # fmt: skip
pytestmark = [pytest.mark.urls("aftersale.web.mail_in_urls"), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _providers(settings):
    settings.MAIL_WEBHOOKS = ["mailgun", "postmark"]
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": KEY}


def signed(key=KEY, timestamp="1767225600", token="c" * 50):
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": timestamp, "token": token, "signature": signature}


def post(client, provider, given, secret=SECRET, **how):
    basic = b64encode(secret.encode()).decode()
    return client.post(
        f"/providers/{provider}/mime/", given, headers={"Authorization": f"Basic {basic}"}, **how
    )


def mailgun(client, raw=LETTER, secret=SECRET, **fields):
    """Mailgun's form of a whole mail, with what it adds to it."""
    form = {
        "recipient": DESK, "sender": "cy@shop.example", "from": "Cy <cy@shop.example>",
        "subject": "Wo ist sie?",
        "body-mime": raw.decode(), "domain": "marketplace.example", **signed(), **fields,
    }  # fmt: skip
    return post(client, "mailgun", form, secret)


def postmark(client, secret=SECRET, **fields):
    told = {name: value for name, value in (POSTMARK | fields).items() if value is not None}
    return post(client, "postmark", json.dumps(told), secret, content_type="application/json")


def test_a_mail_that_mailgun_posts_whole_is_stored_as_it_was_sent(client):
    assert mailgun(client).status_code == 200
    mail = IncomingMail.objects.get()
    assert (mail.via, mail.envelope_sender, mail.recipient) == ("mailgun", "cy@shop.example", DESK)
    assert (mail.digest, mail.text) == (hashlib.sha256(LETTER).hexdigest(), "Die Lampe für Müller fehlt.")


def test_a_mail_that_postmark_posts_whole_is_stored_as_it_was_sent(client):
    answer = postmark(client, RawEmail=LETTER.decode(), TextBody=None, HtmlBody=None, Attachments=None)
    assert answer.status_code == 200
    mail = IncomingMail.objects.get()
    assert (mail.via, mail.envelope_sender, mail.recipient) == ("postmark", "cy@shop.example", DESK)
    assert mail.digest == hashlib.sha256(LETTER).hexdigest()


def test_a_mail_in_pieces_is_put_together_with_its_files(client):
    assert postmark(client).status_code == 200
    mail = IncomingMail.objects.get()
    assert (mail.from_address, mail.subject) == ("cy@shop.example", "Wo ist sie?")
    assert (mail.text, mail.message_id) == ("Die Lampe für Müller fehlt.", "<1@shop.example>")
    assert Attachment.objects.get().name == "note.txt"
    assert bytes(AttachmentBytes.objects.get().content) == b"It flickers.\n"


def test_a_mail_in_mailgun_s_pieces_is_put_together_with_its_files(client):
    headers = [
        ["From", "Cy <cy@shop.example>"],
        ["To", DESK],
        ["Subject", "Wo?"],
        ["Message-Id", "<1@shop.example>"],
    ]
    pieces = {
        "body-plain": "Die Lampe für Müller fehlt.", "message-headers": json.dumps(headers),
        "attachment-count": "1",
        "attachment-1": SimpleUploadedFile("note.txt", b"It\r\nflickers.\r\n", "text/plain"),
    }  # fmt: skip
    form = {"recipient": DESK, "sender": "cy@shop.example", **signed(), **pieces}
    assert post(client, "mailgun", form).status_code == 200
    assert IncomingMail.objects.get().text == "Die Lampe für Müller fehlt."
    assert bytes(AttachmentBytes.objects.get().content).split() == [b"It", b"flickers."]


@pytest.mark.parametrize("how", ["whole", "in pieces"])
def test_a_provider_that_brings_it_again_makes_no_second_mail(client, how):
    raw = {"RawEmail": LETTER.decode()} if how == "whole" else {}
    assert [postmark(client, **raw).status_code for _ in range(2)] == [200, 200]
    assert IncomingMail.objects.count() == 1


def test_who_does_not_know_the_secret_stores_nothing(client):
    assert mailgun(client, secret="desk:guessed-by-somebody").status_code == 400
    assert postmark(client, secret="").status_code == 400
    assert (
        client.post("/providers/postmark/mime/", POSTMARK, content_type="application/json").status_code == 400
    )
    assert not IncomingMail.objects.exists()


def test_a_post_that_mailgun_did_not_sign_stores_nothing(client):
    assert mailgun(client, **signed(key="another")).status_code == 400
    assert mailgun(client, signature="").status_code == 400
    assert not IncomingMail.objects.exists()


def test_a_provider_that_is_not_ours_finds_nothing(client, settings):
    settings.MAIL_WEBHOOKS = ["mailgun"]
    assert postmark(client).status_code == 404
    settings.MAIL_WEBHOOKS = []
    assert mailgun(client).status_code == 404
    assert post(client, "sendgrid", {}).status_code == 404


@pytest.mark.parametrize("body", ["", "{", "[]", '"x"', "{}", '{"RawEmail": 7}'])
def test_what_is_no_mail_stores_nothing_and_is_no_error_of_the_site(client, body):
    answer = post(client, "postmark", body, content_type="application/json")
    assert answer.status_code in (400, 403)
    assert not IncomingMail.objects.exists()


def test_an_address_that_is_not_ours_and_a_bomb_are_not_brought_again(client):
    assert mailgun(client, recipient="nobody@marketplace.example").status_code == 406
    assert postmark(client, OriginalRecipient="nobody@marketplace.example").status_code == 403
    nested = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(1_000))
    answer = mailgun(client, raw=f"From: cy@shop.example\n{nested}Content-Type: text/plain\n\nhi\n".encode())
    assert (answer.status_code, b"20 deep" in answer.content) == (406, True)
    assert not IncomingMail.objects.exists()


def test_a_mail_that_cannot_be_stored_now_is_brought_again(client, monkeypatch):
    def away(**_):
        raise OperationalError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(delivering, "accept", away)
        assert mailgun(client).status_code == 503
    assert not IncomingMail.objects.exists()
    assert mailgun(client).status_code == 200
    assert IncomingMail.objects.count() == 1


def test_a_mail_of_24_megabytes_fits_and_one_of_40_is_not_even_read(client):
    line = "x" * 75 + "\n"
    assert mailgun(client, raw=LETTER + (line * 315_000).encode()).status_code == 200
    assert postmark(client, RawEmail=line * 560_000).status_code == 403
    assert IncomingMail.objects.count() == 1


def test_bytes_of_a_form_come_through_as_they_are(client):
    content = bytes(range(256)) + b"\r\n--\r\n\n\r" + bytes(range(255, -1, -1))
    raw = a_mail().replace(b"\n", b"\r\n") + content
    form = {"recipient": DESK, "sender": "", **signed(), "body-mime": SimpleUploadedFile("m.eml", raw)}
    assert post(client, "mailgun", form).status_code == 200
    assert IncomingMail.objects.get().digest == hashlib.sha256(raw).hexdigest()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"MAIL_WEBHOOKS": "mailgun"}, "MAIL_WEBHOOK_SECRET is not set"),
        ({"MAIL_WEBHOOKS": "mailgun", "MAIL_WEBHOOK_SECRET": SECRET}, "MAILGUN_SIGNING_KEY is not set"),
        ({"MAIL_WEBHOOKS": "postmark", "MAIL_WEBHOOK_SECRET": "desk:short"}, "takes NAME:PASSWORD"),
        ({"MAIL_WEBHOOKS": "sendgrid", "MAIL_WEBHOOK_SECRET": SECRET}, "takes some of mailgun, postmark"),
        ({"MAIL_WEBHOOKS": "postmark", "MAIL_WEBHOOK_SECRET": SECRET}, "no issues"),
    ],
)
def test_a_site_starts_with_all_that_its_providers_need_or_says_what_is_missing(env, said):
    done = subprocess.run(
        [sys.executable, "-m", "aftersale", "django", "check"],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, **env},
    )
    assert said in done.stdout + done.stderr
