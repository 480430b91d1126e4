"""What the customer is told of a charge by mail: its public answer alone, never why the bank said no."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format

from aftersale.base.ports import Ports
from aftersale.base.services import post_notification
from aftersale.payments.charge_models import Charge
from aftersale.payments.declines.words import helps_of, said_of, verdict_of
from aftersale.payments.retrying import answer_to


def tell_of_success(charge: Charge, *, ports: Ports) -> None:
    """Owe the customer the mail that the order's payment arrived; the team one where it was paid twice."""
    _tell_the_customer(charge, "charge-paid", ports=ports)
    captured = sum(tender.captured_minor for tender in charge.order.tenders.filter(added_at__isnull=False))
    if captured > charge.order.unpaid_minor or charge.order.cancelled_at is not None:
        _tell_the_team(charge, ports=ports)


def tell_of_decline(charge: Charge, retry: Charge | None, *, ports: Ports) -> None:
    """Owe the customer the mail that it failed: at the first failure, and when nothing is retried."""
    if charge.automatic_round and retry is not None:
        return
    with translation.override(charge.order.customer.language):
        words = _told_answer(charge) | {"path": f"/account/payments/{charge.reference}/"}
        if retry is not None and retry.due_at is not None:
            moment = retry.due_at.astimezone(ZoneInfo(charge.order.zone))
            words["again_at"] = date_format(moment, "DATETIME_FORMAT")
    _tell_the_customer(charge, "charge-failed", ports=ports, **words)


def tell_that_it_is_over(retry: Charge, *, ports: Ports) -> None:
    """Owe the customer the mail that a retry, which an earlier mail promised, does not take place."""
    assert retry.retry_of is not None, f"{retry} is no retry"
    with translation.override(retry.order.customer.language):
        words = _told_answer(retry.retry_of)
    _tell_the_customer(retry, "charge-failed", ports=ports, **words)


def _tell_the_customer(charge: Charge, kind: str, *, ports: Ports, **words: Any) -> None:
    customer = charge.order.customer
    if not customer.reads_mail:
        return
    post_notification(
        ports=ports,
        kind=kind,
        key=charge.reference,
        recipient=customer.email,
        language=customer.language,
        words={**_words(charge, customer.language), "name": customer.name, **words},
    )


def _tell_the_team(charge: Charge, *, ports: Ports) -> None:
    post_notification(
        ports=ports,
        kind="charge-too-much",
        key=charge.reference,
        recipient=settings.PAYMENTS_TEAM_MAIL,
        language=settings.LANGUAGE_CODE,
        words=_words(charge, settings.LANGUAGE_CODE) | {"path": f"/desk/payments/{charge.reference}/"},
    )


def _told_answer(charge: Charge) -> dict[str, Any]:
    answer = answer_to(charge)
    said, verdict = said_of(answer), verdict_of(answer)
    return {
        "title": str(said.title),
        "text": str(said.text),
        "helps": [str(help) for help in helps_of(answer)],
        "verdict": str(verdict.title),
        "because": str(verdict.text),
    }


def _words(charge: Charge, language: str) -> dict[str, Any]:
    return {
        "order": charge.order.code,
        "charge": charge.reference,
        "amount": charge.amount.told(language),
        "card": f"{charge.brand.capitalize()} •••• {charge.last_four}".strip(),
        "path": f"/account/orders/{charge.order.code}/",
    }
