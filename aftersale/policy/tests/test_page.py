"""The customers' page says what the document says, and what a means of payment gives is asked of the tree."""

import json
import re
from pathlib import Path

import pytest

from aftersale.policy import FactsError, Policy
from aftersale.policy.cli import main
from aftersale.policy.page import page_of, rights, told_right

from .houses import MARKETPLACE, ORDER, all_orders, clause, marketplace, small

RIGHTS = """
balance       | unwanted: no refund
balance       | missing: a claim, taken up in a thread
bank_transfer | unwanted: no refund
bank_transfer | defective: at best a full refund, at worst no refund
bank_transfer | missing: at best a full refund, at worst a claim, taken up in a thread
card          | unwanted: at best a full refund, at worst no refund
card          | defective: at best a full refund, at worst the supplier is asked first
card          | wrong: at best a full refund, at worst send everything back together first
"""


@pytest.mark.parametrize("row", RIGHTS.strip().splitlines())
def test_a_means_of_payment_is_told_before_it_is_used(row: str) -> None:
    tender, told = (part.strip() for part in row.split("|"))
    assert told in [told_right(right) for right in rights(marketplace(), {"tender": tender}, "reason")]


def test_what_cannot_be_returned_is_told_by_its_clause() -> None:
    wrong = rights(marketplace(), {"tender": "balance"}, "reason")[2]
    assert wrong.best == wrong.worst
    [(name, title, prose)] = wrong.best.clauses
    assert (name, title) == ("balance", "Paid from your stored balance")
    assert prose.startswith("What was paid from your stored balance cannot be returned")
    chinese = rights(marketplace(), {"tender": "balance"}, "reason", "zh-hans")[2]
    assert told_right(chinese, "zh-hans") == "wrong：不予退款"
    assert chinese.best.clauses[0][1] == "用储值余额付款"


def test_rights_are_the_best_and_the_worst_of_all_orders() -> None:
    policy = marketplace()
    for fixed in ({"tender": "card"}, {"tender": "bank_transfer", "rma": False}, {"units_with_customer": 1}):
        for right in rights(policy, fixed, "reason"):
            told = {**fixed, "reason": right.value}
            fitting = [policy.decide(order) for order in all_orders() if told.items() <= order.items()]
            ranks = {policy.outcomes[one.outcome].rank: one.outcome for one in fitting}
            assert (right.best.outcome, right.worst.outcome) == (ranks[max(ranks)], ranks[min(ranks)])
            clauses = {one.clause for one in fitting if one.outcome == right.best.outcome}
            assert clauses <= {name for name, _, _ in right.best.clauses}


def test_values_that_no_order_has_are_left_out_and_what_is_wrong_is_refused() -> None:
    policy = marketplace()
    assert [right.value for right in rights(policy, {"units_with_customer": 0}, "reason")] == ["missing"]
    with pytest.raises(FactsError, match="`tender` cannot be"):
        rights(policy, {"tender": "crad"}, "reason")
    with pytest.raises(KeyError):
        rights(policy, {}, "days")
    assert [right.value for right in rights(policy, {"tender": "balance"}, "rma", "zh-hans")] == ["是", "否"]


def test_the_page_has_every_clause_with_the_anchor_that_answers_link_to() -> None:
    for language in ("en", "zh-hans"):
        policy, page = marketplace(), page_of(marketplace(), language)
        assert [clause.anchor for clause in page.clauses] == list(policy.clauses)
        assert [anchor for anchor, _ in page.contents] == list(policy.clauses)
        assert all(policy.because(c.anchor, language) == "\n\n".join(c.paragraphs) for c in page.clauses)
        assert [one.name for one in page.outcomes] == [
            "refund",
            "ask_supplier",
            "return_all",
            "claim",
            "deny",
        ]
        assert (page.in_force_from.isoformat(), page.version) == ("2026-01-01", policy.hash)
        html = page.html()
        assert re.findall(r'<section id="([\w-]+)">', html) == re.findall(r'<a href="#([\w-]+)">', html)
        assert not any(
            "In force from" in paragraph or "Translation of" in paragraph for paragraph in page.intro
        )


