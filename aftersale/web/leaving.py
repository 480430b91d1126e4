"""The way out to a payment provider's own page, and to a bank's."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render


def leave_for(request: HttpRequest, address: str) -> HttpResponse:
    """Lead the customer to `address`. Out of the house it goes over a page of ours.

    Browsers hold our `form-action 'self'` against every redirect that follows a form, and a bank's pages
    lead on to addresses that nobody can list. A page in between ends what the form began.
    """
    if address.startswith("/"):
        return redirect(address)
    assert address.startswith(("https://", "http://127.0.0.1:")), "a provider's page has a safe address"
    return render(request, "onward.html", {"address": address})
