"""One decline, one family, one answer: the decline table keeps its promises for whatever a bank says."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersale.payments.declines import (
    TABLE,
    AddAgain,
    Family,
    answer_of,
    family_of,
    is_final,
    retry_after,
    row_of,
)
from aftersale.payments.declines.table import DOCUMENT, Says, read_table
from aftersale.payments.providers import Declined

CODES = [row.code for row in TABLE.codes if row.list == "stripe"]
NETWORK = [row.code for row in TABLE.codes if row.list == "network"]
ADVICE = [row.code for row in TABLE.advice if row.list == "provider"]
NETWORK_ADVICE = [row.code for row in TABLE.advice if row.list == "network"]
G = row_of(Family.SILENT).answer


@st.composite
def declines(draw):
    def said(words):
        return draw(st.one_of(st.just(""), st.sampled_from(words), st.text(max_size=8)))

    return Declined(said(CODES), said(ADVICE), said(NETWORK), said(NETWORK_ADVICE))


@pytest.mark.parametrize(
    ("declined", "family", "answer"),
    [
        (Declined("lost_card"), "hidden", "no_reason_given"),
        (Declined("fraudulent"), "hidden", "no_reason_given"),
        (Declined("generic_decline", network_code="43"), "hidden", "no_reason_given"),
        (Declined("stop_payment_order"), "revoked", "no_reason_given"),
        (Declined("insufficient_funds", network_advice="21"), "revoked", "no_reason_given"),
        (Declined("insufficient_funds"), "funds", "not_enough_funds"),
        (Declined("insufficient_funds", "try_again_later", "51", "24"), "funds", "not_enough_funds"),
        (Declined("insufficient_funds", network_code="05"), "silent", "no_reason_given"),
        (Declined("insufficient_funds", "do_not_try_again"), "silent", "no_reason_given"),
        (Declined("incorrect_cvc"), "typing", "check_security_code"),
        (Declined("incorrect_number"), "typing", "check_card_number"),
        (Declined("incorrect_zip", "confirm_card_data"), "typing", "check_postcode"),
        (Declined("", "confirm_card_data"), "typing", "check_card_details"),
        (Declined("expired_card", network_advice="01"), "update", "expired_or_replaced"),
        (Declined("authentication_required", network_code="1A"), "authenticate", "confirm_with_bank"),
        (Declined("do_not_honor"), "silent", "no_reason_given"),
        (Declined("processing_error", "try_again_later", "96"), "technical", "technical_problem"),
        (Declined("card_not_supported"), "unsupported", "card_not_usable_here"),
        (Declined("generic_decline", network_advice="41"), "unsupported", "card_not_usable_here"),
        (Declined("duplicate_transaction", network_code="94"), "duplicate", "maybe_paid_already"),
        (Declined("a_word_of_tomorrow"), "silent", "no_reason_given"),
        (Declined("a_word_of_tomorrow", network_code="51"), "silent", "no_reason_given"),
        (Declined(""), "silent", "no_reason_given"),
    ],
)
def test_what_a_bank_said_means_a_family_and_one_answer(declined, family, answer):
    assert family_of("stripe", declined) == family_of("sandbox", declined) == family
    assert answer_of("sandbox", declined).name == answer


@pytest.mark.parametrize(
    ("declined", "waits"),
    [
        (Declined("insufficient_funds", network_advice="24"), [timedelta(hours=1)] * 3),
        (Declined("insufficient_funds", network_advice="30"), [timedelta(days=10)] * 3),
        (Declined("insufficient_funds", network_advice="02"), [timedelta(hours=72)] * 3),
        (Declined("insufficient_funds", "try_again_later", "51", "26"), [timedelta(days=2)] * 3),
        (
            Declined("processing_error", "try_again_later"),
            [timedelta(minutes=5), timedelta(hours=1), timedelta(days=1)],
        ),
        (Declined("insufficient_funds"), []),
        (Declined("processing_error"), []),
        (Declined("insufficient_funds", "try_again_later", "51", "03"), []),
        (Declined("insufficient_funds", "do_not_try_again", "51", "24"), []),
        (Declined("insufficient_funds", "try_again_later", "51", "99"), []),
        (Declined("do_not_honor", "try_again_later", "05", "24"), []),
        (Declined("incorrect_cvc", "try_again_later"), []),
    ],
)
def test_a_charge_is_tried_again_by_itself_only_as_the_network_advises(declined, waits):
    family = family_of("sandbox", declined)
    found = [retry_after(declined, family, retry=number) for number in range(1, len(waits) + 2)]
    assert found == [*waits, None]


@given(declines())
def test_a_final_decline_is_never_retried_and_told_like_a_silent_bank(declined):
    family = family_of("sandbox", declined)
    if is_final("sandbox", declined):
        assert retry_after(declined, family) is None
        stricter_than_silent = (Family.HIDDEN, Family.REVOKED, Family.SILENT)
        assert family in (*stricter_than_silent, Family.DUPLICATE, Family.UNSUPPORTED)
    if family in (Family.HIDDEN, Family.REVOKED):
        assert is_final("sandbox", declined)
        assert answer_of("sandbox", declined) is G


@given(declines(), declines())
def test_one_more_word_never_makes_it_laxer(declined, other):
    """Whatever else is heard of a decline, it is taken at least as strictly as before."""
    rank = TABLE.strictest_first.index
    more = Declined(
        declined.code,
        declined.advice or other.advice,
        declined.network_code or other.network_code,
        declined.network_advice or other.network_advice,
    )
    if declined.code:
        assert rank(family_of("sandbox", more)) <= rank(family_of("sandbox", declined))
    assert is_final("sandbox", more) >= is_final("sandbox", declined)


@given(declines())
def test_without_advice_nothing_is_retried(declined):
    silent = Declined(declined.code, "", declined.network_code, "")
    assert retry_after(silent, family_of("sandbox", silent)) is None


@given(st.text(min_size=1).filter(lambda word: word not in CODES))
def test_a_word_that_no_list_knows_is_a_bank_that_gives_no_reason(word):
    assert family_of("sandbox", Declined(word)) == Family.SILENT
    assert not is_final("sandbox", Declined(word))


@given(declines())
def test_adding_the_card_again_helps_only_after_a_typing_error_or_a_new_expiry(declined):
    family, answer = family_of("sandbox", declined), answer_of("sandbox", declined)
    assert (answer.add_again == AddAgain.YES) == (family == Family.TYPING)
    assert (answer.add_again == AddAgain.UPDATE) == (family == Family.UPDATE)


def test_every_row_has_a_source_and_the_day_that_it_names():
    rows: list[Any] = [*TABLE.families.values(), *TABLE.codes, *TABLE.advice]
    assert all(row.source for row in rows)
    days = [row.valid_from for row in rows if row.valid_from is not None]
    assert days and all(date(2021, 4, 1) <= day <= date(2026, 11, 30) for day in days)
    assert {row.letter for row in TABLE.families.values()} == set("ABCDEFGHIJK")
    assert {row.wait for row in TABLE.advice if row.says != Says.LATER} == {None}


def test_a_later_row_counts_from_its_own_day_on():
    assert TABLE.code("network", "5C", date(2025, 3, 31)) is None
    assert TABLE.code("network", "5C", date(2025, 4, 1)).visa_category == 2
    later = """
[[codes]]
list = "network"
family = "hidden"
visa_category = 1
codes = ["62"]
source = "a change of tomorrow"
valid_from = 2027-04-01
"""
    changed = read_table(DOCUMENT.read_text(encoding="utf-8") + later)
    assert changed.code("network", "62", date(2027, 3, 31)).family == Family.SILENT
    assert changed.code("network", "62", date(2027, 4, 1)).family == Family.HIDDEN


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('name = "hidden"\nanswer = "no_reason_given"', 'name = "hidden"\nanswer = "not_enough_funds"'),
        (
            'answer = "no_reason_given"\nfinal = true',
            'answer = "no_reason_given"\nfinal = true\nretry_minutes = [5]',
        ),
        ('codes = ["24"]', 'codes = ["24", "25"]'),
        ('"funds", "technical",\n]', '"funds",\n]'),
    ],
)
def test_a_table_that_breaks_a_promise_is_not_read(right, wrong):
    assert right in DOCUMENT.read_text(encoding="utf-8")
    with pytest.raises(AssertionError):
        read_table(DOCUMENT.read_text(encoding="utf-8").replace(right, wrong, 1))
