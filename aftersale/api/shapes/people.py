"""People and keys."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict

from aftersale.accounts.models import ApiKey, Supplier, User
from aftersale.api.fields import Shape


class SupplierName(Shape):
    """A supplier."""

    code: str
    name: str


class Customer(Shape):
    """Who bought."""

    code: str | None
    name: str
    email: str


class Key(Shape):
    """The key of this request. Its secret is told once, when it is made."""

    name: str
    prefix: str
    scopes: list[Literal["read", "returns", "refunds", "cards", "account", "policy", "threads"]]
    expires_at: datetime


class Me(Shape):
    """Whom the key acts for, and what it may do."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "Ann",
                    "email": "ann@example.com",
                    "role": "customer",
                    "customer_code": "C-1",
                    "supplier": None,
                    "language": "en",
                    "key": {
                        "name": "my shop",
                        "prefix": "3f6k9m2p",
                        "scopes": ["read", "returns"],
                        "expires_at": "2026-12-31T00:00:00Z",
                    },
                }
            ]
        }
    )

    name: str
    email: str
    role: Literal["customer", "supplier", "agent", "finance", "policy_owner"]
    customer_code: str | None
    supplier: SupplierName | None
    language: str
    key: Key


class SpokenLanguage(Shape):
    """A language of the site."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"language": "zh-hans"}]})

    language: Literal["en", "zh-hans"]


def told_supplier(supplier: Supplier) -> SupplierName:
    return SupplierName(code=supplier.code, name=supplier.name)


def told_customer(user: User) -> Customer:
    return Customer(code=user.customer_code, name=user.name, email=user.email)


def told_me(key: ApiKey) -> Me:
    user = key.user
    return Me.model_validate(
        {
            "name": user.name,
            "email": user.email,
            "role": user.role,
            "customer_code": user.customer_code,
            "supplier": told_supplier(user.supplier) if user.supplier else None,
            "language": user.language,
            "key": {
                "name": key.name,
                "prefix": key.prefix,
                "scopes": key.scopes.split(),
                "expires_at": key.expires_at,
            },
        }
    )
