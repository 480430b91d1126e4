"""What must always hold of refunds, their tenders' counters, the ledger and the providers' own lists."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Concat, Substr

from aftersale.base.invariants import Checked, Invariant, first_few
from aftersale.base.ports import Clock
from aftersale.ledger.invariants import triggers_checked
from aftersale.ledger.models import AccountKind, Entry
from aftersale.orders.models import Component, Tender
from aftersale.payments import escrow_invariants, reconciliation
from aftersale.payments.charge_invariants import charge_invariants
from aftersale.payments.guards import CHARGES, PAYMENTS, REDIRECTS
from aftersale.payments.models import ProviderRefund, Refund, RefundPart, TenderMoney
from aftersale.payments.providers import Provider
from aftersale.payments.queries import LONG_UNKNOWN
from aftersale.payments.redirect_invariants import redirects_are_whole
from aftersale.payments.shares import shares_of
from aftersale.payments.states import COUNTED, COUNTERS, IN_FLIGHT, State

_OUT = (AccountKind.PROVIDER_CLEARING, AccountKind.BANK_CLEARING, AccountKind.CUSTOMER_BALANCE)
_CHUNK = 2000


def invariants(*, clock: Clock, providers: Mapping[str, Provider]) -> tuple[Invariant, ...]:
    """The room's invariants; the last one asks the providers for their own lists."""
    unanswered = partial(_nothing_is_unanswered_for_long, clock)
    listed = partial(reconciliation.books_are_the_providers, providers)
    return (
        Invariant("payments-counters", "a tender's counters are the sums of its refunds", _counters_are_sums),
        Invariant("payments-cap", "no tender gives back more than it captured", _nothing_is_over_the_cap),
        Invariant("payments-excess", "what others refunded is counted", _excesses_are_counted),
        Invariant("payments-parts", "a refund's parts add up to it", _parts_are_their_refund),
        Invariant("payments-components", "no part of a price goes back twice", _components_are_not_exceeded),
        Invariant("payments-entries", "a refund is posted once, when paid", _refunds_are_posted),
        Invariant("payments-postings", "what left escrow for a customer is a refund", _postings_are_refunds),
        Invariant("payments-escrow", "escrow holds what was not paid out", escrow_invariants.look),
        Invariant("payments-keys", "each refund has a key of its own", _keys_are_their_own),
        Invariant("payments-takeovers", "a failed refund has one heir to its money", _takeovers_are_whole),
        Invariant("payments-unanswered", "nothing is unanswered for a week without a person", unanswered),
        Invariant(
            "payments-redirects", "what went elsewhere was chosen, and paid by two", redirects_are_whole
        ),
        *charge_invariants(clock),
        Invariant("payments-triggers", "the database refuses changes to refunds", _triggers_are_in_place),
        Invariant("payments-providers", "our books equal the providers' own lists", listed),
    )


def _counters_are_sums() -> Checked:
    names = sorted(set(COUNTERS.values()))
    states = {name: [state for state, counter in COUNTERS.items() if counter == name] for name in names}
    sums: dict[str, Any] = {
        f"sum_of_{name}": Coalesce(
            Sum("tender__refunds__amount_minor", filter=Q(tender__refunds__state__in=states[name])), 0
        )
        for name in names
    }
    wrong = TenderMoney.objects.annotate(**sums).exclude(**{f"sum_of_{name}": F(name) for name in names})
    return Checked(TenderMoney.objects.count(), first_few(_told(wrong, names)))


def _told(wrong: "QuerySet[TenderMoney]", names: list[str]) -> Iterator[tuple[str, str]]:
    for money in wrong.order_by("pk").iterator():
        said = [
            f"{name} is {getattr(money, name)}, its refunds add up to {getattr(money, f'sum_of_{name}')}"
            for name in names
            if getattr(money, name) != getattr(money, f"sum_of_{name}")
        ]
        yield f"tender {money.tender_id}", "; ".join(said)


