"""What Ann wrote anew stands apart from the mail it answers and from her signature, and nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersale.support.mail.quoting import split_quoted
from tests.patience import ending

OWN = ("after-sale@marketplace.example", "Wayfare Market")
US = "Wayfare Market <after-sale@marketplace.example>"


@pytest.mark.parametrize(
    "attribution",
    [
        f"On Tue, Nov 24, 2026 at 10:02 AM {US} wrote:",
        "On Tue, Nov 24, 2026 at 10:02 AM Wayfare Market <\nafter-sale@marketplace.example> wrote:",
        f"Le mar. 24 nov. 2026 à 10:02, {US} a écrit :",
        f"Am Dienstag, dem 24. November 2026 um 10:02 schrieb\n{US}:",
        f"El mar, 24 nov 2026 a las 10:02, {US}\nescribió:",
        f"Il giorno mar 24 nov 2026 alle ore 10:02 {US} ha scritto:",
        f"Em ter., 24 de nov. de 2026 às 10:02, {US} escreveu:",
        f"Op di 24 nov 2026 om 10:02 schreef {US}:",
        f"wt., 24 lis 2026 o 10:02 {US} napisał(a):",
        f"{US}, 24 Kas 2026 Sal, 10:02 tarihinde şunu yazdı:",
        f"вт, 24 нояб. 2026 г. в 10:02, {US}:",
        f"2026年11月24日(火) 10:02 {US}:",
        f"2026년 11월 24일 (화) 오전 10:02, {US}님이 작성:",
        f"在 2026年11月24日，上午10:02，{US} 写道：",
        f"{US} 於 2026年11月24日 週二 上午10:02寫道：",
        f"ב-יום ג׳, 24 בנוב׳ 2026 ב-10:02 מאת {US}:",
        f"في الثلاثاء، 24 نوفمبر 2026 في 10:02 كتب {US}:",
        f"________________________________\nVan: {US}\nVerzonden: dinsdag 24 november 2026 10:02\nAan: ann",
        f"________________\n发件人: {US}\n发送时间: 2026年11月24日 10:02\n收件人: ann\n主题: 台灯",
        f"De : {US}\nEnvoyé : mardi 24 novembre 2026 10:02\nÀ : ann@example.com\nObjet : Une lampe",
        f"*From:* {US}\n*Sent:* November 24, 2026 10:02 AM\n*To:* ann@example.com\n*Subject:* A lamp",
        f"-------- Original-Nachricht --------\nBetreff: Lampe\nDatum: 24.11.2026 10:02\nVon: {US}\nAn: ann",
        f"-----Original Message-----\nFrom: {US}",
        f"Begin forwarded message:\n\nFrom: {US}\nSubject: A lamp\nDate: 24 November 2026 at 10:02:11 CET",
    ],
    ids=range(24),
)
def test_the_mail_she_answers_is_found_in_any_language(attribution):
    for quote in ("\n> Which lamp is it?\n> Mia", "\n\nWhich lamp is it?\nMia", "\n\n\n> Which lamp is it?"):
        split = split_quoted(f"It is the second one.\n\nAnn\n\n{attribution}{quote}", OWN)
        assert split.fresh == "It is the second one.\n\nAnn"
        assert split.quoted == f"{attribution}{quote}"
    assert split_quoted(f"The second one.\n{attribution}\n> Which?", OWN).fresh == "The second one."


@pytest.mark.parametrize(
    "text",
    [
        "I wrote to after-sale@marketplace.example on Monday.\nNobody answered:\n\nit flickers still.",
        "Hello Wayfare Market:\n\nthe lamp flickers since 2026.",
        "Order: O-20418\nLamp: the second\n\nIt flickers.",
        'The courier said at 10:02:\n\n"Nobody was at home."',
        "Sent via DHL on Monday.\nSent from Lyon.",
        "My list:\n-- a lamp\n-- a bulb",
        "a\n-- \nb\n" + "and a long story\n" * 20,
        "----- Forwarded message -----\nFrom: courier@example.net\nDate: 24 Nov 2026 10:02\n\nAt the door.",
        "----\nA line of my own\n----",
        f"> On 24 Nov 2026, at 10:02, {US} wrote:\n> Which lamp?",
        f"-----Original Message-----\nFrom: {US}\nSent: 24 Nov 2026 10:02\n\nWhich lamp?",
        "",
    ],
    ids=range(12),
)  # fmt: skip
def test_what_she_wrote_herself_is_not_taken_for_a_quote(text):
    split = split_quoted(text, OWN)
    assert (split.fresh, split.quoted) == (text.strip(), "")


@pytest.mark.parametrize(
    ("text", "fresh"),
    [
        (f"On 24 Nov 2026, at 10:02, {US} wrote:\n> Which?\n> Mia\n\nThe second.\n\n-- \nAnn", "The second."),
        ("> Which?\n\nThe second.", "The second."),
        ("> Which?\n\nIt.\n\n> Since when?\n\nSunday.", "> Which?\n\nIt.\n\n> Since when?\n\nSunday."),
        ("> Which?\nThe second.\n> Mia", "The second."),
        ("Bob wrote on 24.11.2026:\n> It flickers.\n\nMine too.", "Mine too."),
        ("The second.\n\nSent from my iPhone\n\n> Which?", "The second."),
        ("The second.\n发自我的iPhone", "The second."),
        ("The second.\n--\nAnn\n1 Example Street\n\n> Which?", "The second."),
        (f"See below.\n\n----- Forwarded ----\nFrom: {US}\nDate: 24 Nov 2026\n\nWhich?", "See below."),
    ],
)  # fmt: skip
def test_answers_below_and_signatures(text, fresh):
    assert split_quoted(text, OWN).fresh == fresh


_LINES = st.sampled_from(
    [
        *("", "It flickers.", "> Which?", ">", "-- ", "Ann", f"On 24 Nov 2026, at 10:02, {US} wrote:"),
        *(f"From: {US}", "Sent: 24.11.2026 10:02", "To: ann@example.com", "________________", "a@b.example:"),
        *("Begin forwarded message:", "after-sale@marketplace.example", "24.11.2026:", "Sent from my iPhone"),
    ]
)


@given(st.lists(_LINES, max_size=40))
def test_no_line_is_lost_or_changed(lines):
    split = split_quoted("\n".join(lines), OWN)
    kept = [line.strip() for part in (split.fresh, split.quoted) for line in part.split("\n")]
    assert sorted(filter(None, kept)) == sorted(filter(None, (line.strip() for line in lines)))
    assert split.fresh or not any(line.strip() for line in lines)


@given(st.text(alphabet="> \n:-_aA@.0129：年From", max_size=200))
def test_no_letter_is_lost(text):
    split = split_quoted(text, ("a@a.a", "A"))
    assert sorted(f"{split.fresh}\n{split.quoted}".split()) == sorted(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "On ", "\n", "From: a\n", "-- \n", f"From: {US}\n", f"{US}\n", f"24 Nov 2026 {US}\n", "________\n",
        "> a\nb\n", "a:\n> b\n", "after-sale@marketplace.example ", "Sent from my iPhone\n", "-", "--\n\n\n",
        f"On 24 Nov 2026, at 10:02, {US} wrote:\n> a\nb\n", "1:00 ", "Begin forwarded message:\n", ">", " ",
        "\t\n", ": ",
    ],
)  # fmt: skip
def test_hostile_text_is_split_to_its_end(text):
    with ending():
        split_quoted(text * (200_000 // len(text)), OWN)


HEADERS = "From: Wayfare Market\nSent: Monday, 1 June 2026 09:00\nTo: Ann\nSubject: Which lamp?\n\n"
FIRST = "----- Write your answer above this line (after-sale@marketplace.example) -----\n\nWhich lamp?"


@pytest.mark.parametrize("head", [HEADERS, "On Mon, 1 June 2026 at 09:00, Wayfare Market wrote:\n\n", ""])
def test_a_head_that_names_us_by_name_alone_goes_with_our_mail_below_it(head):
    split = split_quoted(f"The second one.\n\n{head}{FIRST}", OWN[:1], "Wayfare Market")
    assert split.fresh == "The second one."


@pytest.mark.parametrize(
    "text",
    [
        "I bought at Wayfare Market on 1 June 2026 two lamps:\none hums\none flickers",
        "Order: 7\nShop: Wayfare Market\nDate: 1 June 2026\nProblem: it hums",
    ],
)
def test_our_name_alone_takes_nothing_of_what_ann_wrote(text):
    assert split_quoted(f"Hello,\n{text}", OWN[:1], "Wayfare Market").fresh == f"Hello,\n{text}"
