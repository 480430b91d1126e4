"""Everybody can read what a failed payment means; staff can read all of the decline table."""

import re

import pytest

from aftersale.payments.declines import TABLE

pytestmark = pytest.mark.django_db


def main_of(answer) -> str:
    return str(answer.content.decode().partition("<main")[2].partition("</main>")[0])


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_visitor_reads_each_message_with_what_helps(client, language):
    client.cookies["django_language"] = language
    page = main_of(client.get("/help/failed-payments/"))
    assert re.findall(r'<section class="card decline" id="(\w+)"', page) == list(TABLE.answers)
    assert page.count("icon-check-circle") + page.count("#check-circle") == 5
    assert ("Add the card again?" in page) == (language == "en")


def test_no_message_says_both_later_and_at_once(client):
    page = main_of(client.get("/help/failed-payments/"))
    for section in page.split('<section class="card decline"')[1:]:
        assert not ("again later" in section and "at once" in section)


def test_a_row_whose_source_names_no_day_shows_none(client, world):
    client.force_login(world.mia)
    page = main_of(client.get("/desk/payments/declines/"))
    assert page.count("1 April 2021") == 1 and "1 April 2025" in page


def test_before_paying_nobody_is_being_asked_yet(client, world):
    client.cookies["django_language"] = "zh-hans"
    page = main_of(client.get("/policy/before-paying/"))
    assert "正在询问供应商" not in page and "须征得供应商同意" in page


def test_the_help_page_says_nothing_of_a_reported_card(client):
    """Whoever tries a stolen card learns from no page of ours what its bank thinks of it."""
    page = main_of(client.get("/help/failed-payments/")).lower()
    assert not [word for word in ("stolen", "lost", "fraud", "closed", "revoked") if word in page]
    assert not [row.code for row in TABLE.codes if f">{row.code}<" in page]


def test_it_stands_in_the_footer_of_every_page(client):
    assert 'href="/help/failed-payments/"' in client.get("/").content.decode()


def test_staff_read_every_family_code_and_advice_with_its_source(client, world):
    client.force_login(world.mia)
    page = main_of(client.get("/desk/payments/declines/"))
    codes = [row.code for row in TABLE.codes] + [row.code for row in TABLE.advice]
    assert not [code for code in codes if f'<span class="code">{code}</span>' not in page]
    assert not [row.letter for row in TABLE.families.values() if f">{row.letter}</span>" not in page]


def test_nobody_but_staff_reads_the_whole_table(client, world):
    assert client.get("/desk/payments/declines/").status_code == 302
    for person in (world.ann, world.li):
        client.force_login(person)
        assert client.get("/desk/payments/declines/").status_code == 404
