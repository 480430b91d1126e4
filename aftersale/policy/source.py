"""Reads Markdown into sections, paragraphs, tables and items, each character knowing its line and column."""

import re
from typing import NamedTuple

from .errors import DocumentError, TranslationError

_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_ITEM = re.compile(r"\s{0,3}[-*]\s+")
_LATIN = "\u2e7f"
_RULE = re.compile(r"[|:\s-]+$")


class Place(NamedTuple):
    """Where a further line of a wrapped text starts: its offset in the text, line and column (from 1)."""

    offset: int
    line: int
    column: int


class Text:
    """A piece of the document from a line and column (from 1), perhaps of several lines joined into one."""

    __slots__ = ("column", "file", "further", "line", "value")

    def __init__(
        self, file: "File", value: str, line: int, column: int, further: tuple[Place, ...] = ()
    ) -> None:
        self.file, self.value, self.line, self.column, self.further = file, value, line, column, further

    def place(self, offset: int) -> tuple[int, int]:
        """The line and column of an offset."""
        lead = Place(0, self.line, self.column)
        for place in self.further:
            if place.offset <= offset:
                lead = place
        return lead.line, lead.column + offset - lead.offset

    def part(self, start: int, end: int) -> "Text":
        """The text between two offsets, with its places."""
        if not self.further:
            return Text(self.file, self.value[start:end], self.line, self.column + start)
        further = tuple(p._replace(offset=p.offset - start) for p in self.further if start < p.offset < end)
        return Text(self.file, self.value[start:end], *self.place(start), further)

    def strip(self) -> "Text":
        """Without the spaces around it."""
        inner = self.value.strip()
        start = self.value.find(inner)
        return self.part(start, start + len(inner))

    def cut(self, mark: str) -> tuple["Text", "Text"]:
        """The stripped texts before and after the first `mark`, which must be there."""
        at = self.value.index(mark)
        return self.part(0, at).strip(), self.part(at + len(mark), len(self.value)).strip()

    def error(self, what: str, help: str = "", start: int = 0, width: int = 0) -> DocumentError:
        """The error to raise about this text, or about `width` characters from `start`."""
        line, column = self.place(start)
        room = max(1, len(self.file.lines[line - 1]) - column + 1)
        return self.file.error(what, help, line, column, min(width or len(self.value) - start, room))


class Table(NamedTuple):
    """A table: its header cells and its rows of as many cells."""

    header: list[Text]
    rows: list[list[Text]]

    def column(self, name: str) -> int:
        """The place of a column by its header, any case. Raises DocumentError."""
        for place, cell in enumerate(self.header):
            if cell.value.lower() == name.lower():
                return place
        raise self.header[0].error(f"this table has no column `{name}`", f"add a column `{name}`")


class Section:
    """A heading and what stands under it, subsections included."""

    __slots__ = ("items", "paragraphs", "sections", "tables", "title")

    def __init__(self, title: Text) -> None:
        self.title = title
        self.paragraphs: list[Text] = []
        self.items: list[Text] = []
        self.tables: list[Table] = []
        self.sections: list[Section] = []

    @property
    def prose(self) -> str:
        """Its paragraphs, white space made single, a blank line between two."""
        return "\n\n".join(paragraphs_of(self))

    def named(self, name: str) -> "Section | None":
        """The subsection whose title is `name`, or `name: any words of the reader's language`."""
        for section in self.sections:
            if section.title.value.partition(":")[0].strip().lower() == name.lower():
                return section
        return None


def paragraphs_of(section: Section) -> list[str]:
    """The section's own paragraphs, white space made single."""
    return [" ".join(paragraph.value.split()) for paragraph in section.paragraphs]


class File:
    """A file's name and lines; makes the errors that point into it."""

    __slots__ = ("is_translation", "lines", "name")

    def __init__(self, name: str, text: str, *, is_translation: bool = False) -> None:
        self.name, self.is_translation = name, is_translation
        self.lines = [line.rstrip("\r") for line in text.removeprefix("\ufeff").split("\n")]

    def error(
        self, what: str, help: str = "", line: int = 0, column: int = 1, width: int = 1
    ) -> DocumentError:
        """An error at a line and column; line 0 is the file as a whole."""
        kind = TranslationError if self.is_translation else DocumentError
        source = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return kind(what, file=self.name, line=line, column=column, width=width, source=source, help=help)

    def whole(self, number: int) -> Text:
        """Line `number` as a text."""
        return Text(self, self.lines[number - 1], number, 1)


