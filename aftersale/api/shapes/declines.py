"""The decline table: its answers for everybody, and for the team all that stands behind them."""

from datetime import date, timedelta
from typing import Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from aftersale.api.fields import Shape
from aftersale.api.shapes.charges import AddAgainName, ChargeAnswer, told_answer
from aftersale.payments.budgets import LIMITS, Limit
from aftersale.payments.declines import TABLE
from aftersale.payments.declines import FamilyRow as FamilyFound
from aftersale.payments.declines.table import AdviceRow as AdviceFound
from aftersale.payments.declines.table import CodeRow as CodeFound

type Told = dict[str, object]

FamilyName = Literal[
    "hidden", "revoked", "funds", "typing", "update", "authenticate", "silent", "technical",
    "unsupported", "duplicate", "unknown",
]  # fmt: skip
_FAMILY: JsonDict = {
    "letter": "C",
    "family": "funds",
    "answer": "not_enough_funds",
    "add_again": "no",
    "is_final": False,
    "retry_minutes": [4320, 4320, 4320],
    "source": "Mastercard advice 02, retry after 72 hours",
    "valid_from": "2021-04-01",
}


class Answers(Shape):
    """Every answer there is."""

    items: list[ChargeAnswer]


class FamilyRow(Shape):
    """Why charges fail, as it is understood inside, and the answer that is told instead."""

    model_config = ConfigDict(json_schema_extra={"examples": [_FAMILY]})

    letter: str
    family: FamilyName
    answer: str
    add_again: AddAgainName
    is_final: bool = Field(description="the bank is never asked about the card again")
    retry_minutes: list[int] = Field(
        description="waits between automatic retries, where an advice allows them"
    )
    source: str
    valid_from: date | None = Field(description="null: its source names no day, and it has always counted")


class CodeRow(Shape):
    """What a word of a provider's or a network's list means."""

    list: str
    code: str
    family: FamilyName
    answer: str | None = Field(description="where the word knows more than its family")
    visa_category: int | None
    is_final: bool
    source: str
    valid_from: date | None = Field(description="null: its source names no day, and it has always counted")


class AdviceRow(Shape):
    """What a provider or a network says about trying again."""

    list: str
    code: str
    says: Literal["never", "later", "no"]
    wait_minutes: int | None
    family: FamilyName | None = Field(description="what it hints at")
    source: str
    valid_from: date | None = Field(description="null: its source names no day, and it has always counted")


class LimitRow(Shape):
    """How often a card network lets one physical card be tried in vain."""

    brand: str = Field(description="empty: every brand without a limit of its own")
    attempts: int
    window_minutes: int
    source: str
    valid_from: date


class DeclineTable(Shape):
    """The whole table. Its answers alone may be told to a customer."""

    strictest_first: list[FamilyName]
    families: list[FamilyRow]
    codes: list[CodeRow]
    advice: list[AdviceRow]
    limits: list[LimitRow]


def told_answers() -> Answers:
    return Answers(items=[told_answer(answer) for answer in TABLE.answers.values()])


def told_table() -> DeclineTable:
    """The table as it is read."""
    return DeclineTable.model_validate(
        {
            "strictest_first": [family.value for family in TABLE.strictest_first],
            "families": [_told_family(row) for row in TABLE.families.values()],
            "codes": [_told_code(row) for row in TABLE.codes],
            "advice": [_told_advice(row) for row in TABLE.advice],
            "limits": [_told_limit(limit) for limit in LIMITS],
        }
    )


def _told_family(row: FamilyFound) -> Told:
    return {
        "letter": row.letter,
        "family": row.family.value,
        "answer": row.answer.name,
        "add_again": row.answer.add_again.value,
        "is_final": row.final,
        "retry_minutes": [_minutes(wait) for wait in row.retry_waits],
        "source": row.source,
        "valid_from": row.valid_from,
    }


def _told_code(row: CodeFound) -> Told:
    return {
        "list": row.list,
        "code": row.code,
        "family": row.family.value,
        "answer": row.answer.name if row.answer else None,
        "visa_category": row.visa_category,
        "is_final": row.final,
        "source": row.source,
        "valid_from": row.valid_from,
    }


def _told_advice(row: AdviceFound) -> Told:
    return {
        "list": row.list,
        "code": row.code,
        "says": row.says.value,
        "wait_minutes": None if row.wait is None else _minutes(row.wait),
        "family": row.family.value if row.family else None,
        "source": row.source,
        "valid_from": row.valid_from,
    }


def _told_limit(limit: Limit) -> Told:
    return {
        "brand": limit.brand,
        "attempts": limit.attempts,
        "window_minutes": _minutes(limit.window),
        "source": limit.source,
        "valid_from": limit.since,
    }


def _minutes(wait: timedelta) -> int:
    return wait // timedelta(minutes=1)
