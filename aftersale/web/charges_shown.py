"""A charge and the ways to pay in people's words. What a customer sees of a decline is its answer."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersale.orders.models import Order
from aftersale.payments.card_models import SavedCard
from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_queries import charges_of, schedule_of
from aftersale.payments.charge_states import ChargeState, GivenUp
from aftersale.payments.declines import TABLE, Action, AddAgain
from aftersale.payments.earlier import earlier_like
from aftersale.payments.errors import NotAgain, TryLater
from aftersale.payments.retrying import answer_to, own_try_at, refuse_what_cannot_help
from aftersale.web.cards_shown import card_name
from aftersale.web.declines_shown import AnswerShown
from aftersale.web.templatetags.aftersale_web import brand_name, moment

S = ChargeState
# Neither paid nor failed yet, and nothing for the customer to do but to wait.
CHECKING = (S.SUBMITTED, S.PENDING, S.UNKNOWN)
_GIVEN_UP: dict[str, Promise] = {
    GivenUp.CARD: gettext_lazy("The card is frozen or removed, so it was not charged."),
    GivenUp.BUDGET: gettext_lazy(
        "This card was tried as often as its card network allows. It was not charged."
    ),
    GivenUp.PAID: gettext_lazy("The order was paid otherwise, or owes nothing any more."),
    GivenUp.CUSTOMER: gettext_lazy("You gave it up. Nothing was charged."),
    GivenUp.UNCONFIRMED: gettext_lazy("It was not confirmed with the bank in time. Nothing was charged."),
    GivenUp.LOST: gettext_lazy("It never reached the bank. Nothing was charged."),
}
_BADGES: dict[str, str] = {
    S.CREATED: "scheduled",
    S.SUBMITTED: "unknown",
    S.PENDING: "unknown",
    S.UNKNOWN: "unknown",
    S.REQUIRES_ACTION: "requires_action",
    S.SUCCEEDED: "captured",
    S.DECLINED: "declined",
    S.RELEASED: "given_up",
}


@dataclass(frozen=True)
class ChargeShown:
    """A charge as its customer sees it at this moment."""

    charge: Charge
    now: datetime

    @property
    def badge(self) -> str:
        return _BADGES[self.charge.state]

    @property
    def card(self) -> str:
        """The card as it was charged; its particulars may be erased since."""
        if not self.charge.last_four:
            return card_name(self.charge.card)
        brand = brand_name(self.charge.brand)
        return _("%(brand)s ending in %(four)s") % {"brand": brand, "four": self.charge.last_four}

    @property
    def at(self) -> datetime:
        """When it ended, or began."""
        return self.charge.settled_at or self.charge.created_at

    @property
    def is_checked(self) -> bool:
        return self.charge.state in CHECKING or self.is_about_to_be_asked

    @property
    def is_about_to_be_asked(self) -> bool:
        return self.charge.state == S.CREATED and not self.charge.is_scheduled

    @property
    def failed(self) -> bool:
        return self.charge.state == S.DECLINED

    @property
    def given_up(self) -> str:
        return str(_GIVEN_UP[self.charge.reason]) if self.charge.state == S.RELEASED else ""

    @cached_property
    def answer(self) -> AnswerShown | None:
        """What is told of it: nothing but the table's answer. While it is checked, the answer for that."""
        if self.failed:
            return AnswerShown(answer_to(self.charge))
        return AnswerShown(TABLE.answers["being_checked"]) if self.is_checked else None

    @cached_property
    def retry_at(self) -> datetime | None:
        """When it is tried again by itself."""
        return schedule_of(self.charge, self.now).next_retry_at

    @cached_property
    def again_at(self) -> datetime | None:
        """From when on the customer may try the same saved card again."""
        return own_try_at(self.charge) if self.failed else None

    @property
    def may_be_tried_now(self) -> bool:
        try:
            refuse_what_cannot_help(self.charge.order, self.charge.card, self.now)
        except NotAgain:
            return False
        return self.failed and self.charge.card.may_be_charged

    @property
    def add_again(self) -> bool:
        """Whether the page offers to add the card again."""
        return self.answer is not None and self.answer.answer.add_again == AddAgain.YES

    @property
    def update(self) -> bool:
        """Whether the page offers to give the card with its new date."""
        return self.answer is not None and self.answer.answer.add_again == AddAgain.UPDATE

    @cached_property
    def earlier(self) -> list["ChargeShown"]:
        """The payments that it seems to repeat."""
        if self.answer is None or Action.SEE_EARLIER not in self.answer.answer.actions:
            return []
        return [ChargeShown(one, self.now) for one in earlier_like(self.charge)]

    @cached_property
    def history(self) -> list["ChargeShown"]:
        """Every attempt for the same order, the newest first."""
        return [ChargeShown(one, self.now) for one in charges_of(self.charge.order)][::-1]


@dataclass(frozen=True)
class WayShown:
    """One saved card as a way to pay an order, with the reason where it cannot help now."""

    card: SavedCard
    order: Order
    now: datetime

    @property
    def name(self) -> str:
        return card_name(self.card)

    @cached_property
    def why_not(self) -> str:
        """Empty where the card may be charged for this order now."""
        if not self.card.may_be_charged:
            return _("It cannot be charged: %(state)s.") % {"state": self.card.get_state_display()}
        try:
            refuse_what_cannot_help(self.order, self.card, self.now)
        except TryLater as error:
            return _("Its payment failed. You can try it again from %(moment)s.") % {
                "moment": moment(error.not_before)
            }
        except NotAgain:
            return _("Its payment for this order failed, and it cannot help now.")
        return ""
