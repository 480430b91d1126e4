"""A policy in another language: the same clauses, outcomes and facts, told to the same customer."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from . import source
from .document import Document
from .errors import did_you_mean
from .powers import AFTERWARDS, COLUMN, translated
from .source import File, Section, Table, Text, paragraphs_of

_NUMBER = re.compile(r"[0-9]+")


class Telling(NamedTuple):
    """One language's texts: clauses as (title, prose), outcomes as (meaning, next step), facts as meaning.

    `intro` is what stands under the title; `powers` and `afterwards` are the words for changes of facts.
    """

    title: str
    clauses: dict[str, tuple[str, str]]
    outcomes: dict[str, tuple[str, str]]
    facts: dict[str, str]
    intro: tuple[str, ...]
    powers: dict[str, str]
    afterwards: dict[str, str]


def original(document: Document) -> Telling:
    """The texts of the document's own language."""
    return Telling(
        document.title,
        {name: (clause.title, clause.prose) for name, clause in document.clauses.items()},
        {name: (outcome.meaning, outcome.next_step) for name, outcome in document.outcomes.items()},
        {name: fact.meaning for name, fact in document.facts.items()},
        document.intro,
        {name: power.words for name, power in document.powers.items() if power and power.words},
        document.afterwards,
    )


def read_translation(file: File, english: Telling, of: str) -> Telling:
    """A translation, checked against its original's file name, names and numbers. Raises TranslationError."""
    root = source.read(file)
    if not any(f"Translation of {of}" in paragraph.value for paragraph in root.paragraphs):
        raise root.title.error(
            "this is not said to be a translation", f"write `Translation of {of}` under the title"
        )
    intro = tuple(p for p in paragraphs_of(root) if f"Translation of {of}" not in p)
    powers = dict(translated(_section(root, "Facts"), ("Fact", COLUMN), english.powers))
    afterwards = dict(translated(_section(root, "Outcomes"), ("Outcome", AFTERWARDS), english.afterwards))
    told = Telling(root.title.value, {}, {}, {}, intro, powers, afterwards)
    for table in _section(root, "Facts").tables:
        for row, cells in _rows(table, ("Fact", "Meaning"), english.facts, told.facts, "a fact"):
            _same_numbers(cells[0], english.facts[row])
            told.facts[row] = cells[0].value
    for table in _section(root, "Outcomes").tables:
        for row, cells in _rows(
            table, ("Outcome", "Meaning", "Next step"), english.outcomes, told.outcomes, "an outcome"
        ):
            for cell, words in zip(cells, english.outcomes[row], strict=True):
                _same_numbers(cell, words)
            told.outcomes[row] = cells[0].value, cells[1].value
    for part in _section(root, "Clauses").sections:
        _read_clause(part, english, told)
    _refuse_missing(root, told.facts, english.facts, "fact")
    _refuse_missing(root, told.outcomes, english.outcomes, "outcome")
    _refuse_missing(root, told.clauses, english.clauses, "clause")
    return told


def _section(root: Section, name: str) -> Section:
    section = root.named(name)
    if section is None:
        raise root.title.error(f"the translation has no `## {name}`", f"add `## {name}` or `## {name}: …`")
    return section


def _rows(
    table: Table, headers: tuple[str, ...], known: Iterable[str], told: Iterable[str], what: str
) -> Iterable[tuple[str, list[Text]]]:
    """The rows of a table, each by a name that the original has, once."""
    name, *places = (table.column(header) for header in headers)
    for row in table.rows:
        _refuse_unknown(row[name], known, told, what)
        yield row[name].value, [row[place] for place in places]


def _read_clause(part: Section, english: Telling, told: Telling) -> None:
    if ":" not in part.title.value:
        raise part.title.error(
            "a clause has an id and a title", "write `### id: Title`, the id as in the original"
        )
    name, title = part.title.cut(":")
    _refuse_unknown(name, english.clauses, told.clauses, "a clause")
    if not part.paragraphs:
        raise name.error(f"`{name.value}` gives no reason", "translate the clause's prose")
    first = part.paragraphs[0]
    words = english.clauses[name.value]
    _same_numbers(title, words[0])
    spoken = set(_NUMBER.findall(part.prose))
    for number in _NUMBER.findall(words[1]):
        if number not in spoken:
            raise first.error(
                f"`{name.value}` does not say {number}, which the original says", f"say {number}"
            )
    told.clauses[name.value] = title.value, part.prose


def _same_numbers(text: Text, words: str) -> None:
    spoken = set(_NUMBER.findall(text.value))
    for number in _NUMBER.findall(words):
        if number not in spoken:
            raise text.error(f"this does not say {number}, which the original says", f"say {number}")


def _refuse_unknown(name: Text, known: Iterable[str], told: Iterable[str], what: str) -> None:
    if name.value not in known:
        help = did_you_mean(name.value, known) or "use the names of the original"
        raise name.error(f"`{name.value}` is not {what} of the original", help)
    if name.value in told:
        raise name.error(f"`{name.value}` stands twice", "keep one")


def _refuse_missing(root: Section, told: Iterable[str], known: Iterable[str], what: str) -> None:
    for name in known:
        if name not in told:
            raise root.title.error(f"the translation has no {what} `{name}`", f"translate `{name}`")
