"""A worker is killed in the middle of Ann's refund: the next one pays it once and loses nothing."""

import json
import random
import signal
import subprocess
import time
from datetime import timedelta

import pytest
from django.db.models import Sum

from aftersale.config.ports import system_ports
from aftersale.ledger.models import Entry
from aftersale.payments.models import Refund, TenderMoney
from aftersale.payments.providers.sandbox.models import Charge, SandboxRefund
from aftersale.payments.states import State
from tests.crash.processes import PATIENCE, started, verify_is_clean, wait_until, work_off
from tests.money import shop
from tests.money.checks import books_are_whole

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
POINTS = ["before the call", "during a slow call", "after the effect", "before the commit"]


def test_a_worker_killed_at_any_point_of_a_refund_pays_once_and_loses_nothing(tmp_path):
    ports = system_ports()
    for number, point in enumerate(POINTS):
        bought = shop.order(f"M-{number}", ports=ports)
        shop.refund(bought, 40_00, ports=ports, intent=point)
        reached = tmp_path / point.replace(" ", "-")
        with started("-m", "tests.crash.stopping_worker", point, str(reached)) as worker:
            wait_until(reached.exists, worker)
            worker.send_signal(signal.SIGKILL)
        assert Refund.objects.get(intent=point).state == State.SUBMITTED
    wait_until(lambda: SandboxRefund.objects.count() == 3)  # the slow call arrives after its worker's death
    keys = set(Refund.objects.values_list("key", flat=True))

    assert shop.desk(ports.clock.now() + timedelta(minutes=2)).reconcile() == 4
    states = dict(Refund.objects.values_list("intent", "state"))
    assert states.pop("before the call") == State.UNKNOWN, "what was never sent may still be on its way"
    assert set(states.values()) == {State.SUCCEEDED}
    work_off(timedelta(minutes=20))
    each_paid_once(4, keys)
    verify_is_clean()


def test_workers_killed_again_and_again_under_load_pay_each_refund_once():
    ports, rng, rounds, each = system_ports(), random.Random(7), 2, 20
    for turn in range(rounds):
        for number in range(each):
            bought = shop.order(f"M-{turn}-{number}", ports=ports)
            shop.refund(bought, 40_00, ports=ports, intent=bought.code)
        before = settled()
        with started("-m", "aftersale", "worker") as one, started("-m", "aftersale", "worker") as other:
            wait_until(lambda before=before: settled() > before, one)
            time.sleep(rng.random() * 0.15)
            for worker in (one, other):
                worker.send_signal(signal.SIGKILL)
    keys = set(Refund.objects.values_list("key", flat=True))
    work_off(timedelta(minutes=20))
    each_paid_once(rounds * each, keys)
    books_are_whole(shop.desk(ports.clock.now()))


def test_a_worker_that_is_asked_to_end_does_so_cleanly():
    ports = system_ports()
    shop.refund(shop.order(ports=ports), 40_00, ports=ports, intent="i")
    with started("-m", "aftersale", "worker", stderr=subprocess.PIPE) as worker:
        wait_until(lambda: settled() == 1, worker)
        worker.send_signal(signal.SIGTERM)
        _, said = worker.communicate(timeout=PATIENCE)
        assert worker.returncode == 0
    told = [json.loads(line) for line in said.decode().splitlines()]
    assert any({"step": "settle refunds", "done": 1}.items() <= line.items() for line in told)


def settled():
    return Refund.objects.exclude(state__in=(State.RESERVED, State.SUBMITTED)).count()


def each_paid_once(count, keys):
    assert Refund.objects.filter(state=State.SUCCEEDED).count() == Refund.objects.count() == count
    assert set(SandboxRefund.objects.values_list("key", flat=True)) == keys
    assert SandboxRefund.objects.count() == count
    posted = Entry.objects.filter(intent_key__startswith="refund:")
    assert posted.count() == count
    sums = [
        posted.aggregate(total=Sum("amount_minor"))["total"],
        Charge.objects.aggregate(total=Sum("refunded_minor"))["total"],
        TenderMoney.objects.aggregate(total=Sum("succeeded_minor"))["total"],
    ]
    assert sums == [40_00 * count] * 3
