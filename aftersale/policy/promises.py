"""What the policy promises its customers; read here, proved by the checks."""

import re
from typing import Literal, NamedTuple

from .errors import did_you_mean
from .facts import Fact
from .nodes import Sum
from .source import Text
from .sums import Sums

_NEVER = re.compile(r"(.+?) never pays (less|more)(?: than (\w+))?")
_WAIVED = re.compile(r"; waived because (.+)")
_FORMS = (
    "write `fewer days never pays less`, `rma never pays less`,"
    " `tender card never pays less than bank_transfer` or `pays at least 0`"
)


class Promise(NamedTuple):
    """A promise: `kind` tells which of the other parts it has.

    "steps": `change` ("fewer", "more", or "yes" for yes or no) of `fact` never pays `never` ("less" or
    "more"). "ranks": `fact` being `one` never pays `never` than its being `other`. "bounds": what is paid
    stays `at_least` or `at_most` the sum. `waived` is the reason why it is not kept, "" when it is.
    """

    text: str
    kind: Literal["steps", "ranks", "bounds"]
    fact: str = ""
    change: str = ""
    never: str = ""
    one: str = ""
    other: str = ""
    at_least: Sum | None = None
    at_most: Sum | None = None
    waived: str = ""


def read_promise(item: Text, facts: dict[str, Fact]) -> Promise:
    """One item of the Promises section. Raises DocumentError."""
    waived = ""
    text = item
    if found := _WAIVED.search(item.value):
        waived, text = found[1].strip(), item.part(0, found.start()).strip()
    if text.value.startswith("pays "):
        return _bound(text, facts)._replace(waived=waived)
    never = _NEVER.fullmatch(text.value)
    if not never:
        raise text.error(f"`{text.value}` is not a promise I know", _FORMS)
    promise = Promise(text.value, "steps", never=never[2], waived=waived)
    words, start = never[1].split(), 0
    change = words[0] if words[0] in ("fewer", "less", "more") and len(words) == 2 else ""
    if never[3] and len(words) == 2 and not change:
        return _comparison(text, promise, words[0], (words[1], never[3]), facts)
    if never[3] or len(words) > 2 or (len(words) == 2 and not change):
        raise text.error(f"`{text.value}` is not a promise I know", _FORMS)
    start = text.value.index(words[-1], len(change))
    fact = _fact(text, words[-1], start, facts)
    countable = fact.kind in ("whole number", "money", "date")
    if countable != bool(change) or not (countable or fact.kind == "yes or no"):
        help = f"write `more {fact.name} …`" if countable else _FORMS
        raise text.error(f"`{fact.name}` is {fact.accepts}", help, start, len(fact.name))
    return promise._replace(fact=fact.name, change=("fewer" if change == "less" else change) or "yes")


def _comparison(
    text: Text, promise: Promise, name: str, values: tuple[str, str], facts: dict[str, Fact]
) -> Promise:
    """`tender card never pays less than bank_transfer`."""
    fact = _fact(text, name, 0, facts)
    for value in values:
        if value not in fact.values:
            help = did_you_mean(value, fact.values) or f"`{name}` is {fact.accepts}"
            raise text.error(
                f"`{value}` is not a value of `{name}`", help, text.value.rindex(value), len(value)
            )
    return promise._replace(kind="ranks", fact=name, one=values[0], other=values[1])


def _bound(text: Text, facts: dict[str, Fact]) -> Promise:
    """`pays at least 0`, `pays at most paid - refunded`."""
    reader = Sums(text, facts, {})
    reader.take("pays")
    least = reader.take("at", "least")
    if not least and not reader.take("at", "most"):
        what = f"`{reader.next.shown}` stands where `at least` or `at most` is expected"
        raise reader.wrong(what, "write `pays at least 0`")
    total = reader.sum().sum
    reader.end("a bound is one sum")
    return Promise(text.value, "bounds", at_least=total if least else None, at_most=None if least else total)


def _fact(text: Text, name: str, start: int, facts: dict[str, Fact]) -> Fact:
    if name not in facts:
        help = did_you_mean(name, facts) or "the facts are " + ", ".join(facts)
        raise text.error(f"`{name}` is not a fact of this policy", help, start, len(name))
    return facts[name]
