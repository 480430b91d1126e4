"""What must always hold of charges: booked once, never of a frozen card, never past a card's budget."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from operator import itemgetter

from django.db.models import CharField, Exists, F, OuterRef, Q, Sum, Value
from django.db.models.functions import Cast, Coalesce, Concat

from aftersale.base.invariants import Checked, Invariant, first_few
from aftersale.base.models import Notification
from aftersale.base.ports import Clock
from aftersale.ledger.models import Entry
from aftersale.orders.models import Order, Tender, TenderKind
from aftersale.payments.budgets import limits_for
from aftersale.payments.card_models import CardState
from aftersale.payments.charge_models import Charge, Fingerprint
from aftersale.payments.charge_states import CHARGE_IN_FLIGHT, ChargeState

# A charge without an answer for this long needs a person.
LONG_UNANSWERED = timedelta(days=7)


def charge_invariants(clock: Clock) -> tuple[Invariant, ...]:
    unanswered = partial(_nothing_is_unanswered_for_long, clock)
    return (
        Invariant("charges-booked", "a charge that succeeded is one tender and one entry", _are_booked),
        Invariant("charges-tenders", "what was paid here by card is a charge", _tenders_are_charges),
        Invariant("charges-owed", "what was paid beyond what was owed, the team knows", _excess_is_told),
        Invariant("charges-frozen", "no card is charged after it was frozen", _frozen_cards_rest),
        Invariant("charges-barred", "no bank is asked that said never again", _barred_cards_rest),
        Invariant("charges-budgets", "no card is tried more often than allowed", _budgets_are_kept),
        Invariant("charges-unanswered", "no charge is unanswered for a week", unanswered),
    )


def _are_booked() -> Checked:
    paid = Charge.objects.filter(state=ChargeState.SUCCEEDED)
    number = Cast(OuterRef("tender__number"), CharField())
    posted = Entry.objects.filter(
        intent_key=Concat(Value("capture:"), OuterRef("order__code"), Value(":"), number),
        amount_minor=OuterRef("amount_minor"),
        currency=OuterRef("order__currency"),
    )
    same = Q(
        tender__order=F("order"),
        tender__captured_minor=F("amount_minor"),
        tender__provider=F("provider"),
        tender__reference=F("provider_reference"),
        tender__counters__captured_minor=F("amount_minor"),
    )
    wrong = paid.filter(~same | ~Exists(posted)).order_by("pk").values_list("reference", flat=True)
    return Checked(paid.count(), first_few((ref, "its tender or its entry is another") for ref in wrong))


def _tenders_are_charges() -> Checked:
    added = Tender.objects.filter(added_at__isnull=False, kind=TenderKind.CARD)
    wrong = added.filter(charge__isnull=True).order_by("pk").values_list("order__code", "number")
    return Checked(added.count(), first_few((f"order {c}", f"tender {n} is of no charge") for c, n in wrong))


def _excess_is_told() -> Checked:
    orders = Order.objects.filter(tenders__added_at__isnull=False).distinct()
    paid = Coalesce(Sum("tenders__captured_minor", filter=Q(tenders__added_at__isnull=False)), 0)
    over = Order.objects.annotate(paid=paid).filter(paid__gt=F("unpaid_minor")).order_by("pk")
    return Checked(
        orders.count(),
        first_few(
            (f"order {order.code}", f"{order.paid} was paid here of {order.unpaid_minor} owed")
            for order in over.iterator()
            if not _is_told(order)
        ),
    )


def _is_told(order: Order) -> bool:
    keys = [f"charge-too-much:{charge.reference}" for charge in Charge.objects.filter(order=order)]
    return Notification.objects.filter(key__in=keys).exists()


def _frozen_cards_rest() -> Checked:
    asked = Charge.objects.filter(submitted_at__isnull=False).exclude(card__state=CardState.ACTIVE)
    wrong = (
        asked.filter(submitted_at__gt=F("card__frozen_at"))
        .order_by("pk")
        .values_list("reference", "card__reference")
    )
    return Checked(
        asked.count(), first_few((ref, f"card {card} was asked for after its freeze") for ref, card in wrong)
    )


def _barred_cards_rest() -> Checked:
    asked = Charge.objects.filter(submitted_at__isnull=False)
    blocked = Fingerprint.objects.filter(
        hash=OuterRef("fingerprint_hash"), blocked_at__lt=OuterRef("submitted_at")
    )
    wrong = asked.filter(Exists(blocked), barred=False).order_by("pk").values_list("reference", flat=True)
    return Checked(asked.count(), first_few((ref, "its bank had said never again") for ref in wrong))


def _budgets_are_kept() -> Checked:
    # Those of cards that are gone are old, and have no fingerprint any more.
    asked = Charge.objects.filter(submitted_at__isnull=False).exclude(fingerprint_hash="")
    rows = asked.exclude(state=ChargeState.SUCCEEDED)
    facts = rows.order_by("fingerprint_hash", "submitted_at", "pk").values_list(
        "fingerprint_hash", "brand", "submitted_at", "reference"
    )
    checked = Checked(rows.count())
    for _known_by, of_card in groupby(facts.iterator(), key=itemgetter(0)):
        checked.wrong += _over_budget([(brand, at, ref) for _, brand, at, ref in of_card if at is not None])
    checked.wrong = first_few(checked.wrong)
    return checked


def _over_budget(attempts: list[tuple[str, datetime, str]]) -> Iterator[tuple[str, str]]:
    """The attempts of one card that no limit in force on their day allowed."""
    windows: dict[timedelta, deque[datetime]] = {}
    for brand, at, reference in attempts:
        for limit in limits_for(brand, at.date()):
            window = windows.setdefault(limit.window, deque())
            window.append(at)
            while window[0] <= at - limit.window:
                window.popleft()
            if len(window) > limit.attempts:
                yield reference, f"attempt {len(window)} within {limit.window}, {limit.attempts} are allowed"


def _nothing_is_unanswered_for_long(clock: Clock) -> Checked:
    asked = Charge.objects.filter(state__in=CHARGE_IN_FLIGHT)
    wrong = asked.filter(submitted_at__lte=clock.now() - LONG_UNANSWERED).order_by("pk")
    rows = wrong.values_list("reference", "submitted_at")
    return Checked(
        asked.count(), first_few((ref, f"asked for {at:%Y-%m-%d}, no answer yet") for ref, at in rows)
    )
