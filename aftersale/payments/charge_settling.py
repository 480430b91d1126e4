"""Record, act, record for charges. Here alone a provider is asked to charge a card.

A claim gives the row to one caller for a while and looks once more whether the card may be charged; the
provider is called outside any transaction, always with the row's own key; a second transaction writes the
answer. No answer means unknown: the provider is asked what happened before anything is asked for again.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from aftersale.base.errors import PortFailed
from aftersale.base.ports import Clock, Ports, assert_outside_transaction
from aftersale.payments.budgets import budget_of
from aftersale.payments.card_models import CHARGEABLE
from aftersale.payments.charge_models import Charge
from aftersale.payments.charge_moves import locked_charge, locked_fingerprint, move_charge
from aftersale.payments.charge_notices import tell_that_it_is_over
from aftersale.payments.charge_queries import owes_for
from aftersale.payments.charge_states import CHARGE_IN_FLIGHT, ChargeState, GivenUp
from aftersale.payments.charge_writing import give_up_lost, write_outcome
from aftersale.payments.providers import Absent, Unknown
from aftersale.payments.providers.charges import ChargeOutcome, ChargeProvider, ChargeRequest
from aftersale.payments.retrying import is_barred, refusal_of

# A worker has this long to bring an answer; a provider's client gives up well before.
LEASE = timedelta(seconds=60)
# A bank's page that was not confirmed by then is given up.
CONFIRM_WITHIN = timedelta(minutes=30)
_NO_PROVIDER = timedelta(hours=1)


def charge_due(
    *,
    ports: Ports,
    providers: Mapping[str, ChargeProvider],
    at_most: int = 20,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Ask the providers for the charges that are due, until `stop` says so; returns how many."""
    due = Charge.objects.filter(state=ChargeState.CREATED, due_at__lte=ports.clock.now())
    done = 0
    for pk in list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:at_most]):
        if stop():
            break
        done += ask_for(pk, ports=ports, providers=providers)
    return done


