"""Returns: in full for the customer and the marketplace, without people and money for a supplier."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field, JsonValue

from aftersale.accounts.models import Role, User
from aftersale.api.fields import Shape
from aftersale.api.shapes.asking import Answer, Why, answer_fields
from aftersale.api.shapes.people import SupplierName, told_supplier
from aftersale.api.shapes.refunds import Refund, told_refund
from aftersale.returns.discretion import STEPS, without_addresses
from aftersale.returns.models import Decision as DecisionRow
from aftersale.returns.models import Return as ReturnRow
from aftersale.returns.models import ReturnEvent, ReturnLine
from aftersale.returns.models import Rma as RmaRow
from aftersale.returns.queries import refunds_of, state_of, timeline, told_decision

LineState = Literal[
    "authorised",
    "waiting_supplier",
    "waiting_all",
    "claim",
    "refused",
    "sent",
    "received",
    "inspected",
    "settled",
    "expired",
    "withdrawn",
]
Party = Literal["customer", "supplier", "agent", "carrier", "desk", ""]
# What a supplier reads of a step's own words: what its pages show.
_WORDS = ("number", "answer", "carrier")


class Line(Shape):
    """Some units of one order line, as said by the customer and as found."""

    id: int = Field(description="what an inspection calls it by")
    line: int = Field(description="the line's number in the order")
    sku: str
    title: str
    units: int
    reason: Why
    state: LineState
    units_found: int | None
    reason_found: Literal["", "unwanted", "defective", "wrong", "missing"]
    condition: str
    settlement: Literal["", "refunded", "sent_back", "not_received"]


class Rma(Shape):
    """The supplier's number: a promise for this return, used once."""

    number: str
    issued_at: datetime
    expires_on: date
    revoked_at: datetime | None
    used_at: datetime | None


class Decision(Answer):
    """What was decided for one line and one tender: enough to decide it again."""

    stage: Literal["promise", "final"]
    facts: dict[str, JsonValue] = Field(description="every fact, as it was")
    sources: dict[str, str] = Field(description="who says so, of each fact")
    policy: str = Field(description="the hash of the policy that decided")
    decided_at: datetime


class Step(Shape):
    """A step of the timeline."""

    kind: str
    at: datetime
    party: Party
    words: dict[str, JsonValue]


class ReturnSummary(Shape):
    """A return in a list."""

    reference: str
    order: str
    supplier: SupplierName
    state: LineState = Field(description="of its lines, the one furthest from its end")
    requested_at: datetime
    waiting_on: Party = Field(description="who acts next")
    due_at: datetime | None = Field(description="until when")
    on_expiry: Literal["", "expire", "escalate", "nothing"] = Field(description="what happens then")
    closed_at: datetime | None


class SupplierReturn(ReturnSummary):
    """A return as its supplier sees it: the goods, the reasons, the number; nothing of who paid how."""

    note: str
    handed_over_at: datetime | None
    handed_over_source: Literal["", "carrier", "customer", "supplier", "agent", "import"]
    carrier: str
    tracking_number: str
    received_at: datetime | None
    inspected_at: datetime | None
    lines: list[Line]
    rmas: list[Rma]
    timeline: list[Step]


