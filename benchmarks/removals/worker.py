"""The real worker, whose provider fails one call in twenty: half of those lost, half answered to nobody."""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import os
import random
import signal
from collections.abc import Callable

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
django.setup()

from aftersale.config import worker as house
from aftersale.config.ports import system_mail, system_ports
from aftersale.payments.providers import Unavailable
from aftersale.payments.providers.cards import DetachOutcome, KeptCard
from aftersale.payments.providers.cards import Gone as NoCard
from aftersale.payments.providers.registry import system_providers
from aftersale.payments.providers.sandbox.vault import Vault

FAULTS = 0.05


class Faulty(Vault):
    """The sandbox's vault behind a bad network, the same one in each run."""

    def detach_card(self, token: str) -> DetachOutcome:
        return self._sometimes(lambda: super(Faulty, self).detach_card(token))

    def find_card(self, token: str) -> KeptCard | NoCard:
        return self._sometimes(lambda: super(Faulty, self).find_card(token))

    def _sometimes[Answer](self, call: Callable[[], Answer]) -> Answer:
        drawn = _LUCK.random()
        if drawn < FAULTS / 2:
            raise Unavailable("the request was lost")
        answer = call()
        if drawn < FAULTS:
            raise Unavailable("the answer was lost")
        return answer


_LUCK = random.Random(7)


def main() -> None:
    ports = system_ports()
    vault = Faulty(clock=ports.clock, ids=ports.ids)
    vars(house)["system_card_providers"] = lambda **_ports: {vault.name: vault}
    worker = house.Worker([])
    worker.steps = house.house_steps(
        ports=ports,
        mail=system_mail(ports.clock),
        providers=system_providers(clock=ports.clock, ids=ports.ids),
        stop=worker.stop,
    )

    def stop(*_: object) -> None:
        worker.stop.asked = True

    signal.signal(signal.SIGTERM, stop)
    worker.run()


if __name__ == "__main__":
    main()