def _nothing_is_over_the_cap() -> Checked:
    taken = F("reserved_minor") + F("submitted_minor") + F("succeeded_minor")
    over = Q(captured_minor__lt=taken + F("external_minor") + F("lost_minor"))
    wrong = TenderMoney.objects.filter(over | ~Q(captured_minor=F("tender__captured_minor")))
    return Checked(
        TenderMoney.objects.count(),
        first_few(
            (f"tender {money.tender_id}", f"{money.taken_minor} is taken of {money.captured_minor} captured")
            for money in wrong.order_by("pk").iterator()
        ),
    )


def _excesses_are_counted() -> Checked:
    rows = "tender__provider_refunds"
    sums = TenderMoney.objects.annotate(
        sum_all=Coalesce(Sum(f"{rows}__amount_minor"), 0),
        sum_excess=Coalesce(Sum(f"{rows}__excess_minor"), 0),
    )
    wrong = sums.exclude(
        sum_all=F("external_minor") + F("excess_minor"), sum_excess=F("excess_minor")
    ).order_by("pk")
    return Checked(
        ProviderRefund.objects.count(),
        first_few(
            (
                f"tender {m.tender_id}",
                f"others refunded {m.sum_all}, {m.external_minor + m.excess_minor} is counted",
            )
            for m in wrong.iterator()
        ),
    )


def _parts_are_their_refund() -> Checked:
    wrong = Refund.objects.annotate(total=Coalesce(Sum("parts__amount_minor"), 0)).exclude(
        total=F("amount_minor")
    )
    rows = wrong.order_by("pk").values_list("reference", "amount_minor", "total").iterator()
    return Checked(
        Refund.objects.count(),
        first_few((ref, f"its parts add up to {total} of {amount}") for ref, amount, total in rows),
    )


def _components_are_not_exceeded() -> Checked:
    order = "refund__tender__order"
    sums = (
        RefundPart.objects.filter(refund__state__in=COUNTED)
        .order_by(order, "refund__tender", "component")
        .values_list(order, "refund__tender", "component")
        .annotate(total=Sum("amount_minor"))
    )
    by_order = ((pk, list(rows)) for pk, rows in groupby(sums.iterator(), key=itemgetter(0)))
    checked = Checked(0)
    while chunk := dict(islice(by_order, _CHUNK)):
        cells = _cells(list(chunk))
        for pk, tender, component, total in chain.from_iterable(chunk.values()):
            checked.count += 1
            if total > (paid := cells.get((component, tender), 0)):
                checked.wrong.append(
                    (f"order {pk}", f"{total} of component {component} goes back, {paid} was paid")
                )
    checked.wrong = first_few(checked.wrong)
    return checked


def _cells(orders: list[int]) -> dict[tuple[int, int], int]:
    """What each tender paid of each component of these orders."""
    components: dict[int, list[tuple[int, int]]] = defaultdict(list)
    tenders: dict[int, list[tuple[int, int, datetime | None]]] = defaultdict(list)
    paid = F("net_minor") + F("tax_minor") - F("discount_minor")
    for order, pk, amount in Component.objects.filter(order__in=orders).values_list("order", "pk", paid):
        components[order].append((pk, amount))
    columns = ("order", "pk", "captured_minor", "added_at")
    for order, pk, amount, added in Tender.objects.filter(order__in=orders).values_list(*columns):
        tenders[order].append((pk, amount, added))
    cells = {}
    for order in orders:
        matrix = shares_of(
            [amount for _, amount in components[order]],
            [(amount, added) for _, amount, added in tenders[order]],
        )
        for (component, _), row in zip(components[order], matrix, strict=True):
            for (tender, *_), cell in zip(tenders[order], row, strict=True):
                cells[component, tender] = cell
    return cells


