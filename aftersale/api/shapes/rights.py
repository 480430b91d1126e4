"""What can come back: by means of payment before anything is bought, and for an order today."""

from datetime import date
from typing import Literal

from pydantic import ConfigDict, Field

from aftersale.api.fields import Shape
from aftersale.api.shapes.asking import Why
from aftersale.api.shapes.people import SupplierName, told_supplier
from aftersale.returns.rights import GroupToday, MeansRights
from aftersale.returns.rights import Right as RightFound


class Right(Shape):
    """What one means of payment gives for one reason, with the clause that says so."""

    reason: Why
    outcome: str
    meaning: str
    pays: bool = Field(description="whether money comes back")
    clause: str
    clause_title: str
    because: str = Field(description="the clause as customers read it")
    days: int | None = Field(
        description="the last day after delivery on which it holds; null: no day ends it"
    )
    until_completion: bool = Field(description="marking the order as delivered ends it, too")
    change: str = Field(description="what would give more, in words; empty where nothing would")


class Means(Shape):
    """One means of payment. `never_pays` is proved: no order paid so is ever refunded."""

    tender: str
    never_pays: bool
    rights: list[Right]


class Rights(Shape):
    """What a shop shows before anything is paid."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "policy": "6f1e" * 16,
                    "supplier_terms": "defective_or_wrong",
                    "mainland_supplier": False,
                    "means": [
                        {
                            "tender": "balance",
                            "never_pays": True,
                            "rights": [
                                {
                                    "reason": "defective",
                                    "outcome": "deny",
                                    "meaning": "no refund",
                                    "pays": False,
                                    "clause": "balance",
                                    "clause_title": "Paid by stored balance",
                                    "because": "What is paid by stored balance cannot be returned.",
                                    "days": None,
                                    "until_completion": False,
                                    "change": "",
                                }
                            ],
                        }
                    ],
                }
            ]
        }
    )

    policy: str = Field(description="the hash of the version that says so")
    supplier_terms: str
    mainland_supplier: bool
    means: list[Means]


class RightToday(Shape):
    """What one tender of the order gives today for some reasons that come to the same."""

    tender: int = Field(description="the tender's number in the order")
    reasons: list[Why]
    outcome: str
    clause: str
    clause_title: str
    last_day: date | None = Field(description="the last day on which the answer holds")
    last_day_by: Literal["", "policy", "completion", "rma"] = Field(description="what ends it")
    policy: str = Field(description="the hash of the version that decides it")


class PartToday(Shape):
    """Lines of one supplier that arrived together, if all that is left of them went back today."""

    supplier: SupplierName
    lines: list[int] = Field(description="numbers of lines")
    answers: list[RightToday]


class RightsToday(Shape):
    """For this order, today."""

    parts: list[PartToday]


def told_means(means: MeansRights) -> Means:
    return Means(
        tender=means.tender,
        never_pays=means.never_pays,
        rights=[_told_right(right) for right in means.rights],
    )


def _told_right(right: RightFound) -> Right:
    return Right.model_validate({name: getattr(right, name) for name in Right.model_fields})


def told_rights_today(parts: list[GroupToday]) -> RightsToday:
    return RightsToday(parts=[_told_part(part) for part in parts])


def _told_part(part: GroupToday) -> PartToday:
    answers = [
        {name: getattr(answer, name) for name in RightToday.model_fields} | {"tender": answer.tender.number}
        for answer in part.answers
    ]
    return PartToday(
        supplier=told_supplier(part.group.supplier),
        lines=[line.number for line in part.lines],
        answers=[RightToday.model_validate(answer) for answer in answers],
    )
