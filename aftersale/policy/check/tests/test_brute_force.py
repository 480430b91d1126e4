"""Small random documents, every order of which can be tried: the checks find what trying them all finds."""

import random
from itertools import combinations, product

import pytest

from aftersale.policy import ConflictError, GapError, Policy
from aftersale.policy.check import Finding, check_policy
from aftersale.policy.diff import compare
from aftersale.policy.facts import Value
from aftersale.policy.nodes import Condition
from aftersale.policy.python import compiled, condition_text

ORDERS: list[dict[str, Value]] = [
    {"tender": tender, "days": days, "opened": opened}
    for tender, days, opened in product(["card", "cash"], [None, 0, 1, 2, 3], [False, True])
]
TESTS = (
    "tender is card", "tender is cash", "opened", "not opened", "days at most 1", "days more than 1",
    "not days at most 2", "days is absent", "days = 2", "(opened or days is absent)",
)  # fmt: skip
RULES = (
    "opened implies days is known",
    "not (opened and tender is cash)",
    "days at most 2 or days is absent",
)

HEAD = """# Random

In force from 2026-01-01.

## Facts

| Fact | Kind | Meaning |
|---|---|---|
| tender | card, cash | m |
| days | whole number 0 to 3, may be absent | m |
| opened | yes or no | m |

## Outcomes

| Outcome | Rank | Pays | Meaning | Next step |
|---|---|---|---|---|
| deny | 1 | nothing | m | n |
| half | 2 | 50 % | m | n |
| all_of_it | 3 | 100 % | m | n |

## Always true

{rules}
## Promises

- fewer days never pays less
- opened never pays more

## Clauses
"""


def _document(seed: int) -> Policy:
    chance = random.Random(seed)
    rules = "".join(f"- {rule}\n" for rule in chance.sample(RULES, chance.randint(0, 2)))
    lines = [HEAD.format(rules=rules)]
    size = chance.randint(2, 6)
    for number in range(size):
        tests = chance.sample(TESTS, chance.randint(1, 2))
        weaker = [f"c{other}" for other in range(number + 1, size) if chance.random() < 0.4]
        lines += [f"### c{number}: T", "", "Prose.", "", f"- when: {' and '.join(tests)}"]
        lines += [f"- then: {chance.choice(['deny', 'half', 'all_of_it'])}"]
        lines += [f"- overrides: {', '.join(weaker)}"] if weaker else []
        lines += [""]
    return Policy.parse("\n".join(lines), name="random.md")


def _holds(policy: Policy, condition: Condition, order: dict[str, Value]) -> bool:
    text = f" return {condition_text(condition, policy.facts)}"
    return bool(compiled("test", [text], {})(order))


def _possible(policy: Policy) -> list[tuple[dict[str, Value], set[str]]]:
    """The orders that the world allows, each with the clauses that match it."""
    return [
        (order, {name for name, clause in policy.clauses.items() if _holds(policy, clause.when, order)})
        for order in ORDERS
        if all(_holds(policy, rule.holds, order) for rule in policy.document.rules)
    ]


def _winners(policy: Policy, matching: set[str]) -> set[str]:
    stronger = policy.document.precedence.stronger
    return {name for name in matching if not stronger[name] & matching}


@pytest.mark.parametrize("seed", range(40))
def test_the_checks_find_what_trying_every_order_finds(seed: int) -> None:
    policy = _document(seed)
    possible = _possible(policy)
    found = [f for f in check_policy(policy) if f.code != "prose-drift"]
    _same_gaps(possible, found)
    _same_conflicts(policy, possible, found)
    _same_idle_lines(policy, possible, found)
    dead = {name for name in policy.clauses if not any(name in matching for _, matching in possible)}
    assert {f.clauses[0] for f in found if f.code == "dead"} == dead
    _same_silent(policy, possible, found, dead)
    _same_promises(policy, possible, found)
    _true_examples(policy, found)


def _same_gaps(possible: list[tuple[dict[str, Value], set[str]]], found: list[Finding]) -> None:
    assert any(not matching for _, matching in possible) == any(f.code == "gap" for f in found)


