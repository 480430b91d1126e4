"""A mail server's pipe: one mail on standard input, and an answer that it understands."""

import os
import subprocess
import sys

import pytest

from aftersale.support.models import IncomingMail
from aftersale.support.tests.letters import a_mail
from tests.crash.processes import database
from tests.mail.listening import DESK

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
TAKEN, NEVER, NOBODY, LATER = 0, 65, 67, 75


def pipe(raw, *words, **env):
    """The answer of `aftersale mail accept` to a mail, and its words to the server."""
    done = subprocess.run(
        [sys.executable, "-m", "aftersale", "mail", "accept", *words],
        input=raw,
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "DATABASE_URL": database(), **env},
    )
    return done.returncode, done.stderr.decode()


def test_a_mail_on_standard_input_is_stored_once():
    raw = a_mail(text="My lamp is late.")
    for _ in range(2):
        assert pipe(raw, "--sender", "cy@shop.example", "--recipient", DESK)[0] == TAKEN
    mail = IncomingMail.objects.get()
    assert (mail.via, mail.envelope_sender, mail.text) == ("pipe", "cy@shop.example", "My lamp is late.")


def test_a_pipe_may_not_know_the_sender_and_a_bounce_has_none():
    assert pipe(a_mail(subject="One"), "--recipient", DESK)[0] == TAKEN
    assert pipe(a_mail(subject="Two"), "--sender", "", "--recipient", DESK)[0] == TAKEN
    assert dict(IncomingMail.objects.values_list("subject", "nature")) == {
        "One": "person",
        "Two": "automatic",
    }


def test_what_will_never_be_taken_goes_back_with_its_reason():
    code, said = pipe(a_mail(), "--recipient", "nobody@marketplace.example")
    assert (code, "not taken: there is no such address here" in said) == (NOBODY, True)
    code, said = pipe(b"x" * 27_000_000, "--recipient", DESK)
    assert (code, "not taken: it is larger than 25 MB" in said) == (NEVER, True)
    assert not IncomingMail.objects.exists()


def test_what_fails_on_our_side_stays_with_the_mail_server(tmp_path):
    raw = a_mail()
    away = f"sqlite:///{tmp_path}/nowhere/desk.sqlite3"
    assert pipe(raw, "--recipient", DESK, DATABASE_URL=away)[0] == LATER
    # A slip in our settings, or in the mail server's own.
    assert pipe(raw, "--recipient", DESK, MAIL_IN_PORT="many")[0] == LATER
    assert pipe(raw, "--recipient", DESK, "--to", DESK)[0] == LATER
    assert not IncomingMail.objects.exists()
