"""A card and its removal in people's words."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersale.cards.models import RemovalRequest
from aftersale.cards.queries import Touched, like, open_removal_of, touched_by
from aftersale.cards.states import ASKING, DONE, REMOVING, STOPPED, WITH_TEAM, RemovalState
from aftersale.cards.unfreezing import unfreezing_proofs
from aftersale.payments.card_models import CardState, SavedCard
from aftersale.returns.models import Return
from aftersale.returns.queries import open_returns_paid_by
from aftersale.web.templatetags.aftersale_web import brand_name

S = RemovalState
_STEPS: tuple[tuple[str, Promise], ...] = (
    ("submitted", gettext_lazy("Submitted")),
    ("provider", gettext_lazy("Gone at the provider")),
    ("team", gettext_lazy("Confirmed by our team")),
    ("receipt", gettext_lazy("Receipt")),
)
# What the customer is asked for, a page each.
_ASKED: tuple[tuple[str, Promise], ...] = (
    ("email", gettext_lazy("E-mail")),
    ("proof", gettext_lazy("Proof")),
    ("submit", gettext_lazy("Submit")),
)
_NOW: dict[str, Promise] = {
    S.SUBMITTED: gettext_lazy(
        "Your request is with our payments team. The payment provider is asked to let the card go."
    ),
    S.DETACHING: gettext_lazy(
        "The payment provider has not confirmed yet that the card is gone. It stays frozen and we ask again."
    ),
    S.NEEDS_STAFF: gettext_lazy(
        "The payment provider does not answer as it should. Our staff looks after it; the card stays frozen."
    ),
    S.VERIFIED: gettext_lazy(
        "We looked: the payment provider has the card no more. Our payments team checks our own systems next."
    ),
    S.CONFIRMED: gettext_lazy("Our payments team has confirmed it."),
    S.CLOSED: gettext_lazy(
        "The card is gone, at the payment provider and with us. Keep the signed receipt if you like."
    ),
    S.VETOED: gettext_lazy(
        "It was stopped from the e-mail tied to the card. The card was not removed, and stays frozen."
    ),
    S.WITHDRAWN: gettext_lazy("You withdrew the request. The card was not removed, and stays frozen."),
    S.EXPIRED: gettext_lazy("The request was not finished in time. Nothing has happened to the card."),
}

# Where the payments team is told something else than the customer.
_TOLD_TO_TEAM: dict[str, Promise] = {
    S.SUBMITTED: gettext_lazy("The payment provider is asked to let the card go."),
    S.WITHDRAWN: gettext_lazy(
        "The customer withdrew the request. The card was not removed, and stays frozen."
    ),
    S.CLOSED: gettext_lazy(
        "The card is gone, at the payment provider and with us. The customer has the receipt."
    ),
}


def card_name(card: SavedCard) -> str:
    """Visa ending in 4242; after its particulars were erased, only that it is a card."""
    if not card.last_four:
        return _("A removed card")
    return _("%(brand)s ending in %(four)s") % {"brand": brand_name(card.brand), "four": card.last_four}


@dataclass(frozen=True)
class CardShown:
    """A card on its owner's list, with what freezing or removing it touches."""

    card: SavedCard

    asking = _ASKED

    @property
    def name(self) -> str:
        return card_name(self.card)

    @property
    def expires(self) -> str:
        return f"{self.card.expiry_month:02}/{self.card.expiry_year}" if self.card.expiry_month else ""

    @property
    def note(self) -> str:
        return str(self.card.get_freeze_reason_display()) if self.card.freeze_reason else ""

    @property
    def can_be_frozen(self) -> bool:
        return self.card.state == CardState.ACTIVE

    @property
    def can_be_unfrozen(self) -> bool:
        return bool(unfreezing_proofs(self.card))

    @property
    def can_be_removed(self) -> bool:
        return self.card.state in (CardState.ACTIVE, CardState.FROZEN)

    @cached_property
    def removal(self) -> RemovalRequest | None:
        """The request that is on its way, once it is submitted."""
        found = open_removal_of(self.card)
        return found if found is not None and found.state not in ASKING else None

    @cached_property
    def touched(self) -> Touched:
        return touched_by(self.card)

    @cached_property
    def returns(self) -> list[Return]:
        """Open returns of orders that were paid with a card like this one."""
        return list(open_returns_paid_by(self.card.customer, like(self.card))[:20])


@dataclass(frozen=True)
class RemovalShown:
    """A removal at this moment: how far it has come, and what comes next."""

    request: RemovalRequest
    now: datetime

    steps = _STEPS

    @property
    def name(self) -> str:
        return card_name(self.request.card)

    @property
    def badge(self) -> str:
        """What became of it: a removal that has ended has removed the card."""
        return CardState.DETACHED if self.is_done else self.request.state

    @property
    def step(self) -> str:
        if self.request.state in (S.VERIFIED, S.CONFIRMED):
            return "team"
        return "receipt" if self.request.state == S.CLOSED else "provider"

    @property
    def is_stopped(self) -> bool:
        return self.request.state in (*STOPPED, S.EXPIRED)

    @property
    def is_done(self) -> bool:
        return self.request.state == S.CLOSED

    @property
    def sentence(self) -> str:
        return str(_NOW.get(self.request.state, ""))

    @property
    def sentence_for_team(self) -> str:
        if self.waits_for_veto:
            return _("The card's e-mail may still stop it. The payment provider is asked afterwards.")
        return str(_TOLD_TO_TEAM.get(self.request.state) or self.sentence)

    @property
    def waits_for_veto(self) -> bool:
        """Whether the card's e-mail may still stop it, so that nobody was asked yet."""
        due = self.request.due_at
        return self.request.state == S.SUBMITTED and due is not None and due > self.now

    @property
    def is_late(self) -> bool:
        due = self.request.team_due_at
        return self.request.state in WITH_TEAM and due is not None and due <= self.now

    @property
    def is_gone(self) -> bool:
        return self.request.state in DONE

    @property
    def moves_on(self) -> bool:
        """Whether the worker is on its way to the provider, so that the page looks again by itself."""
        return self.request.state in (S.SUBMITTED, S.DETACHING) and not self.waits_for_veto

    @property
    def is_at_the_provider(self) -> bool:
        return self.request.state in REMOVING
