"""One run on the database of DATABASE_URL: customers submit removals at random moments, a worker follows.

`python -m benchmarks.removals.run REMOVALS A_SECOND` writes what it found as JSON. It ends with an error when
one removal was lost, or a card could be charged after its submission.
"""
# ruff: noqa: E402 - Django must know its settings before models can be imported.

import json
import os
import random
import statistics
import subprocess
import sys
import time
from datetime import timedelta
from typing import Any

import django
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aftersale.config.settings")
django.setup()

from django.db import transaction

from aftersale.accounts.models import User
from aftersale.base.money import Money
from aftersale.base.ports import Ports
from aftersale.cards.models import RemovalRequest
from aftersale.cards.services import submit_removal
from aftersale.cards.states import Proof, RemovalState
from aftersale.config.ports import system_ports
from aftersale.payments.card_models import CardState, SavedCard
from aftersale.payments.errors import CardNotChargeable
from aftersale.payments.providers import BadRequest
from aftersale.payments.providers.charges import ChargeRequest
from aftersale.payments.providers.sandbox.models import VaultCard
from aftersale.payments.providers.sandbox.terminal import Terminal
from aftersale.payments.saved_cards import chargeable_card

PATIENCE = 300  # seconds after the last submission


def main(removals: int, a_second: float) -> dict[str, Any]:
    """Let `removals` be submitted, `a_second` on average, and wait for all of them."""
    call_command("migrate", verbosity=0)
    ports, luck = system_ports(), random.Random(11)
    cases = proven_removals(ports, removals)
    worker = subprocess.Popen([sys.executable, "-m", "benchmarks.removals.worker"], stderr=subprocess.DEVNULL)
    try:
        time.sleep(3)  # it has started by then
        for case in cases:
            submit_removal(ports=ports, request=case)
            refuse_a_charge(luck.choice(cases[: cases.index(case) + 1]))
            time.sleep(luck.expovariate(a_second))
        _wait_for_all(removals)
    finally:
        worker.terminate()
        worker.wait(timeout=30)
    charge_each_at_the_provider(ports)
    return found()


def proven_removals(ports: Ports, count: int) -> list[RemovalRequest]:
    """As many cards of as many customers, each proven to be its owner's and not submitted yet."""
    now = ports.clock.now()
    return RemovalRequest.objects.bulk_create(
        [
            RemovalRequest(
                reference=ports.ids.reference("C"),
                card=card,
                customer=card.customer,
                state=RemovalState.PROVEN,
                email_hash="0" * 64,
                proof=Proof.PASSWORD,
                proven_at=now,
                due_at=now + timedelta(hours=2),
                created_at=now,
            )
            for card in saved_cards(ports, count)
        ]
    )


def saved_cards(ports: Ports, count: int) -> list[SavedCard]:
    """One good card of each of as many customers, here and at the provider."""
    now = ports.clock.now()
    people = User.objects.bulk_create(
        [User(email=f"c{n}@example.com", name=f"Customer {n}", password="!") for n in range(count)]
    )
    kept = VaultCard.objects.bulk_create(
        [
            VaultCard(token=f"card_{n}", trial_card="visa-good", email=person.email, created_at=now)
            for n, person in enumerate(people)
        ]
    )
    return SavedCard.objects.bulk_create(
        [
            SavedCard(
                reference=ports.ids.reference("K"),
                key=ports.ids.key(),
                customer=person,
                provider="sandbox",
                token=card.token,
                brand="visa",
                last_four="4242",
                email=person.email,
                fingerprint_hash=f"{n:064x}",
                state=CardState.ACTIVE,
                created_at=now,
            )
            for n, (person, card) in enumerate(zip(people, kept, strict=True))
        ]
    )


def refuse_a_charge(case: RemovalRequest) -> None:
    """What every charge must ask first says no."""
    try:
        with transaction.atomic():
            chargeable_card(case.card_id)
    except CardNotChargeable:
        return
    raise AssertionError(f"the card of {case} could be charged after its removal was submitted")


def charge_each_at_the_provider(ports: Ports) -> None:
    """Whoever still had a token could do nothing with it."""
    terminal = Terminal(clock=ports.clock, ids=ports.ids)
    for token in VaultCard.objects.values_list("token", flat=True):
        asked = ChargeRequest(
            token=token, amount=Money(100, "EUR"), reference=f"after {token}", customer_present=False
        )
        try:
            outcome = terminal.charge(asked, key=ports.ids.key())
        except BadRequest:
            continue
        raise AssertionError(f"{token} was charged after its removal: {outcome}")


def found() -> dict[str, Any]:
    cases = list(RemovalRequest.objects.all())
    seconds = {case.pk: _delay(case) for case in cases}
    smooth = [seconds[case.pk] for case in cases if case.attempts == 1]
    return {
        "removals": len(cases),
        "asked": sum(case.attempts for case in cases),
        "asked again": sum(case.attempts > 1 for case in cases),
        "gone already": sum(case.provider_answer == "already_gone" for case in cases),
        "all": _spread(list(seconds.values())),
        "asked once": _spread(smooth),
    }


def _delay(case: RemovalRequest) -> float:
    assert case.submitted_at and case.verified_at, f"{case} is not done"
    return (case.verified_at - case.submitted_at).total_seconds()


def _spread(seconds: list[float]) -> dict[str, float]:
    hundredths = statistics.quantiles(seconds, n=100, method="inclusive")
    return {"p50": hundredths[49], "p99": hundredths[98], "most": max(seconds)}


def _wait_for_all(removals: int) -> None:
    end = time.monotonic() + PATIENCE
    gone = SavedCard.objects.filter(state=CardState.DETACHED, removals__state=RemovalState.VERIFIED)
    while gone.count() < removals:
        if time.monotonic() > end:
            raise AssertionError(f"{removals - gone.count()} of {removals} removals were lost")
        time.sleep(0.5)
    assert not VaultCard.objects.filter(detached_at=None).exists(), "a card is still at the provider"


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), float(sys.argv[2]))))
