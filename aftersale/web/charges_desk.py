"""The team's pages of charges: the family behind each answer, the provider's words, retries and budgets."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from aftersale.accounts.models import Role
from aftersale.payments.budgets import attempts_in, limits_for
from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_queries import charge_for, charges_for, schedule_of
from aftersale.payments.charge_states import ChargeState
from aftersale.payments.declines import row_of
from aftersale.payments.retrying import is_barred
from aftersale.web.charges_shown import ChargeShown
from aftersale.web.declines_shown import FamilyShown, wait_told
from aftersale.web.doors import DeskRequest, door, page_of, shown


@door(Role.AGENT, Role.FINANCE)
@require_safe
def charges(request: DeskRequest) -> HttpResponse:
    """All charges, or those of one state, the newest first."""
    state, now = request.GET.get("state", ""), request.ports.clock.now()
    rows = charges_for(request.user)
    if state in ChargeState.values:
        rows = rows.filter(state=state)
    page = page_of(request, rows, 25)
    context = {
        "page": page,
        "charges": [(ChargeShown(one, now), _family(one)) for one in page],
        "state": state if state in ChargeState.values else "",
        "states": ChargeState.choices,
        "nav": "charges",
    }
    return shown(request, "desk/charges.html", context)


@door(Role.AGENT, Role.FINANCE)
@require_safe
def charge(request: DeskRequest, reference: str) -> HttpResponse:
    """One charge: what the bank said, what the customer was told, what is tried when, and how often still."""
    found, now = charge_for(request.user, reference), request.ports.clock.now()
    context = {
        "charge": found,
        "shown": ChargeShown(found, now),
        "family": _family(found),
        "barred": found.state == ChargeState.DECLINED and is_barred(found),
        "schedule": schedule_of(found, now),
        "limits": [
            (
                limit,
                wait_told(limit.window),
                len(attempts_in(found.fingerprint_hash, now - limit.window, now)),
            )
            for limit in limits_for(found.brand, now.date())
        ],
        "nav": "charges",
    }
    return shown(request, "desk/charge.html", context)


def _family(charge: Charge) -> FamilyShown | None:
    return FamilyShown(row_of(charge.family)) if charge.family else None
