"""What every provider must do about charges of saved cards: each slot's tests bring a `ChargeSubject`."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from aftersale.base.money import Money
from aftersale.payments.providers import Absent, Declined, IdempotencyConflict, ProviderFailed, Succeeded
from aftersale.payments.providers.charges import CANCELLED, ChargeProvider, ChargeRequest, RequiresAction

FORTY = Money(40_00, "EUR")


@dataclass(frozen=True, slots=True)
class ChargeSubject:
    """A provider on trial, with tokens of cards that it keeps, and a hand for what happens outside of us.

    `good` pays, `poor` is declined for want of money, `strict` must be confirmed with its bank; `confirm`
    answers the bank's page of a charge (by the provider's name for it) with yes or no; `let_go` detaches a
    card; `taken` says how much was captured from a card in all.
    """

    provider: ChargeProvider
    good: str
    poor: str
    strict: str
    confirm: Callable[[str, bool], object]
    let_go: Callable[[str], object]
    taken: Callable[[str], int]


class ChargeContract:
    """Inherit, and give a fixture `subject`."""

    def test_a_good_card_pays_and_the_charge_is_found_by_our_reference(self, subject):
        outcome = charge(subject, subject.good)
        assert isinstance(outcome, Succeeded)
        assert find(subject) == outcome
        assert subject.taken(subject.good) == FORTY.minor

    def test_the_same_key_again_answers_the_same_and_takes_nothing_more(self, subject):
        assert charge(subject, subject.good) == charge(subject, subject.good)
        assert subject.taken(subject.good) == FORTY.minor

    def test_the_same_key_for_something_else_is_refused(self, subject):
        charge(subject, subject.good)
        with pytest.raises(IdempotencyConflict):
            charge(subject, subject.good, amount=Money(41_00, "EUR"))
        assert subject.taken(subject.good) == FORTY.minor

    def test_two_keys_are_two_charges(self, subject):
        charge(subject, subject.good)
        charge(subject, subject.good, key="k-two", reference="H-two")
        assert subject.taken(subject.good) == 2 * FORTY.minor

    def test_a_card_without_money_is_declined_with_the_bank_s_word_and_stays_so(self, subject):
        outcome = charge(subject, subject.poor)
        assert isinstance(outcome, Declined)
        assert outcome.code == "insufficient_funds"
        assert charge(subject, subject.poor) == outcome == find(subject)
        assert subject.taken(subject.poor) == 0

    def test_what_was_never_asked_for_is_absent(self, subject):
        assert find(subject, "H-none", "k-none") == Absent()
        assert subject.provider.cancel_charge("H-none", key="k-none") == Absent()

    def test_a_bank_that_wants_its_customer_has_a_page_and_takes_nothing_before(self, subject):
        outcome = charge(subject, subject.strict)
        assert isinstance(outcome, RequiresAction)
        assert outcome.address
        assert find(subject) == outcome
        assert subject.taken(subject.strict) == 0

    def test_confirmed_at_the_bank_it_is_paid(self, subject):
        subject.confirm(charge(subject, subject.strict).reference, True)
        assert isinstance(find(subject), Succeeded)
        assert subject.taken(subject.strict) == FORTY.minor

    def test_refused_at_the_bank_it_is_declined(self, subject):
        subject.confirm(charge(subject, subject.strict).reference, False)
        assert isinstance(find(subject), Declined)
        assert subject.taken(subject.strict) == 0

    def test_without_the_customer_a_bank_that_wants_one_declines(self, subject):
        outcome = charge(subject, subject.strict, customer_present=False)
        assert isinstance(outcome, Declined)
        assert outcome.code == "authentication_required"

    def test_a_charge_that_was_given_up_can_be_confirmed_by_nobody(self, subject):
        waiting = charge(subject, subject.strict)
        for _ in range(2):
            assert subject.provider.cancel_charge("H-one", key="k-one") == Declined(CANCELLED)
        subject.confirm(waiting.reference, True)
        assert find(subject) == Declined(CANCELLED)
        assert subject.taken(subject.strict) == 0

    def test_what_was_paid_cannot_be_given_up(self, subject):
        outcome = charge(subject, subject.good)
        assert subject.provider.cancel_charge("H-one", key="k-one") == outcome
        assert subject.taken(subject.good) == FORTY.minor

    def test_a_card_that_was_let_go_is_charged_no_more(self, subject):
        subject.let_go(subject.good)
        with pytest.raises(ProviderFailed):
            charge(subject, subject.good)
        assert find(subject) == Absent()
        assert subject.taken(subject.good) == 0

    def test_a_charge_is_found_after_its_card_was_let_go(self, subject):
        outcome = charge(subject, subject.good)
        subject.let_go(subject.good)
        assert find(subject) == outcome

    @pytest.mark.parametrize("amount", [Money(0, "EUR"), Money(-1, "EUR")])
    def test_nothing_or_less_is_not_charged(self, subject, amount):
        with pytest.raises(ProviderFailed):
            charge(subject, subject.good, amount=amount)
        assert subject.taken(subject.good) == 0

    def test_a_card_that_it_does_not_know_fails(self, subject):
        with pytest.raises(ProviderFailed):
            charge(subject, "card_of_nobody")


def charge(
    subject, token, *, amount=FORTY, key="k-one", reference="H-one", customer_present=True, return_to="/back/"
):
    request = ChargeRequest(token, amount, reference, customer_present, return_to if customer_present else "")
    return subject.provider.charge(request, key=key)


def find(subject, reference="H-one", key="k-one"):
    return subject.provider.find_charge(reference, key=key)
