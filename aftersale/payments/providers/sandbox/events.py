"""The sandbox tells by events what happened at it: each twice, late, and in no order, as providers do.

What it told last stands on each row; what differs is told. The events are signed as a provider signs them and
take the same way in.
"""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import F

from aftersale.base.ports import Ports
from aftersale.base.private import keyed_hash
from aftersale.base.waiting import some_of
from aftersale.payments.providers.events import OUR_NAMES, TYPES, Topic, signed_header
from aftersale.payments.providers.sandbox.models import (
    CardCharge,
    CardChargeStatus,
    Charge,
    Delivery,
    RefundStatus,
    SandboxRefund,
    SetUpStatus,
    VaultCard,
    VaultSetUp,
)
from aftersale.payments.providers.sandbox.provider import let_time_pass as let_refunds_turn
from aftersale.payments.providers.sandbox.terminal import let_time_pass as let_charge_turn

HEADER = "Sandbox-Signature"
# The first sending comes after up to so long, the second after up to so long more.
_FIRST, _SECOND = timedelta(seconds=20), timedelta(minutes=3)
_CHARGE_TYPES = {
    CardChargeStatus.SUCCEEDED: "payment_intent.succeeded",
    CardChargeStatus.DECLINED: "payment_intent.payment_failed",
    CardChargeStatus.PENDING: "payment_intent.processing",
    CardChargeStatus.REQUIRES_ACTION: "payment_intent.requires_action",
}

type Send = Callable[[bytes, dict[str, str]], object]


def sandbox_secret() -> str:
    """What its events are signed with."""
    return keyed_hash("sandbox-events", "")


def send_due_events(*, ports: Ports, send: Send, at_most: int = 50) -> int:
    """Let time pass at the sandbox, note what happened there, and send what is due; returns how many."""
    _let_time_pass(ports)
    _note_news(ports)
    due = Delivery.objects.filter(sent_at=None, due_at__lte=ports.clock.now()).order_by("due_at", "pk")
    deliveries = list(due[:at_most])
    for delivery in deliveries:
        raw = delivery.body.encode()
        send(raw, {HEADER: signed_header(raw, sandbox_secret(), at=ports.clock.now())})
        Delivery.objects.filter(pk=delivery.pk).update(sent_at=ports.clock.now())
    return len(deliveries)


def _let_time_pass(ports: Ports) -> None:
    now = ports.clock.now()
    for charge in Charge.objects.filter(refunds__turns_at__lte=now).distinct():
        let_refunds_turn(charge, ports.clock)
    for pk in list(CardCharge.objects.filter(turns_at__lte=now).values_list("pk", flat=True)):
        let_charge_turn(pk, ports.clock)


@transaction.atomic
def _note_news(ports: Ports) -> None:
    for row, kind, about, ours, now_told in list(_news()):
        told = type(row).objects.filter(pk=row.pk, told=row.told)
        if told.update(told=now_told):
            _make_deliveries(kind, about, ours, ports)


def _news() -> Iterator[tuple[Any, str, str, str, str]]:
    """Each row that changed since it was told: with the event's type, its name, our name, its status."""
    for refund in _changed(SandboxRefund.objects):
        kind = "refund.failed" if refund.status == RefundStatus.FAILED else "refund.updated"
        yield (
            refund,
            kind if refund.told else "refund.created",
            refund.reference,
            refund.key or "",
            refund.status,
        )
    for charge in _changed(CardCharge.objects).exclude(status=CardChargeStatus.LOST):
        kind = _CHARGE_TYPES.get(charge.status, "payment_intent.canceled")
        yield charge, kind, charge.reference, charge.theirs, charge.status
    for page in _changed(VaultSetUp.objects).filter(status=SetUpStatus.DONE):
        yield page, "checkout.session.completed", page.reference, page.key, page.status
    for card in VaultCard.objects.filter(detached_at__isnull=False, told=""):
        yield card, "payment_method.detached", card.token, "", "detached"


def _changed(rows: models.Manager[Any]) -> models.QuerySet[Any]:
    return rows.exclude(status=F("told")).order_by("pk")


def _make_deliveries(kind: str, about: str, ours: str, ports: Ports) -> None:
    now, event = ports.clock.now(), f"evt_{ports.ids.key()}"
    topic = TYPES[kind]
    thing = {"id": about, "metadata": {OUR_NAMES[topic]: ours} if ours else {}}
    if topic == Topic.CARD:
        thing.pop("metadata")
    body = json.dumps({"id": event, "type": kind, "created": int(now.timestamp()), "data": {"object": thing}})
    first = now + some_of(_FIRST, ports.ids)
    for due_at in (first, first + some_of(_SECOND, ports.ids)):
        Delivery.objects.create(event=event, body=body, due_at=due_at)
