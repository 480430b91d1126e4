"""A worker is killed in the middle of a card's removal: it stays frozen, and the next one ends the case."""

import signal
from datetime import timedelta

import pytest
from django.db import transaction

from aftersale.accounts.models import User
from aftersale.cards.models import RemovalRequest
from aftersale.cards.services import begin_removal, prove_removal, submit_removal
from aftersale.cards.tests.cast import PASSWORD, a_card
from aftersale.config.ports import system_ports
from aftersale.payments.card_models import CardState, SavedCard
from aftersale.payments.errors import CardNotChargeable
from aftersale.payments.providers.sandbox.models import VaultCard
from aftersale.payments.saved_cards import chargeable_card
from tests.crash.processes import started, wait_until, work_off

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
# Where it dies -> whether the provider has let go by then, and what it answers to the next worker.
POINTS = {
    "before the call": (False, "detached"),
    "after the effect": (True, "already_gone"),
    "after the look": (True, "already_gone"),
    "before the commit": (True, "already_gone"),
}


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_at_any_point_leaves_the_card_frozen_and_the_next_ends_the_case(point, tmp_path):
    ports, (is_gone, answer) = system_ports(), POINTS[point]
    ann = User.objects.create_user("ann@example.com", PASSWORD, name="Ann")
    card = a_card(ports, ann, "visa-good")
    request = begin_removal(ports=ports, card=card, email=card.email)
    request = prove_removal(ports=ports, request=request, kind="password", given=PASSWORD)
    submit_removal(ports=ports, request=request)
    reached = tmp_path / "reached"
    with started("-m", "tests.crash.stopping_card_worker", point, str(reached)) as worker:
        wait_until(reached.exists, worker)
        worker.send_signal(signal.SIGKILL)

    assert VaultCard.objects.filter(detached_at__isnull=False).exists() == is_gone
    assert RemovalRequest.objects.get().state == "detaching"
    assert SavedCard.objects.get().state == CardState.REMOVAL_PENDING
    with pytest.raises(CardNotChargeable), transaction.atomic():
        chargeable_card(card.pk)

    work_off(timedelta(minutes=2))
    case = RemovalRequest.objects.get()
    assert (case.state, case.provider_answer, case.attempts) == ("verified", answer, 2)
    assert SavedCard.objects.get().state == CardState.DETACHED
    assert VaultCard.objects.filter(detached_at=None).count() == 0
