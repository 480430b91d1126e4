"""Dead clauses: those that no order can match."""

from collections.abc import Iterator

from aftersale.policy.nodes import Condition, Join
from aftersale.policy.source import Text
from aftersale.policy.tokens import tokens_of

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
            yield _dead(study, name)


def _dead(study: Study, name: str) -> Finding:
    """The finding with the fewest parts of the condition, and rules, that cannot be true together."""
    world, when = study.world, study.written.clauses[name].when
    with world.solver.trying():
        parts = {
            text: world.solver.named(text, world.formula(part))
            for text, part in _parts(when, study.policy.clauses[name].when)
        }
        for text in list(parts):
            fewer = [literal for other, literal in parts.items() if other != text]
            if world.ask(*fewer).found == "no":
                del parts[text]
        rules = world.guilty_rules(world.ask(*parts.values()).core, *parts.values())
    asks = " and ".join(f"`{text}`" for text in parts)
    what = f"{study.line(name)} can never apply: it asks for {asks}" + (" together" if len(parts) > 1 else "")
    help = "correct its `when`, or one of the rules" if rules else "correct its `when`"
    return Finding("dead", "warning", (name,), what, when, because=rules, suggest=(help, "drop the clause"))


def _parts(text: Text, when: Condition) -> list[tuple[str, Condition]]:
    """What a condition joins by `and`, outside of brackets and named conditions, each with its text."""
    depth, starts, ends = 0, [0], []
    for token in tokens_of(text):
        depth += {"(": 1, ")": -1}.get(token.value, 0)
        if depth == 0 and token.value == "or":
            return [(text.value, when)]
        if depth == 0 and token.value == "and":
            ends.append(token.start)
            starts.append(token.end)
    if not ends or not isinstance(when, Join):
        return [(text.value, when)]
    texts = [text.value[a:b].strip() for a, b in zip(starts, [*ends, len(text.value)], strict=True)]
    return list(zip(texts, when.parts, strict=True))
