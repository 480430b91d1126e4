"""The real worker, but for one thing: at a point of a card's removal it says so and waits to be killed.

    python -m tests.crash.stopping_card_worker POINT FILE

FILE appears when POINT is reached.
"""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import os
import sys
import time
from pathlib import Path

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


class Stopping(Vault):
    """The sandbox's vault, with a worker that stops before or after it lets go, or after it was looked at."""

    def detach_card(self, token: str) -> DetachOutcome:
        if POINT == "before the call":
            stop()
        outcome = super().detach_card(token)
        if POINT == "after the effect":
            stop()
        return outcome

    def find_card(self, token: str) -> KeptCard | NoCard:
        found = super().find_card(token)
        if POINT == "after the look":
            stop()
        return found


def stop(*_: object, **__: object) -> None:
    REACHED.touch()
    time.sleep(60)


if __name__ == "__main__":
    POINT, REACHED = sys.argv[1], Path(sys.argv[2])
    if POINT == "before the commit":
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
