"""What the conditions are made of: five small nodes, and sums of facts."""

from typing import Literal, NamedTuple

type Rounding = Literal["down", "up", "half up"]
type Condition = IsOneOf | Known | Within | Not | Join
type Term = str | Percent


class IsOneOf(NamedTuple):
    """The fact, of kind "one of" or "yes or no", has one of these values; false when absent."""

    fact: str
    values: tuple[str | bool, ...]


class Known(NamedTuple):
    """The fact is not absent."""

    fact: str


class Percent(NamedTuple):
    """`percent` of a sum, rounded to whole units."""

    percent: int
    of: "Sum"
    rounding: Rounding


class Sum(NamedTuple):
    """Terms, each with how many times it counts, and a whole number; a date counts as its ordinal day."""

    terms: tuple[tuple[int, Term], ...]
    plus: int = 0

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts in it, each once, sorted."""
        inner = ((t,) if isinstance(t, str) else t.of.facts for _, t in self.terms)
        return tuple(sorted({name for names in inner for name in names}))


class Within(NamedTuple):
    """`lo <= sum <= hi`, None being no bound; false when any fact in it is absent."""

    terms: tuple[tuple[int, Term], ...]
    lo: int | None
    hi: int | None


class Not(NamedTuple):
    """The opposite."""

    part: "Condition"


class Join(NamedTuple):
    """All of the parts ("and") or any of them ("or")."""

    how: Literal["and", "or"]
    parts: tuple["Condition", ...]


def names_in(condition: Condition) -> set[str]:
    """The facts a condition speaks of."""
    match condition:
        case IsOneOf(fact) | Known(fact):
            return {fact}
        case Within(terms):
            return set(Sum(terms).facts)
        case Not(part):
            return names_in(part)
        case Join(_, parts):
            return set().union(*map(names_in, parts))


def plus(left: Sum, right: Sum, times: int) -> Sum:
    """`left + times * right`, equal terms counted together, in one order."""
    counts: dict[Term, int] = dict.fromkeys([term for _, term in left.terms], 0)
    for count, term in left.terms:
        counts[term] += count
    for count, term in right.terms:
        counts[term] = counts.get(term, 0) + times * count
    kept = [(count, term) for term, count in counts.items() if count]
    return Sum(tuple(sorted(kept, key=lambda pair: str(pair[1]))), left.plus + times * right.plus)
