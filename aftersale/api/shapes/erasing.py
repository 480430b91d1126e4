"""Erasing a customer: what ends first, what is sent, and what is left to tell."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from aftersale.accounts.models import User
from aftersale.accounts.proving import way_of
from aftersale.api.fields import PLAIN, Shape
from aftersale.support.duties import Duty as DutyRow
from aftersale.support.models import Erasure as ErasureRow


class Duty(Shape):
    """Something under way, which ends before its person can be erased."""

    kind: Literal["return", "refund", "redirect", "charge", "order", "removal", "card"]
    name: str


class ErasureOpen(Shape):
    """Whether the key's user can be erased now, and by what they prove to be it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"proof": "password", "duties": [{"kind": "return", "name": "R7K2M9-XQD41"}]}]
        }
    )

    proof: Literal["password", "code"] = Field(description="a code is mailed by `POST /erasure/code`")
    duties: list[Duty] = Field(description="empty where nothing stands against it")


class ErasureCode(Shape):
    """A code is on its way to the key's user."""

    mailed: bool


class EraseMe(Shape):
    """The password, or the mailed code. What was written on the forum stays without a name, or goes too."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"given": "123456", "keep_public": True}]})

    given: str = Field(pattern=PLAIN, max_length=200)
    keep_public: bool


class EraseCustomer(Shape):
    """Who, by e-mail or customer code."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"person": "ann@example.com", "keep_public": False}]}
    )

    person: str = Field(pattern=PLAIN, max_length=254)
    keep_public: bool


class Erasure(Shape):
    """When somebody was erased, and whether on their own wish at their own hands."""

    erased_at: datetime
    by_themself: bool


def told_open(person: User, duties: list[DutyRow]) -> ErasureOpen:
    found = [Duty.model_validate({"kind": duty.kind, "name": duty.name}) for duty in duties]
    return ErasureOpen(proof=way_of(person).value, duties=found)


def told_erasure(row: ErasureRow) -> Erasure:
    return Erasure(erased_at=row.erased_at, by_themself=row.wished_by_id == row.person_id)