def _same_conflicts(
    policy: Policy, possible: list[tuple[dict[str, Value], set[str]]], found: list[Finding]
) -> None:
    pairs = {
        pair
        for _, matching in possible
        for pair in combinations(sorted(_winners(policy, matching)), 2)
        if policy.clauses[pair[0]].then != policy.clauses[pair[1]].then
    }
    assert {tuple(sorted(f.clauses)) for f in found if f.code == "conflict"} == pairs


def _same_idle_lines(
    policy: Policy, possible: list[tuple[dict[str, Value], set[str]]], found: list[Finding]
) -> None:
    met = {pair for _, matching in possible for pair in product(matching, matching)}
    alive = set().union(*(matching for _, matching in possible))
    idle = {
        (name, other)
        for name, clause in policy.clauses.items()
        for other in clause.overrides
        if {name, other} <= alive and (name, other) not in met
    }
    assert {f.clauses for f in found if f.code == "idle-override"} == idle


def _same_silent(
    policy: Policy,
    possible: list[tuple[dict[str, Value], set[str]]],
    found: list[Finding],
    dead: set[str],
) -> None:
    """In a document without conflicts, a clause never decides when no decision ever names it."""
    if any(f.code == "conflict" for f in found):
        return
    deciding = {policy.decide(order).clause for order, matching in possible if matching}
    silent = {f.clauses[0] for f in found if f.code == "never-decisive"}
    assert silent == policy.clauses.keys() - dead - deciding


def _same_promises(
    policy: Policy, possible: list[tuple[dict[str, Value], set[str]]], found: list[Finding]
) -> None:
    """Of orders that differ in one fact, does one with fewer days get less, or an opened one more?"""
    if any(f.code == "conflict" for f in found):
        return
    ranked = [(o, policy.outcomes[policy.decide(o).outcome].rank) for o, matching in possible if matching]
    broken = set()
    for (one, rank), (other, theirs) in product(ranked, ranked):
        differing = [name for name in one if one[name] != other[name]]
        days = (one["days"], other["days"])
        if differing == ["days"] and None not in days and days[0] < days[1] and rank < theirs:  # type: ignore[operator]
            broken.add("fewer days never pays less")
        if differing == ["opened"] and one["opened"] and rank > theirs:
            broken.add("opened never pays more")
    assert {f.what.split("`")[1] for f in found if f.code == "promise-broken"} == broken


def _true_examples(policy: Policy, found: list[Finding]) -> None:
    """Each example does what its finding says."""
    for finding in found:
        facts = dict(finding.example.facts) if finding.example else {}
        if finding.code == "gap":
            with pytest.raises(GapError):
                policy.decide(facts)
        if finding.code == "conflict":
            with pytest.raises(ConflictError):
                policy.decide(facts)
        if finding.code == "promise-broken":
            assert finding.example
            worths = [
                policy.outcomes[policy.reasons[policy.trace(policy.read(order))[0].leaf].outcome].rank
                for order in (facts, {**facts, finding.example.fact: finding.example.twin})
            ]
            more = "pays more" in finding.what
            assert worths[0] > worths[1] if more else worths[0] < worths[1]


@pytest.mark.parametrize("seed", range(20))
def test_the_diff_finds_what_trying_every_order_finds(seed: int) -> None:
    old, new = _document(seed), _document(seed + 1_000)
    both = [
        (policy, {repr(order): matching for order, matching in _possible(policy)}) for policy in (old, new)
    ]
    pairs, directions = set(), set()
    for order in both[0][1].keys() & both[1][1].keys():
        clauses = [_first(policy, matching[order]) for policy, matching in both]
        ranks = [
            p.outcomes[p.clauses[c].then].rank if c else 0 for (p, _), c in zip(both, clauses, strict=True)
        ]
        if ranks[0] != ranks[1]:
            pairs.add(tuple(clauses))
            directions.add("more" if ranks[1] > ranks[0] else "less")
    difference = compare(old, new)
    assert {(c.old_clause, c.new_clause) for c in difference.changes} == pairs
    assert {c.gives for c in difference.changes} == directions


def _first(policy: Policy, matching: set[str]) -> str:
    return next((name for name in policy.document.precedence.order if name in matching), "")
