"""What every provider must do, whichever it is: each slot's tests bring a `Subject` and inherit these."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from aftersale.base.money import Money
from aftersale.payments.providers import (
    Absent,
    Declined,
    IdempotencyConflict,
    Listed,
    Provider,
    ProviderFailed,
    Succeeded,
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A provider on trial, with a charge of 100.00 EUR that it has captured."""

    provider: Provider
    charge: str


class RefundContract:
    """Inherit, and give a fixture `subject`."""

    def test_a_refund_is_paid_and_found_by_its_key(self, subject):
        outcome = subject.provider.refund(subject.charge, Money(40_00, "EUR"), key="k-one")
        assert isinstance(outcome, Succeeded)
        assert subject.provider.find_refund(subject.charge, key="k-one") == outcome

    def test_the_same_key_again_answers_the_same_and_pays_nothing_more(self, subject):
        first = subject.provider.refund(subject.charge, Money(60_00, "EUR"), key="k-one")
        assert subject.provider.refund(subject.charge, Money(60_00, "EUR"), key="k-one") == first
        assert paid(subject) == 60_00

    def test_the_same_key_for_another_amount_is_refused(self, subject):
        subject.provider.refund(subject.charge, Money(40_00, "EUR"), key="k-one")
        with pytest.raises(IdempotencyConflict):
            subject.provider.refund(subject.charge, Money(41_00, "EUR"), key="k-one")
        assert paid(subject) == 40_00

    def test_two_keys_are_two_refunds(self, subject):
        for key in ("k-one", "k-two"):
            subject.provider.refund(subject.charge, Money(40_00, "EUR"), key=key)
        assert paid(subject) == 80_00

    def test_more_than_the_charge_is_declined_for_good(self, subject):
        subject.provider.refund(subject.charge, Money(60_00, "EUR"), key="k-one")
        declined = subject.provider.refund(subject.charge, Money(40_01, "EUR"), key="k-two")
        assert isinstance(declined, Declined)
        assert subject.provider.find_refund(subject.charge, key="k-two") in (declined, Absent())
        assert paid(subject) == 60_00

    def test_an_unknown_key_is_absent(self, subject):
        assert subject.provider.find_refund(subject.charge, key="k-none") == Absent()

    @pytest.mark.parametrize("amount", [Money(0, "EUR"), Money(-1, "EUR"), Money(1, "JPY")])
    def test_nothing_less_and_foreign_money_fail(self, subject, amount):
        with pytest.raises(ProviderFailed):
            subject.provider.refund(subject.charge, amount, key="k-one")
        assert paid(subject) == 0

    def test_a_charge_it_does_not_know_fails(self, subject):
        with pytest.raises(ProviderFailed):
            subject.provider.refund("no-such-charge", Money(1, "EUR"), key="k-one")

    def test_its_list_names_charge_amount_and_key(self, subject):
        subject.provider.refund(subject.charge, Money(40_00, "EUR"), key="k-one")
        listed = list(refunds_of(subject))
        assert [(each.amount, each.key, each.paid) for each in listed] == [
            (Money(40_00, "EUR"), "k-one", True)
        ]

    def test_a_refund_is_looked_at_by_the_name_that_the_list_tells(self, subject):
        subject.provider.refund(subject.charge, Money(40_00, "EUR"), key="k-one")
        (listed,) = refunds_of(subject)
        assert subject.provider.look_at_refund(listed.reference) == listed
        assert subject.provider.look_at_refund("no-such-refund") is None

    def test_its_list_leaves_out_what_is_older_than_asked_for(self, subject):
        subject.provider.refund(subject.charge, Money(40_00, "EUR"), key="k-one")
        (listed,) = refunds_of(subject)
        assert list(subject.provider.refunds(since=listed.at)) == [listed]
        assert list(subject.provider.refunds(since=listed.at + timedelta(seconds=1))) == []


def refunds_of(subject: Subject) -> Iterator[Listed]:
    for each in subject.provider.refunds():
        if subject.charge in (each.charge, *each.also_named):
            yield each


def paid(subject: Subject) -> int:
    return sum(each.amount.minor for each in refunds_of(subject) if each.paid)
