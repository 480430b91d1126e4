"""Macros: prepared answers with their versions."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field, Strict
from pydantic.config import JsonDict

from aftersale.api.fields import PLAIN, REFERENCE, Shape
from aftersale.support.macros import version_of
from aftersale.support.models import Macro as MacroRow

_MACRO: JsonDict = {
    "reference": "M4H8QX-2M9TD",
    "name": "On its way",
    "texts": {"en": "Hello {name}, your order {order} is on its way."},
    "actions": ["solve"],
    "is_active": True,
    "version": 1,
    "by": "Mia",
    "saved_at": "2026-06-01T09:00:00Z",
    "used": 0,
}


class Macro(Shape):
    """A prepared answer, as it is now."""

    model_config = ConfigDict(json_schema_extra={"examples": [_MACRO]})

    reference: str
    name: str
    texts: dict[str, str] = Field(description="by language; in braces stand names that are filled")
    actions: list[str] = Field(description="what may follow the answer: solve, assign, kind:…")
    is_active: bool = Field(description="whether it is offered")
    version: int
    by: str = Field(description="who wrote this version")
    saved_at: datetime
    used: int = Field(description="answers that were sent with it")


class Macros(Shape):
    """Macros by name."""

    items: list[Macro]


class MacroToSave(Shape):
    """A text for each language; in braces may stand: name, order, reference, marketplace, due."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "On its way",
                    "texts": {"en": "Hello {name}, it is on its way."},
                    "actions": ["solve"],
                }
            ]
        }
    )

    name: str = Field(pattern=PLAIN)
    texts: dict[str, Annotated[str, Field(pattern=PLAIN)]] = Field(max_length=10)
    actions: list[Annotated[str, Field(pattern=PLAIN)]] = Field([], max_length=10)
    is_active: Annotated[bool, Strict()] = True


class MacroFilled(Shape):
    """A macro's text for the opener of a thread."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"body": "Hello Ann, it is on its way.", "actions": ["solve"]}]}
    )

    body: str
    actions: list[str]


class MacroToFill(Shape):
    """Which macro."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"macro": "M4H8QX-2M9TD"}]})

    macro: str = Field(pattern=REFERENCE)


def told_macro(row: MacroRow) -> Macro:
    last = version_of(row)
    return Macro(
        reference=row.reference,
        name=row.name,
        texts=last.texts,
        actions=last.actions,
        is_active=row.is_active,
        version=last.number,
        by=last.by.name,
        saved_at=last.at,
        used=row.used,
    )
