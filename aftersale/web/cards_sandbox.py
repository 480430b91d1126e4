"""The sandbox's own pages in a demo: a card is picked as at a provider, a payment confirmed as at a bank."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from aftersale.base.money import Money
from aftersale.base.ports import Ports
from aftersale.payments.providers.sandbox.models import (
    CardCharge,
    CardChargeStatus,
    SetUpStatus,
    VaultSetUp,
)
from aftersale.payments.providers.sandbox.terminal import answer_the_bank
from aftersale.payments.providers.sandbox.trial_cards import TRIAL_CARDS, TRIAL_GROUPS
from aftersale.payments.providers.sandbox.vault import give_card


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, reference: str) -> HttpResponse:
    """Pick a card; then the page leads back to the shop, as a provider's does."""
    ports: Ports = request.ports  # type: ignore[attr-defined]
    row = get_object_or_404(VaultSetUp, reference=reference)
    picked = request.POST.get("card", "")
    if request.method == "POST" and picked in TRIAL_CARDS and row.status == SetUpStatus.OPEN:
        email = request.POST.get("email", "").strip()[:254]
        row = give_card(clock=ports.clock, ids=ports.ids, set_up=reference, trial_card=picked, email=email)
    if row.status != SetUpStatus.OPEN:
        return redirect(row.return_to)
    return render(request, "demo/give_card.html", {"groups": TRIAL_GROUPS, "row": row})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bank(request: HttpRequest, reference: str) -> HttpResponse:
    """Confirm the payment or not; then the page leads back to the shop, as a bank's does."""
    row = get_object_or_404(CardCharge, reference=reference)
    if request.method == "POST" and row.status == CardChargeStatus.REQUIRES_ACTION:
        row = answer_the_bank(reference, confirmed=request.POST.get("answer") == "yes")
    if row.status != CardChargeStatus.REQUIRES_ACTION:
        return redirect(row.return_to)
    return render(request, "demo/bank.html", {"row": row, "amount": Money(row.amount_minor, row.currency)})