def read(file: File) -> Section:
    """The document's one `#` section with everything under it. Raises DocumentError."""
    stack: list[tuple[int, Section]] = []
    number = 1
    while number <= len(file.lines):
        line = file.lines[number - 1]
        if heading := _HEADING.match(line):
            _open(stack, len(heading[1]), file.whole(number).part(heading.start(2), len(line)).strip())
            number += 1
        elif not line.strip():
            number += 1
        elif not stack:
            raise file.error("the document does not start with its title", "write `# Title` first", number)
        elif line.lstrip().startswith("|"):
            number = _table(file, number, stack[-1][1])
        else:
            number = _block(file, number, stack[-1][1])
    if not stack:
        raise file.error("the document is empty", "write `# Title` first")
    return stack[0][1]


def _open(stack: list[tuple[int, Section]], level: int, title: Text) -> None:
    """Starts a section of this level under the nearest one of a higher level."""
    section = Section(title)
    if not stack:
        if level != 1:
            raise title.error("the document does not start with its title", "write `# Title` first")
        stack.append((level, section))
        return
    if level == 1:
        raise title.error("a second title", "a document has one `#` heading; use `##` for a section")
    while stack[-1][0] >= level:
        stack.pop()
    stack[-1][1].sections.append(section)
    stack.append((level, section))


def _block(file: File, number: int, section: Section) -> int:
    """Reads a paragraph or an item with the lines that carry it on; returns the next line's number."""
    item = _ITEM.match(file.lines[number - 1])
    first = file.whole(number)
    parts = [first.part(item.end(), len(first.value)) if item else first]
    number += 1
    while number <= len(file.lines) and _goes_on(file.lines[number - 1], in_item=item is not None):
        parts.append(file.whole(number))
        number += 1
    (section.items if item else section.paragraphs).append(_joined(file, parts))
    return number


def _goes_on(line: str, *, in_item: bool) -> bool:
    """Whether a line belongs to the block above it; an item's further lines are indented."""
    if not line.strip() or line.lstrip().startswith(("|", "#")) or _ITEM.match(line):
        return False
    return line.startswith(("  ", "\t")) or not in_item


def _joined(file: File, parts: list[Text]) -> Text:
    """One text of several lines, joined by single spaces."""
    first, *others = (part.strip() for part in parts)
    value, further = first.value, []
    for part in others:
        # Chinese is written without spaces, so a line of it goes on right after the one before.
        value += "" if value[-1:] > _LATIN < part.value[:1] else " "
        further.append(Place(len(value), part.line, part.column))
        value += part.value
    return Text(file, value, first.line, first.column, tuple(further))


def _table(file: File, number: int, section: Section) -> int:
    """Reads a table; returns the next line's number."""
    rows: list[list[Text]] = []
    start = number
    while number <= len(file.lines) and file.lines[number - 1].lstrip().startswith("|"):
        if number != start + 1:
            rows.append(_cells(file.whole(number).strip()))
        elif not _RULE.match(file.lines[number - 1]):
            raise file.whole(number).error(
                "a table's second line is its rule", "write `|---|---|` under the header"
            )
        number += 1
    header = rows[0]
    for row in rows[1:]:
        if len(row) != len(header):
            last = row[-1] if row else file.whole(start)
            raise last.error(f"this row has {len(row)} cells, its header has {len(header)}", "count the `|`")
    section.tables.append(Table(header, rows[1:]))
    return number


def _cells(line: Text) -> list[Text]:
    """The stripped cells between the bars of a table's line."""
    cells, at = [], line.column + 1
    inner = line.value[1:-1] if len(line.value) > 1 and line.value.endswith("|") else line.value[1:]
    for piece in inner.split("|"):
        start = at + len(piece) - len(piece.lstrip())
        cells.append(Text(line.file, piece.strip(), line.line, start))
        at += len(piece) + 1
    return cells
