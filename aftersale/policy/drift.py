"""Prose drift: the customer reads the prose, the engine the condition; they must speak of the same things.

Every number and value of a clause's condition stands in its prose, and the reverse. It compares words, so it
does not notice a wrong "before"; the checks and the examples do.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from .document import Clause
from .nodes import Condition, IsOneOf, Join, Not, Percent, Sum, names_in
from .policy import Policy
from .source import Text
from .tokens import tokens_of
from .written import Clause as Texts
from .written import as_written

# A sentence with one of these sets the clause against another case, and may speak of that.
_CONTRAST = re.compile(
    r"\b(only|unless|except|instead|otherwise|next time|other than|rather than|unlike)\b", re.IGNORECASE
)
_NUMBER = re.compile(r"(?<![\w/.-])\d+(?:-\d\d-\d\d|(?:[.,]\d+)*)(?![\w/])")
_SENTENCE = re.compile(r"[^.!?;]+(?:[.](?=\d)[^.!?;]+)*")
_NUMBER_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()
_SMALL_WORDS = frozenset("is has was of in at by to the a an on for before after from".split())


class Drift(NamedTuple):
    """A clause whose prose and condition speak of different things: what, where, and what to do."""

    clause: str
    what: str
    where: Text
    help: str


def drifts(policy: Policy) -> Iterator[Drift]:
    """Every number and value that stands on one side only."""
    written = as_written(policy.name, policy.text)
    for name, texts in written.clauses.items():
        pair = _Pair(policy, policy.clauses[name], texts, written.words)
        yield from (*pair.unspoken(), *pair.unmeant_numbers(), *pair.unmeant_values())


class _Pair:
    """A clause's prose and its condition."""

    def __init__(self, policy: Policy, clause: Clause, texts: Texts, words: Mapping[str, Text]) -> None:
        self.policy, self.clause, self.texts, self.words = policy, clause, texts, words
        self.said = " ".join(text.value for text in texts.prose)
        self.speaks_money = any(policy.facts[name].kind == "money" for name in names_in(clause.when))

    def unspoken(self) -> Iterator[Drift]:
        """What the condition says and the prose does not."""
        spoken = {_plain(found[0]) for found in _NUMBER.finditer(self.said)}
        missing = [n for n in self.numbers if not self._forms(n) & spoken and not self._in_words(n)]
        missing += [f"`{value}`" for test, _ in _choices(self.clause.when) for value in self._unsaid(test)]
        if missing:
            what = f"the condition speaks of {_listed(missing)}, the prose does not"
            help = "say it in the clause's prose, or correct the condition"
            yield self._drift(what, self.texts.when, help)

    def unmeant_numbers(self) -> Iterator[Drift]:
        """The numbers that the prose says and neither the condition nor the outcome does."""
        outcome = self.policy.outcomes[self.clause.then]
        meant = {form for number in self.numbers for form in self._forms(number)}
        percents = {str(outcome.pays_percent)} | _percents(outcome.pays)
        for text in self.texts.prose:
            for found in _NUMBER.finditer(text.value):
                in_percent = text.value[found.end() :].lstrip().startswith(("%", "percent", "per cent"))
                if _plain(found[0]) not in meant and not (in_percent and found[0] in percents):
                    what = f"the prose speaks of {found[0]}, the condition does not"
                    yield self._drift(what, text.part(*found.span()))

    def unmeant_values(self) -> Iterator[Drift]:
        """The values that the prose speaks of and the condition does not."""
        for text in self.texts.prose:
            for sentence in _SENTENCE.finditer(text.value):
                if _CONTRAST.search(sentence[0]):
                    continue
                for found in self._phrases.finditer(sentence[0]):
                    phrase = _spaced(found[0].lower())
                    if phrase not in self._meant:
                        what = f"the prose speaks of `{found[0]}`, the condition does not"
                        start = sentence.start() + found.start()
                        yield self._drift(what, text.part(start, start + len(found[0])))

    def _drift(self, what: str, where: Text, help: str = "correct the one that is wrong") -> Drift:
        return Drift(self.clause.id, what, where, help)

    @cached_property
    def numbers(self) -> list[str]:
        """The numbers and dates of the condition, those in its named conditions too."""
        return list(dict.fromkeys(self._numbers_in(self.texts.when)))

    def _numbers_in(self, text: Text) -> Iterator[str]:
        for token in tokens_of(text):
            if token.kind in ("number", "date"):
                yield token.value
        for word in self._words_in(text):
            yield from self._numbers_in(self.words[word])

    def _words_in(self, text: Text) -> list[str]:
        """The named conditions in a condition's text, the longest name first."""
        names = sorted(self.words, key=len, reverse=True)
        if not names:
            return []
        return re.findall("|".join(rf"\b{re.escape(name)}\b" for name in names), text.value)

    def _forms(self, number: str) -> set[str]:
        """How a number may be written; money as well in whole units and hundredths."""
        if "-" in number or not self.speaks_money:
            return {number}
        minor = int(number)
        whole = {str(minor // 100)} if minor % 100 == 0 else set[str]()
        return {number, f"{minor // 100}.{minor % 100:02}"} | whole

    def _in_words(self, number: str) -> bool:
        """Whether a small number is spelled out."""
        if not number.isdigit() or int(number) >= len(_NUMBER_WORDS):
            return False
        words = "no|none|nothing|zero" if number == "0" else _NUMBER_WORDS[int(number)]
        return re.search(rf"\b({words})\b", self.said, re.IGNORECASE) is not None

    def _unsaid(self, test: IsOneOf) -> list[str]:
        """The values of a test, or its fact of kind yes or no, that the prose leaves out."""
        fact = self.policy.facts[test.fact]
        if fact.kind == "yes or no":
            return [] if all(map(self._says_like, fact.name.split("_"))) else [fact.name]
        others = [value for value in fact.values if value not in test.values]
        if others and all(map(self._says, others)):
            return []
        named = [_words_of(self.words[word]) for word in self._words_in(self.texts.when) if self._says(word)]
        values = map(str, test.values)
        return [v for v in values if not self._says(v) and not any(v in words for words in named)]

    def _says(self, value: str) -> bool:
        return re.search(_pattern(value), self.said, re.IGNORECASE) is not None

    def _says_like(self, word: str) -> bool:
        """Whether the prose has a word with the same stem: `delivered`, delivery; `opened`, unopened."""
        return word in _SMALL_WORDS or word[: max(4, len(word) - 3)] in self.said.lower()

    @cached_property
    def _phrases(self) -> re.Pattern[str]:
        """Any value of any choice, the longest first."""
        values = {value for fact in self.policy.facts.values() for value in fact.values}
        ordered = sorted(values, key=lambda value: (-len(value), value))
        return re.compile("|".join(map(_pattern, ordered)) or r"(?!)", re.IGNORECASE)

    @cached_property
    def _meant(self) -> set[str]:
        """The phrases that the condition means: its values, the rest of a choice that it denies."""
        meant: set[str] = set()
        for test, denied in _choices(self.clause.when):
            values = self.policy.facts[test.fact].values if denied else test.values
            meant.update(str(value).replace("_", " ") for value in values)
        phrases = {_spaced(value) for fact in self.policy.facts.values() for value in fact.values}
        return meant | {phrase for phrase in phrases if set(phrase.split(" or ")) <= meant}


def _percents(pays: Sum | None) -> set[str]:
    """The percentages in what an outcome pays."""
    terms = [term for _, term in pays.terms] if pays else []
    return {str(term.percent) for term in terms if isinstance(term, Percent)}


def _listed(names: Iterable[str]) -> str:
    *most, last = dict.fromkeys(names)
    return f"{', '.join(most)} and {last}" if most else last


def _words_of(text: Text) -> set[str]:
    """The words of a condition's text."""
    return {token.value for token in tokens_of(text) if token.kind == "word"}


def _choices(condition: Condition, *, denied: bool = False) -> Iterator[tuple[IsOneOf, bool]]:
    """The tests of choices in a condition, and whether it denies them."""
    match condition:
        case IsOneOf():
            yield condition, denied
        case Not(part):
            yield from _choices(part, denied=not denied)
        case Join(_, parts):
            for part in parts:
                yield from _choices(part, denied=denied)


def _pattern(value: str) -> str:
    """A value as prose may write it: `bank_transfer` is bank transfer, bank-transfer or bank transfers."""
    return rf"\b{'[ _-]'.join(map(re.escape, re.split('[_ ]', value)))}s?\b"


def _spaced(phrase: str) -> str:
    return re.sub("[ _-]", " ", phrase)


def _plain(number: str) -> str:
    """A number without the commas of its thousands."""
    return number.replace(",", "")
