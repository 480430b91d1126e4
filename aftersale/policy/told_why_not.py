"""Says to people what a clause asks for and what there is instead, where it does not decide."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from .facts import Fact, Value
from .nodes import Condition, IsOneOf, Join, Known, Not, Sum, Term, Within, names_in
from .why_not import Failed, holds


class Phrases(NamedTuple):
    """What a language puts around the names and the values of facts."""

    asks: str = "{name}: {wanted}"
    and_: str = " and "
    or_: str = " or "
    group: str = "({inside})"
    comma: str = ", "
    nothing: str = "not {value}"
    known: str = "any value"
    at_least: str = "at least {value}"
    at_most: str = "at most {value}"
    between: str = "from {low} to {high}"
    outside: str = "less than {low} or more than {high}"
    fewer: str = "{one}: fewer than {other}"
    no_more: str = "{one}: at most {other}"
    as_many: str = "{one}: as many as {other}"
    no_fewer: str = "{one}: at least {other}"
    more: str = "{one}: more than {other}"
    not_as_many: str = "{one}: not as many as {other}"
    share: str = "{percent} % of ({of})"


_PHRASES = {
    "en": Phrases(),
    "zh-hans": Phrases(
        asks="{name}：{wanted}",
        and_=" 且 ",
        or_=" 或 ",
        group="（{inside}）",
        comma="，",
        nothing="不是{value}",
        known="任何值",
        at_least="至少 {value}",
        at_most="至多 {value}",
        between="{low} 至 {high}",
        outside="少于 {low} 或多于 {high}",
        fewer="{one}：少于{other}",
        no_more="{one}：不多于{other}",
        as_many="{one}：与{other}相等",
        no_fewer="{one}：不少于{other}",
        more="{one}：多于{other}",
        not_as_many="{one}：与{other}不相等",
        share="（{of}）的 {percent} %",
    ),
}


class Unmet(NamedTuple):
    """One part of a clause that fails, in words: what is `asked`, and what is `here`."""

    asked: str
    here: str


class Teller(NamedTuple):
    """Tells in one language; `name` and `value` say a fact and its value as the reader knows them."""

    facts: Mapping[str, Fact]
    language: str
    name: Callable[[str], str]
    value: Callable[[str, Value], str]

    @property
    def phrases(self) -> Phrases:
        return _PHRASES.get(self.language, _PHRASES["en"])

    def unmet(self, failed: Failed) -> Unmet:
        """What a part still asks for, and what the facts in it are: the value alone of a single fact."""
        left = still_asked(failed.meaning, failed.facts, wanted=failed.must)
        names = names_in(left)
        told = {name: self.value(name, value) for name, value in failed.facts.items() if name in names}
        here = [self._asks(name, value) for name, value in told.items()] if len(told) > 1 else told.values()
        return Unmet(self._asked(left), self.phrases.comma.join(here))

    def _asked(self, condition: Condition, *, wanted: bool = True) -> str:
        match condition:
            case Not(part):
                return self._asked(part, wanted=not wanted)
            case Join(how, parts):
                between = self.phrases.and_ if how == "and" else self.phrases.or_
                return between.join(self._inner(part) for part in parts)
            case Known(fact):
                return self._asks(fact, self.phrases.known if wanted else self.value(fact, None))
            case IsOneOf(fact, values):
                return self._asks(fact, self._or_absent((fact,), self._values(fact, values, wanted), wanted))
            case Within(terms, low, high):
                return self._sum(terms, low, high, wanted=wanted)

    def _inner(self, part: Condition) -> str:
        told = self._asked(part)
        return self.phrases.group.format(inside=told) if isinstance(part, Join) else told

    def _asks(self, name: str, wanted: str) -> str:
        return self.phrases.asks.format(name=self.name(name), wanted=wanted)

    def _values(self, fact: str, values: tuple[str | bool, ...], wanted: bool) -> str:
        """The values that do; those that do not, where most of many do."""
        known: tuple[str | bool, ...] = self.facts[fact].values or (True, False)
        do = values if wanted else tuple(value for value in known if value not in values)
        if do and (wanted or len(do) <= len(values)):
            return self.phrases.or_.join(self.value(fact, value) for value in do)
        return self.phrases.nothing.format(
            value=self.phrases.or_.join(self.value(fact, value) for value in values)
        )

    def _or_absent(self, facts: tuple[str, ...], told: str, wanted: bool) -> str:
        """A comparison with what is absent is false, so its opposite is true of it."""
        absent = [self.value(name, None) for name in facts if self.facts[name].may_be_absent]
        return told if wanted else self.phrases.or_.join([told, *absent])

    def _sum(
        self, terms: tuple[tuple[int, Term], ...], low: int | None, high: int | None, *, wanted: bool
    ) -> str:
        if [count for count, _ in terms] == [-1]:
            terms = ((1, terms[0][1]),)
            low, high = (None if high is None else -high), (None if low is None else -low)
        names = Sum(terms).facts
        if sorted(count for count, _ in terms) == [-1, 1] and (
            told := self._compared(terms, low, high, wanted)
        ):
            return self._or_absent(names, told, wanted)
        alone = terms[0][1] if len(terms) == 1 and terms[0][0] == 1 else ""

        def bound(number: int) -> str:
            return self._number(alone, number) if isinstance(alone, str) and alone else str(number)

        told = self._or_absent(names, self._bounds(low, high, wanted, bound), wanted)
        name = self.name(alone) if isinstance(alone, str) and alone else self._summed(terms)
        return self.phrases.asks.format(name=name, wanted=told)

    def _bounds(self, low: int | None, high: int | None, wanted: bool, bound: Callable[[int], str]) -> str:
        phrases = self.phrases
        if low is not None and high is not None:
            if low == high:
                return bound(low) if wanted else phrases.nothing.format(value=bound(low))
            words = phrases.between if wanted else phrases.outside
            return words.format(low=bound(low), high=bound(high))
        if not wanted:
            low, high = (None if high is None else high + 1), (None if low is None else low - 1)
        if low is not None:
            return phrases.at_least.format(value=bound(low))
        return phrases.at_most.format(value=bound(high)) if high is not None else phrases.known

    def _compared(
        self, terms: tuple[tuple[int, Term], ...], low: int | None, high: int | None, wanted: bool
    ) -> str:
        """Two facts beside each other; nothing where they are not just compared."""
        one, other = (next(term for count, term in terms if count == sign) for sign in (1, -1))
        if not (isinstance(one, str) and isinstance(other, str)):
            return ""
        words = {
            (None, -1): (self.phrases.fewer, self.phrases.no_fewer),
            (None, 0): (self.phrases.no_more, self.phrases.more),
            (0, None): (self.phrases.no_fewer, self.phrases.fewer),
            (1, None): (self.phrases.more, self.phrases.no_more),
            (0, 0): (self.phrases.as_many, self.phrases.not_as_many),
        }.get((low, high))
        return words[not wanted].format(one=self.name(one), other=self.name(other)) if words else ""

    def _summed(self, terms: tuple[tuple[int, Term], ...]) -> str:
        return " + ".join(self._term(count, term) for count, term in terms)

    def _term(self, count: int, term: Term) -> str:
        if isinstance(term, str):
            told = self.name(term)
        else:
            told = self.phrases.share.format(percent=term.percent, of=self._summed(term.of.terms))
        return told if count == 1 else f"{count} × {told}"

    def _number(self, name: str, number: int) -> str:
        is_date = self.facts[name].kind == "date"
        return self.value(name, date.fromordinal(number) if is_date else number)


def still_asked(condition: Condition, facts: Mapping[str, Value], *, wanted: bool) -> Condition:
    """What of a failing condition must come true while all facts that it does not speak of stay as they are.

    Exact: what holds already is left out only where no fact in it is asked for elsewhere.
    """
    names: set[str] = set()
    while True:
        left = _left(condition, facts, names, wanted=wanted)
        assert left is not None, "a condition that fails asks for something"
        if names_in(left) <= names:
            return left
        names |= names_in(left)


def _left(
    condition: Condition, facts: Mapping[str, Value], names: set[str], *, wanted: bool
) -> Condition | None:
    """The condition without what holds whatever becomes of `names`; None where that is all of it."""
    match condition:
        case Not(part):
            return _left(part, facts, names, wanted=not wanted)
        case Join(how, parts):
            left = [_left(part, facts, names, wanted=wanted) for part in parts]
            kept = tuple(part for part in left if part is not None)
            if (how == "and") == wanted:
                return Join("and", kept) if len(kept) > 1 else kept[0] if kept else None
            return Join("or", kept) if len(kept) == len(left) else None
        case _:
            if holds(condition, facts) == wanted and not names_in(condition) & names:
                return None
            return condition if wanted else Not(condition)


def unmet(found: tuple[Failed, ...], teller: Teller) -> Iterator[Unmet]:
    """Each part that fails, in words; of two that are said alike, one."""
    yield from dict.fromkeys(teller.unmet(one) for one in found)
