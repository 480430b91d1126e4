"""The sandbox's vault: cards given on its own page, kept by token, let go for good."""

from django.db import transaction
from django.db.models import F

from aftersale.base.ports import Clock, Ids, assert_outside_transaction
from aftersale.payments.providers import BadRequest, Declined, Unavailable
from aftersale.payments.providers.cards import (
    Detached,
    DetachOutcome,
    Gone,
    KeptCard,
    NoCardYet,
    SetUpOutcome,
    SetUpPage,
)
from aftersale.payments.providers.sandbox.models import CardBehaviour, SetUpStatus, VaultCard, VaultSetUp
from aftersale.payments.providers.sandbox.services import NAME
from aftersale.payments.providers.sandbox.trial_cards import REFUSED_AT_SET_UP, TRIAL_CARDS

SILENT = "the sandbox did not answer in time"


class Vault:
    name = NAME

    def __init__(self, *, clock: Clock, ids: Ids) -> None:
        self._clock, self._ids = clock, ids

    def set_up_card(self, *, key: str, return_to: str) -> SetUpPage:
        assert_outside_transaction("the sandbox")
        row, _ = VaultSetUp.objects.get_or_create(
            key=key,
            defaults={
                "reference": self._ids.reference("P"),
                "return_to": return_to,
                "created_at": self._clock.now(),
            },
        )
        return SetUpPage(row.reference, f"/sandbox/cards/{row.reference}/")

    def find_set_up(self, reference: str) -> SetUpOutcome:
        assert_outside_transaction("the sandbox")
        row = VaultSetUp.objects.select_related("card").filter(reference=reference).first()
        if row is None:
            raise BadRequest(f"the sandbox knows no set-up {reference}")
        if row.status == SetUpStatus.DECLINED:
            return Declined(row.code)
        return NoCardYet() if row.card is None else _kept(row.card)

    def detach_card(self, token: str) -> DetachOutcome:
        assert_outside_transaction("the sandbox")
        card = VaultCard.objects.filter(token=token).first()
        if card is None:
            return Gone()
        behaviour = behaviour_now(card)
        if behaviour in (CardBehaviour.TIMES_OUT_BEFORE, CardBehaviour.OUTAGE):
            raise Unavailable(SILENT)
        if behaviour == CardBehaviour.STAYS:
            return Detached()
        let_go = VaultCard.objects.filter(pk=card.pk, detached_at=None).update(detached_at=self._clock.now())
        if behaviour == CardBehaviour.TIMES_OUT_AFTER:
            raise Unavailable(SILENT)
        return Detached() if let_go else Gone()

    def find_card(self, token: str) -> KeptCard | Gone:
        assert_outside_transaction("the sandbox")
        card = VaultCard.objects.filter(token=token).first()
        if card is None:
            return Gone()
        if card.behaviour == CardBehaviour.OUTAGE and behaviour_now(card) == CardBehaviour.OUTAGE:
            raise Unavailable(SILENT)
        return Gone() if card.detached_at else _kept(card)


@transaction.atomic
def give_card(*, clock: Clock, ids: Ids, set_up: str, trial_card: str, email: str = "") -> VaultSetUp:
    """What the sandbox's own page does when a card was picked there. A page takes one card."""
    row = VaultSetUp.objects.select_for_update().get(reference=set_up)
    assert trial_card in TRIAL_CARDS, f"the sandbox has no trial card {trial_card}"
    if row.status != SetUpStatus.OPEN:
        return row
    if code := REFUSED_AT_SET_UP.get(trial_card):
        row.status, row.code = SetUpStatus.DECLINED, code
    else:
        row.status, row.card = (
            SetUpStatus.DONE,
            keep_card(clock=clock, ids=ids, trial_card=trial_card, email=email),
        )
    row.save(update_fields=["status", "code", "card"])
    return row


def keep_card(*, clock: Clock, ids: Ids, trial_card: str, email: str = "") -> VaultCard:
    """Put a trial card into the vault; for the page, the demo and tests."""
    now = clock.now()
    return VaultCard.objects.create(
        token=f"card_{ids.key()}", trial_card=trial_card, email=email, created_at=now
    )


def behave_with_card(token: str, behaviour: CardBehaviour, *, calls: int | None = None) -> None:
    """From now on answer calls about this card so: for `calls` calls, or for ever."""
    assert VaultCard.objects.filter(token=token).update(behaviour=behaviour, behaves_for=calls)


def behaviour_now(card: VaultCard) -> CardBehaviour:
    """How the card behaves in this call, which may be the last that does so."""
    if card.behaves_for is None:
        return CardBehaviour(card.behaviour)
    left = VaultCard.objects.filter(pk=card.pk, behaves_for__gt=0)
    taken = left.update(behaves_for=F("behaves_for") - 1)
    return CardBehaviour(card.behaviour) if taken else CardBehaviour.SUCCEEDS


def _kept(card: VaultCard) -> KeptCard:
    of = TRIAL_CARDS[card.trial_card]
    return KeptCard(
        token=card.token,
        brand=of.brand,
        last_four=of.last_four,
        expiry_month=of.expiry_month,
        expiry_year=of.expiry_year,
        email=card.email,
        fingerprint=f"sandbox-bank:{of.physical}",
    )