def _refunds_are_posted() -> Checked:
    posted = Entry.objects.filter(
        intent_key=Concat(Value("refund:"), OuterRef("reference")),
        amount_minor=OuterRef("amount_minor"),
        currency=OuterRef("tender__order__currency"),
        debit__name=Concat(Value("escrow:order:"), OuterRef("tender__order__code")),
        credit__kind__in=_OUT,
    )
    undone = Exists(posted.filter(reversed_by__isnull=False))
    wrong = Refund.objects.filter(
        Q(state=State.SUCCEEDED) & (~Exists(posted) | undone)
        | Q(state=State.REVERSED) & ~undone
        | ~Q(state__in=(State.SUCCEEDED, State.REVERSED)) & Exists(posted)
    ).order_by("pk")
    rows = wrong.values_list("reference", "state").iterator()
    return Checked(
        Refund.objects.count(),
        first_few((ref, f"is {state}, and the ledger says otherwise") for ref, state in rows),
    )


def _postings_are_refunds() -> Checked:
    out = Entry.objects.filter(debit__kind=AccountKind.ESCROW, credit__kind__in=_OUT, reverses__isnull=True)
    ours = Refund.objects.filter(
        reference=Substr(OuterRef("intent_key"), len("refund:") + 1),
        state__in=(State.SUCCEEDED, State.REVERSED),
    )
    rest = out.exclude(Exists(ours), intent_key__startswith="refund:").order_by("pk")
    rows = rest.values_list("intent_key", "amount_minor").iterator()
    return Checked(out.count(), first_few(_of_no_refund(rows)))


def _of_no_refund(rows: Iterator[tuple[str, int]]) -> Iterator[tuple[str, str]]:
    """Those that no refund started at a provider explains either."""
    while chunk := list(islice(rows, _CHUNK)):
        others = ProviderRefund.objects.filter(reference__in=[key.split(":", 2)[-1] for key, _ in chunk])
        known = {
            f"provider-refund:{name}:{reference}"
            for name, reference in others.values_list("provider", "reference")
        }
        for key, amount in chunk:
            if key not in known:
                yield key, f"{amount} left escrow, and no refund says why"


def _keys_are_their_own() -> Checked:
    shared = (
        Refund.objects.order_by().values_list("key").annotate(n=Count("pk")).filter(Q(n__gt=1) | Q(key=""))
    )
    return Checked(
        Refund.objects.count(),
        first_few((f"key `{key}`", f"{n} refunds have it") for key, n in shared.iterator()),
    )


def _takeovers_are_whole() -> Checked:
    of = F("replaces__amount_minor")
    heirs = Refund.objects.filter(replaces__isnull=False)
    whole = Q(replaces__state__in=(State.FAILED, State.REVERSED), amount_minor=of)
    rest = Q(replaces__state=State.RELEASED, amount_minor__lt=of)
    strange = heirs.exclude(Q(replaces__tender=F("tender")) & (whole | rest))
    lost = Refund.objects.filter(state__in=(State.FAILED, State.REVERSED), replaced_by__isnull=True)
    wrong = [
        *first_few(
            (r.reference, "its money is not the money it took over")
            for r in strange.order_by("pk").iterator()
        ),
        *first_few(
            (r.reference, "nothing took its reservation over") for r in lost.order_by("pk").iterator()
        ),
    ]
    return Checked(heirs.count(), wrong)


def _nothing_is_unanswered_for_long(clock: Clock) -> Checked:
    asked = Refund.objects.filter(state__in=IN_FLIGHT)
    wrong = asked.filter(created_at__lte=clock.now() - LONG_UNKNOWN, person__isnull=True).order_by("pk")
    rows = wrong.values_list("reference", "created_at").iterator()
    return Checked(
        asked.count(),
        first_few((ref, f"wanted {at:%Y-%m-%d}, and nobody looks after it") for ref, at in rows),
    )


def _triggers_are_in_place() -> Checked:
    return triggers_checked((*PAYMENTS, *CHARGES, *REDIRECTS))
