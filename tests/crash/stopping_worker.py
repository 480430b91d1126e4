"""The real worker, but for one thing: at the named point of a refund it says so and waits to be killed.

    python -m tests.crash.stopping_worker POINT FILE

FILE appears when POINT is reached.
"""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import os
import subprocess
import sys
import time

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
from tests.crash.stopping import stop, stop_at
from tests.money.watched import Watched


class Stopping(Watched):
    """The sandbox, with a worker that stops before, in or after the call."""

    def refund(self, charge: str, amount: Money, *, key: str) -> RefundOutcome:
        stop_at("before the call")
        if sys.argv[1] == "during a slow call":
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
        stop_at("after the effect")
        return outcome


def pay_slowly(charge: str, minor: str, key: str, currency: str) -> None:
    time.sleep(0.5)
    sandbox = system_providers(clock=system_clock(), ids=RandomIds())["sandbox"]
    sandbox.refund(charge, Money(int(minor), currency), key=key)


if __name__ == "__main__":
    if sys.argv[1] == "pay":
        pay_slowly(*sys.argv[2:])
        sys.exit()
    if sys.argv[1] == "before the commit":
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
