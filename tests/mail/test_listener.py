"""Clients that behave as none should, and a database that is away: no mail is lost, none is cut in two."""

import socket
import threading
import time

import pytest
from django.db import connection

from aftersale.support.models import IncomingMail
from tests.crash.processes import database
from tests.mail.listening import DESK, Talk, letter, listening

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.mark.parametrize("ending", [b"\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\n"], ids=repr)
def test_a_smuggled_end_stays_inside_the_one_mail(listener, ending):
    with Talk(listener) as client:
        client.begin()
        smuggled = b"MAIL FROM:<eve@evil.example>\r\nRCPT TO:<" + DESK.encode() + b">\r\nDATA\r\n"
        client.send(letter() + ending + smuggled + b"From: eve@evil.example\r\n\r\nsmuggled\r\n")
        assert client.end() == "250 2.0.0 stored"
    mail = IncomingMail.objects.get()
    assert (mail.from_address, "smuggled" in mail.text) == ("cy@shop.example", True)


def test_what_an_over_long_mail_is_told_is_told_for_each_recipient(listener):
    with Talk(listener) as client:
        client.begin(DESK, DESK.upper())
        client.send(b"X-Long: " + b"x" * 200_000 + b"\r\n\r\nhello\r\n")
        told = [client.end(), client.hear()]
        assert [each[:3] for each in told] == ["500", "500"]
        assert client.say("NOOP").startswith("250")
    assert not IncomingMail.objects.exists()


def test_over_size_is_refused_before_it_is_sent_where_the_client_tells_it(listener):
    with Talk(listener) as client:
        assert "SIZE 26214400" in client.hello
        assert client.say("MAIL FROM:<cy@shop.example> SIZE=27000000").startswith("552")
        assert client.say("MAIL FROM:<cy@shop.example> SIZE=26000000").startswith("250")


def test_a_line_that_never_ends_is_hung_up_on(listener):
    with Talk(listener) as client:
        client.begin()
        with pytest.raises(OSError):  # noqa: PT011 - reset or broken, as the system likes
            client.send(b"x" * 100_000_000)
        with Talk(listener) as other:
            other.begin()
            other.send(letter())
            assert other.end() == "250 2.0.0 stored"


def test_more_than_fifty_recipients_are_asked_to_come_in_parts(listener):
    with Talk(listener) as client:
        answers = client.begin(*[DESK] * 51)
        assert [answer[:3] for answer in answers] == ["250"] * 50 + ["452"]
        client.send(letter())
        assert {client.end(), *(client.hear() for _ in range(49))} == {"250 2.0.0 stored"}
    assert IncomingMail.objects.count() == 1


def test_commands_that_are_sent_ahead_are_answered_in_order(listener):
    with Talk(listener) as client:
        assert "PIPELINING" in client.hello
        client.send(
            b"MAIL FROM:<cy@shop.example>\r\nRCPT TO:<nobody@shop.example>\r\nRCPT TO:<"
            + DESK.encode()
            + b">\r\nDATA\r\n"
        )
        assert [client.hear()[:3] for _ in range(4)] == ["250", "550", "250", "354"]


def test_addresses_of_all_letters_are_taken_and_broken_ones_refused(listener):
    with Talk(listener) as client:
        assert client.say("MAIL FROM:<café@münchen.example> SMTPUTF8").startswith("250")
        client.say("RSET")
        client.send(b"MAIL FROM:<caf\xe9@shop.example>\r\n")
        assert client.hear().startswith("553")
        assert client.say(f"MAIL FROM:<{'x' * 400}@shop.example>").startswith("553")


def test_a_client_that_stalls_is_hung_up_on_and_holds_up_nobody(tmp_path):
    with listening(tmp_path, "--patience", "2") as listener, Talk(listener) as slow:
        slow.begin()
        slow.send(b"From: cy@shop.example\r\n")
        with Talk(listener) as quick:
            quick.begin()
            quick.send(letter())
            assert quick.end() == "250 2.0.0 stored"
        assert slow.hear() == ""
    assert IncomingMail.objects.count() == 1


