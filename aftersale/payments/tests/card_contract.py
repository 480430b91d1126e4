"""What every provider must do about saved cards: each slot's tests bring a `CardSubject` and inherit it."""

from collections.abc import Callable
from dataclasses import dataclass

from aftersale.payments.providers import Declined
from aftersale.payments.providers.cards import CardProvider, Detached, Gone, KeptCard, NoCardYet


@dataclass(frozen=True, slots=True)
class CardSubject:
    """A provider on trial, and a hand that gives a good or a refused card on the page of a set-up."""

    provider: CardProvider
    give: Callable[[str, bool], None]


class CardContract:
    """Inherit, and give a fixture `subject`."""

    def test_the_same_key_opens_the_same_page(self, subject):
        first = page(subject, "k-one")
        assert page(subject, "k-one") == first
        assert page(subject, "k-two").reference != first.reference

    def test_no_card_is_known_before_one_is_given(self, subject):
        assert subject.provider.find_set_up(page(subject).reference) == NoCardYet()

    def test_a_given_card_is_told_by_brand_and_last_four_and_never_by_number(self, subject):
        card = given(subject)
        assert card.brand == card.brand.lower()
        assert len(card.last_four) == 4
        assert card.fingerprint not in repr(card)
        assert subject.provider.find_card(card.token) == card

    def test_a_refused_card_is_not_kept(self, subject):
        opened = page(subject)
        subject.give(opened.reference, False)
        assert isinstance(subject.provider.find_set_up(opened.reference), Declined)

    def test_the_same_card_given_twice_has_two_tokens_and_one_fingerprint(self, subject):
        one, two = given(subject, "k-one"), given(subject, "k-two")
        assert one.token != two.token
        assert one.fingerprint == two.fingerprint

    def test_a_detached_card_is_gone_and_detaching_it_again_is_harmless(self, subject):
        card = given(subject)
        assert subject.provider.detach_card(card.token) == Detached()
        assert subject.provider.find_card(card.token) == Gone()
        assert subject.provider.detach_card(card.token) == Gone()

    def test_a_token_that_never_was_is_gone(self, subject):
        assert subject.provider.find_card("card_of_nobody") == Gone()
        assert subject.provider.detach_card("card_of_nobody") == Gone()


def page(subject, key="k-one"):
    return subject.provider.set_up_card(key=key, return_to="/account/cards/")


def given(subject, key="k-one") -> KeptCard:
    opened = page(subject, key)
    subject.give(opened.reference, True)
    card = subject.provider.find_set_up(opened.reference)
    assert isinstance(card, KeptCard)
    return card
