"""The decline table as it is read from its document, with what must be true of any such table."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).with_name("table.toml")


class Family(StrEnum):
    """Why a charge failed, as it is understood inside; `hidden` and `revoked` are told as `silent` is."""

    HIDDEN = "hidden"
    REVOKED = "revoked"
    FUNDS = "funds"
    TYPING = "typing"
    UPDATE = "update"
    AUTHENTICATE = "authenticate"
    SILENT = "silent"
    TECHNICAL = "technical"
    UNSUPPORTED = "unsupported"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"


class Action(StrEnum):
    """What a customer can do about it."""

    ASK_BANK = "ask_bank"
    PAY_OTHERWISE = "pay_otherwise"
    TRY_LATER = "try_later"
    CORRECT = "correct"
    UPDATE = "update"
    CONFIRM = "confirm"
    SEE_EARLIER = "see_earlier"
    WAIT = "wait"


class AddAgain(StrEnum):
    """Whether it helps to add the same card again."""

    NO = "no"
    YES = "yes"
    UPDATE = "update"


class Says(StrEnum):
    """What an advice says about trying again by itself."""

    NEVER = "never"
    LATER = "later"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Answer:
    """All that a customer is told of a failed charge, under one public name.

    `own_try_after`: the customer may try the same saved card again after so long; None: not at all.
    `own_tries`: so many times at most for one order; None: as the card's budget allows.
    """

    name: str
    actions: tuple[Action, ...]
    add_again: AddAgain
    own_try_after: timedelta | None
    own_tries: int | None


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """A family with its answer. `retry_waits`: between automatic retries, where an advice allows them."""

    letter: str
    family: Family
    answer: Answer
    final: bool
    retry_waits: tuple[timedelta, ...]
    source: str
    valid_from: date | None


@dataclass(frozen=True, slots=True)
class CodeRow:
    """What a word of a list means: its family, and its own answer where it knows more than the family."""

    list: str
    code: str
    family: Family
    answer: Answer | None
    visa_category: int | None
    final: bool
    source: str
    valid_from: date | None


@dataclass(frozen=True, slots=True)
class AdviceRow:
    """What an advice of a list says, the wait that it names, and the family that it hints at."""

    list: str
    code: str
    says: Says
    wait: timedelta | None
    family: Family | None
    source: str
    valid_from: date | None


@dataclass(frozen=True, slots=True)
class Table:
    """The whole document."""

    answers: Mapping[str, Answer]
    families: Mapping[Family, FamilyRow]
    codes: tuple[CodeRow, ...]
    advice: tuple[AdviceRow, ...]
    strictest_first: tuple[Family, ...]
    _codes: Mapping[tuple[str, str], tuple[CodeRow, ...]] = field(repr=False)
    _advice: Mapping[tuple[str, str], tuple[AdviceRow, ...]] = field(repr=False)

    def code(self, of: str, code: str, day: date) -> CodeRow | None:
        """The row that counts for this word on `day`."""
        return _in_force(self._codes.get((of, code), ()), day)

    def advised(self, of: str, code: str, day: date) -> AdviceRow | None:
        """The row that counts for this advice on `day`."""
        return _in_force(self._advice.get((of, code), ()), day)

    def strictest(self, families: Sequence[Family]) -> Family:
        return min(families, key=self.strictest_first.index)


def read_table(text: str) -> Table:
    """Read a decline table. A mistake in it is ours, and stops here."""
    said = tomllib.loads(text)
    answers = {row["name"]: _answer(row) for row in said["answer"]}
    families = {Family(row["name"]): _family(row, answers) for row in said["family"]}
    codes = tuple(one for row in said["codes"] for one in _codes(row, answers))
    advice = tuple(one for row in said["advice"] for one in _advice(row))
    order = tuple(Family(name) for name in said["strictest_first"])
    assert sorted(order) == sorted(families) == sorted(Family), "each family has one row and one rank"
    assert families[Family.HIDDEN].answer == families[Family.REVOKED].answer == families[Family.SILENT].answer
    assert all(not families[f].retry_waits for f in Family if families[f].final), "final is never retried"
    return Table(answers, families, codes, advice, order, _by_word(codes), _by_word(advice))


def _answer(row: Mapping[str, Any]) -> Answer:
    after = row.get("own_try_after_hours")
    return Answer(
        name=row["name"],
        actions=tuple(Action(name) for name in row["actions"]),
        add_again=AddAgain(row["add_again"]),
        own_try_after=None if after is None else timedelta(hours=after),
        own_tries=row.get("own_tries"),
    )


def _family(row: Mapping[str, Any], answers: Mapping[str, Answer]) -> FamilyRow:
    return FamilyRow(
        letter=row["letter"],
        family=Family(row["name"]),
        answer=answers[row["answer"]],
        final=row.get("final", False),
        retry_waits=tuple(timedelta(minutes=wait) for wait in row.get("retry_minutes", [])),
        source=row["source"],
        valid_from=row.get("valid_from"),
    )


def _codes(row: Mapping[str, Any], answers: Mapping[str, Answer]) -> Iterator[CodeRow]:
    category = row.get("visa_category")
    for code in row["codes"]:
        yield CodeRow(
            list=row["list"],
            code=code,
            family=Family(row["family"]),
            answer=answers[row["answer"]] if "answer" in row else None,
            visa_category=category,
            final=row.get("final", category == 1),
            source=row["source"],
            valid_from=row.get("valid_from"),
        )


def _advice(row: Mapping[str, Any]) -> Iterator[AdviceRow]:
    hours = row.get("hours")
    for code in row["codes"]:
        yield AdviceRow(
            list=row["list"],
            code=code,
            says=Says(row["says"]),
            wait=None if hours is None else timedelta(hours=hours),
            family=Family(row["family"]) if "family" in row else None,
            source=row["source"],
            valid_from=row.get("valid_from"),
        )


def _by_word[Row: (CodeRow, AdviceRow)](rows: Sequence[Row]) -> dict[tuple[str, str], tuple[Row, ...]]:
    """The rows of each word, the oldest first; no two of one day."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in sorted(rows, key=_begins):
        of_word = found.setdefault((row.list, row.code), [])
        assert all(_begins(one) < _begins(row) for one in of_word), f"two rows for {row.code} on one day"
        of_word.append(row)
    return {word: tuple(of_word) for word, of_word in found.items()}


def _in_force[Row: (CodeRow, AdviceRow)](rows: Sequence[Row], day: date) -> Row | None:
    return next((row for row in reversed(rows) if _begins(row) <= day), None)


def _begins(row: CodeRow | AdviceRow) -> date:
    """A row whose source names no day has always counted."""
    return row.valid_from or date.min


TABLE = read_table(DOCUMENT.read_text(encoding="utf-8"))