def test_a_language_without_a_translation_has_the_english_page() -> None:
    assert page_of(marketplace(), "fr") == page_of(marketplace())
    assert page_of(marketplace(), "zh-Hans").title == "退货与退款"


def test_nothing_of_the_document_is_markup_but_its_emphasis() -> None:
    prose = "You get <b>all</b> of it & *more*, see `days` and [here](https://shop.example/a?b=1&c=2)"
    prose += " or [x](javascript:1)."
    text = small(clause("a", "opened or not opened", "refund").replace("A reason.", prose))
    html = page_of(Policy.parse(text)).html()
    assert "You get &lt;b&gt;all&lt;/b&gt; of it &amp; <em>more</em>, see <code>days</code> and " in html
    assert '<a href="https://shop.example/a?b=1&amp;c=2">here</a> or [x](javascript:1).' in html


def test_the_commands_print_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["page", str(MARKETPLACE)]) == 0
    assert capsys.readouterr().out == page_of(marketplace()).markdown()
    assert main(["page", str(MARKETPLACE), "--language", "zh-Hans", "--html"]) == 0
    assert capsys.readouterr().out == page_of(marketplace(), "zh-hans").html()
    assert main(["page", str(MARKETPLACE), "--language", "fr"]) == 2
    assert "is not told in `fr`" in capsys.readouterr().err


def test_why_not_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    facts = tmp_path / "facts.json"
    facts.write_text(json.dumps({**ORDER, "days": 61}), encoding="utf-8")
    words = ["why-not", str(MARKETPLACE)]
    assert main([*words, "card-in-time", "--facts", str(facts)]) == 0
    assert capsys.readouterr().out.startswith("clause card-in-time does not match:\n  `days more than 60`")
    assert main([*words, "card-in-time", "--facts", str(facts), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["failed"][0]["condition"] == "days more than 60"
    assert main([*words, "card-in-tome", "--facts", str(facts)]) == 2
    assert "help: did you mean `card-in-time`?" in capsys.readouterr().err
    assert main([*words, "card-in-time", "--facts", "nowhere"]) == 2
    assert "there is no such file" in capsys.readouterr().err


def test_fmt_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "shop.md"
    path.write_bytes(small(clause("a", "days<=3 or opened", "deny")).replace("\n", "\r\n").encode())
    before = path.read_bytes()
    assert main(["fmt", str(path), "--check"]) == 1
    assert re.search(
        r"shop\.md:\d+: not in its usual layout\nhelp: aftersale policy fmt ", capsys.readouterr().out
    )
    assert path.read_bytes() == before
    assert main(["fmt", str(path)]) == 0
    assert b"- when: days at most 3 or opened\n" in path.read_bytes()
    assert b"\r" not in path.read_bytes()
    assert main(["fmt", str(path), "--check"]) == 0


def test_a_decision_for_a_person_ends_with_what_would_give_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = tmp_path / "facts.json"
    order = {**ORDER, "reason": "wrong", "days": 61, "mainland_supplier": True, "units_returned": 1}
    facts.write_text(json.dumps(order), encoding="utf-8")
    assert main(["decide", str(MARKETPLACE), "--facts", str(facts)]) == 0
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "or: send the other 1 unit back as well and an RMA number can be asked for",
        "or: the supplier issues an RMA number for this return and you get a full refund",
    ]


def test_a_stored_leaf_is_told_in_each_language() -> None:
    policy = marketplace()
    decision = policy.decide(ORDER)
    for language in policy.languages:
        told = policy.explain(decision.leaf, policy.read(ORDER), language)
        assert told.because == policy.because(decision.clause, language)
        assert told._replace(because=decision.because) == decision
