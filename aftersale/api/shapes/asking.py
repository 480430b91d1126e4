"""What is asked of a return, and the policy's answers while asking."""

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field, JsonValue

from aftersale.api.fields import PLAIN, Day, Moment, Money, Shape, Whole, told_money
from aftersale.policy.facts import show
from aftersale.returns.queries import Told
from aftersale.returns.services import Finding, Wish

Why = Literal["unwanted", "defective", "wrong", "missing"]


class Wanted(Shape):
    """Units of one line, and why they come back."""

    line: Whole = Field(ge=1, le=1_000_000, description="the line's number in the order")
    units: Whole = Field(ge=1, le=10_000)
    reason: Why


class Asked(Shape):
    """What would go back to one supplier."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"supplier": "LI", "lines": [{"line": 1, "units": 1, "reason": "defective"}]}]
        }
    )

    supplier: str = Field(min_length=1, max_length=64, pattern=PLAIN, description="the supplier's code")
    lines: list[Wanted] = Field(min_length=1, max_length=100)

    @property
    def wishes(self) -> list[Wish]:
        return [Wish(line=wanted.line, units=wanted.units, reason=wanted.reason) for wanted in self.lines]


class NewReturn(Asked):
    """What goes back to one supplier."""

    note: str = Field("", max_length=2000, pattern=PLAIN, description="what the customer writes to it")
    received_on: Day | None = Field(None, description="the day of receipt, where the carrier says nothing")
    replaces: str = Field(
        "", max_length=16, pattern=PLAIN, description="an open return of the order that this one replaces"
    )


class Answer(Shape):
    """What the policy says of one line and one tender."""

    line: int
    tender: int = Field(description="the number of the order's tender")
    units: int
    outcome: str = Field(description="an outcome of the policy, such as refund")
    meaning: str
    clause: str = Field(description="the clause that decided")
    clause_title: str
    because: str = Field(description="the clause as customers read it")
    amount: Money = Field(description="what this tender gives back for these units")
    last_day: date | None = Field(description="the last day on which the answer holds")
    last_day_by: Literal["", "policy", "completion", "rma"] = Field(description="what ends it")
    decisive: dict[str, JsonValue] = Field(description="the facts that were looked at")


class Preview(Shape):
    """The answer to each line by each tender, if it were sent back now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "answers": [
                        {
                            "line": 1,
                            "tender": 1,
                            "units": 1,
                            "outcome": "refund",
                            "meaning": "a full refund",
                            "clause": "card-in-time",
                            "clause_title": "Paid by card, in time",
                            "because": "You paid by card and hand the parcel to the carrier in time.",
                            "amount": {"minor": 6000, "currency": "EUR"},
                            "last_day": "2026-07-21",
                            "last_day_by": "policy",
                            "decisive": {"tender": "card", "days": 10},
                        }
                    ]
                }
            ]
        }
    )

    answers: list[Answer]


class NewRma(Shape):
    """The supplier's number for the return."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"number": "RMA-0012", "expires_on": "2026-07-01"}]}
    )

    number: str = Field(min_length=1, max_length=64, pattern=PLAIN)
    expires_on: Day | None = Field(None, description="its last day; left out: as many days as the desk gives")


class NoWithReason(Shape):
    """A no that the customer reads."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"answer": "The lamp was used for a year."}]})

    answer: str = Field(min_length=1, max_length=1000, pattern=PLAIN)


class HandOver(Shape):
    """When the parcel was handed to the carrier."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"handed_over_at": "2026-06-02T10:00:00Z", "carrier": "DHL", "tracking_number": "TR2"}
            ]
        }
    )

    handed_over_at: Moment = Field(description="not in the future, nor before the delivery")
    source: Literal["customer", "agent", "carrier"] | None = Field(
        None, description="who says so; left out: the key's user. Only our staff passes on a carrier's word"
    )
    carrier: str = Field("", max_length=100, pattern=PLAIN)
    tracking_number: str = Field("", max_length=100, pattern=PLAIN)


class Found(Shape):
    """What inspection found of one line of the return."""

    id: Whole = Field(ge=1, le=2**63 - 1, description="the line's `id` in the return")
    units: Whole = Field(ge=0, le=10_000, description="how many came")
    reason: Why = Field(description="as found, not as said")
    condition: str = Field("", max_length=500, pattern=PLAIN)


class Inspection(Shape):
    """Each received line of the return, once."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"lines": [{"id": 1, "units": 1, "reason": "defective"}]}]}
    )

    lines: list[Found] = Field(min_length=1, max_length=100)

    @property
    def findings(self) -> list[Finding]:
        return [
            Finding(return_line=row.id, units=row.units, reason=row.reason, condition=row.condition)
            for row in self.lines
        ]


def told_answer(told: Told) -> Answer:
    return Answer.model_validate(answer_fields(told))


def answer_fields(told: Told) -> dict[str, object]:
    return {
        "line": told.line.number,
        "tender": told.tender.number,
        "units": told.units,
        "outcome": told.outcome,
        "meaning": told.meaning,
        "clause": told.clause,
        "clause_title": told.clause_title,
        "because": told.because,
        "amount": told_money(told.amount),
        "last_day": told.last_day,
        "last_day_by": told.last_day_by,
        "decisive": {name: show(value) for name, value in told.decisive.items()},
    }
