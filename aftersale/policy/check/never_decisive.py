"""Never-decisive clauses: they match some orders, but another clause always answers."""

from collections.abc import Iterator, Mapping

import z3

from .encode import Formula
from .finding import Finding
from .study import Study


def never_decisive(study: Study) -> Iterator[Finding]:
    """Each clause whose every order is answered by stronger clauses, or before it by those that say the same.

    A law is left out of the second: it stands as a floor under whatever else is promised.
    """
    world, clauses = study.world, study.world.document.clauses
    stronger = world.document.precedence.stronger
    with world.solver.trying():
        wins = world.winners()
        for name, clause in clauses.items():
            same = [] if clause.law else _same_before(study, name)
            # Taken from a proof in this order: where a stronger clause is reason enough, it is named.
            silent = {other: z3.Not(wins[other]) for other in same}
            silent |= {other: world.unmatch[other] for other in sorted(stronger[name])}
            answer = world.ask(world.match[name], *silent.values())
            if answer.found == "unknown":
                what = f"whether `{name}` ever decides"
                yield study.not_proved("never-decisive", (name,), what)
            if answer.found == "no" and world.ask(world.match[name]).found == "yes":
                kept = {other: one for other, one in silent.items() if str(one) in answer.core}
                yield _finding(study, name, kept)


def _same_before(study: Study, name: str) -> list[str]:
    """The clauses of the same outcome, neither stronger nor weaker, that would answer before this one."""
    document = study.policy.document
    order, stronger = document.precedence.order, document.precedence.stronger
    return [
        other
        for other in order[: order.index(name)]
        if other not in stronger[name] and document.clauses[other].then == document.clauses[name].then
    ]


def _finding(study: Study, name: str, silent: Mapping[str, Formula]) -> Finding:
    world, kept = study.world, dict(silent)
    for other in silent:
        fewer = [one for left, one in kept.items() if left != other]
        if world.ask(world.match[name], *fewer).found == "no":
            del kept[other]
    core = world.ask(world.match[name], *kept.values()).core
    rules = world.guilty_rules(core, world.match[name], *kept.values())
    who = " or ".join(study.line(other) for other in kept)
    overridden = kept.keys() <= study.policy.document.precedence.stronger[name]
    how = f"always overridden by {who}" if overridden else f"{who} answers wherever it applies"
    return Finding(
        "never-decisive",
        "warning",
        (name, *kept),
        f"{study.line(name)} never decides: {how}",
        study.written.clauses[name].when,
        study.example([world.match[name]]),
        rules,
        ("correct its `when`" + (", or drop an `overrides`" if overridden else ""), "drop the clause"),
    )
