"""In whose power a fact is, as the document says: read, part of the version, refused where unclear."""

import pytest

from aftersale.policy import DocumentError, Policy, TranslationError

from .houses import MARKETPLACE, clause, marketplace, small
from .test_change import powerful

CHINESE = MARKETPLACE.with_name("marketplace.zh-hans.md").read_text(encoding="utf-8")


def test_who_can_do_what_is_part_of_a_version() -> None:
    text = marketplace().text
    other = Policy.parse(text.replace("customer, becomes yes: confirm", "customer: confirm"))
    assert other.hash != marketplace().hash
    assert Policy.parse(small(clause("a", "opened", "deny"))).document.powers == {}


def test_what_the_shipped_policy_puts_in_whose_power() -> None:
    powers = marketplace().document.powers
    assert list(powers) == list(marketplace().facts)
    told = {name: (power.who, power.way) for name, power in powers.items() if power}
    assert told == {
        "marked_delivered": ("customer", "becomes"),
        "rma": ("supplier", "becomes"),
        "units_returned": ("customer", "up"),
    }


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("custmer", "`custmer` is nobody who can change a fact"),
        ("customer, only upp", "`only upp` is no way a fact changes"),
        ("customer, becomes soon", "`soon` is not a value of `days`"),
        ("customer, becomes 366", "`366` is not a value of `days`"),
        ("customer: {more} days", "`{more}` is nothing to put in"),
        ("nobody, only up", "`nobody` is nobody who can change a fact"),
        ("customer,", "`` is no way a fact changes"),
    ],
)
def test_a_power_that_cannot_be_read_is_pointed_at(cell: str, message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        Policy.parse(powerful(clause("a", "opened", "deny"), ("nobody", cell, "nobody", "nobody")))
    assert message in str(caught.value)


def test_the_caret_stands_under_the_word() -> None:
    with pytest.raises(DocumentError) as caught:
        Policy.parse(powerful(clause("a", "opened", "deny"), ("nobody", "custmer, only up", "", "")))
    _, line, caret, help = str(caught.value).split("\n")
    assert line[caret.index("^") : caret.rindex("^") + 1] == "custmer"
    assert help == "help: did you mean `customer`?"


def test_a_choice_goes_neither_up_nor_down_and_a_misspelt_column_is_not_ignored() -> None:
    with pytest.raises(DocumentError, match="`tender` is one of card, cash"):
        Policy.parse(powerful(clause("a", "opened", "deny"), ("customer, only up", "", "", "")))
    text = powerful(clause("a", "opened", "deny"))
    with pytest.raises(DocumentError, match="did you mean `In whose power`"):
        Policy.parse(text.replace("In whose power", "In whos power"))


def test_a_translation_of_a_change_speaks_the_same_numbers() -> None:
    with pytest.raises(TranslationError, match=r"say `\{by\}`"):
        Policy.parse(marketplace().text, "marketplace.md", {"zh-hans": CHINESE.replace("{by} 件", "件")})
