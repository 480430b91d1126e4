"""What a provider's answer to a charge means for us, in one transaction: a tender, a decline, or waiting.

Whoever comes second, or too late, changes nothing; but that money was taken is true whoever saw it.
"""

from datetime import datetime, timedelta

from django.db import transaction

from aftersale.base.ports import Ids, Ports
from aftersale.base.waiting import back_off, some_of
from aftersale.orders.models import TenderKind
from aftersale.orders.services import add_tender
from aftersale.payments.captures import take_in
from aftersale.payments.card_models import CHARGEABLE
from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_moves import locked_charge, locked_fingerprint, move_charge
from aftersale.payments.charge_notices import tell_of_decline, tell_of_success
from aftersale.payments.charge_states import CHARGE_IN_FLIGHT, ChargeState, GivenUp
from aftersale.payments.declines import family_of, row_of
from aftersale.payments.escrow import release_rest
from aftersale.payments.providers import Declined, Pending, Succeeded, Unknown
from aftersale.payments.providers.charges import CANCELLED, ChargeOutcome, RequiresAction
from aftersale.payments.retrying import automatic_so_far, next_automatic

_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(days=1)
# While the customer may be at the bank's page, it is looked at as often as this.
_WHILE_CONFIRMING = timedelta(minutes=2)
# A request that was given up as lost may still arrive: it is looked for once more.
_LOOK_AGAIN = timedelta(days=1)


@transaction.atomic
def write_outcome(
    claimed: Charge, outcome: ChargeOutcome, *, ports: Ports, given_up: GivenUp | None = None
) -> None:
    """Write what the provider answered to the charge as it was claimed."""
    charge, now = locked_charge(claimed.pk), ports.clock.now()
    is_ours = charge.attempts == claimed.attempts
    if isinstance(outcome, Succeeded):
        if charge.state != ChargeState.SUCCEEDED:
            _write_success(charge, outcome, ports=ports)
    elif is_ours and charge.state in CHARGE_IN_FLIGHT:
        _write_rest(charge, outcome, given_up, ports=ports)
    elif is_ours:
        Charge.objects.filter(pk=charge.pk).update(due_at=_next_look(charge, now))


def give_up_lost(charge: Charge, why: GivenUp, now: datetime) -> None:
    """The request never arrived, as far as the provider can tell, and it may not be sent again."""
    move_charge(charge, ChargeState.RELEASED, reason=why, settled_at=now, due_at=now + _LOOK_AGAIN)


def _write_success(charge: Charge, outcome: Succeeded, *, ports: Ports) -> None:
    now, order = ports.clock.now(), charge.order
    tender = add_tender(
        ports=ports,
        order=order,
        kind=TenderKind.CARD,
        captured=charge.amount,
        provider=charge.provider,
        reference=outcome.reference,
        brand=charge.brand,
        last_four=charge.last_four,
    )
    take_in(order, [tender], at=now)
    move_charge(
        charge,
        ChargeState.SUCCEEDED,
        tender=tender,
        provider_reference=outcome.reference,
        settled_at=now,
        due_at=None,
        action_address="",
        reason="",
        last_error="",
    )
    Charge.objects.filter(order=order, state=ChargeState.CREATED).update(
        state=ChargeState.RELEASED, reason=GivenUp.PAID, settled_at=now, due_at=None
    )
    # An order that was completed before it was paid pays its suppliers now.
    release_rest(order=order, at=now)
    tell_of_success(charge, ports=ports)


def _write_rest(charge: Charge, outcome: ChargeOutcome, given_up: GivenUp | None, *, ports: Ports) -> None:
    now = ports.clock.now()
    soon = now + _wait(charge, ports.ids)
    match outcome:
        case Declined(code) if code == CANCELLED:
            why = given_up or GivenUp.UNCONFIRMED
            move_charge(charge, ChargeState.RELEASED, reason=why, settled_at=now, due_at=None)
        case Declined():
            _write_decline(charge, outcome, ports=ports)
        case RequiresAction(reference, address):
            move_charge(
                charge,
                ChargeState.REQUIRES_ACTION,
                provider_reference=reference,
                action_address=address,
                due_at=now + _WHILE_CONFIRMING,
                last_error="",
            )
        case Pending(reference):
            move_charge(charge, ChargeState.PENDING, provider_reference=reference, due_at=soon, last_error="")
        case Unknown(why):
            _write_unknown(charge, why, soon)


def _write_unknown(charge: Charge, why: str, soon: datetime) -> None:
    """A silent provider takes nothing back that it said before."""
    told = charge.state in (ChargeState.REQUIRES_ACTION, ChargeState.PENDING)
    move_charge(
        charge, ChargeState(charge.state) if told else ChargeState.UNKNOWN, due_at=soon, last_error=why
    )


def _write_decline(charge: Charge, outcome: Declined, *, ports: Ports) -> None:
    now = ports.clock.now()
    family = family_of(charge.provider, outcome, day=now.date())
    move_charge(
        charge,
        ChargeState.DECLINED,
        family=family,
        decline_code=outcome.code[:64],
        decline_advice=outcome.advice[:64],
        network_code=outcome.network_code[:64],
        network_advice=outcome.network_advice[:64],
        settled_at=now,
        due_at=None,
        action_address="",
        last_error="",
    )
    if row_of(family).final:
        known = locked_fingerprint(charge.fingerprint_hash)
        type(known).objects.filter(pk=known.pk, blocked_at=None).update(blocked_at=now)
    retry = _schedule(charge, now, ports.ids)
    tell_of_decline(charge, retry, ports=ports)


def _schedule(declined: Charge, now: datetime, ids: Ids) -> Charge | None:
    """Record the retry that the table and the card's network allow; it waits for its time as a row."""
    at = next_automatic(declined, now)
    if at is None or declined.card.state not in CHARGEABLE:
        return None
    return Charge.objects.create(
        reference=ids.reference("H"),
        key=ids.key(),
        order=declined.order,
        card=declined.card,
        provider=declined.provider,
        fingerprint_hash=declined.fingerprint_hash,
        brand=declined.brand,
        last_four=declined.last_four,
        amount_minor=declined.amount_minor,
        customer_present=False,
        retry_of=declined,
        automatic_round=automatic_so_far(declined) + 1,
        due_at=at,
        created_at=now,
    )


def _wait(charge: Charge, ids: Ids) -> timedelta:
    longest = back_off(charge.attempts, first=_FIRST_WAIT, longest=_LONGEST_WAIT)
    return some_of(longest, ids, at_least=0.5)


def _next_look(charge: Charge, now: datetime) -> datetime | None:
    """When a charge that is over is looked at again: one whose request was lost, once."""
    if charge.reason not in (GivenUp.LOST, GivenUp.PAID) or charge.settled_at is None:
        return None
    look = charge.settled_at + _LOOK_AGAIN
    return look if look > now else None
