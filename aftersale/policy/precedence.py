"""Which clause is stronger than which: `overrides`, transitive and without a circle."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from .errors import did_you_mean
from .source import Text


class Ranked(Protocol):
    """What precedence asks of a clause."""

    @property
    def law(self) -> bool:
        """Whether no clause may override it."""


class Precedence(NamedTuple):
    """`order` has each clause after all that are stronger, ties by id; `stronger` has all that beat one."""

    order: tuple[str, ...]
    stronger: dict[str, frozenset[str]]


def rank_clauses(clauses: Mapping[str, Ranked], overrides: Mapping[str, Sequence[Text]]) -> Precedence:
    """The precedence that the `overrides` lines make. Raises DocumentError: unknown, a law, or a circle."""
    beaten_by: dict[str, set[str]] = {name: set() for name in clauses}
    for winner, texts in overrides.items():
        for text in texts:
            for loser in _named(text, winner, clauses):
                beaten_by[loser].add(winner)
    order: list[str] = []
    stronger: dict[str, frozenset[str]] = {}
    left = sorted(clauses)
    while left:
        name = next((n for n in left if beaten_by[n] <= stronger.keys()), None)
        if name is None:
            raise _circle(left, beaten_by, overrides)
        left.remove(name)
        order.append(name)
        stronger[name] = frozenset(beaten_by[name]).union(*(stronger[winner] for winner in beaten_by[name]))
    return Precedence(tuple(order), stronger)


def _named(text: Text, winner: str, clauses: Mapping[str, Ranked]) -> list[str]:
    """The clauses that one name in an `overrides` line stands for."""
    if text.value == "all":
        return [name for name, clause in clauses.items() if name != winner and not clause.law]
    if text.value not in clauses:
        help = did_you_mean(text.value, clauses) or "the clauses are " + ", ".join(sorted(clauses))
        raise text.error(f"`{text.value}` is not a clause", help)
    if text.value == winner:
        raise text.error(f"`{winner}` overrides itself", "drop it from this line")
    if clauses[text.value].law:
        raise text.error(f"`{text.value}` is law", "a clause that is law cannot be overridden")
    return [text.value]


def _circle(
    left: list[str], beaten_by: Mapping[str, set[str]], overrides: Mapping[str, Sequence[Text]]
) -> Exception:
    """The error that shows one circle, at the line that closes it."""
    path = [left[0]]
    while (winner := min(beaten_by[path[-1]].intersection(left))) not in path:
        path.append(winner)
    circle = path[path.index(winner) :]
    chain = " overrides ".join(f"`{name}`" for name in [*reversed(circle), circle[-1]])
    text = next(t for t in overrides[winner] if t.value in (circle[-1], "all"))
    return text.error(f"a circle: {chain}", "drop one of these `overrides`")
