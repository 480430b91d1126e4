"""The worker's own verbs: read what was paid and close the case."""

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Concat

from aftersale.base.ports import Ports
from aftersale.payments.models import Redirect, Refund
from aftersale.payments.redirect_models import RedirectState
from aftersale.payments.states import LIVE, State
from aftersale.returns.models import LineState, Party, Return
from aftersale.returns.notices import tell_the_customer
from aftersale.returns.services._case import Actor, lock, note, wait
from aftersale.returns.states import move


def close_settled_returns(*, ports: Ports, at_most: int = 20) -> int:
    """Close inspected returns whose refunds have all arrived; return how many were closed."""
    ready = list(_settled()[:at_most])
    for case in ready:
        _close(case, ports=ports)
    return len(ready)


def _settled() -> QuerySet[Return]:
    named = Concat(Value("return:"), OuterRef("reference"))
    still_open = Refund.objects.filter(about=named, state__in=LIVE)
    inspected = Return.objects.filter(closed_at=None, lines__state=LineState.INSPECTED).distinct()
    return inspected.filter(~Exists(still_open)).order_by("inspected_at", "pk")


@transaction.atomic
def _close(case: Return, *, ports: Ports) -> None:
    now = ports.clock.now()
    case = lock(case)
    rows = list(case.lines.filter(state=LineState.INSPECTED))
    if not rows or Refund.objects.filter(about=case.about, state__in=LIVE).exists():
        return
    for row in rows:
        move(row, LineState.SETTLED)
    wait(case, now=now)
    # Given up, or paid by the provider without us: nobody is told that we paid it all.
    given_up = Refund.objects.filter(about=case.about, state=State.RELEASED, replaced_by=None).exists()
    note(case, "closed" if given_up else "refunded", now=now, by=Actor(Party.DESK))
    kind = "return-closed" if given_up else "refund-paid"
    tell_the_customer(case, kind, ports=ports, elsewhere=_paid_elsewhere(case))


def _paid_elsewhere(case: Return) -> str:
    """`yes` where a card could not take its refund, and the customer chose another place."""
    rows = Redirect.objects.filter(refund__about=case.about, state=RedirectState.PAID)
    return "yes" if rows.exists() else ""
