"""The real worker, but for one thing: at the named point of a charge it says so and waits to be killed.

    python -m tests.crash.stopping_charger POINT FILE

FILE appears when POINT is reached.
"""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
django.setup()

from aftersale.config import worker as house
from aftersale.config.ports import system_mail, system_ports
from aftersale.config.worker import Worker, house_steps
from aftersale.payments import charge_writing
from aftersale.payments.providers.charges import ChargeOutcome, ChargeRequest
from aftersale.payments.providers.registry import system_charge_providers, system_providers
from tests.crash.stopping import stop, stop_at
from tests.money.watched_terminal import WatchedTerminal


class Stopping(WatchedTerminal):
    """The sandbox, with a worker that stops before or after the call."""

    def charge(self, request: ChargeRequest, *, key: str) -> ChargeOutcome:
        stop_at("before the call")
        outcome = super().charge(request, key=key)
        stop_at("after the effect")
        return outcome


if __name__ == "__main__":
    if sys.argv[1] == "before the commit":
        vars(charge_writing)["take_in"] = stop
    ports = system_ports()
    terminals = system_charge_providers(clock=ports.clock, ids=ports.ids)
    stopping = {name: Stopping(terminal) for name, terminal in terminals.items()}
    vars(house)["system_charge_providers"] = lambda **_: stopping
    worker = Worker([])
    worker.steps = house_steps(
        ports=ports,
        mail=system_mail(ports.clock),
        providers=system_providers(clock=ports.clock, ids=ports.ids),
        stop=worker.stop,
    )
    worker.run()
