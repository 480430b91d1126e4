"""The parts of a policy document, read from its sections, each mistake pointed at where it stands."""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from . import source
from .errors import did_you_mean
from .expr import Parser
from .facts import RESERVED, Fact, Value, read_fact
from .nodes import Condition
from .outcomes import Outcome, read_outcomes
from .powers import Power, read_afterwards, read_powers
from .precedence import Precedence, rank_clauses
from .promises import Promise, read_promise
from .source import File, Section, Text

_SECTIONS = ("Facts", "Outcomes", "Words", "Always true", "Promises", "Clauses", "Ordinary order")
_WORD = re.compile(r"[a-z][a-z0-9_]*(?:[ -][a-z0-9_]+)*")
_CLAUSE = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


class Rule(NamedTuple):
    """A rule of the world: what is true of every input, with its own words and line."""

    text: str
    holds: Condition
    line: int


class Example(NamedTuple):
    """A row of a clause's examples: all facts, the outcome, and the clause that decides, if it says so."""

    facts: dict[str, Value]
    outcome: str
    clause: str
    row: Text


class Clause(NamedTuple):
    """One clause; `prose` is the reason that the customer reads, `line` the heading's, from 1."""

    id: str
    title: str
    prose: str
    line: int
    law: bool
    when: Condition
    then: str
    overrides: tuple[str, ...]
    examples: tuple[Example, ...] = ()


class Document(NamedTuple):
    """A whole document, checked: every name in it exists, and precedence has no cycle.

    `powers` says in whose power each fact is, None for nobody's, and is empty where the document is silent;
    `afterwards` is how a change that leads to an outcome is said to end, `intro` what stands under the title.
    """

    title: str
    prose: tuple[str, ...]
    in_force_from: date
    counted: str
    facts: dict[str, Fact]
    outcomes: dict[str, Outcome]
    rules: tuple[Rule, ...]
    promises: tuple[Promise, ...]
    clauses: dict[str, Clause]
    precedence: Precedence
    ordinary: dict[str, Value]
    powers: dict[str, Power | None]
    afterwards: dict[str, str]
    intro: tuple[str, ...]


def read_document(file: File) -> Document:
    """The document in a file. Raises DocumentError."""
    root = source.read(file)
    for section in root.sections:
        _refuse_near_miss(section)
    facts = _facts(_needed(root, "Facts"))
    outcomes = read_outcomes(_needed(root, "Outcomes"), facts)
    words = _words(root.named("Words"), facts)
    parts = {name: _items(root, name) for name in ("Always true", "Promises")}
    rules = tuple(Rule(t.value, Parser(t, facts, words).whole_rule(), t.line) for t in parts["Always true"])
    promises = tuple(read_promise(t, facts) for t in parts["Promises"])
    clauses, overrides = _clauses(_needed(root, "Clauses"), facts, outcomes, words)
    ordinary = _ordinary(root.named("Ordinary order"), facts)
    for section in _needed(root, "Clauses").sections:
        clause = _clause_id(section).value
        examples = tuple(_examples(section, facts, outcomes, clauses, ordinary))
        clauses[clause] = clauses[clause]._replace(examples=examples)
    in_force_from, counted = _front(root, facts)
    prose = tuple(p for p in (root.prose, *(s.prose for s in root.sections)) if p)
    told = facts, outcomes, rules, promises, clauses
    return Document(
        root.title.value,
        prose,
        in_force_from,
        counted,
        *told,
        rank_clauses(clauses, overrides),
        ordinary,
        read_powers(_needed(root, "Facts"), facts),
        read_afterwards(_needed(root, "Outcomes")),
        tuple(source.paragraphs_of(root)),
    )


def _refuse_near_miss(section: Section) -> None:
    """A heading that is nearly one of ours would silently be prose."""
    name = section.title.value.partition(":")[0].strip()
    if name not in _SECTIONS and (help := did_you_mean(name, _SECTIONS)):
        raise section.title.error(f"`{name}` is not a section of a policy", help)


def _needed(root: Section, name: str) -> Section:
    section = root.named(name)
    if section is None:
        raise root.title.error(f"the document has no `## {name}`", f"add a section `## {name}`")
    return section