def reconcile_due_charges(
    *,
    ports: Ports,
    providers: Mapping[str, ChargeProvider],
    at_most: int = 20,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Ask the providers what became of charges without an outcome; once more of those given up as lost."""
    due = Charge.objects.filter(due_at__lte=ports.clock.now()).exclude(state=ChargeState.CREATED)
    done = 0
    for pk in list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:at_most]):
        if stop():
            break
        done += look_at(pk, ports=ports, providers=providers)
    return done


@transaction.atomic
def expect_charge_news(*, clock: Clock, reference: str) -> bool:
    """A provider hints at news of our charge `reference`: ask it soon. A hint proves nothing.

    Also of one that is over: a provider may say yes after a no.
    """
    now = clock.now()
    news = Charge.objects.filter(reference=reference, submitted_at__isnull=False)
    news = news.exclude(state=ChargeState.SUCCEEDED)
    # A row in a worker's hands is left alone: an answer is on its way.
    waiting = news.filter(Q(due_at=None) | Q(due_at__gt=now + LEASE) | ~Q(state=ChargeState.SUBMITTED))
    return bool(waiting.update(due_at=now))


def ask_for(pk: int, *, ports: Ports, providers: Mapping[str, ChargeProvider], at_once: bool = False) -> bool:
    """Ask for a charge that was recorded, if its card may still be charged; `at_once` before it is due.

    Answers whether it was asked for.
    """
    charge = _claim_to_ask(pk, ports=ports, providers=providers, at_once=at_once)
    if charge is None:
        return False
    _submit(charge, providers[charge.provider], ports=ports)
    return True


def look_at(
    pk: int,
    *,
    ports: Ports,
    providers: Mapping[str, ChargeProvider],
    at_once: bool = False,
    give_up: GivenUp | None = None,
) -> bool:
    """Read at the provider what became of a charge; `at_once` before it is due. Whether it was looked at.

    With `give_up`, a charge that waits for the customer's confirmation is given up there, for that reason.
    """
    charge = _claim_to_look(pk, ports=ports, providers=providers, at_once=at_once)
    if charge is None:
        return False
    why = give_up or _reason_to_give_up(charge, ports.clock.now())
    _reconcile(charge, providers[charge.provider], why, ports=ports)
    return True


@transaction.atomic
def _claim_to_ask(
    pk: int, *, ports: Ports, providers: Mapping[str, ChargeProvider], at_once: bool
) -> Charge | None:
    """Take a recorded charge for a while; None when another was first, or it may not be asked for now."""
    charge, now = locked_charge(pk), ports.clock.now()
    is_due = charge.due_at is not None and charge.due_at <= now
    if charge.state != ChargeState.CREATED or not (is_due or at_once):
        return None
    if charge.provider not in providers:
        _put_off_without_provider(charge, now)
        return None
    if why := _reason_not_to_ask(charge, now):
        move_charge(charge, ChargeState.RELEASED, reason=why, settled_at=now, due_at=None)
        if charge.automatic_round and why == GivenUp.BUDGET:
            tell_that_it_is_over(charge, ports=ports)
        return None
    won = move_charge(
        charge,
        ChargeState.SUBMITTED,
        barred=is_barred(charge),
        submitted_at=now,
        due_at=now + LEASE,
        attempts=charge.attempts + 1,
    )
    return charge if won else None


def _reason_not_to_ask(charge: Charge, now: datetime) -> GivenUp | None:
    """Looked at behind all locks: whatever was true when the charge was recorded may have changed."""
    if charge.card.state not in CHARGEABLE:
        return GivenUp.CARD
    if owes_for(charge.order).minor != charge.amount_minor:
        return GivenUp.PAID
    # Whoever asks for the same physical card waits here, and then sees our attempt counted.
    locked_fingerprint(charge.fingerprint_hash)
    return GivenUp.BUDGET if not budget_of(charge.fingerprint_hash, charge.brand, now).left else None


@transaction.atomic
def _claim_to_look(
    pk: int, *, ports: Ports, providers: Mapping[str, ChargeProvider], at_once: bool
) -> Charge | None:
    """Take a charge that was asked for; None when another has it, or there is nothing to look at."""
    charge, now = locked_charge(pk), ports.clock.now()
    is_due = charge.due_at is not None and charge.due_at <= now
    if charge.submitted_at is None or charge.state == ChargeState.SUCCEEDED or not (is_due or at_once):
        return None
    if charge.provider not in providers:
        _put_off_without_provider(charge, now)
        return None
    to = ChargeState.UNKNOWN if charge.state == ChargeState.SUBMITTED else ChargeState(charge.state)
    won = move_charge(charge, to, due_at=now + LEASE, attempts=charge.attempts + 1)
    return charge if won else None


def _put_off_without_provider(charge: Charge, now: datetime) -> None:
    error = f"no provider named `{charge.provider}` is set up"
    Charge.objects.filter(pk=charge.pk).update(due_at=now + _NO_PROVIDER, last_error=error)


def _reason_to_give_up(charge: Charge, now: datetime) -> GivenUp | None:
    if charge.state != ChargeState.REQUIRES_ACTION:
        return None
    if charge.card.state not in CHARGEABLE:
        return GivenUp.CARD
    assert charge.submitted_at is not None, f"{charge} was asked for at no time"
    return GivenUp.UNCONFIRMED if now - charge.submitted_at >= CONFIRM_WITHIN else None


def _submit(charge: Charge, provider: ChargeProvider, *, ports: Ports) -> None:
    assert_outside_transaction("a payment provider")
    outcome: ChargeOutcome
    try:
        if charge.barred:
            # The provider is asked something all the same, so that the answer takes as long as any other.
            provider.find_charge(charge.reference, key=charge.key)
            outcome = refusal_of(charge)
        else:
            outcome = provider.charge(_request(charge), key=charge.key)
    except PortFailed as error:
        outcome = Unknown(str(error))
    write_outcome(charge, outcome, ports=ports)


def _request(charge: Charge) -> ChargeRequest:
    assert charge.card.token, f"{charge.card} is charged and has no token"
    return ChargeRequest(
        token=charge.card.token,
        amount=charge.amount,
        reference=charge.reference,
        customer_present=charge.customer_present,
        return_to=charge.return_to,
    )


def _reconcile(charge: Charge, provider: ChargeProvider, give_up: GivenUp | None, *, ports: Ports) -> None:
    assert_outside_transaction("a payment provider")
    found: ChargeOutcome | Absent
    try:
        if give_up is not None and charge.state == ChargeState.REQUIRES_ACTION:
            found = provider.cancel_charge(charge.reference, key=charge.key)
        else:
            found = provider.find_charge(charge.reference, key=charge.key)
    except PortFailed as error:
        found = Unknown(str(error))
    if not isinstance(found, Absent):
        write_outcome(charge, found, ports=ports, given_up=give_up)
    elif charge.state not in CHARGE_IN_FLIGHT:
        write_outcome(charge, Unknown("the provider does not know it"), ports=ports)
    elif _may_be_asked_again(charge, ports.clock.now()) and (again := _asked_again(charge, ports=ports)):
        _submit(again, provider, ports=ports)
    else:
        write_outcome(charge, Unknown("the provider does not know it yet"), ports=ports)


def _may_be_asked_again(charge: Charge, now: datetime) -> bool:
    """Absence counts after a grace time only, as a slow request may arrive; never for what was known."""
    grace = timedelta(minutes=settings.REFUND_GRACE_MINUTES)
    assert charge.submitted_at is not None, f"{charge} was asked for at no time"
    return not charge.provider_reference and now - charge.submitted_at >= grace


@transaction.atomic
def _asked_again(claimed: Charge, *, ports: Ports) -> Charge | None:
    """The same row once more, with the same key, while our claim holds and its card may be charged.

    Where the card was frozen, or the order owes nothing any more, the charge is given up as lost.
    """
    charge, now = locked_charge(claimed.pk), ports.clock.now()
    if charge.state != ChargeState.UNKNOWN or charge.attempts != claimed.attempts:
        return None
    if charge.card.state not in CHARGEABLE:
        give_up_lost(charge, GivenUp.LOST, now)
        return None
    if owes_for(charge.order).minor != charge.amount_minor:
        give_up_lost(charge, GivenUp.PAID, now)
        return None
    move_charge(charge, ChargeState.SUBMITTED, barred=is_barred(charge), due_at=now + LEASE)
    return charge
