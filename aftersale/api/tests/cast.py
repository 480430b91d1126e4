"""Machines that call the API with somebody's key, on the world of the returns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from django.test import Client

from aftersale.accounts.models import ApiKey, Role, User
from aftersale.accounts.services import SCOPES, make_api_key
from aftersale.orders.models import Order
from aftersale.returns.models import Return
from aftersale.returns.services import Wish, hand_over, receive_return, request_return
from aftersale.returns.tests.cast import World, an_order

ALL = SCOPES
_fresh = count(1)


@dataclass
class Machine:
    """A program with a key of `user`'s."""

    user: User | None
    secret: str = ""
    key: ApiKey | None = None
    client: Client = field(default_factory=Client)

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers=self._headers(headers))

    def post(self, path: str, body: Any = None, *, wish: str = "", **headers: str) -> Any:
        """POST `body` as JSON; `wish` is the Idempotency-Key."""
        if wish:
            headers["Idempotency-Key"] = wish
        if body is None:
            return self.client.generic("POST", f"/api/v1{path}", headers=self._headers(headers))
        return self.client.post(
            f"/api/v1{path}", body, content_type="application/json", headers=self._headers(headers)
        )

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return ({"Authorization": f"Bearer {self.secret}"} if self.secret else {}) | more


def machine(world: World, user: User, scopes: Sequence[str] = ALL, *, days: float = 30) -> Machine:
    expires = world.clock.now() + timedelta(days=days)
    key, secret = make_api_key(ports=world.ports, user=user, name="shop", scopes=scopes, expires_at=expires)
    return Machine(user, secret, key)


def a_wish() -> str:
    """A fresh idempotency key."""
    return f"a-fresh-wish-{next(_fresh)}"


def person(name: str, role: str) -> User:
    return User.objects.create_user(f"{name}@example.com", name=name.title(), role=role)


def fay(_world: World) -> User:
    """Fay of finance."""
    return person("fay", Role.FINANCE)


def pia(_world: World) -> User:
    """Pia, who owns the policy."""
    return person("pia", Role.POLICY_OWNER)


LAMP: dict[str, Any] = {"line": 1, "units": 1, "reason": "defective"}
ONE_LAMP: dict[str, Any] = {"supplier": "LI", "lines": [LAMP]}
UNWANTED_LAMP = {"supplier": "LI", "lines": [LAMP | {"reason": "unwanted"}]}


def a_return(world: World, order: Order | None = None, *, reason: str = "defective") -> Return:
    order = order or an_order(world)
    wishes = [Wish(line=1, units=1, reason=reason)]
    return request_return(
        ports=world.ports, by=world.ann, order=order, supplier="LI", wishes=wishes, intent=f"test:{a_wish()}"
    )


def a_sent_return(world: World) -> Return:
    return hand_over(
        ports=world.ports, by=world.ann, case=a_return(world), at=world.clock.now(), source="customer"
    )


def a_received_return(world: World) -> Return:
    return receive_return(ports=world.ports, by=world.li, case=a_sent_return(world))