def test_thirty_connections_at_once_are_all_stored(listener):
    answers = []

    def write(number):
        with Talk(listener) as client:
            client.begin()
            client.send(letter(text=f"Mail {number}."))
            answers.append(client.end())

    clients = [threading.Thread(target=write, args=(number,)) for number in range(30)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert answers == ["250 2.0.0 stored"] * 30
    assert IncomingMail.objects.count() == 30


def test_the_same_mail_over_eight_connections_at_once_is_one_row(listener):
    raw, answers, ready = letter(), [], threading.Barrier(8)

    def write():
        with Talk(listener) as client:
            client.begin()
            client.send(raw)
            ready.wait(20)
            answers.append(client.end())

    clients = [threading.Thread(target=write) for _ in range(8)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    assert answers == ["250 2.0.0 stored"] * 8
    assert IncomingMail.objects.count() == 1


def test_one_connection_too_many_is_asked_to_come_again(tmp_path):
    with (
        listening(tmp_path, "--connections", "2") as listener,
        Talk(listener),
        Talk(listener),
        socket.create_connection(("127.0.0.1", listener.port), timeout=10) as third,
    ):
        assert third.makefile("rb").readline().startswith(b"421 4.3.2")


@pytest.mark.only_on("sqlite")
def test_a_mail_stays_with_its_sender_while_the_database_is_away_and_is_stored_when_it_is_back(tmp_path):
    folder, _, name = database().removeprefix("sqlite:///").rpartition("/")
    away = f"sqlite:///{tmp_path}/away/{name}"
    with listening(tmp_path, DATABASE_URL=away) as listener, Talk(listener) as client:
        client.begin()
        client.send(letter())
        assert client.end() == "451 4.3.0 it cannot be stored now: try again later"
        client.say("MAIL FROM:<cy@shop.example>")
        assert client.say(f"RCPT TO:<reply+{'a' * 26}@marketplace.example>").startswith("451")
        put_off = [line["error"] for line in listener.said() if line["event"] == "mail put off"]
        assert put_off == ["OperationalError"] * 2
        (tmp_path / "away").symlink_to(folder)
        client.say("RSET")
        client.begin()
        client.send(letter())
        assert client.end() == "250 2.0.0 stored"
    assert IncomingMail.objects.count() == 1


@pytest.mark.only_on("postgresql")
def test_a_database_that_started_anew_takes_the_next_mail_of_the_same_client(listener):
    with Talk(listener) as client:
        for number in range(2):
            client.begin()
            client.send(letter(text=f"Mail {number}."))
            assert client.end() == "250 2.0.0 stored"
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                assert cursor.fetchone()[0] >= 1
    assert IncomingMail.objects.count() == 2


def test_it_stops_when_asked_and_the_mail_on_its_way_is_stored_first(tmp_path):
    with listening(tmp_path) as listener, Talk(listener) as idle, Talk(listener) as client:
        client.begin()
        client.send(letter()[:40])
        time.sleep(0.2)
        listener.process.terminate()
        assert idle.hear().startswith("421 4.3.2")
        with pytest.raises(OSError):  # noqa: PT011 - refused or reset
            Talk(listener).say("NOOP")
        client.send(letter()[40:])
        assert client.end() == "250 2.0.0 stored"
        assert client.hear().startswith("421 4.3.2")
        assert listener.process.wait(10) == 0
    assert IncomingMail.objects.count() == 1


def test_nobody_s_words_are_in_the_log(tmp_path):
    with listening(tmp_path) as listener, Talk(listener) as client:
        client.say("4111 1111 1111 1111")
        client.say("MAIL FROM:<cy@shop.example>")
        client.say("RCPT TO:<4111111111111111@shop.example>")
        client.say("RSET")
        client.begin()
        client.send(letter(text="4111 1111 1111 1111"))
        assert client.end() == "250 2.0.0 stored"
        listener.stop()
        log = listener.log.read_text()
    assert "1111" not in log and "shop.example" not in log and "after-sale" not in log
    assert [line["outcome"] for line in listener.said() if line["event"] == "mail"] == ["taken"]