def _items(root: Section, name: str) -> list[Text]:
    section = root.named(name)
    return section.items if section else []


def _front(root: Section, facts: dict[str, Fact]) -> tuple[date, str]:
    """The day the policy is in force from, and the fact that counts up ("" for none)."""
    day, counted = None, ""
    for paragraph in root.paragraphs:
        if found := re.search(r"In force from ([0-9-]+)", paragraph.value):
            try:
                day = date.fromisoformat(found[1])
            except ValueError:
                help = "write a day such as 2026-01-01"
                raise paragraph.error(
                    f"there is no day `{found[1]}`", help, found.start(1), len(found[1])
                ) from None
        if found := re.search(r"Counted in (\w+)", paragraph.value):
            counted = found[1]
            if counted not in facts or facts[counted].kind != "whole number":
                help = did_you_mean(counted, facts) or "name a fact that is a whole number"
                raise paragraph.error(
                    f"`{counted}` is not a counted fact", help, found.start(1), len(counted)
                )
    if day is None:
        raise root.title.error(
            "the document does not say since when it is in force", "write `In force from 2026-01-01.`"
        )
    return day, counted


def _facts(section: Section) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for table in section.tables:
        name, kind, meaning = (table.column(header) for header in ("Fact", "Kind", "Meaning"))
        for row in table.rows:
            fact = read_fact(row[name], row[kind], row[meaning])
            if fact.name in facts:
                raise row[name].error(f"`{fact.name}` stands twice", "give each fact one row")
            facts[fact.name] = fact
    if not facts:
        raise section.title.error("there is no fact", "add a table `| Fact | Kind | Meaning |`")
    return facts


def _words(section: Section | None, facts: dict[str, Fact]) -> dict[str, Condition]:
    """The named conditions; one may use those above it, so none can go in a circle."""
    words: dict[str, Condition] = {}
    for item in section.items if section else []:
        if " means " not in item.value:
            raise item.error("a word says what it means", "write `in time means days at most 60`")
        name, meaning = item.cut(" means ")
        if not _WORD.fullmatch(name.value) or name.value in facts or name.value in words:
            raise name.error(
                f"`{name.value}` cannot name a condition", "use small words that name nothing else"
            )
        if taken := RESERVED.intersection(re.split("[ -]", name.value)):
            raise name.error(f"`{min(taken)}` is a word of the language", "name the condition without it")
        words[name.value] = Parser(meaning, facts, words).whole_condition()
    return words


def _clause_id(section: Section) -> Text:
    title = section.title
    if ":" not in title.value:
        raise title.error("a clause has an id and a title", "write `### card-in-time: Paid by card`")
    name = title.cut(":")[0]
    if not _CLAUSE.fullmatch(name.value) or name.value == "all":
        raise name.error(f"`{name.value}` cannot name a clause", "use small letters, digits and `-`")
    return name


def _clauses(
    section: Section, facts: dict[str, Fact], outcomes: dict[str, Outcome], words: dict[str, Condition]
) -> tuple[dict[str, Clause], dict[str, list[Text]]]:
    """The clauses, their examples not yet read, and the texts of what each overrides."""
    clauses: dict[str, Clause] = {}
    overrides: dict[str, list[Text]] = {}
    for part in section.sections:
        name, title = _clause_id(part), part.title.cut(":")[1].value
        if name.value in clauses:
            raise name.error(f"a second clause `{name.value}`", "give each clause its own id")
        if not part.prose:
            raise name.error(f"`{name.value}` gives no reason", "write a sentence that the customer can read")
        lines = _lines(part, name)
        then = lines["then"]
        if then.value not in outcomes:
            help = did_you_mean(then.value, outcomes) or "the outcomes are " + ", ".join(outcomes)
            raise then.error(f"`{then.value}` is not an outcome", help)
        overrides[name.value] = _list(lines["overrides"]) if "overrides" in lines else []
        when = Parser(lines["when"], facts, words).whole_condition()
        weaker = tuple(text.value for text in overrides[name.value])
        law = "law" in lines
        clauses[name.value] = Clause(name.value, title, part.prose, name.line, law, when, then.value, weaker)
    if not clauses:
        raise section.title.error(
            "there is no clause", "add `### id: Title`, a reason, `- when:` and `- then:`"
        )
    return clauses, overrides


