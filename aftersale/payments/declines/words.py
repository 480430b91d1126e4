"""What a customer reads of a failed charge, by the public name of its answer: on pages, in mails, in the API.

It is made of the answer alone, so that nothing of the decline itself can be read out of it.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aftersale.payments.declines.table import TABLE, Action, AddAgain, Answer


@dataclass(frozen=True, slots=True)
class Said:
    """What happened, in a few words and in a sentence or two."""

    title: Promise
    text: Promise


SAID: dict[str, Said] = {
    "no_reason_given": Said(
        _("Your bank declined the payment"),
        _("Your bank said no, and we cannot give you a reason for it. Your bank can. Nothing was charged."),
    ),
    "not_enough_funds": Said(
        _("Not enough money, or a limit was reached"),
        _(
            "Your bank says that there was not enough money for this payment, or that a limit of the card was"
            " reached. Nothing was charged."
        ),
    ),
    "check_card_number": Said(
        _("The card number was not right"),
        _("Your bank does not know the card number as it was typed. Nothing was charged."),
    ),
    "check_security_code": Said(
        _("The security code was not right"),
        _("The three or four digits of the security code were not those of the card. Nothing was charged."),
    ),
    "check_postcode": Said(
        _("The postcode or address was not right"),
        _("The postcode or the address is not the one that your bank knows. Nothing was charged."),
    ),
    "check_expiry": Said(
        _("The expiry date was not right"),
        _("The month and year were not those that are printed on the card. Nothing was charged."),
    ),
    "check_card_details": Said(
        _("Something was typed wrong"),
        _("Number, expiry date, security code or postcode do not belong together. Nothing was charged."),
    ),
    "expired_or_replaced": Said(
        _("The card has expired or was replaced"),
        _("Your bank has a newer card or a newer expiry date for you. Nothing was charged."),
    ),
    "confirm_with_bank": Said(
        _("Your bank wants to hear from you"),
        _("Your bank asks you to confirm the payment, and it was not confirmed. Nothing was charged."),
    ),
    "technical_problem": Said(
        _("A technical problem: you were not charged"),
        _("Your bank could not be asked properly. This says nothing about your card or your account."),
    ),
    "card_not_usable_here": Said(
        _("This card cannot be used for this payment"),
        _("Cards of this kind are not taken here, or not in this currency. Nothing was charged."),
    ),
    "maybe_paid_already": Said(
        _("This may be paid already"),
        _("The same payment was asked for shortly before. Look at the earlier one before you pay again."),
    ),
    "being_checked": Said(
        _("We are checking: do not pay again"),
        _("We have no answer yet whether the payment went through. We keep asking, and tell you."),
    ),
}
_HELPS: dict[Action, Promise] = {
    Action.ASK_BANK: _("Ask your bank: only it knows the reason, and can clear the way for the payment."),
    Action.PAY_OTHERWISE: _("Pay with another card, or by bank transfer."),
    Action.TRY_LATER: _("Try the same card again later. It does not have to be added again for that."),
    Action.CORRECT: _("Add the card again, and type it as it is printed."),
    Action.UPDATE: _("Give the card with its new expiry date, or the card that your bank sent you instead."),
    Action.CONFIRM: _("Try once more, and confirm the payment on your bank's page or in its app."),
    Action.SEE_EARLIER: _("Look at the earlier payment. If it went through, there is nothing left to do."),
    Action.WAIT: _("Wait. Paying again now could charge you twice."),
}
_VERDICTS: dict[AddAgain, Said] = {
    AddAgain.NO: Said(
        _("No: do not add this card again"),
        _(
            "To your bank it is the same card, however often you add it here. Adding it may even count as one"
            " more attempt, and too many of those get a card blocked."
        ),
    ),
    AddAgain.YES: Said(
        _("Yes: add this card again"),
        _("What was saved is wrong. Added again and typed rightly, it can pay."),
    ),
    AddAgain.UPDATE: Said(
        _("Update it"),
        _("The same card with its new date is recognised, and takes the place of the old one."),
    ),
}


def said_of(answer: Answer) -> Said:
    """What happened."""
    return SAID[answer.name]


def helps_of(answer: Answer) -> tuple[Promise, ...]:
    """What helps, the best first."""
    return tuple(_HELPS[action] for action in answer.actions)


def verdict_of(answer: Answer) -> Said:
    """Whether to add the same card again, and why."""
    return verdict_for(answer.add_again)


def verdict_for(add_again: AddAgain) -> Said:
    return _VERDICTS[add_again]


assert set(SAID) == set(TABLE.answers), "each answer has its words"
