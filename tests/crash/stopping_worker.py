"""The real worker, but for one thing: at the named point of a refund it says so and waits to be killed.

    python -m tests.crash.stopping_worker POINT FILE

FILE appears when POINT is reached.
"""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import os
import subprocess
import sys
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
django.setup()

from aftersale.base.money import Money
from aftersale.base.ports import RandomIds
from aftersale.config.ports import system_clock, system_mail, system_ports
from aftersale.config.worker import Worker, house_steps
from aftersale.payments import settling
from aftersale.payments.providers import RefundOutcome
from aftersale.payments.providers.registry import system_providers
from tests.money.watched import Watched


class Stopping(Watched):
    """The sandbox, with a worker that stops before, in or after the call."""

    def refund(self, charge: str, amount: Money, *, key: str) -> RefundOutcome:
        if POINT == "before the call":
            stop()
        if POINT == "during a slow call":
            # The provider is a process of its own: it goes on when its client is dead.
            slowly = [
                sys.executable,
                "-m",
                "tests.crash.stopping_worker",
                "pay",
                charge,
                str(amount.minor),
                key,
            ]
            subprocess.Popen([*slowly, amount.currency])
            stop()
        outcome = super().refund(charge, amount, key=key)
        if POINT == "after the effect":
            stop()
        return outcome


def stop(*_: object, **__: object) -> None:
    REACHED.touch()
    time.sleep(60)


def pay_slowly(charge: str, minor: str, key: str, currency: str) -> None:
    time.sleep(0.5)
    sandbox = system_providers(clock=system_clock(), ids=RandomIds())["sandbox"]
    sandbox.refund(charge, Money(int(minor), currency), key=key)


if __name__ == "__main__":
    POINT, REACHED = sys.argv[1], Path(sys.argv[2])
    if POINT == "pay":
        pay_slowly(*sys.argv[2:])
        sys.exit()
    if POINT == "before the commit":
        vars(settling)["post_refund"] = stop
    ports = system_ports()
    providers = system_providers(clock=ports.clock, ids=ports.ids)
    worker = Worker([])
    worker.steps = house_steps(
        ports=ports,
        mail=system_mail(ports.clock),
        providers={name: Stopping(provider) for name, provider in providers.items()},
        stop=worker.stop,
    )
    worker.run()
