"""A policy, ready to decide: the document, its hash, its tree and its texts in every language it has."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Self, cast

from . import python, saying
from .change import Change
from .decision import Decision, Open, Reason
from .document import Clause, Document, Rule, read_document
from .engine import Engine, Facts, Traced
from .errors import FactsError
from .facts import Fact, Value, read_facts, word
from .nodes import names_in
from .outcomes import Outcome
from .promises import Promise
from .source import File
from .told_why_not import Teller, Unmet, unmet
from .translate import Telling, original, read_translation
from .tree import MOST_LEAVES
from .why_not import Asking, WhyNot

type Told = Mapping[str, object]


class Policy:
    """One immutable version of a policy; `load` or `parse` makes one, `decide` asks it.

    `facts`, `outcomes` and `clauses` are by name, in the document's order; `hash` names the version.
    """

    def __init__(
        self,
        document: Document,
        text: str,
        name: str,
        tellings: Mapping[str, Telling],
        most_leaves: int = MOST_LEAVES,
    ) -> None:
        self.text, self.document = text, document
        self.title: str = document.title
        self.in_force_from: date = document.in_force_from
        self.facts: Mapping[str, Fact] = document.facts
        self.outcomes: Mapping[str, Outcome] = document.outcomes
        self.clauses: Mapping[str, Clause] = document.clauses
        self.promises: tuple[Promise, ...] = document.promises
        self._tellings = {"en": original(document), **tellings}
        self.name = name
        self.engine = Engine(document, name, lambda: self.hash, most_leaves)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """The policy in a file, with its translations `<stem>.<language>.md` beside it.

        Raises DocumentError and TranslationError for what is written, OSError for what cannot be opened.
        """
        path = Path(path)
        return cls._made(_text(path), str(path), path.parent, translations_beside(path))

    @classmethod
    def parse(cls, text: str, name: str = "policy.md", translations: Mapping[str, str] = {}) -> Self:
        """The policy in a text; `translations` has a text for each language code such as "zh-hans".

        `name` is what errors call it. Raises DocumentError and TranslationError.
        """
        return cls._made(text, name, Path(name).parent, translations)

    @classmethod
    def _made(cls, text: str, name: str, folder: Path, translations: Mapping[str, str]) -> Self:
        document = read_document(File(name, text))
        english, stem = original(document), Path(name).stem
        tellings = {}
        for language, told in translations.items():
            file = File(str(folder / f"{stem}.{language}.md"), told, is_translation=True)
            tellings[language.lower()] = read_translation(file, english, Path(name).name)
        return cls(document, text, name, tellings)

    @cached_property
    def hash(self) -> str:
        """Sha256 (hex) of the normal form: what is decided and said, not how the document is laid out.

        Conditions, prose, meanings, promises and dates count; line breaks, examples, the names of words and
        the order of facts, outcomes, clauses and rules do not. A better translation is no new policy
        either.
        """
        document = self.document
        words = str.split
        parts = {
            "title": words(document.title),
            "prose": sorted(words(text) for text in document.prose),
            "in force from": document.in_force_from.isoformat(),
            "counted": document.counted,
            "facts": sorted(fact._replace(values=tuple(sorted(fact.values))) for fact in self.facts.values()),
            "outcomes": sorted(self.outcomes.values()),
            "rules": sorted(json.dumps(rule.holds) for rule in document.rules),
            "promises": sorted((words(p.text), words(p.waived)) for p in document.promises),
            "clauses": {
                c.id: [words(c.title), words(c.prose), c.law, c.when, c.then, sorted(c.overrides)]
                for c in self.clauses.values()
            },
            # What is said of a change belongs to the answers of a version, so it names the version too.
            **({"powers": document.powers} if document.powers else {}),
            **({"afterwards": document.afterwards} if document.afterwards else {}),
        }
        return sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()

    def decide(self, facts: Told) -> Decision:
        """The one answer to these facts.

        Raises FactsError before anything is decided: an unknown, missing or impossible fact, or a broken
        rule of the world; UndecidedError when the document has no answer, or two.
        """
        read = self.read(facts)
        return self.engine.told(self.trace(read)[0], read)

    def read(self, facts: Told) -> dict[str, Value]:
        """The facts as the policy holds them, checked one by one and against the rules. Raises FactsError."""
        try:
            read = self._read(facts)
        except KeyError:
            read = None
        if read is None:
            read = read_facts(self.facts, facts)
            self._refuse_broken(self.document.rules, read)
        return read

    def explain(self, leaf: int, facts: Facts, language: str = "en") -> Decision:
        """The decision that a leaf of this policy stands for, on facts from `read`, told in a language.

        Raises UndecidedError.
        """
        decision = self.engine.told(self.engine.reasons[leaf], facts)
        return decision._replace(because=self.because(decision.clause, language))

    def why_not(self, facts: Told, clause: str) -> WhyNot:
        """Why a clause does not decide these facts: what fails of it, or what overrides it.

        Raises FactsError, and KeyError for a clause that there is not.
        """
        return self._asking.why_not(self.read(facts), clause)

    def told_why_not(
        self,
        why: WhyNot,
        language: str = "en",
        name: Callable[[str], str] | None = None,
        value: Callable[[str, Value], str] | None = None,
    ) -> tuple[Unmet, ...]:
        """What fails of a clause in words: for each part what is asked, and what is here.

        `name` and `value` say a fact and its value in the reader's own words; the document's where left out.
        """
        spoken, telling = self.spoken(language), self._telling(language)
        teller = Teller(
            self.facts,
            spoken,
            name or (lambda fact: saying.in_short(telling.facts[fact])),
            value or (lambda _fact, one: saying.said(one, spoken)),
        )
        return tuple(unmet(why.failed, teller))

    def told_change(self, change: Change, language: str = "en") -> str:
        """A change that `Decision.would_change` gives, in words: no capital letter first, no full stop."""
        return saying.told(change, self._telling(language), self.spoken(language))

    def told_value(self, value: Value, language: str = "en") -> str:
        """A fact's value in words."""
        return saying.said(value, self.spoken(language))

    def partial(self, told: Told) -> Open:
        """What is open while facts are left out: the outcomes of all orders that the world allows.

        A fact told as None is absent, which is an answer; only a fact left out is asked for. Raises
        FactsError about the facts that are told.
        """
        return self.engine.partial(self._read_some(told))

    def questions(self, told: Told) -> tuple[str, ...]:
        """The facts worth asking when these are told, in their order; none when nothing can change any more.

        Their answers decide. An answer can make later questions needless: ask again after each. Raises
        FactsError.
        """
        return self.engine.questions(self._read_some(told))

    def clauses_left(self, told: Told) -> tuple[str, ...]:
        """The clauses that can still decide while facts are left out, in the document's order.

        Raises FactsError.
        """
        left = self.engine.clauses_left(self._read_some(told))
        return tuple(name for name in self.clauses if name in left)

    def _read_some(self, told: Told) -> dict[str, Value]:
        """Facts of which some are left out. Raises FactsError, also when no order in the world has them."""
        read = read_facts(self.facts, told, partial=True)
        rules = self.document.rules
        self._refuse_broken([rule for rule in rules if names_in(rule.holds) <= read.keys()], read)
        if rules and not self.engine.world.allows(read):
            broken = [rules[place] for place in self.engine.world.broken(read)]
            names = {name for rule in broken for name in names_in(rule.holds)}
            facts = ", ".join(
                f"{name} {word(read[name])}" for name in self.facts if name in names & read.keys()
            )
            both = " and ".join(f"`{rule.text}`" for rule in broken)
            what = f"{facts} breaks rules of the world, whatever else is told: {both}"
            raise FactsError(what, rule=broken[0].text, help="correct one of these facts")
        return read

    def told_title(self, language: str = "en") -> str:
        """The document's title in a language."""
        return self._telling(language).title

    def intro(self, language: str = "en") -> tuple[str, ...]:
        """The paragraphs under the title, in a language."""
        return self._telling(language).intro

    def because(self, clause: str, language: str = "en") -> str:
        """The clause's prose in a language; English where there is no translation. Raises KeyError."""
        return self._telling(language).clauses[clause][1]

    def clause_title(self, clause: str, language: str = "en") -> str:
        """The clause's title in a language."""
        return self._telling(language).clauses[clause][0]

    def outcome_meaning(self, outcome: str, language: str = "en") -> str:
        """What an outcome means, in a language."""
        return self._telling(language).outcomes[outcome][0]

    def outcome_next_step(self, outcome: str, language: str = "en") -> str:
        """What happens next after an outcome, in a language."""
        return self._telling(language).outcomes[outcome][1]

    def told_outcome(self, outcome: str, language: str = "en") -> tuple[str, str]:
        """What an outcome means and what happens next, in a language."""
        return self._telling(language).outcomes[outcome]

    def fact_meaning(self, fact: str, language: str = "en") -> str:
        """What a fact means, in a language."""
        return self._telling(language).facts[fact]

    @property
    def languages(self) -> tuple[str, ...]:
        """The codes of the languages the policy is told in, "en" first."""
        return tuple(self._tellings)

    @property
    def decide_leaf(self) -> Callable[[Facts], int]:
        """The bare decision: a compiled function from facts that `read` gave to the number of a leaf."""
        return self.engine.decide_leaf

    @property
    def trace(self) -> Callable[[Facts], Traced]:
        """The explained decision: as `decide_leaf`, but to the leaf's record and its decisive values."""
        return self.engine.trace

    @property
    def reasons(self) -> list[Reason]:
        """The record of every leaf, by number."""
        return self.engine.reasons

    @cached_property
    def _asking(self) -> Asking:
        return Asking(self.document, self.name, self.text)

    def spoken(self, language: str) -> str:
        """The language that is really spoken when this one is asked for."""
        return language.lower() if language.lower() in self._tellings else "en"

    def _telling(self, language: str) -> Telling:
        return self._tellings.get(language.lower(), self._tellings["en"])

    @cached_property
    def _read(self) -> Callable[[Told], dict[str, Value] | None]:
        """Reads facts that are plainly in order, compiled; None or KeyError for all others."""
        lines = python.reader_lines(self.facts, [rule.holds for rule in self.document.rules])
        return cast("Callable[[Told], dict[str, Value] | None]", python.compiled("read", lines, {}))

    def _refuse_broken(self, rules: Sequence[Rule], read: Facts) -> None:
        """Raises FactsError about the first of these rules that the facts break."""
        for rule in rules:
            test = f" return {python.condition_text(rule.holds, self.facts)}"
            if not python.compiled("rule", [test], {})(read):
                told = ", ".join(f"{name} {word(read[name])}" for name in sorted(names_in(rule.holds)))
                what = f"{told} breaks a rule of the world: `{rule.text}` ({self.name}:{rule.line})"
                raise FactsError(what, rule=rule.text, help="correct one of these facts")


def translations_beside(path: Path) -> dict[str, str]:
    """Language -> text of the translations `<stem>.<language>.md` that lie beside a document."""
    beside = sorted(path.parent.glob(f"{path.stem}.*.md"))
    return {file.name[len(path.stem) + 1 : -3]: _text(file) for file in beside}


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
