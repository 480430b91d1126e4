"""Never-decisive clauses: they match some orders, but another clause always answers."""

from collections.abc import Iterator

from .finding import Finding
from .study import Study


def never_decisive(study: Study) -> Iterator[Finding]:
    """Each clause whose every order is answered by stronger clauses, or before it by those that say the same.

    A law is left out of the second: it stands as a floor under whatever else is promised.
    """
    world, stronger = study.world, study.policy.document.precedence.stronger
    for name, clause in world.document.clauses.items():
        first = sorted(stronger[name]) + ([] if clause.law else _same_before(study, name))
        answer = world.ask(world.match[name], *(world.unmatch[other] for other in first))
        if answer.found == "unknown":
            yield study.not_proved("never-decisive", (name,), f"it is not proved that `{name}` ever decides")
        if answer.found == "no" and world.ask(world.match[name]).found == "yes":
            yield _finding(study, name, [n for n in first if str(world.unmatch[n]) in answer.core])


def _same_before(study: Study, name: str) -> list[str]:
    """The clauses of the same outcome, neither stronger nor weaker, that would answer before this one."""
    document = study.policy.document
    order, stronger = document.precedence.order, document.precedence.stronger
    return [
        other
        for other in order[: order.index(name)]
        if other not in stronger[name] and document.clauses[other].then == document.clauses[name].then
    ]


def _finding(study: Study, name: str, before: list[str]) -> Finding:
    world = study.world
    for other in list(before):
        fewer = [world.unmatch[left] for left in before if left != other]
        if world.ask(world.match[name], *fewer).found == "no":
            before.remove(other)
    unmatched = [world.unmatch[other] for other in before]
    core = world.ask(world.match[name], *unmatched).core
    stronger = study.policy.document.precedence.stronger[name]
    who = " or ".join(study.line(other) for other in before)
    overridden = all(other in stronger for other in before)
    how = f"always overridden by {who}" if overridden else f"wherever it applies, {who} answers"
    help = "drop an `overrides`, or correct its `when`" if overridden else "correct its `when`"
    return Finding(
        "never-decisive",
        "warning",
        (name, *before),
        f"{study.line(name)} never decides: {how}",
        study.written.clauses[name].when,
        study.example([world.match[name]]),
        world.guilty_rules(core, world.match[name], *unmatched),
        (help, "drop the clause"),
    )
