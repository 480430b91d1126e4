"""However it is run, a document decides the same: tree, chain, trace, and the conditions taken one by one."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from aftersale.policy import ConflictError, GapError, Policy, UndecidedError
from aftersale.policy.document import Clause
from aftersale.policy.python import compiled, condition_text
from benchmarks.policy import decide as benchmark

from .houses import clause, small

FACTS = """| tries | whole number 0 to 9, may be absent | how often |
| sent | date, may be absent | when it was sent |
| arrived | date | when it arrived |
| box | small, large, round, may be absent | its box |
| sealed | yes or no, may be absent | whether it was sealed |
"""
TESTS = """tender is card
opened
sealed
sealed is no
box is small
box is one of (small, round)
box is absent
days is known
days at most 30
days more than 60
days is not 31
days = 30
days is one of (1, 30, 61)
tries at most 3
days + tries at most 30
days - tries more than 30
tries at least days
50% of days rounded half up at least 15
sent after 2026-03-01
sent within 14 days of arrived
arrived before sent""".split("\n")

CONDITIONS = st.recursive(
    st.sampled_from(TESTS),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({' '.join(t)})")
        | inner.map(lambda condition: f"not ({condition})")
    ),
    max_leaves=5,
)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    clauses = []
    count = draw(st.integers(1, 6))
    for place in range(count):
        weaker = [f"c{other}" for other in range(place + 1, count) if draw(st.booleans())]
        lines = [f"- overrides: {', '.join(weaker)}"] if weaker else []
        then = draw(st.sampled_from(["deny", "half", "refund"]))
        clauses.append(clause(f"c{place}", draw(CONDITIONS), then, *lines))
    return Policy.parse(small("".join(clauses), FACTS))


ORDERS = st.fixed_dictionaries(
    {
        "tender": st.sampled_from(["card", "cash"]),
        "days": st.none() | st.sampled_from([0, 1, 29, 30, 31, 60, 61, 365]) | st.integers(0, 365),
        "opened": st.booleans(),
        "tries": st.none() | st.integers(0, 9),
        "sent": st.none() | st.dates().filter(lambda day: day.year > 1),
        "arrived": st.dates(),
        "box": st.sampled_from([None, "small", "large", "round"]),
        "sealed": st.sampled_from([None, True, False]),
    }
)


def _answer(policy: Policy, order: dict[str, Any]) -> object:
    try:
        decision = policy.decide(order)
    except UndecidedError as error:
        return type(error)
    assert decision == policy.explain(policy.decide_leaf(order), order)
    return decision.outcome, decision.clause, decision.holds_until


def _one_by_one(policy: Policy, order: dict[str, Any]) -> object:
    """The meaning of precedence, said as plainly as it can be."""

    def matches(one: Clause) -> bool:
        text = condition_text(one.when, policy.facts)
        return bool(compiled("matches", [f" return {text}"], {})(order))

    matching = {name for name, one in policy.clauses.items() if matches(one)}
    stronger = policy.document.precedence.stronger
    winners = {name for name in matching if not stronger[name] & matching}
    outcomes = {policy.clauses[name].then for name in winners}
    return outcomes.pop() if len(outcomes) == 1 else GapError if not winners else ConflictError


@settings(max_examples=200)
@given(policies(), st.lists(ORDERS, min_size=1, max_size=8))
def test_tree_chain_and_plain_meaning_agree_on_any_document(
    policy: Policy, orders: list[dict[str, Any]]
) -> None:
    chain = Policy(policy.document, policy.text, policy.name, {}, most_leaves=0)
    for order in orders:
        answer = _answer(policy, order)
        assert _answer(chain, order) == answer
        plain = _one_by_one(policy, order)
        assert (answer[0] if isinstance(answer, tuple) else answer) == plain


@settings(max_examples=100)
@given(policies(), ORDERS, st.integers(0, 365))
def test_an_answer_holds_to_its_day_in_any_document(
    policy: Policy, order: dict[str, Any], other: int
) -> None:
    answer = _answer(policy, order)
    if not isinstance(answer, tuple) or order["days"] is None:
        return
    last = answer[2]["days"] if answer[2] else 365
    later = _answer(policy, {**order, "days": min(max(other, order["days"]), last)})
    assert isinstance(later, tuple)
    assert later[0] == answer[0]
    if last < 365:
        after = _answer(policy, {**order, "days": last + 1})
        assert not isinstance(after, tuple) or after[0] != answer[0]


def test_the_ladders_of_the_benchmark_give_the_documents_answers() -> None:
    for name in benchmark.DOCUMENTS:
        figures = benchmark.measure(name, rounds=1)
        assert figures["leaf"] > 0
