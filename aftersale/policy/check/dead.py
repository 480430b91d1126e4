"""Dead clauses: those that no order can match."""

from collections.abc import Iterator

from .finding import Finding
from .study import Study


def dead(study: Study) -> Iterator[Finding]:
    """Each clause that can never apply, with the rules of the world that rule it out."""
    world = study.world
    answer = world.ask()
    if answer.found == "no":
        yield Finding(
            "dead",
            "error",
            tuple(world.document.clauses),
            "no order is possible",
            study.written.title,
            because=world.guilty_rules(answer.core),
            suggest=("correct one of these rules",),
        )
        return
    for name, match in world.match.items():
        answer = world.ask(match)
        if answer.found == "unknown":
            yield study.not_proved("dead", (name,), f"whether `{name}` can ever apply")
        elif answer.found == "no":
            rules = world.guilty_rules(answer.core, match)
            help = "correct its `when`, or one of the rules" if rules else "correct its `when`"
            where = study.written.clauses[name].when
            what = f"{study.line(name)} can never apply"
            yield Finding(
                "dead", "warning", (name,), what, where, because=rules, suggest=(help, "drop the clause")
            )
