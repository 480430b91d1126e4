"""Idle overrides: lines between two clauses that never apply to the same order."""

from collections.abc import Iterator

import z3

from aftersale.policy.source import Text

from .finding import Finding
from .study import Study


def idle_overrides(study: Study) -> Iterator[Finding]:
    """Each name in an `overrides` line that settles nothing. Dead clauses have a finding of their own."""
    world = study.world
    alive = {name for name, match in world.match.items() if world.ask(match).found != "no"}
    for name, written in study.written.clauses.items():
        for text in written.overrides if name in alive else ():
            losers = sorted(_losers(study, name, text.value) & alive)
            if losers:
                yield from _idle(study, name, text, losers)


def _losers(study: Study, winner: str, named: str) -> set[str]:
    """The clauses that a name in an `overrides` line stands for."""
    if named != "all":
        return {named}
    return {name for name, clause in study.policy.clauses.items() if name != winner and not clause.law}


def _idle(study: Study, name: str, text: Text, losers: list[str]) -> Iterator[Finding]:
    world = study.world
    with world.solver.trying(z3.Or([world.match[loser] for loser in losers])):
        answer = world.ask(world.match[name])
        rules = world.guilty_rules(answer.core, world.match[name]) if answer.found == "no" else ()
    if answer.found == "unknown":
        what = f"whether `{name}` ever meets `{text.value}`"
        yield study.not_proved("idle-override", (name,), what)
    elif answer.found == "no":
        other = study.line(text.value) if text.value != "all" else "any other"
        what = f"{study.line(name)} never meets {other}, so overriding it settles nothing"
        names = (name,) if text.value == "all" else (name, text.value)
        help = f"drop `{text.value}` from the line, or correct the `when` of one"
        yield Finding("idle-override", "warning", names, what, text, because=rules, suggest=(help,))
