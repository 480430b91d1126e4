"""Promises: what the policy owes its customers, proved for every order or broken by the smallest one."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import z3

from aftersale.policy.facts import Value, word
from aftersale.policy.promises import Promise
from aftersale.policy.source import Text

from .encode import Formula, sum_formula
from .finding import Example, Finding
from .smallest import nearest, ordinary_order
from .study import Study, differing
from .world import World
from .worth import gives_less, paid_minor


def broken_promises(study: Study) -> Iterator[Finding]:
    """Each promise that some order breaks; a waived one is shown with its reason."""
    # Worked out before the first push, or a pop would take its definitions away.
    assert study.world.comes_to
    for promise, text in zip(study.policy.promises, study.written.promises, strict=True):
        prove = _bound if promise.kind == "bounds" else _pair
        with study.world.solver.trying():
            finding = prove(study, promise, text.part(0, len(promise.text)))
        if finding and promise.waived:
            waived = f"{finding.what}; waived because {promise.waived}"
            finding = replace(finding, severity="waived", what=waived, suggest=())
        if finding:
            yield finding


def _pair(study: Study, promise: Promise, text: Text) -> Finding | None:
    """A promise about two orders that differ in one fact."""
    world = study.world
    twin = World(world.document, world.solver, "'", world, promise.fact)
    change = _change(promise, world, twin)
    less = gives_less(world, twin) if promise.never == "less" else gives_less(twin, world)
    literals = [*world.lawful, *twin.lawful]
    world.solver.z3.add(change, less)
    found = world.solver.ask(literals).found
    if found != "yes":
        return None if found == "no" else _unknown(study, promise, text)
    ordinary = ordinary_order(world.document)
    wishes = [(world.variables[name], ordinary[name]) for name in ordinary]
    wishes.append((twin.variables[promise.fact], ordinary[promise.fact]))
    *values, other = nearest(world.solver, wishes, literals)
    facts = dict(zip(ordinary, values, strict=True))
    return _broken(study, promise, text, facts, other)


def _change(promise: Promise, world: World, twin: World) -> Formula:
    """The first order is the one of which the promise speaks, the twin the one it is compared with."""
    mine, other = world.variables[promise.fact], twin.variables[promise.fact]
    if promise.kind == "ranks":
        return z3.And(mine.has(promise.one), other.has(promise.other))
    if promise.change == "yes":
        return z3.And(mine.yes, z3.Not(other.yes), mine.known, other.known)
    fewer = mine.number < other.number if promise.change == "fewer" else mine.number > other.number
    return z3.And(mine.known, other.known, fewer)


def _broken(study: Study, promise: Promise, text: Text, facts: dict[str, Value], other: Value) -> Finding:
    """The finding about two orders: what is decided of each."""
    here = _decided(study, facts)
    there = _decided(study, {**facts, promise.fact: other})
    what = (
        f"`{promise.text}` is broken: {promise.fact} {word(facts[promise.fact])} comes to `{here[1]}` by"
        f" {study.line(here[0])}, {promise.fact} {word(other)} to `{there[1]}` by {study.line(there[0])}"
    )
    example = replace(differing(study.policy, facts), fact=promise.fact, twin=other)
    clauses = tuple(dict.fromkeys((here[0], there[0])))
    return _finding(promise, text, clauses, what, example)


def _decided(study: Study, facts: dict[str, Value]) -> tuple[str, str]:
    """The clause that decides and its outcome; of two that disagree the first, as in the proof."""
    reason = study.policy.trace(facts)[0]
    return reason.clause, reason.outcome


def _bound(study: Study, promise: Promise, text: Text) -> Finding | None:
    """A promise about what one order is paid."""
    world = study.world
    bound = promise.at_least or promise.at_most
    assert bound is not None
    limit = sum_formula(bound, world.variables)
    beyond: list[Formula] = []
    for name, outcome in world.document.outcomes.items():
        if name not in world.comes_to:
            continue
        if outcome.pays_percent and promise.at_least and not bound.terms and bound.plus <= 0:
            continue
        if outcome.pays_percent:
            return _unknown_percent(promise, text, name)
        paid = paid_minor(outcome, world.variables)
        outside = paid < limit if promise.at_least else paid > limit
        beyond.append(z3.And(world.comes_to[name], outside))
    known = [world.variables[name].known for name in bound.facts]
    world.solver.z3.add(z3.Or(beyond), *known)
    found = world.ask().found
    if found != "yes":
        return None if found == "no" else _unknown(study, promise, text)
    example = study.example([])
    clause, outcome_name = _decided(study, dict(example.facts))
    what = f"`{promise.text}` is broken: {study.line(clause)} comes to `{outcome_name}` here"
    return _finding(promise, text, (clause,), what, example)


def _finding(
    promise: Promise, text: Text, clauses: Sequence[str], what: str, example: Example | None
) -> Finding:
    suggest = ("correct one of the clauses", f"write `{promise.text}; waived because …` with your reason")
    return Finding("promise-broken", "error", tuple(clauses), what, text, example, suggest=suggest)


def _unknown(study: Study, promise: Promise, text: Text) -> Finding:
    found = study.not_proved("promise-broken", (), f"whether `{promise.text}` is kept")
    return replace(found, where=text)


def _unknown_percent(promise: Promise, text: Text, outcome: str) -> Finding:
    what = f"`{promise.text}` cannot be proved: `{outcome}` pays a percentage of what only the return knows"
    help = "let it pay a sum of money facts, or drop the promise"
    return Finding("promise-broken", "not proved", (), what, text, suggest=(help,))
