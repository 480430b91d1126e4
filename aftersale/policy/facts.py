"""The kinds a fact can have, and which values fit them."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Literal, NamedTuple

from .errors import FactsError, did_you_mean
from .source import Text

type Kind = Literal["one of", "yes or no", "whole number", "date", "money"]
type Value = str | int | date | None

NAME = re.compile(r"[a-z][a-z0-9_]*")
_LANGUAGE = (
    "and or not is one of known absent implies means never pays at most least more less fewer than before"
    " after on within rounded down up half all yes no because waived true false null"
)
RESERVED = frozenset(_LANGUAGE.split())
_NUMBER = re.compile(r"(?:whole number|days) (-?\d{1,15}) to (-?\d{1,15})")
_MONEY = re.compile(r"money in ([A-Z]{3})")
_KINDS = (
    "write `a, b, c`, `yes or no`, `whole number 0 to 10`, `date` or `money in EUR`; then `, may be absent`"
)


class Fact(NamedTuple):
    """One fact: `values` for "one of", `lo` and `hi` (included) for "whole number", `currency` for "money".

    A date is a `datetime.date`, money a whole number of minor units, yes or no a `bool`, absent is `None`.
    """

    name: str
    kind: Kind
    meaning: str
    values: tuple[str, ...] = ()
    lo: int | None = None
    hi: int | None = None
    currency: str = ""
    may_be_absent: bool = False

    @property
    def accepts(self) -> str:
        """What would be accepted, in words."""
        words = str(self.kind)
        if self.kind == "one of":
            words = "one of " + ", ".join(self.values)
        elif self.kind == "yes or no":
            words = "yes or no (true or false)"
        elif self.kind == "whole number":
            words = f"a whole number from {self.lo} to {self.hi}"
        elif self.kind == "date":
            words = "a date such as 2026-04-30"
        elif self.kind == "money":
            words = f"a whole number of minor units of {self.currency}"
        return words + (", or absent (null)" if self.may_be_absent else "")

    def read(self, given: object) -> Value:
        """The value as the policy holds it; JSON's forms are taken too. Raises FactsError."""
        value = self.fitting(given)
        if value is None and not (given is None and self.may_be_absent):
            raise self._misfit(given)
        return value

    def fitting(self, given: object) -> Value:
        if self.kind == "one of":
            return given if isinstance(given, str) and given in self.values else None
        if self.kind == "yes or no":
            words: dict[object, bool] = {"yes": True, "no": False}
            return given if isinstance(given, bool) else words.get(given) if isinstance(given, str) else None
        if self.kind == "date":
            return _date(given)
        if not isinstance(given, int) or isinstance(given, bool):
            return None
        fits = (self.lo is None or given >= self.lo) and (self.hi is None or given <= self.hi)
        return given if fits else None

    def _misfit(self, given: object) -> FactsError:
        help = did_you_mean(given, self.values) if isinstance(given, str) else ""
        help = f"`{self.name}` is {self.accepts}" + (f"; {help}" if help else "")
        what = f"`{self.name}` cannot be {_shown(given)}"
        return FactsError(what, fact=self.name, given=given, accepted=self.accepts, help=help)


def _shown(given: object) -> str:
    """A value at fault as an error repeats it, cut where it is endless."""
    if given is None:
        return "null"
    if isinstance(given, int) and given.bit_length() > 256:
        return "so long a number"
    text = repr(given) if isinstance(given, str) else str(given)
    return text if len(text) <= 80 else text[:80] + "…"


def show(value: Value) -> object:
    """A value as JSON writes it: dates as text, the rest as it is."""
    return value.isoformat() if isinstance(value, date) else value


def word(value: Value) -> str:
    """A value as the document writes it."""
    if value is None or isinstance(value, bool):
        return {None: "absent", True: "yes", False: "no"}[value]
    return str(show(value))


def read_fact(name: Text, kind: Text, meaning: Text) -> Fact:
    """A row of the Facts table. Raises DocumentError."""
    check_name(name, "a fact")
    words, may_be_absent = kind.value, False
    if words.endswith("may be absent"):
        words, may_be_absent = words.removesuffix("may be absent").rstrip().removesuffix(",").rstrip(), True
    fact = Fact(name.value, "one of", meaning.value, may_be_absent=may_be_absent)
    if words == "yes or no":
        return fact._replace(kind="yes or no")
    if words == "date":
        return fact._replace(kind="date")
    if number := _NUMBER.fullmatch(words):
        lo, hi = int(number[1]), int(number[2])
        if lo > hi:
            raise kind.error(f"`{words}` ends before it starts", "write the smaller number first")
        return fact._replace(kind="whole number", lo=lo, hi=hi)
    if money := _MONEY.fullmatch(words):
        return fact._replace(kind="money", currency=money[1])
    values = tuple(value.strip() for value in words.split(","))
    for value in values:
        if not NAME.fullmatch(value) or value in RESERVED:
            raise kind.error(f"`{words}` is not a kind", _KINDS)
    if len(set(values)) < len(values):
        raise kind.error("a value stands twice", "each value once")
    return fact._replace(values=values)


def check_name(name: Text, what: str) -> None:
    """Refuses a name that the conditions could not speak. Raises DocumentError."""
    if name.value in RESERVED and what == "a fact":
        raise name.error(f"`{name.value}` is a word of the language", f"give {what} another name")
    if not NAME.fullmatch(name.value):
        raise name.error(
            f"`{name.value}` cannot name {what}", "use small letters, digits and `_`, and a letter first"
        )


def read_facts(
    facts: Mapping[str, Fact], given: Mapping[str, object], *, partial: bool = False
) -> dict[str, Value]:
    """All facts as the policy holds them; with `partial` some may be left out. Raises FactsError."""
    for name in given:
        if name not in facts:
            help = did_you_mean(str(name), facts) or "the facts are " + ", ".join(facts)
            what = f"`{name}` is not a fact of this policy"
            raise FactsError(what, fact=str(name), given=given[name], help=help)
    read: dict[str, Value] = {}
    for name, fact in facts.items():
        if name in given:
            read[name] = fact.read(given[name])
        elif not partial:
            what = f"`{name}` is not told ({fact.meaning})"
            raise FactsError(what, fact=name, accepted=fact.accepts)
    return read


def _date(given: object) -> date | None:
    if isinstance(given, str):
        try:
            return date.fromisoformat(given) if len(given) == 10 else None
        except ValueError:
            return None
    return given if type(given) is date else None
