"""Makes the demo marketplace, once: its orders come in through the same import as anybody's."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import OperationalError, ProgrammingError, connection, transaction

from aftersale.accounts.models import User
from aftersale.accounts.services import add_person
from aftersale.base.errors import Refused
from aftersale.base.ports import Ports
from aftersale.config.commands.import_orders import taken_in_by
from aftersale.config.demo.ann import orders_of_ann
from aftersale.config.demo.cards import make_cards
from aftersale.config.demo.crowd import Crowd
from aftersale.config.demo.people import ANN, BUYERS, CAROL, EMPLOYEES, SHOPS
from aftersale.config.demo.returns import make_returns, orders_to_return
from aftersale.config.demo.threads import make_threads
from aftersale.config.demo.weeks import make_weeks
from aftersale.orders.models import Order
from aftersale.orders.services import import_orders
from aftersale.returns.policies import publish_policy


class NoDemo(Refused):
    """This database is somebody's own."""

    code = "no_demo"


SEED = 2026
FOLDER = settings.VAR / "demo"


def make_marketplace(*, ports: Ports, say: Callable[[str], None]) -> str:
    """Make what is not there yet and return the demo's one password. A second call changes nothing."""
    call_command("migrate", verbosity=0, interactive=False)
    for folder in (FOLDER, settings.STATIC_ROOT):
        folder.mkdir(parents=True, exist_ok=True)
    if _is_somebody_s_own():
        raise NoDemo("the database holds orders that no demo made: give DATABASE_URL another for the demo")
    if Order.objects.exists():
        return _kept_password() or _new_password(ports=ports)
    say("making a marketplace: customers, suppliers, agents, some hundred orders")
    with transaction.atomic():
        publish_policy(ports=ports, path=settings.POLICY_FILE)
        _import(ports=ports)
        for one in EMPLOYEES:
            add_person(ports=ports, email=one.email, name=one.name, role=one.role, supplier=one.supplier)
        make_returns(ports=ports)
    make_cards(ports=ports)
    make_weeks(ports=ports)
    make_threads(ports=ports)
    return _new_password(ports=ports)


def start_over(*, say: Callable[[str], None]) -> None:
    """Forget the demo and everything in its database. Raises NoDemo where that is not a demo's."""
    if _is_somebody_s_own():
        raise NoDemo("the database holds orders that no demo made, and is left as it is")
    say("removing what the last demo left")
    for path in FOLDER.glob("*"):
        path.unlink()
    if connection.vendor == "sqlite":
        _empty_file(Path(connection.settings_dict["NAME"]))
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


def _is_somebody_s_own() -> bool:
    """Whether there are orders, and none of them is the demo's."""
    try:
        ours = Order.objects.filter(code="WM-10001", customer__customer_code=ANN.code)
        return Order.objects.exists() and not ours.exists()
    except (OperationalError, ProgrammingError):
        return False  # no tables yet


def _kept_password() -> str:
    kept = FOLDER / "password"
    return kept.read_text(encoding="utf-8").strip() if kept.is_file() else ""


def _new_password(*, ports: Ports) -> str:
    """Give everybody of the demo one password, but for Carol; keep it in a file for the next start."""
    password = "-".join(ports.ids.key()[1:5] for _ in range(3))
    # Hashed once for all: the hash is slow on purpose.
    User.objects.filter(email__in=_emails()).update(password=make_password(password))
    kept = FOLDER / "password"
    kept.touch(mode=0o600)
    kept.write_text(password + "\n", encoding="utf-8")
    return password


def _emails() -> list[str]:
    buyers = [buyer.email for buyer in BUYERS if buyer.email and buyer != CAROL]
    return buyers + [one.email for one in EMPLOYEES]


def _empty_file(path: Path) -> None:
    connection.close()
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _import(*, ports: Ports) -> None:
    file = FOLDER / "orders.jsonl"
    documents = [*_people(), *_orders(ports.clock.now())]
    text = "".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents)
    file.write_text(text, encoding="utf-8")

    report = import_orders(ports=ports, profile="aftersale", source=file, take_in=taken_in_by(ports))
    assert report.imported, [str(remark) for remark in report.rejections]
    assert not report.mismatches, [str(mismatch) for mismatch in report.mismatches]


def _people() -> Iterator[dict[str, Any]]:
    for shop in SHOPS:
        yield {
            "type": "supplier",
            "code": shop.code,
            "name": shop.name,
            "country": shop.country,
            "terms": shop.terms,
            "return_address": shop.return_address,
        }
    for buyer in BUYERS:
        yield {
            "type": "customer",
            "code": buyer.code,
            "name": buyer.name,
            "email": buyer.email,
            "language": buyer.language,
        }


def _orders(now: datetime) -> Iterator[dict[str, Any]]:
    for draft in chain(orders_of_ann(now), orders_to_return(now), Crowd(now=now, seed=SEED).orders()):
        yield draft.document()