class Return(SupplierReturn):
    """A return with what was decided and what goes back."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "reference": "R7K2M9-XQD41",
                    "order": "WM-1",
                    "supplier": {"code": "LI", "name": "Li Lamps"},
                    "state": "authorised",
                    "requested_at": "2026-06-01T09:00:00Z",
                    "waiting_on": "customer",
                    "due_at": "2026-07-21T22:00:00Z",
                    "on_expiry": "expire",
                    "closed_at": None,
                    "note": "",
                    "handed_over_at": None,
                    "handed_over_source": "",
                    "carrier": "",
                    "tracking_number": "",
                    "received_at": None,
                    "inspected_at": None,
                    "lines": [],
                    "rmas": [],
                    "timeline": [],
                    "decisions": [],
                    "refunds": [],
                }
            ]
        }
    )

    decisions: list[Decision] = Field(description="the current ones, of each line by each tender")
    refunds: list[Refund]


class Returns(Shape):
    """A page of returns, newest first. `next_cursor` is null on the last page."""

    items: list[ReturnSummary]
    next_cursor: str | None


def told_return(case: ReturnRow, viewer: User, language: str) -> Return | SupplierReturn:
    """As much of a return as `viewer` may know."""
    if viewer.role == Role.SUPPLIER:
        return SupplierReturn.model_validate(_summary(case) | _goods(case) | _for_suppliers(case))
    decisions = DecisionRow.objects.filter(return_line__case=case, superseded_by=None)
    decisions = decisions.select_related("return_line__line", "tender__order", "policy")
    return Return.model_validate(
        _summary(case)
        | _goods(case)
        | {
            "decisions": [
                told_kept(row, language) for row in decisions.order_by("return_line", "tender__number")
            ],
            "refunds": [told_refund(refund, case.order.customer) for refund in refunds_of(case)],
        }
    )


def told_return_summary(case: ReturnRow) -> ReturnSummary:
    return ReturnSummary.model_validate(_summary(case))


def told_kept(row: DecisionRow, language: str) -> Decision:
    """A stored decision, with the facts and the policy it was made from."""
    return Decision.model_validate(
        answer_fields(told_decision(row, language))
        | {
            "stage": row.stage,
            "facts": row.facts,
            "sources": row.sources,
            "policy": row.policy.hash,
            "decided_at": row.decided_at,
        }
    )


def told_step(event: ReturnEvent) -> dict[str, Any]:
    return {"kind": event.kind, "at": event.at, "party": event.party, "words": event.words}


def _for_suppliers(case: ReturnRow) -> dict[str, Any]:
    """The texts among the goods' facts, without what leads to the customer."""
    steps = [told_step(event) for event in timeline(case) if event.kind in STEPS]
    for step in steps:
        step["words"] = {name: word for name, word in step["words"].items() if name in _WORDS}
    return {"note": without_addresses(case.note, mark="(e-mail address left out)"), "timeline": steps}


def _summary(case: ReturnRow) -> dict[str, Any]:
    return {
        "reference": case.reference,
        "order": case.order.code,
        "supplier": told_supplier(case.group.supplier),
        "state": state_of(case),
        "requested_at": case.requested_at,
        "waiting_on": case.waiting_on,
        "due_at": case.due_at,
        "on_expiry": case.on_expiry,
        "closed_at": case.closed_at,
    }


def _goods(case: ReturnRow) -> dict[str, Any]:
    lines = case.lines.select_related("line")
    return {
        "note": case.note,
        "handed_over_at": case.handed_over_at,
        "handed_over_source": case.handed_over_source,
        "carrier": case.carrier,
        "tracking_number": case.tracking_number,
        "received_at": case.received_at,
        "inspected_at": case.inspected_at,
        "lines": [_told_line(row) for row in lines],
        "rmas": [_told_rma(rma) for rma in case.rmas.all()],
        "timeline": [told_step(event) for event in timeline(case)],
    }


def _told_line(row: ReturnLine) -> Line:
    return Line.model_validate(
        {
            "id": row.pk,
            "line": row.line.number,
            "sku": row.line.sku,
            "title": row.line.title,
            "units": row.units,
            "reason": row.reason,
            "state": row.state,
            "units_found": row.units_found,
            "reason_found": row.reason_found,
            "condition": row.condition,
            "settlement": row.settlement,
        }
    )


def _told_rma(rma: RmaRow) -> Rma:
    return Rma(
        number=rma.as_written,
        issued_at=rma.issued_at,
        expires_on=rma.expires_on,
        revoked_at=rma.revoked_at,
        used_at=rma.used_at,
    )
