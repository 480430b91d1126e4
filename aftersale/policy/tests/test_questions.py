"""What is still possible and worth asking, against an oracle that tries every order there is."""

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aftersale.policy import FactsError, Policy, UndecidedError

from .houses import ORDER, all_orders, clause, deciding, marketplace, small
from .test_change import CELLS, powerful_policies


def _outcome(policy: Policy, order: dict[str, Any]) -> str | None:
    try:
        return policy.decide(order).outcome
    except UndecidedError:
        return ""
    except FactsError:
        return None


@settings(max_examples=40, deadline=None)
@given(powerful_policies(), st.data())
def test_the_outcomes_left_are_those_of_all_orders_and_the_questions_settle_them(
    policy: Policy, data: st.DataObject
) -> None:
    orders = [dict(zip(CELLS, values, strict=True)) for values in product(*CELLS.values())]
    names = data.draw(st.sets(st.sampled_from(sorted(CELLS))))
    one = data.draw(st.sampled_from(orders))
    told = {name: one[name] for name in names}
    fitting = [order for order in orders if told.items() <= order.items()]
    answers = [(order, answer) for order in fitting if (answer := _outcome(policy, order)) is not None]
    if not answers:
        with pytest.raises(FactsError, match="breaks"):
            policy.partial(told)
        return
    left, questions = policy.partial(told), policy.questions(told)
    assert set(left.outcomes) == {answer for _, answer in answers if answer}
    assert left.ask == (questions[0] if questions else None)
    assert not set(questions) & set(told)
    assert _settled(answers, questions), policy.text
    for needed in questions:
        assert not _settled(answers, [name for name in questions if name != needed])


def _settled(answers: list[tuple[dict[str, Any], str]], names: Any) -> bool:
    """Whether orders that agree in these facts always get one answer."""
    seen: dict[tuple[object, ...], str] = {}
    return all(seen.setdefault(tuple(order[n] for n in names), answer) == answer for order, answer in answers)


QUESTIONS = """
                                              | tender reason days marked_delivered supplier_terms mainland_supplier rma units_with_customer units_returned
tender=balance                                | reason
tender=balance reason=wrong                   |
tender=bank_transfer                          | reason days mainland_supplier rma units_with_customer units_returned
tender=bank_transfer reason=defective         | days
tender=card reason=missing                    | mainland_supplier rma units_with_customer units_returned
tender=card reason=missing mainland_supplier= |
tender=card reason=defective                  | days marked_delivered rma
reason=unwanted units_with_customer=1         | tender days marked_delivered supplier_terms mainland_supplier rma
"""  # noqa: E501


@pytest.mark.parametrize("row", QUESTIONS.strip("\n").splitlines())
def test_only_what_can_change_the_answer_is_asked(row: str) -> None:
    told, asked = row.split("|")
    pairs = [pair.split("=") for pair in told.split()]
    facts: dict[str, object] = {n: False if v == "" else int(v) if v.isdigit() else v for n, v in pairs}
    assert sorted(marketplace().questions(facts)) == sorted(asked.split())


def test_over_every_order_of_the_shipped_policy_the_questions_are_those_that_matter() -> None:
    policy = marketplace()
    answers = [(order, policy.decide(order).outcome) for order in all_orders()]
    some: list[dict[str, object]] = [{"tender": "card"}, {"reason": "wrong", "rma": False}, {"days": 60}]
    for told in some:
        fitting = [pair for pair in answers if told.items() <= pair[0].items()]
        assert set(policy.partial(told).outcomes) == {answer for _, answer in fitting}
        assert _settled(fitting, policy.questions(told))


def test_the_world_rules_out_what_cannot_be() -> None:
    told = {"tender": "card", "reason": "wrong", "days": 61, "mainland_supplier": True, "rma": False}
    left = marketplace().partial(told)
    assert left.outcomes == ("ask_supplier", "return_all")
    # One unit to send back, and at least one comes: then nothing stays behind.
    assert marketplace().partial({**told, "units_with_customer": 1}).outcomes == ("ask_supplier",)


def test_facts_that_no_order_can_have_are_refused_with_the_rules_they_break() -> None:
    with pytest.raises(FactsError) as caught:
        marketplace().partial({"reason": "wrong", "units_with_customer": 0})
    assert str(caught.value).startswith(
        "reason wrong, units_with_customer 0 breaks rules of the world, whatever else is told: "
        "`units_returned at most units_with_customer` and "
        "`reason is not missing implies units_returned at least 1`\nhelp: "
    )


def test_of_two_facts_that_say_the_same_one_is_asked() -> None:
    text = small(
        clause("a", "opened", "refund") + clause("b", "not opened", "deny"),
        "| sealed | yes or no | it was sealed |\n",
        "## Always true\n\n- opened or sealed\n- not opened or not sealed\n",
    )
    policy = Policy.parse(text)
    assert policy.questions({}) == ("opened",)
    assert policy.partial({"sealed": True}) == (("deny",), None)


def test_percentages_are_followed_exactly() -> None:
    policy = deciding("85% of days rounded up more than 50", rest="## Always true\n\n- days is known\n")
    told: dict[str, object] = {"tender": "card", "opened": False}
    assert policy.partial({**told, "days": 58}).outcomes == ("deny",)
    assert policy.partial({**told, "days": 59}).outcomes == ("refund",)
    above = deciding("85% of days rounded up more than 50", rest="## Always true\n\n- days at least 59\n")
    assert above.partial(told).outcomes == ("refund",)
    assert above.questions({}) == ()


def test_too_many_leaves_for_a_tree_are_asked_clause_by_clause() -> None:
    policy = marketplace()
    chain = Policy(policy.document, policy.text, policy.name, {}, most_leaves=0)
    assert chain.partial({}).outcomes == policy.partial({}).outcomes
    told = {name: value for name, value in ORDER.items() if name != "days"}
    assert chain.partial(told).outcomes == ("refund", "deny")
    assert chain.questions({**told, "days": 3}) == ()
    impossible = {"tender": "card", "reason": "unwanted", "units_with_customer": 1, "days": 70}
    assert chain.partial(impossible).outcomes == policy.partial(impossible).outcomes
