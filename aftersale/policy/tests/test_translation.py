"""The policy tells the same in another language, or says where it does not."""

from pathlib import Path

import pytest

from aftersale.policy import Policy, TranslationError

from .houses import MARKETPLACE, marketplace

CHINESE = MARKETPLACE.with_name("marketplace.zh-hans.md").read_text(encoding="utf-8")


def test_the_shipped_policy_is_told_in_chinese() -> None:
    policy = marketplace()
    assert policy.languages == ("en", "zh-hans")
    assert policy.because("card-in-time", "zh-hans").startswith("您用银行卡付款：在送达后 60 天内")
    assert policy.clause_title("balance", "zh-Hans") == "用储值余额付款"
    assert policy.outcome_meaning("refund", "zh-hans") == "全额退款"
    assert policy.outcome_next_step("ask_supplier", "zh-hans").startswith("我们会询问供应商")
    assert policy.fact_meaning("reason", "zh-hans") == "为什么退回"


def test_a_language_without_a_translation_is_told_in_english() -> None:
    policy = marketplace()
    assert policy.because("balance", "fr") == policy.because("balance") == policy.clauses["balance"].prose


def test_lines_of_chinese_are_joined_without_a_space() -> None:
    assert "的商品。这并不是拒绝" in marketplace().because("card-supplier-terms", "zh-hans")


def test_a_better_translation_is_no_new_policy() -> None:
    policy = Policy.parse(
        marketplace().text, "marketplace.md", {"zh-hans": CHINESE.replace("全额退款", "退全款")}
    )
    assert policy.hash == marketplace().hash


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "送达后 60 天内交给承运人，您将得到全额退款。",
            "送达后六十天内交给承运人，您将得到全额退款。",
            "marketplace.zh-hans.md:49:1: `bank-faulty` does not say 60, which the original says",
        ),
        (
            "### balance:",
            "### ballance:",
            "marketplace.zh-hans.md:39:5: `ballance` is not a clause of the original",
        ),
        (
            "| rma | 本次退货有有效的 RMA 编号 | 供应商为本次退货签发 RMA 编号 |\n",
            "",
            "marketplace.zh-hans.md:1:3: the translation has no fact `rma`",
        ),
        (
            "| refund | 全额退款 |",
            "| refnd | 全额退款 |",
            "marketplace.zh-hans.md:35:3: `refnd` is not an outcome of",
        ),
        (
            "Translation of marketplace.md",
            "译文",
            "marketplace.zh-hans.md:1:3: this is not said to be a translation",
        ),
        ("## Outcomes: 结果", "## 结果", "marketplace.zh-hans.md:1:3: the translation has no `## Outcomes`"),
    ],
)
def test_a_translation_that_says_less_or_more_is_pointed_at(old: str, new: str, message: str) -> None:
    assert old in CHINESE
    with pytest.raises(TranslationError) as caught:
        Policy.parse(marketplace().text, "marketplace.md", {"zh-hans": CHINESE.replace(old, new, 1)})
    assert str(caught.value).startswith(message)


def test_a_clause_that_is_not_translated_is_an_error_at_load(tmp_path: Path) -> None:
    (tmp_path / "marketplace.md").write_text(marketplace().text, encoding="utf-8")
    head, _, rest = CHINESE.partition("### rma-card:")
    rest = rest[rest.index("### ") :]
    (tmp_path / "marketplace.zh-hans.md").write_text(head + rest, encoding="utf-8")
    with pytest.raises(TranslationError) as caught:
        Policy.load(tmp_path / "marketplace.md")
    assert str(caught.value).endswith(
        "marketplace.zh-hans.md:1:3: the translation has no clause `rma-card`\n"
        "    # 退货与退款\n"
        "      ^^^^^\n"
        "help: translate `rma-card`"
    )
