"""The listener is killed at any point of a mail: who heard 250 is right, who did not brings it again."""

import signal

import pytest

from aftersale.support.models import IncomingMail
from tests.crash.processes import wait_until
from tests.mail.listening import Talk, letter, listening

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
# Where it dies -> how many rows are there by then.
POINTS = {"before the commit": 0, "before the 250": 1}


@pytest.mark.parametrize("point", POINTS)
def test_a_client_that_heard_no_250_brings_its_mail_again_and_it_is_there_once(point, tmp_path):
    reached, raw = tmp_path / "reached", letter()
    stopping = ("tests.mail.stopping_listener", point, str(reached))
    with listening(tmp_path, command=stopping) as listener, Talk(listener) as client:
        client.begin()
        client.send(raw + b".\r\n")
        wait_until(reached.exists, listener.process)
        listener.process.send_signal(signal.SIGKILL)
        assert client.hear() == ""
    assert IncomingMail.objects.count() == POINTS[point]

    with listening(tmp_path) as listener, Talk(listener) as client:
        client.begin()
        client.send(raw)
        assert client.end() == "250 2.0.0 stored"
    assert IncomingMail.objects.get().state == "stored"


def test_a_mail_whose_sender_heard_250_is_there_though_the_listener_is_killed_at_once(tmp_path):
    with listening(tmp_path) as listener, Talk(listener) as client:
        client.begin()
        client.send(letter())
        assert client.end() == "250 2.0.0 stored"
        listener.process.send_signal(signal.SIGKILL)
        listener.process.wait()
    assert IncomingMail.objects.count() == 1
