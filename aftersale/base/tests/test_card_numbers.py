"""Card numbers go out of a text, and nothing else does."""

import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersale.base.card_numbers import cut, scrub
from aftersale.base.card_numbers.logs import CardNumberFilter, scrub_event
from aftersale.base.errors import BadInput
from aftersale.base.texts import clean_text
from tests.patience import ending

VISA = "[card number removed: Visa ending 4242]"


def test_ann_writes_her_card_s_number_and_its_place_is_known():
    text = "It is ４２４２\u200b 4242&nbsp;4242\n4242, order O-20418."
    done = scrub(text)
    assert done.text == f"It is {VISA}, order O-20418."
    (found,) = done.found
    assert (found.brand, found.last_four) == ("Visa", "4242")
    assert text[: found.start] == "It is " and text[found.end :] == ", order O-20418."


def test_the_code_on_its_back_goes_too_and_the_rest_stays():
    done = scrub("5555 5555 5555 4444, exp 12/29, cvc 737. Room 737.")
    assert (
        done.text == "[card number removed: Mastercard ending 4444], exp 12/29, cvc [code removed]. Room 737."
    )
    assert scrub("4242424242424242 12/29 737").text == f"{VISA} 12/29 [code removed]"


@pytest.mark.parametrize(
    "text",
    [
        "1Z999AA10123456784",
        "YT2106721272012345",
        "RR123456785CN",
        "9205590164917312751089",
        "DE89 3704 0044 0532 0130 00",
        "+1 (415) 555-2671",
        "2026-03-12T14:05:33.123456+00:00",
        "550e8400-e29b-41d4-a716-446655440000",
        "R7K2M-9XQD4",
        "110101199003074514",
        "4.99 5.99 4.49 3.99 2.99 1.99",
        "Visa **** **** **** 4242",
        "4242 4242 4242 4243",
    ],
)
def test_what_is_no_card_number_survives(text):
    assert scrub(text).text == text


def test_a_number_that_is_known_to_be_something_else_survives():
    assert scrub("order 4242424242424242", known={"4242424242424242"}).found == ()


@given(st.text(alphabet="0123456789 4242-.O/ab\n\u200b４<>&;%", max_size=80))
def test_scrubbing_says_where_it_was_and_leaves_the_rest(text):
    done = scrub(text)
    at = 0
    for found in done.found:
        assert at <= found.start < found.end <= len(text)
        assert len(found.last_four) == 4
        at = found.end
    assert bool(done.found) == (done.text != text)


@pytest.mark.parametrize(
    "text",
    ["4242424242", "4444 ", "4 ", "4O", "4242 a ", "AB12", "+1 2", "4\u200b", "&#52;", "DE12 3456 "],
)
def test_hostile_text_is_scrubbed_to_its_end(text):
    with ending():
        scrub(text * (200_000 // len(text)))


def test_wherever_a_long_text_is_cut_no_part_of_a_card_number_stays():
    for before in range(570, 1001):
        kept = scrub(cut("a" * before + " 4242 4242 4242 4242 " + "b" * 1000, 1000)).text
        assert "42" not in kept.replace(VISA, ""), before


def test_a_long_text_is_cut_where_no_number_stands():
    assert cut("4242 and " + "a" * 1000, 1000) == "4242 and " + "a" * 991


def test_a_text_to_be_stored_is_stripped_measured_and_scrubbed():
    assert clean_text("  4242 4242 4242 4242 \n", field="note", longest=100) == VISA
    assert clean_text("4242424242424242", field="note", longest=20) == VISA[:20]
    with pytest.raises(BadInput, match="at most 5 characters"):
        clean_text("a lamp", field="note", longest=5)
    with pytest.raises(BadInput, match="it takes a reason"):
        clean_text("  ", field="answer", longest=5, accepted="a reason")


def test_what_is_refused_does_not_repeat_a_card_number():
    with pytest.raises(BadInput) as refusal:
        clean_text("4242 4242 4242 4242", field="note", longest=5)
    assert "4242 4242" not in str(refusal.value)


def test_a_log_line_holds_no_card_number_whatever_its_values_are():
    event = {
        "event": "asked 4242-4242-4242-4242",
        "number": 4242424242424242,
        "body": {"card": ["4242 4242 4242 4242"]},
        "error": ValueError("4242424242424242"),
        "tries": 2,
        "level": "info",
    }
    told = str(scrub_event(None, "info", event))
    assert "42424242" not in told.replace(" ", "").replace("-", "") and told.count("removed") == 4
    assert event["tries"] == 2


def test_a_record_of_the_standard_library_holds_none_either(caplog):
    caplog.handler.addFilter(CardNumberFilter())
    try:
        int("card 4242424242424242")
    except ValueError:
        logging.getLogger("aftersale.test").exception("body: %s", "4242 4242 4242 4242")
    assert f"body: {VISA}" in caplog.text and "invalid literal" in caplog.text
    assert "4242424242424242" not in caplog.text.replace(" ", "")
