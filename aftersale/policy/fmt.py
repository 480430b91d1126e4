"""A document in its usual layout: what it decides and says, and so its hash, stays as it is."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from . import source
from .expr import Parser
from .facts import Fact
from .nodes import Condition
from .parts import usual
from .policy import Policy
from .source import File, Section, Table, Text

WIDEST = 120
_STARTS_SOMETHING = re.compile(r"\s+([-*]\s|[#|])")
_CLAUSE_LINES = ("law", "when", "then", "overrides")


class Block(NamedTuple):
    """Some lines of the document that belong together: a blank line stands before most."""

    lines: list[str]
    is_item: bool = False


def formatted(text: str, name: str = "policy.md") -> str:
    """The document in its usual layout. Raises DocumentError for one that cannot be read.

    One blank line between blocks; tables aligned where that is no wider than a line; conditions in the usual
    words; a clause's lines in one order. Prose is left as it is wrapped, and every list as it is ordered.
    """
    file = File(name, text)
    policy = Policy.parse(text, name)
    layout = Layout(file, policy.facts)
    lines: list[str] = []
    before: Block | None = None
    for block in layout.blocks():
        if before and not (before.is_item and block.is_item):
            lines.append("")
        lines += block.lines
        before = block
    result = "\n".join(lines) + "\n"
    assert Policy.parse(result, name).hash == policy.hash, "a layout changes nothing that is said"
    return result


class Layout:
    """Goes through the sections of one file in their order."""

    def __init__(self, file: File, facts: Mapping[str, Fact]) -> None:
        self.file, self.facts = file, facts
        self.root = source.read(file)
        self.words: dict[str, Condition] = {}

    def blocks(self) -> Iterator[Block]:
        """All blocks of the document."""
        yield from self._section(self.root, 1, ())

    def _section(self, section: Section, level: int, under: tuple[str, ...]) -> Iterator[Block]:
        yield Block([f"{'#' * level} {_heading(section.title, level, under)}"])
        within = (*under, section.title.value.partition(":")[0].strip().lower())
        is_clause = level == 3 and under[-1:] == ("clauses",)
        pieces: list[tuple[int, Block]] = [
            *((p.line, Block(self._paragraph(p))) for p in section.paragraphs),
            *((table.header[0].line, Block(_table(table))) for table in section.tables),
        ]
        if is_clause:
            pieces += self._clause_lines(section.items)
        else:
            pieces += [
                (item.line, Block(_item(self._item(item, within), item), is_item=True))
                for item in section.items
            ]
        yield from (block for _, block in sorted(pieces, key=lambda piece: piece[0]))
        for part in section.sections:
            yield from self._section(part, self._level(part), within)

    def _level(self, section: Section) -> int:
        line = self.file.lines[section.title.line - 1]
        return len(line) - len(line.lstrip("#"))

    def _paragraph(self, paragraph: Text) -> list[str]:
        """A paragraph's lines as they stand, without the white space around them."""
        last = paragraph.further[-1].line if paragraph.further else paragraph.line
        lines = self.file.lines[paragraph.line - 1 : last]
        # What stands in so far that it is no item or heading must not become one.
        return [line.rstrip() if _STARTS_SOMETHING.match(line) else line.strip() for line in lines]

    def _item(self, item: Text, within: tuple[str, ...]) -> str:
        """What an item says, its condition in the usual words."""
        if within[1:] == ("words",) and " means " in item.value:
            name, meaning = item.cut(" means ")
            text = f"{' '.join(name.value.split())} means {usual(meaning, self.facts, self.words)}"
            self.words[name.value] = Parser(meaning, self.facts, self.words).whole_condition()
            return text
        if within[1:] == ("always true",):
            return usual(item, self.facts, self.words)
        return " ".join(item.value.split())

    def _clause_lines(self, items: Sequence[Text]) -> list[tuple[int, Block]]:
        """A clause's lines in their one order, where the first of them stands."""
        lines = {item.value.partition(":")[0]: item for item in items}
        first = min((item.line for item in items), default=0)
        blocks = []
        for key in _CLAUSE_LINES:
            if key not in lines:
                continue
            said = lines[key].cut(":")[1] if ":" in lines[key].value else None
            text = " ".join(said.value.split()) if said else ""
            if key == "when" and said:
                text = usual(said, self.facts, self.words)
            if key == "overrides":
                text = ", ".join(name.strip() for name in text.split(","))
            blocks.append((first, Block(_wrapped(f"- {key}: {text}" if text else f"- {key}"), is_item=True)))
        return blocks


def _heading(title: Text, level: int, under: tuple[str, ...]) -> str:
    if level == 3 and under[-1:] == ("clauses",):
        name, told = title.cut(":")
        return f"{name.value}: {' '.join(told.value.split())}"
    return " ".join(title.value.split())


def _item(words: str, item: Text) -> list[str]:
    """An item's lines: one that was wrapped and still is too long is wrapped again."""
    return _wrapped(f"- {words}") if item.further else [f"- {words}"]


def _wrapped(line: str) -> list[str]:
    """A long line broken before its words, further lines set in by two."""
    lines = []
    while len(line) > WIDEST and (at := _break(line)):
        lines.append(line[:at])
        line = "  " + line[at + 1 :]
    return [*lines, line]


def _break(line: str) -> int:
    """The space to break a line at, before an `and` or `or` in the fewest brackets; 0 for none."""
    best, deep = (-99, 0), 0
    for place, letter in enumerate(line[:WIDEST]):
        deep += {"(": 1, ")": -1}.get(letter, 0)
        if letter == " " and place > 5 and line[place + 1] not in "-*#|":
            joins = line.startswith((" and ", " or ", " implies "), place)
            best = max(best, (-deep if joins else -50, place))
    return best[1]


def _table(table: Table) -> list[str]:
    """A table's lines, aligned where they are no wider than a line may be."""
    rows = [[cell.value for cell in row] for row in (table.header, *table.rows)]
    return table_lines(rows)


def table_lines(rows: Sequence[Sequence[str]]) -> list[str]:
    """A table of these rows, the first its header."""
    widths = [max(3, *(_width(row[place]) for row in rows)) for place in range(len(rows[0]))]
    aligned = sum(widths) + 3 * len(widths) + 1 <= WIDEST
    lines = []
    for row in rows:
        padded = [
            cell + " " * (width - _width(cell)) if aligned else cell
            for cell, width in zip(row, widths, strict=True)
        ]
        lines.append("|" + "|".join(f" {cell} " if cell else " " for cell in padded) + "|")
    rule = ["-" * (width + 2) if aligned else "---" for width in widths]
    return [lines[0], "|" + "|".join(rule) + "|", *lines[1:]]


def _width(text: str) -> int:
    """How many columns a text takes: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
