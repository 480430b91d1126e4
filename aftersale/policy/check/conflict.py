"""Conflicts: two clauses that both win, neither being stronger, and disagree."""

from collections.abc import Iterator
from itertools import islice

import z3

from .encode import Formula, is_true
from .finding import Finding
from .study import Study

MOST_SHOWN = 40


def conflicts(study: Study) -> Iterator[Finding]:
    """One question first: can two winners disagree? Only if they can, which."""
    world = study.world
    with world.solver.trying():
        wins = world.winners()
        found = _two_disagree(study, wins)
        if found == "unknown":
            yield study.not_proved("conflict", (), "whether the winning clauses agree")
        elif found == "yes":
            pairs = _pairs(study, wins)
            yield from islice(pairs, MOST_SHOWN)
            if next(pairs, None):
                what = f"there are more conflicts than these {MOST_SHOWN}"
                help = "solve these, and check again"
                yield Finding("conflict", "error", (), what, study.written.title, suggest=(help,))


def _two_disagree(study: Study, wins: dict[str, Formula]) -> str:
    world = study.world
    by_outcome: dict[str, list[Formula]] = {}
    for name, clause in world.document.clauses.items():
        by_outcome.setdefault(clause.then, []).append(wins[name])
    if len(by_outcome) < 2:
        return "no"
    with world.solver.trying(z3.AtLeast(*(z3.Or(some) for some in by_outcome.values()), 2)):
        return world.ask().found


def _pairs(study: Study, wins: dict[str, Formula]) -> Iterator[Finding]:
    """Every pair that can both win and disagree, each clause asked against all rivals after it at once."""
    world, clauses = study.world, study.world.document.clauses
    names = list(clauses)
    for place, name in enumerate(names):
        rivals = [other for other in names[place + 1 :] if clauses[other].then != clauses[name].then]
        while rivals:
            with world.solver.trying(z3.Or([wins[other] for other in rivals])):
                found = world.ask(wins[name]).found
                model = world.solver.z3.model() if found == "yes" else None
            if found == "unknown":
                yield study.not_proved("conflict", (name,), f"whether `{name}` agrees with the others")
            if model is None:
                break
            met = [o for o in rivals if is_true(wins[o], model)]
            rivals = [other for other in rivals if other not in met]
            for other in met:
                yield _conflict(study, name, other, [wins[name], wins[other]])


def _conflict(study: Study, one: str, other: str, both: list[Formula]) -> Finding:
    clauses = study.policy.clauses
    what = (
        f"{study.line(one)} says `{clauses[one].then}` and {study.line(other)} says `{clauses[other].then}`"
        " of the same order, and neither overrides the other"
    )
    suggest = [_override(study, one, other), _override(study, other, one)]
    kept = tuple(line for line in suggest if line) or ("both are law: correct the `when` of one",)
    where = study.written.clauses[other].when
    return Finding("conflict", "error", (one, other), what, where, study.example(both), suggest=kept)


def _override(study: Study, winner: str, loser: str) -> str:
    """The line that makes one win over the other, "" if the law forbids it."""
    if study.policy.clauses[loser].law:
        return ""
    names = [text.value for text in study.written.clauses[winner].overrides]
    return f"under `{winner}` write `- overrides: {', '.join([*names, loser])}`"
