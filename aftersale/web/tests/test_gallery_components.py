"""What the components promise to the pages that use them."""

import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template import engines
from django.utils import translation
from django_cotton.compiler_regex import CottonCompiler

from aftersale.base.money import Money
from aftersale.web.templatetags.aftersale_nav import SECTIONS
from aftersale.web.templatetags.aftersale_states import LOOKS, TONES, level_tone, state_tone, state_word
from aftersale.web.templatetags.aftersale_web import day, moment, money, progress, segments, told, total

WEB = Path(__file__).resolve().parents[1]
LOAD = "{% load aftersale_web aftersale_states %}"


@pytest.mark.parametrize(
    ("language", "amount", "written"),
    [
        ("en", Money(12990, "EUR"), "€129.90"),
        ("en", Money(128000, "JPY"), "¥128,000"),
        ("en", Money(45800, "CNY"), "CN¥458.00"),
        ("zh-hans", Money(45800, "CNY"), "¥458.00"),
        ("zh-hans", Money(128000, "JPY"), "JP¥128,000"),
    ],
)
def test_an_amount_is_written_as_its_reader_does(language: str, amount: Money, written: str) -> None:
    with translation.override(language):
        assert money(amount) == f'<span class="money">{written}</span>'


def test_a_day_and_a_moment_are_written_as_their_reader_does() -> None:
    at = datetime(2027, 1, 23, 14, 5, tzinfo=UTC)
    with translation.override("en"):
        assert (day(date(2027, 1, 23)), moment(at)) == ("23 January 2027", "23 January 2027, 14:05")
    with translation.override("zh-hans"):
        assert (day(date(2027, 1, 23)), moment(at)) == ("2027年1月23日", "2027年1月23日 14:05")


def test_what_is_not_known_says_so() -> None:
    assert told(None) == "not known"
    assert told(False) == "no"
    assert money(None) == ""


def test_the_parts_of_a_bar_fill_it_exactly() -> None:
    parts = [("a", Money(3333, "EUR")), ("b", Money(3333, "EUR")), ("c", Money(3334, "EUR"))]
    laid = segments(parts)
    assert sum(segment.width for segment in laid) == 1000
    assert [segment.x for segment in laid] == [0, 333, 666]
    assert total(parts) == Money(10000, "EUR")


def test_a_return_that_stopped_shows_where() -> None:
    places = [step.place for step in progress("return", "received", True, False)]
    assert places == ["done", "done", "stopped", "next", "next"]


def test_the_last_step_reached_is_done() -> None:
    assert [step.place for step in progress("parcel", "delivered", False, False)] == ["done"] * 4


def test_the_last_step_of_a_request_is_not_done_before_it_is_sent() -> None:
    asking = [("proof", "Proof"), ("submit", "Submit")]
    assert [step.place for step in progress(asking, "submit", False, False)] == ["done", "now"]
    assert [step.place for step in progress(asking, "submit", False, True)] == ["done", "done"]


def test_a_state_nobody_drew_still_reads() -> None:
    assert (state_word("half_way"), state_tone("half_way")) == ("Half way", "plain")


def test_the_tone_of_a_message_comes_from_its_tags() -> None:
    assert level_tone("safe error") == "stop"
    assert level_tone({"warning", "email"}) == "wait"
    assert level_tone(None) == "info"


def test_every_icon_that_is_asked_for_exists() -> None:
    drawn = set(re.findall(r'<symbol id="([^"]+)"', (WEB / "static" / "icons.svg").read_text()))
    templates = "\n".join(path.read_text() for path in (WEB / "templates").rglob("*.html"))
    asked = set(re.findall(r'<c-icon name="([a-z-]+)"', templates))
    asked |= set(re.findall(r'\bicon(?:-end)?="([a-z-]+)"', templates))
    asked |= {look.icon for look in LOOKS.values()} | set(TONES.values())
    asked |= {section.icon for sections in SECTIONS.values() for section in sections}
    assert asked - drawn == set()


def test_every_sheet_keeps_to_its_layer_and_the_tokens() -> None:
    for sheet in (WEB / "static" / "css").glob("*.css"):
        text = sheet.read_text()
        if sheet.name != "error.css":
            assert "@layer" in text, sheet.name
        if sheet.name not in ("tokens.css", "error.css", "slip.css", "print.css", "auth.css"):
            assert not re.search(r"#[0-9a-f]{3,8}\b", text), f"{sheet.name} names a colour of its own"


@pytest.mark.parametrize(
    "markup",
    [
        '<c-notice title="{{ word }}">{{ word }}</c-notice>',
        '<c-notice :title="word">x</c-notice>',
        '<c-button value="{{ word }}">{{ word }}</c-button>',
        '<c-button :value="word">x</c-button>',
        '<c-field name="a" label="{{ word }}" value="{{ word }}" placeholder="{{ word }}" />',
        '<c-answer title="{{ word }}" because="{{ word }}" change="{{ word }}" :facts="facts" />',
        '<c-line-item title="{{ word }}" sku="{{ word }}" units="1" />',
        '<c-due who="{{ word }}" what="{{ word }}" then="{{ word }}" />',
        '<c-facts :items="facts" />',
    ],
)
def test_no_component_lets_markup_of_a_person_through(markup: str) -> None:
    word = "\"><script>alert('x')</script>"
    page = _rendered(markup, {"word": word, "facts": [(word, word)]})
    assert "<c-" not in page
    assert "script" not in _tags(page)


@pytest.mark.parametrize(
    "markup",
    [
        '<c-page-head title="{{ word }}" lead="{{ word }}" />',
        '<c-parcel carrier="{{ word }}" :events="events" open />',
        '<c-notice :title="word">{{ word }}</c-notice>',
        '<c-facts :items="facts" />',
    ],
)
def test_an_ampersand_is_escaped_once(markup: str) -> None:
    event = {"at": date(2026, 11, 24), "text": "Lamps & Co", "place": "Lamps & Co"}
    page = _rendered(markup, {"word": "Lamps & Co", "facts": [("a", "Lamps & Co")], "events": [event]})
    assert "Lamps &amp; Co" in page
    assert "&amp;amp;" not in page


def _rendered(markup: str, words: dict[str, object]) -> str:
    return str(engines["django"].from_string(CottonCompiler().process(LOAD + markup)).render(words))


def _tags(page: str) -> set[str]:
    found: set[str] = set()
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.add(tag)  # type: ignore[method-assign]
    parser.feed(page)
    return found
