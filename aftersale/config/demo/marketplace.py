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
from django.db import connection, transaction

from aftersale.accounts.models import User
from aftersale.accounts.services import add_person
from aftersale.base.ports import Ports
from aftersale.config.commands.import_orders import taken_in_by
from aftersale.config.demo.ann import orders_of_ann
from aftersale.config.demo.crowd import Crowd
from aftersale.config.demo.people import BUYERS, CAROL, EMPLOYEES, SHOPS
from aftersale.config.demo.returns import make_returns, orders_to_return
from aftersale.orders.models import Order
from aftersale.orders.services import import_orders
from aftersale.returns.policies import publish_policy

SEED = 2026
FOLDER = settings.VAR / "demo"


def make_marketplace(*, ports: Ports, say: Callable[[str], None]) -> str:
    """Make what is not there yet and return the demo's one password. A second call changes nothing."""
    call_command("migrate", verbosity=0, interactive=False)
    for folder in (FOLDER, settings.STATIC_ROOT):
        folder.mkdir(parents=True, exist_ok=True)
    kept = FOLDER / "password"
    if kept.is_file() and Order.objects.exists():
        return kept.read_text(encoding="utf-8").strip()
    say("making a marketplace: customers, suppliers, agents, some hundred orders")
    password = "-".join(ports.ids.key()[1:5] for _ in range(3))
    with transaction.atomic():
        publish_policy(ports=ports, path=settings.POLICY_FILE)
        _import(ports=ports)
        _let_people_in(ports=ports, password=password)
        make_returns(ports=ports)
    kept.write_text(password + "\n", encoding="utf-8")
    kept.chmod(0o600)
    return password


def start_over(*, say: Callable[[str], None]) -> None:
    """Forget the demo and everything in its database."""
    say("removing what the last demo left")
    for path in FOLDER.glob("*"):
        path.unlink()
    if connection.vendor == "sqlite":
        _empty_file(Path(connection.settings_dict["NAME"]))
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


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


def _let_people_in(*, ports: Ports, password: str) -> None:
    for one in EMPLOYEES:
        add_person(ports=ports, email=one.email, name=one.name, role=one.role, supplier=one.supplier)
    # Everybody has the same, so it is hashed once: the hash is slow on purpose.
    with_password = User.objects.filter(reads_mail=True).exclude(email=CAROL.email)
    with_password.update(password=make_password(password))