def _lines(section: Section, name: Text) -> dict[str, Text]:
    """A clause's `when`, `then`, `overrides` and `law`, by name."""
    lines: dict[str, Text] = {}
    for item in section.items:
        key, _, rest = item.value.partition(":")
        if key not in ("when", "then", "overrides", "law"):
            help = did_you_mean(key, ("when", "then", "overrides", "law")) or "write it as a paragraph"
            raise item.error(f"`{key}` is not a line of a clause", help)
        if key in lines:
            raise item.error(f"a second `{key}`", "join them into one line")
        if key != "law" and not rest.strip():
            raise item.error(f"`{key}` says nothing", f"write `- {key}: …`")
        lines[key] = item.cut(":")[1] if rest.strip() else item
    for key in ("when", "then"):
        if key not in lines:
            raise name.error(f"`{name.value}` has no `{key}`", f"add a line `- {key}: …`")
    return lines


def _list(text: Text) -> list[Text]:
    """The names between commas."""
    names, at = [], 0
    for name in text.value.split(","):
        names.append(text.part(at, at + len(name)).strip())
        at += len(name) + 1
    return names


def _ordinary(section: Section | None, facts: dict[str, Fact]) -> dict[str, Value]:
    """The values of an ordinary order, which examples take for what their table leaves out."""
    ordinary: dict[str, Value] = {}
    for table in section.tables if section else []:
        name, value = table.column("Fact"), table.column("Value")
        for row in table.rows:
            ordinary[_known(row[name], facts).name] = _cell(_known(row[name], facts), row[value])
    return ordinary


def _examples(
    section: Section,
    facts: dict[str, Fact],
    outcomes: dict[str, Outcome],
    clauses: dict[str, Clause],
    ordinary: dict[str, Value],
) -> Iterator[Example]:
    """The rows of the tables under a clause's `#### Examples`."""
    for part in section.sections:
        if part.title.value.partition(":")[0].strip() != "Examples":
            raise part.title.error("a clause has no such part", "write `#### Examples`")
        for table in part.tables:
            headers = [_header(cell, facts) for cell in table.header]
            place = table.column("outcome")
            missing = [name for name in facts if name not in ordinary and name not in headers]
            if missing:
                help = "add a column, or a row under `## Ordinary order`"
                raise table.header[0].error(f"these examples do not say `{missing[0]}`", help)
            for row in table.rows:
                cells = dict(zip(headers, row, strict=True))
                told = {h: _cell(facts[h], cell) for h, cell in cells.items() if h in facts}
                outcome = _one_of(row[place], outcomes, "an outcome")
                clause = _one_of(cells["clause"], clauses, "a clause") if "clause" in cells else ""
                yield Example({**ordinary, **told}, outcome, clause, row[place])


def _header(cell: Text, facts: dict[str, Fact]) -> str:
    if cell.value in ("outcome", "clause"):
        return cell.value
    return _known(cell, facts).name


def _known(cell: Text, facts: dict[str, Fact]) -> Fact:
    if cell.value not in facts:
        help = did_you_mean(cell.value, facts) or "the facts are " + ", ".join(facts)
        raise cell.error(f"`{cell.value}` is not a fact of this policy", help)
    return facts[cell.value]


def _one_of(cell: Text, names: dict[str, Outcome] | dict[str, Clause], what: str) -> str:
    if cell.value not in names:
        raise cell.error(f"`{cell.value}` is not {what}", did_you_mean(cell.value, names))
    return cell.value


def _cell(fact: Fact, cell: Text) -> Value:
    """A value as a table writes it."""
    given: object = cell.value
    if cell.value == "absent":
        given = None
    elif fact.kind in ("whole number", "money") and re.fullmatch(r"-?[0-9]{1,15}", cell.value):
        given = int(cell.value)
    value = fact.fitting(given)
    if value is None and not (given is None and fact.may_be_absent):
        help = did_you_mean(cell.value, fact.values) or f"`{fact.name}` is {fact.accepts}"
        raise cell.error(f"`{cell.value}` is not a value of `{fact.name}`", help)
    return value
