"""Our books against the providers' own lists: each refund on both sides, or a row that says why not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from aftersale.base.invariants import Checked, first_few
from aftersale.base.money import Money
from aftersale.orders.models import Tender
from aftersale.payments.models import ProviderRefund, Refund
from aftersale.payments.providers import Listed, Provider
from aftersale.payments.redirect_models import RedirectState
from aftersale.payments.states import IN_FLIGHT, State

_CHUNK = 1000


def books_are_the_providers(providers: Mapping[str, Provider]) -> Checked:
    """Compare with every provider that is set up."""
    checked = Checked(0)
    for provider in providers.values():
        found = _compare(provider)
        checked.count += found.count
        checked.wrong += found.wrong
    return checked


@dataclass(frozen=True, slots=True)
class _Ours:
    """What we know of a refund that a provider lists."""

    reference: str
    state: str
    minor: int
    currency: str
    charge: str


def _compare(provider: Provider) -> Checked:
    checked, paid_keys = Checked(0), 0
    listing = iter(provider.refunds())
    while chunk := list(islice(listing, _CHUNK)):
        checked.count += len(chunk)
        ours = _ours(provider.name, [each.key for each in chunk if each.key])
        names = [each.reference for each in chunk]
        others = ProviderRefund.objects.filter(provider=provider.name)
        recorded = set(others.filter(reference__in=names).values_list("reference", flat=True))
        charges = _charges_of_ours(provider.name, chunk)
        for each in chunk:
            refund = ours.get(each.key)
            paid_keys += refund is not None and refund.state == State.SUCCEEDED and each.paid
            if refund is None and charges.isdisjoint((each.charge, *each.also_named)):
                continue  # of an order that is not here: the provider may serve others, too
            if what := _disagreement(each, refund, is_recorded=each.reference in recorded):
                checked.wrong.append((f"{provider.name} {each.reference}", what))
    checked.wrong = first_few([*checked.wrong, *_unlisted(provider, paid_keys)])
    return checked


def _ours(name: str, keys: list[str]) -> dict[str, _Ours]:
    columns = ("reference", "state", "amount_minor", "tender__order__currency", "tender__reference")
    rows = Refund.objects.filter(tender__provider=name, key__in=keys).values_list("key", *columns)
    return {key: _Ours(*facts) for key, *facts in rows}


def _charges_of_ours(name: str, listing: list[Listed]) -> set[str]:
    """Which charges of the list paid for an order of ours."""
    named = {charge for each in listing for charge in (each.charge, *each.also_named)}
    rows = Tender.objects.filter(provider=name, reference__in=named)
    return set(rows.values_list("reference", flat=True))


def _disagreement(listed: Listed, refund: _Ours | None, *, is_recorded: bool) -> str:
    """What does not fit, or nothing."""
    if refund is None:
        return "" if is_recorded or not listed.paid else f"{listed.amount} left, and we do not know of it"
    amount = Money(refund.minor, refund.currency)
    if amount != listed.amount or refund.charge not in (listed.charge, *listed.also_named):
        return f"{listed.amount} of {listed.charge}, which is {amount} by our refund {refund.reference}"
    if listed.paid and refund.state not in (*IN_FLIGHT, State.SUCCEEDED) and not is_recorded:
        return f"{listed.amount} left, our refund {refund.reference} is {refund.state}"
    if not listed.paid and refund.state == State.SUCCEEDED:
        return f"it was not paid, our refund {refund.reference} is {refund.state}"
    return ""


def _unlisted(provider: Provider, paid_keys: int) -> Iterator[tuple[str, str]]:
    """Refunds that succeeded by our books alone; looked for only where the numbers differ."""
    # What was redirected was paid by finance; no provider lists it.
    ours = Refund.objects.filter(tender__provider=provider.name, state=State.SUCCEEDED).exclude(
        redirect__state=RedirectState.PAID
    )
    if ours.count() != paid_keys:
        known = {each.key for each in provider.refunds()}
        for key, reference in ours.order_by("pk").values_list("key", "reference").iterator():
            if key not in known:
                yield reference, f"we say it succeeded, {provider.name} does not know it"
