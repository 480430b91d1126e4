"""Reads sums: facts, numbers and dates, added, subtracted or taken in percent, each with its unit."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from .errors import DocumentError, did_you_mean
from .facts import Fact
from .nodes import Condition, Percent, Rounding, Sum, plus
from .source import Text
from .tokens import Token, tokens_of

_DEEPEST = 40


class Typed(NamedTuple):
    """A sum with its unit, "number", "date" or a currency, and the token it starts at.

    A bare number's unit is "", which goes with any.
    """

    sum: Sum
    unit: str
    start: int


class Sums:
    """Reads one text, with the document's facts and named conditions; every error points at its token."""

    def __init__(self, text: Text, facts: Mapping[str, Fact], words: Mapping[str, Condition]) -> None:
        self.text, self.facts, self.words = text, facts, words
        self.tokens = tokens_of(text)
        self.at = 0
        self.depth = 0

    @property
    def next(self) -> Token:
        """The token to read next; the last is always the end."""
        return self.tokens[self.at]

    def take(self, *words: str) -> bool:
        """Reads these words if they come next."""
        coming = tuple(t.value for t in self.tokens[self.at : self.at + len(words)])
        if coming != words:
            return False
        self.at += len(words)
        return True

    def end(self, help: str = "join two tests by `and` or `or`") -> None:
        """Refuses anything that is left."""
        if self.next.kind != "end":
            raise self.wrong(f"`{self.next.value}` does not go on from what stands before it", help)

    def wrong(self, what: str, help: str = "", since: int | None = None) -> DocumentError:
        """The error to raise about the next token, or about all tokens since one."""
        first = self.next if since is None else self.tokens[since]
        last = self.next if since is None else self.tokens[max(since, self.at - 1)]
        return self.text.error(what, help, first.start, max(1, last.end - first.start))

    def sum(self) -> Typed:
        """Terms joined by + and -, checked for their units."""
        start = self.at
        total = self.term()
        while self.next.value in ("+", "-") and self.next.kind == "symbol":
            times = 1 if self.next.value == "+" else -1
            self.at += 1
            term = self.term()
            unit = self._joint_unit(total, term, times, start)
            total = Typed(plus(total.sum, term.sum, times), unit, start)
        return total

    def _joint_unit(self, left: Typed, right: Typed, times: int, start: int) -> str:
        """The unit of a sum or difference of two."""
        units = {left.unit, right.unit}
        if left.unit == right.unit == "date" and times == -1:
            return "number"
        if left.unit == "date" and right.unit in ("", "number"):
            return "date"
        if "date" not in units and (left.unit == right.unit or "" in units):
            return left.unit or right.unit
        names = " and ".join(unit or "a number" for unit in (left.unit, right.unit))
        raise self.wrong(
            f"{names} cannot be {'added' if times == 1 else 'subtracted'}", "one sum, one unit", start
        )

    def term(self) -> Typed:
        start, token = self.at, self.next
        if token.value == "-":
            self.deeper()
            self.at += 1
            inner = self.term()
            self.depth -= 1
            return Typed(plus(Sum(()), inner.sum, -1), inner.unit, start)
        if token.value == "(":
            self.deeper()
            self.at += 1
            inner = self.sum()
            self.close(start)
            return inner._replace(start=start)
        if token.kind == "date":
            return Typed(Sum((), self._date()), "date", start)
        if token.kind == "number":
            number = self._number()
            return self._percent(number, start) if self.take("%") else Typed(Sum((), number), "", start)
        return self._summed_fact()

    def _summed_fact(self) -> Typed:
        start, token = self.at, self.next
        fact = self.facts.get(token.value)
        if fact is None:
            if token.kind == "word":
                raise self._unknown(token)
            raise self.wrong(f"`{token.shown}` stands where a fact or a number is expected", "finish it")
        if fact.kind in ("one of", "yes or no"):
            raise self.wrong(
                f"`{fact.name}` is {fact.accepts}, which has no size", f"write `{fact.name} is …`"
            )
        self.at += 1
        unit = {"whole number": "number", "date": "date", "money": fact.currency}[fact.kind]
        return Typed(Sum(((1, fact.name),)), unit, start)

    def _unknown(self, token: Token) -> DocumentError:
        known = sorted([*self.facts, *self.words])
        help = did_you_mean(token.value, known) or "the facts and words are " + ", ".join(known)
        return self.wrong(f"`{token.value}` is no fact or word of this policy", help)

    def _number(self) -> int:
        if len(self.next.value) > 15:
            raise self.wrong("this number is too long", "at most 15 digits")
        self.at += 1
        return int(self.tokens[self.at - 1].value)

    def _date(self) -> int:
        try:
            day = date.fromisoformat(self.next.value).toordinal()
        except ValueError:
            raise self.wrong(
                f"there is no day `{self.next.value}`", "write a date such as 2026-04-30"
            ) from None
        self.at += 1
        return day

    def _percent(self, percent: int, start: int) -> Typed:
        """`N% of x rounded down`, the `%` being read."""
        if not self.take("of"):
            raise self.wrong(
                f"`{self.next.shown}` stands where `of` is expected", "as in `85% of paid rounded down`"
            )
        inner = self.term()
        if not inner.sum.facts:
            raise self.wrong("a percentage of a plain number", "write the number", start)
        if inner.unit == "date":
            raise self.wrong("a date has no percentage", "take it of money or of a number", start)
        if not self.take("rounded"):
            help = "add `rounded down`, `rounded up` or `rounded half up`"
            raise self.wrong("a percentage says how it is rounded", help, start)
        rounding: Rounding = "down"
        if self.take("half", "up"):
            rounding = "half up"
        elif self.take("up"):
            rounding = "up"
        elif not self.take("down"):
            raise self.wrong(f"`{self.next.shown}` is no way to round", "`down`, `up` or `half up`")
        return Typed(Sum(((1, Percent(percent, inner.sum, rounding)),)), inner.unit, start)

    def same_unit(self, left: Typed, right: Typed, start: int) -> None:
        units = {left.unit, right.unit}
        if len(units) == 1 or ("" in units and "date" not in units):
            return
        names = " and ".join(unit or "a number" for unit in (left.unit, right.unit))
        raise self.wrong(f"{names} cannot be compared", "both sides want one unit", start)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.wrong("brackets in brackets, too deep to read", "name a part of it under `## Words`")

    def close(self, start: int) -> None:
        if not self.take(")"):
            if self.next.kind == "end":
                self.at = start
                raise self.wrong("this bracket is never closed", "write the `)`")
            raise self.wrong(f"`{self.next.value}` stands where `)` is expected", "close the bracket first")
        self.depth -= 1
