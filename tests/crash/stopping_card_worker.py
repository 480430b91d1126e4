"""The real worker, but for one thing: at a point of a card's removal it says so and waits to be killed.

    python -m tests.crash.stopping_card_worker POINT FILE

FILE appears when POINT is reached.
"""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
django.setup()

from aftersale.cards import detaching
from aftersale.cards.detaching import detach_due_cards
from aftersale.config.ports import system_ports
from aftersale.config.worker import Step, Worker
from aftersale.payments.providers.cards import DetachOutcome, KeptCard
from aftersale.payments.providers.cards import Gone as NoCard
from aftersale.payments.providers.sandbox.vault import Vault
from tests.crash.stopping import stop, stop_at


class Stopping(Vault):
    """The sandbox's vault, with a worker that stops before or after it lets go, or after it was looked at."""

    def detach_card(self, token: str) -> DetachOutcome:
        stop_at("before the call")
        outcome = super().detach_card(token)
        stop_at("after the effect")
        return outcome

    def find_card(self, token: str) -> KeptCard | NoCard:
        found = super().find_card(token)
        stop_at("after the look")
        return found


if __name__ == "__main__":
    if sys.argv[1] == "before the commit":
        vars(detaching)["move_card"] = stop
    ports = system_ports()
    vault = Stopping(clock=ports.clock, ids=ports.ids)
    worker = Worker([])
    worker.steps = [
        Step(
            "remove cards",
            lambda: detach_due_cards(ports=ports, providers={vault.name: vault}, stop=worker.stop),
        )
    ]
    worker.run()
