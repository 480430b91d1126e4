"""Why a clause does not decide: the parts of its condition that fail, or the clauses that are stronger."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .document import Document
from .expr import Parser
from .facts import Value, show, word
from .nodes import Condition, IsOneOf, Join, Known, Not, Sum, Within, names_in
from .parts import Part, parts_of, usual
from .source import Text
from .space import value_of
from .written import as_written


class Failed(NamedTuple):
    """A part of a condition that is not as it must be: it `must` hold, or must not.

    `facts` are those it speaks of, `words` the named conditions it stands in, the innermost first.
    `meaning` is the condition as it is read.
    """

    condition: str
    must: bool
    facts: dict[str, Value]
    meaning: Condition
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        named = f" ({', '.join(self.words)})" if self.words else ""
        told = ", ".join(f"{name} {word(value)}" for name, value in self.facts.items())
        how = "does not hold" if self.must else "holds and must not"
        return f"`{self.condition}`{named} {how}: {told}"


class WhyNot(NamedTuple):
    """Why a clause does not decide: what `failed`, or the clauses it is `overridden_by`.

    Neither when it decides, or would as well as the clause that does: `decides`.
    """

    clause: str
    failed: tuple[Failed, ...]
    overridden_by: tuple[str, ...]

    @property
    def decides(self) -> bool:
        """Whether nothing stands against the clause."""
        return not self.failed and not self.overridden_by

    def as_json(self) -> dict[str, object]:
        """`{"clause", "decides", "failed": [{"condition", "must_hold", "facts"}], "overridden_by"}`."""
        failed = [
            {
                "condition": one.condition,
                "must_hold": one.must,
                "facts": {name: show(value) for name, value in one.facts.items()},
            }
            for one in self.failed
        ]
        answer = {"clause": self.clause, "decides": self.decides, "failed": failed}
        return {**answer, "overridden_by": list(self.overridden_by)}

    def __str__(self) -> str:
        if self.decides:
            return f"clause {self.clause} decides"
        if self.overridden_by:
            return f"clause {self.clause} matches, but is overridden by {', '.join(self.overridden_by)}"
        return "\n".join([f"clause {self.clause} does not match:", *(f"  {one}" for one in self.failed)])


class Asking:
    """Answers for one document, from its conditions as they are written."""

    def __init__(self, document: Document, name: str, text: str) -> None:
        self.document = document
        self.written = as_written(name, text)
        self.words: dict[str, Condition] = {}
        for spoken, meaning in self.written.words.items():
            self.words[spoken] = Parser(meaning, document.facts, self.words).whole_condition()

    def why_not(self, facts: Mapping[str, Value], clause: str) -> WhyNot:
        """Why the clause does not decide these facts. Raises KeyError for a clause that there is not."""
        when = parts_of(self.written.clauses[clause].when)
        found = self._failed(when, facts, (), wanted=True)
        failed = tuple({(one.condition, one.must): one for one in found}.values())
        if failed:
            return WhyNot(clause, failed, ())
        order, stronger = self.document.precedence
        matching = [name for name in order if holds(self.document.clauses[name].when, facts)]
        return WhyNot(clause, (), tuple(name for name in matching if name in stronger[clause]))

    def _failed(
        self, part: Part, facts: Mapping[str, Value], inside: tuple[str, ...], *, wanted: bool
    ) -> Iterator[Failed]:
        """The parts that are not as they are wanted; of several that would do, all as one."""
        if part.how == "not":
            yield from self._failed(part.parts[0], facts, inside, wanted=not wanted)
            return
        condition = self._means(part.text)
        if holds(condition, facts) == wanted:
            return
        if part.how == "test" and part.text.value in self.written.words:
            meaning = parts_of(self.written.words[part.text.value])
            yield from self._failed(meaning, facts, (part.text.value, *inside), wanted=wanted)
        elif part.how in ("and", "or") and (part.how == "and") == wanted:
            for inner in part.parts:
                yield from self._failed(inner, facts, inside, wanted=wanted)
        else:
            told = {name: facts[name] for name in self.document.facts if name in names_in(condition)}
            said = usual(part.text, self.document.facts, self.words)
            yield Failed(said, wanted, told, condition, inside)

    def _means(self, text: Text) -> Condition:
        return Parser(text, self.document.facts, self.words).whole_condition()


def holds(condition: Condition, facts: Mapping[str, Value]) -> bool:
    """Whether a condition is true of these facts."""
    match condition:
        case Not(part):
            return not holds(part, facts)
        case Join(how, parts):
            return (all if how == "and" else any)(holds(part, facts) for part in parts)
        case Known(fact):
            return facts[fact] is not None
        case IsOneOf(fact, values):
            return facts[fact] in values
        case Within(terms, lo, hi):
            total = Sum(terms)
            if any(facts[name] is None for name in total.facts):
                return False
            value = value_of(total, facts)
            return (lo is None or lo <= value) and (hi is None or value <= hi)
