"""What people are told by mail about a return: the same answers as on its page, in their own language."""

from typing import Any

from django.utils import translation
from django.utils.formats import date_format

from aftersale.accounts.models import User
from aftersale.base.ports import Ports
from aftersale.base.services import post_notification
from aftersale.returns.endings import ending_of
from aftersale.returns.models import Decision, LineState, Return
from aftersale.returns.policies import policy_of


def tell_the_customer(case: Return, kind: str, *, ports: Ports, **words: str) -> None:
    """Owe the customer the mail `kind`, with the current answers for every line and tender."""
    customer = case.order.customer
    if customer.reads_mail:
        path = f"/account/returns/{case.reference}/"
        _post(case, kind, customer, ports, path=path, answers=told_answers(case, customer.language), **words)


def ask_the_supplier(case: Return, *, ports: Ports) -> None:
    """Owe the supplier's people a mail when the case waits for their answer."""
    if case.lines.filter(state=LineState.WAITING_SUPPLIER).exists():
        tell_the_supplier(case, "supplier-asked", ports=ports)


def tell_the_supplier(case: Return, kind: str, *, ports: Ports) -> None:
    """Owe the supplier's people a mail: nothing in it of who bought, or how it was paid."""
    lines = [{"title": row.line.title, "units": row.units} for row in case.lines.select_related("line")]
    for person in case.group.supplier.people.filter(is_active=True, reads_mail=True):
        _post(case, kind, person, ports, path=f"/supplier/returns/{case.reference}/", lines=lines)


def told_answers(case: Return, language: str) -> list[dict[str, Any]]:
    """The current decision of each line and tender, in words: what, how much, to where, until when, why."""
    current = Decision.objects.filter(return_line__case=case, superseded_by=None).select_related(
        "return_line__line__group__supplier", "tender__order", "policy"
    )
    with translation.override(language):
        return [_told(decision, language) for decision in current.order_by("return_line", "tender__number")]


def _told(decision: Decision, language: str) -> dict[str, Any]:
    policy = policy_of(decision.policy)
    return {
        "title": decision.return_line.line.title,
        "units": decision.units,
        "outcome": decision.outcome,
        "meaning": ending_of(decision) or policy.outcome_meaning(decision.outcome, language),
        "because": policy.because(decision.clause, language),
        "clause": policy.clause_title(decision.clause, language),
        "amount": decision.tender.order.money(decision.amount_minor).told(language),
        "pays": bool(decision.amount_minor),
        "tender": str(decision.tender),
        "last_day": date_format(decision.last_day, "DATE_FORMAT") if decision.last_day else "",
    }


def _post(case: Return, kind: str, person: User, ports: Ports, **words: Any) -> None:
    post_notification(
        ports=ports,
        kind=kind,
        key=f"{case.reference}:{person.pk}:{ports.ids.key()}",
        recipient=person.email,
        language=person.language,
        words={"reference": case.reference, "order": case.order.code, "name": person.name, **words},
    )
