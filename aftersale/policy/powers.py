"""In whose power a fact is: who can change it, which way, and how that is said to people."""

import re
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from .errors import did_you_mean
from .facts import Fact, Value, word
from .source import Section, Table, Text

COLUMN = "In whose power"
AFTERWARDS = "After a change"
_FORMS = "write `nobody`, `customer` or `supplier`, then `, only up`, `, only down` or `, becomes yes`"
_SPOKEN = re.compile(r"\{([^{}]*)\}")
_PLACE = re.compile(r"(by|to)(?: ([^/{}]+)/([^/{}]+))?")


class Power(NamedTuple):
    """Who can change a fact, and how: any way, only "up" or "down", or so that it "becomes" a value.

    `words` say the change to people; `{by}` in them is by how much, `{to}` the new value, and
    `{by unit/units}` has the word that fits the number.
    """

    who: Literal["customer", "supplier"]
    way: Literal["any", "up", "down", "becomes"]
    becomes: Value = None
    words: str = ""


def read_powers(section: Section, facts: Mapping[str, Fact]) -> dict[str, Power | None]:
    """The column `In whose power` of the Facts section: None is nobody's; {} where there is no such column.

    Raises DocumentError.
    """
    powers: dict[str, Power | None] = {}
    for table in section.tables:
        _refuse_near_miss(table, ("Fact", "Kind", "Meaning", COLUMN))
        for name, cell in _cells(table, "Fact", COLUMN):
            powers[name.value] = _power(cell, facts[name.value])
    return powers


def read_afterwards(section: Section) -> dict[str, str]:
    """The column `After a change` of the Outcomes section: how a change that leads there is said to end."""
    after: dict[str, str] = {}
    for table in section.tables:
        _refuse_near_miss(table, ("Outcome", "Rank", "Pays", "Meaning", "Next step", AFTERWARDS))
        after |= {name.value: cell.value for name, cell in _cells(table, "Outcome", AFTERWARDS) if cell.value}
    return after


def translated(
    section: Section, names: tuple[str, str], original: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """The cells of one such column in a translation, for what the original says. Raises TranslationError."""
    for table in section.tables:
        for name, cell in _cells(table, *names):
            wanted = _places(original.get(name.value, ""))
            if _places(cell.value) != wanted:
                said = " and ".join(f"`{{{place}}}`" for place in wanted) or "nothing in `{…}`"
                raise cell.error("this does not say what the original says", f"say {said}")
            if cell.value:
                yield name.value, cell.value


def spoken(words: str, was: Value, value: Value) -> str:
    """The words of a change with its numbers put in."""
    by = abs(value - was) if isinstance(was, int) and isinstance(value, int) else 1

    def put(found: re.Match[str]) -> str:
        place = _PLACE.fullmatch(found[1])
        assert place, "read_powers has refused any other"
        number = str(by) if place[1] == "by" else word(value)
        return f"{number} {place[2] if number == '1' else place[3]}" if place[2] else number

    return _SPOKEN.sub(put, words)


def _places(words: str) -> list[str]:
    """The kinds of `{…}` in some words."""
    return sorted(found.partition(" ")[0] for found in _SPOKEN.findall(words))


def _cells(table: Table, name: str, column: str) -> Iterator[tuple[Text, Text]]:
    """The name and the cell of each row, where the table has the column."""
    if any(cell.value.lower() == column.lower() for cell in table.header):
        names, place = table.column(name), table.column(column)
        for row in table.rows:
            yield row[names], row[place]


def _refuse_near_miss(table: Table, columns: tuple[str, ...]) -> None:
    """A header that is nearly one of ours would silently be ignored."""
    known = {column.lower(): column for column in columns}
    for cell in table.header:
        if cell.value.lower() not in known and (help := did_you_mean(cell.value, columns)):
            raise cell.error(f"`{cell.value}` is not a column of this table", help)


def _power(cell: Text, fact: Fact) -> Power | None:
    """One cell, such as `customer, only up: send the other {by unit/units} back as well`."""
    what, words = cell.cut(":") if ":" in cell.value else (cell, None)
    who, way = what.cut(",") if "," in what.value else (what, None)
    if who.value in ("", "nobody") and way is None and words is None:
        return None
    if who.value not in ("customer", "supplier"):
        help = did_you_mean(who.value, ("customer", "supplier", "nobody")) or _FORMS
        raise who.error(f"`{who.value}` is nobody who can change a fact", help)
    said = _words(words) if words else ""
    power = Power("customer" if who.value == "customer" else "supplier", "any", words=said)
    if way is None:
        return power
    if way.value in ("only up", "only down"):
        if fact.kind not in ("whole number", "money", "date"):
            raise way.error(f"`{fact.name}` is {fact.accepts}", "write `becomes` and a value")
        return power._replace(way="up" if way.value == "only up" else "down")
    if not way.value.startswith("becomes "):
        help = did_you_mean(way.value, ("only up", "only down")) or _FORMS
        raise way.error(f"`{way.value}` is no way a fact changes", help)
    return power._replace(way="becomes", becomes=_value(way.part(8, len(way.value)).strip(), fact))


def _value(text: Text, fact: Fact) -> Value:
    given = int(text.value) if re.fullmatch(r"-?[0-9]{1,15}", text.value) else text.value
    value = fact.fitting(given)
    if value is None:
        help = did_you_mean(text.value, fact.values) or f"`{fact.name}` is {fact.accepts}"
        raise text.error(f"`{text.value}` is not a value of `{fact.name}`", help)
    return value


def _words(text: Text) -> str:
    for found in _SPOKEN.finditer(text.value):
        if not _PLACE.fullmatch(found[1]):
            help = "write `{by}`, `{to}` or both forms, `{by unit/units}`"
            raise text.error(
                f"`{found[0]}` is nothing to put in", help, found.start(), found.end() - found.start()
            )
    return text.value
