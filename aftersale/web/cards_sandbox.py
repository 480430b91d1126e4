"""The sandbox's own page for a card, in a demo: it looks like a provider's, and one picks a card there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from aftersale.base.ports import Ports
from aftersale.payments.providers.sandbox.models import SetUpStatus, VaultSetUp
from aftersale.payments.providers.sandbox.trial_cards import TRIAL_CARDS
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
    return render(request, "demo/give_card.html", {"cards": TRIAL_CARDS.values(), "row": row})
