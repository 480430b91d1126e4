"""The worker's loop: each step in turn, none stopped by another's error, and an end when it is asked for."""

import json
import signal
import time

import pytest
import structlog
from django.db import connection

from aftersale.base.models import Notification
from aftersale.config import worker as module
from aftersale.config.commands import worker as command
from aftersale.config.worker import Step, Worker
from aftersale.payments.models import Refund
from aftersale.payments.providers.sandbox.models import Behaviour
from aftersale.payments.providers.sandbox.services import behave
from aftersale.payments.services import settle_due_refunds
from aftersale.payments.states import State
from tests.money import shop


class Asked:
    """A step that does so much in each round, and then nothing."""

    def __init__(self, *done):
        self.done, self.rounds = list(done), 0

    def __call__(self):
        self.rounds += 1
        return self.done.pop(0) if self.done else 0


def broken():
    raise RuntimeError("4111 1111 1111 1111 is what someone wrote")


@pytest.fixture
def quiet(monkeypatch):
    monkeypatch.setattr(module, "close_old_connections", lambda: None)


def test_it_works_until_nothing_is_due(quiet):
    steps = [Asked(3, 0, 2), Asked(0, 1)]
    assert Worker([Step("one", steps[0]), Step("two", steps[1])]).run_once() is True
    assert [step.rounds for step in steps] == [4, 4]


def test_a_broken_step_rests_longer_each_time_and_stops_no_other(quiet, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    good, bad = Asked(), Step("bad", broken)
    worker = Worker([bad, Step("good", good)])
    with structlog.testing.capture_logs() as told:
        for _ in range(200):
            worker.round()
            now[0] += 1
    assert good.rounds == 200
    assert [line["rests_seconds"] for line in told] == [2, 4, 8, 16, 32, 60, 60, 60]
    assert "4111" not in json.dumps(told), "what people wrote is never logged"
    assert told[0]["step"] == "bad" and "test_worker.py" in told[0]["at"]


def test_a_step_that_works_again_is_forgiven(quiet):
    step = Step("mended", Asked(1), failures=3)
    Worker([step]).round()
    assert step.failures == 0


def test_once_says_so_when_a_step_failed(quiet):
    with structlog.testing.capture_logs():
        assert Worker([Step("bad", broken)]).run_once() is False


def test_it_ends_when_it_is_asked_to(quiet):
    worker = Worker([])
    rounds = Asked(1, 1, 1, 1, 1)

    def step():
        worker.stop.asked = rounds.rounds == 2
        return rounds()

    worker.steps = [Step("one", step), Step("never reached", broken)]
    worker.steps[1].rests_until = float("inf")
    worker.run()
    assert rounds.rounds == 3


@pytest.mark.django_db(transaction=True)
def test_the_command_pays_what_is_due_and_ends(monkeypatch, settings, request):
    request.addfinalizer(structlog.reset_defaults)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    settings.CLOCK_START = shop.NOON
    desk = shop.desk()
    shop.refund(shop.order(ports=desk.ports), 40_00, ports=desk.ports, intent="i")
    assert command.main(["--once"]) == 0
    assert Refund.objects.get().state == State.SUCCEEDED
    assert not Notification.objects.filter(state="wanted").exists()


@pytest.mark.django_db
def test_it_stops_between_two_refunds_and_not_in_one(monkeypatch):
    desk = shop.desk()
    for number in range(3):
        shop.refund(shop.order(f"M-{number}", ports=desk.ports), 1_00, ports=desk.ports, intent=f"{number}")
    answers = iter([False, True])
    assert (
        settle_due_refunds(
            clock=desk.clock, ids=desk.ids, providers=desk.providers, stop=lambda: next(answers)
        )
        == 1
    )
    assert Refund.objects.filter(state=State.RESERVED).count() == 2


@pytest.mark.django_db
def test_idle_rounds_ask_a_fixed_number_of_queries(django_assert_max_num_queries):
    desk = shop.desk()
    for number in range(10):
        shop.refund(shop.order(f"M-{number}", ports=desk.ports), 1_00, ports=desk.ports, intent=f"{number}")
    behave("charge-M-0-1", Behaviour.OUTAGE)
    while desk.settle():
        pass
    assert connection.vendor
    with django_assert_max_num_queries(2):
        assert desk.settle() + desk.reconcile() == 0
