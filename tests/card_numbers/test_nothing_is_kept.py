"""A card number typed into every field, through the pages and the API, is nowhere afterwards."""

import io
import logging
import re
from collections.abc import Iterator
from typing import Any, cast

import pytest
import structlog
from django.conf import settings
from django.db import connection
from django.test import Client

from aftersale.accounts.models import User
from aftersale.accounts.services import NewCustomer, add_customers, add_person, make_api_key
from aftersale.api.tests.cast import ONE_LAMP, a_return, a_wish, fay, machine
from aftersale.base.card_numbers.logs import CardNumberFilter
from aftersale.base.mail import DemoMailbox
from aftersale.base.models import DemoMail
from aftersale.base.services import send_due_notifications
from aftersale.config.logs import log_as_lines
from aftersale.payments.models import Refund
from aftersale.returns.models import Return, ReturnLine
from aftersale.returns.tests.cast import World, an_order

NUMBER = "4111111111111111"
TYPED = "my card 4111 1111-1111 1111 please"
MARK = "[card number removed: Visa ending 1111]"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What every handler of this process writes."""
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.addFilter(CardNumberFilter())
    logging.getLogger().addHandler(handler)
    yield told
    logging.getLogger().removeHandler(handler)


def test_nothing_typed_into_a_page_is_kept(world, log):
    order = an_order(world)
    sent = {"do": "ask", "units-1-1": "1", "reason-1-1": "defective", "note": TYPED, "intent": TYPED}
    answer = _signed_in(world.ann).post(f"/account/orders/{order.code}/return/LI/", sent)
    assert answer.status_code == 302, answer.content.decode()
    assert Return.objects.get(order=order).note == f"my card {MARK} please"
    _supplier_s_pages(world)
    _parcel_s_pages(world)
    _finance_s_page(world)
    _nothing_is_left(world, log)


def test_nothing_sent_to_the_api_is_kept(world, log):
    ann, li = machine(world, world.ann), machine(world, world.li)
    order = an_order(world)
    opened = ann.post(f"/orders/{order.code}/returns", ONE_LAMP | {"note": TYPED}, wish=a_wish())
    assert opened.status_code == 201, opened.content
    assert opened.json()["note"] == f"my card {MARK} please"
    refused = _waiting(world)
    for number in (NUMBER, "41-1111111-1111-111"):
        answer = li.post(f"/returns/{refused.reference}/rma", {"number": number})
        assert answer.status_code == 422, answer.content
        assert not _holds(answer.content.decode())
    case = a_return(world, an_order(world))
    hand_over = {"handed_over_at": "2026-06-01T08:00:00Z", "carrier": TYPED, "tracking_number": NUMBER}
    assert ann.post(f"/returns/{case.reference}/hand-over", hand_over).status_code == 200
    li.post(f"/returns/{case.reference}/receipt")
    found = [
        {"id": row.pk, "units": 1, "reason": "defective", "condition": TYPED} for row in case.lines.all()
    ]
    inspected = li.post(f"/returns/{case.reference}/inspection", {"lines": found}, wish=a_wish())
    assert inspected.status_code == 200, inspected.content
    case.refresh_from_db()
    assert (case.carrier, case.tracking_number) == (f"my card {MARK} please", MARK)
    assert li.post(f"/returns/{refused.reference}/rma-refusal", {"answer": TYPED}).status_code == 200
    refund = Refund.objects.get()
    finance = machine(world, fay(world))
    released = finance.post(f"/refunds/{refund.reference}/release", {"reason": TYPED}, wish=a_wish())
    assert released.status_code == 200, released.content
    _nothing_is_left(world, log)


def test_no_name_holds_one(world, log):
    ports = world.ports
    add_person(ports=ports, email="kim@example.com", name=TYPED, role="customer")
    add_customers(ports=ports, customers=[NewCustomer(code="C-1", name=TYPED)])
    expires = world.clock.now().replace(year=2027, month=1)
    make_api_key(ports=ports, user=world.ann, name=TYPED, scopes=["read"], expires_at=expires)
    _nothing_is_left(world, log)


def test_the_worker_s_log_holds_none(request, capfd):
    request.addfinalizer(structlog.reset_defaults)
    log_as_lines()
    structlog.get_logger("worker").warning("refund held", said=TYPED, number=int(NUMBER))
    told = capfd.readouterr().err
    assert told.count(MARK) == 2
    assert not _holds(told)


def test_every_handler_of_the_site_leaves_them_out():
    handlers = cast("dict[str, Any]", settings.LOGGING["handlers"])
    assert all("card_numbers" in handler["filters"] for handler in handlers.values())
    names = ("django", "django.server", "django.request", "aftersale.api")
    others = [logging.getLogger(name) for name in names]
    assert not [each for each in others if each.handlers or not each.propagate]


def test_the_search_would_find_one(world, log):
    world.ann.name = TYPED
    world.ann.save()
    with pytest.raises(AssertionError, match="accounts_user"):
        _nothing_is_left(world, log)


def _supplier_s_pages(world: World) -> None:
    as_li, refused, taken_back = _signed_in(world.li), _waiting(world), _waiting(world)
    path = f"/supplier/returns/{taken_back.reference}"
    assert as_li.post(f"{path}/issue/", {"number": NUMBER}).status_code == 422
    assert as_li.post(f"{path}/issue/", {"number": "RMA-0012"}).status_code == 302
    assert as_li.post(f"{path}/revoke/", {"answer": TYPED}).status_code == 302
    assert as_li.post(f"/supplier/returns/{refused.reference}/refuse/", {"answer": TYPED}).status_code == 302


def _parcel_s_pages(world: World) -> None:
    as_ann, as_li = _signed_in(world.ann), _signed_in(world.li)
    case = a_return(world)
    sent = {"day": "2026-06-01", "carrier": TYPED, "tracking_number": NUMBER}
    assert as_ann.post(f"/account/returns/{case.reference}/hand-over/", sent).status_code == 302
    path = f"/supplier/returns/{case.reference}"
    assert as_li.post(f"{path}/receive/").status_code == 302
    (row,) = case.lines.all()
    found = {f"units-{row.pk}": "1", f"reason-{row.pk}": "defective", f"condition-{row.pk}": TYPED}
    assert as_li.post(f"{path}/inspect/", found).status_code == 302
    assert ReturnLine.objects.get(pk=row.pk).condition == f"my card {MARK} please"


def _finance_s_page(world: World) -> None:
    refund = Refund.objects.get()
    path = f"/finance/{refund.reference}/release/"
    assert _signed_in(fay(world)).post(path, {"reason": TYPED}).status_code == 302
    refund.refresh_from_db()
    assert refund.reason == f"my card {MARK} please"


def _waiting(world: World) -> Return:
    """A return that waits for the supplier's answer."""
    return a_return(world, an_order(world, delivered_days_ago=70))


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def _nothing_is_left(world: World, log: io.StringIO) -> None:
    while send_due_notifications(clock=world.clock, mail=DemoMailbox(world.clock)):
        pass
    for mail in DemoMail.objects.all():
        assert not _holds(f"{mail.subject} {mail.text} {mail.html}"), mail.subject
    assert not _holds(log.getvalue())
    for table, text in _dump():
        assert not _holds(text), (table, text)


def _dump() -> Iterator[tuple[str, str]]:
    """Every cell of every table, with its table."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield from ((table, str(cell)) for cell in row)


def _holds(text: str) -> bool:
    return NUMBER in re.sub(r"[^0-9]", "", text)
