"""My Account, Credit Cards: saved on the provider's page, frozen by one press, removed by proof."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from aftersale.accounts.models import Role
from aftersale.base.errors import BadInput, Refused
from aftersale.cards.codes import Purpose
from aftersale.cards.errors import ProofFailed, TooManyCodes
from aftersale.cards.models import RemovalRequest
from aftersale.cards.proofs import proofs_of
from aftersale.cards.queries import removal_for, removals_of
from aftersale.cards.services import (
    begin_removal,
    mail_code,
    prove_removal,
    submit_removal,
    unfreeze_card,
    withdraw_removal,
)
from aftersale.cards.states import ASKING, Proof, RemovalState
from aftersale.cards.unfreezing import unfreezing_proofs
from aftersale.payments.card_models import ON_LIST, FreezeReason, SavedCard
from aftersale.payments.providers.registry import system_card_providers, where_cards_are_saved
from aftersale.payments.saved_cards import card_for, cards_of, finish_set_up, freeze_card, start_set_up
from aftersale.web.cards_shown import CardShown, RemovalShown
from aftersale.web.doors import DeskRequest, door, say, shown
from aftersale.web.leaving import leave_for

_PAGE = ["GET", "HEAD", "POST"]


@door(Role.CUSTOMER)
@require_safe
def cards(request: DeskRequest) -> HttpResponse:
    """The cards of the customer, and the removals that were asked for."""
    removals = removals_of(request.user).exclude(state__in=(*ASKING, RemovalState.EXPIRED))
    context = {
        "cards": [CardShown(card) for card in cards_of(request.user)],
        "removals": [RemovalShown(one, request.ports.clock.now()) for one in removals[:20]],
        "can_add": bool(where_cards_are_saved()),
        "nav": "cards",
    }
    return shown(request, "cards/cards.html", context)


@door(Role.CUSTOMER)
@require_POST
def add(request: DeskRequest) -> HttpResponse:
    """Go to the provider's own page, where the card is given."""
    provider = where_cards_are_saved()
    if not provider:
        raise Http404
    vaults = system_card_providers(clock=request.ports.clock, ids=request.ports.ids)
    back = reverse("card_added", args=["{card}"]).replace("%7Bcard%7D", "{card}")
    _card, page = start_set_up(
        ports=request.ports, providers=vaults, customer=request.user, provider=provider, return_to=back
    )
    return leave_for(request, page)


@door(Role.CUSTOMER)
@require_safe
def added(request: DeskRequest, reference: str) -> HttpResponse:
    """Back from the provider's page: read there what became of it."""
    vaults = system_card_providers(clock=request.ports.clock, ids=request.ports.ids)
    try:
        finish_set_up(ports=request.ports, providers=vaults, card=card_for(request.user, reference))
    except Refused as error:
        say(request, error)
    else:
        messages.success(request, _("The card is saved. Its number stays with the payment provider."))
    return redirect("cards")


@door(Role.CUSTOMER)
@require_http_methods(_PAGE)
def frozen(request: DeskRequest, reference: str) -> HttpResponse:
    """One press freezes; then what that touched, what it does not do, and what to do about that."""
    card = _listed(request, reference)
    if request.method == "POST":
        reason = FreezeReason.STOLEN if request.POST.get("reason") == "stolen" else FreezeReason.LOST
        freeze_card(ports=request.ports, card=card, reason=reason)
        return redirect("card_frozen", card.reference)
    return shown(request, "cards/frozen.html", {"shown": CardShown(card), "nav": "cards"})


@door(Role.CUSTOMER)
@require_http_methods(_PAGE)
def remove(request: DeskRequest, reference: str) -> HttpResponse:
    """The first step: what the removal touches, and the e-mail tied to the card."""
    card = _listed(request, reference)
    view = CardShown(card)
    if view.removal is not None:
        return redirect("removal", view.removal.reference)
    if request.method == "POST":
        case = begin_removal(ports=request.ports, card=card, email=request.POST.get("email", "")[:254])
        return redirect("removal_proof", case.reference)
    return shown(request, "cards/remove.html", {"shown": view, "nav": "cards"})


@door(Role.CUSTOMER)
@require_http_methods(_PAGE)
def proof(request: DeskRequest, reference: str) -> HttpResponse:
    """The second step: the password; the birthdate, or a mailed code, of an account without one."""
    case = removal_for(request.user, reference)
    if case.state != RemovalState.DRAFT:
        return _onward(case)
    ways = _ways(request, proofs_of(request.user))
    context = {"case": case, "shown": CardShown(case.card), "nav": "cards", **ways}
    if request.method != "POST":
        return shown(request, "cards/proof.html", context)
    given = request.POST.get("proof", "")[:200]
    try:
        prove_removal(ports=request.ports, request=case, kind=ways["proof"], given=given)
    except ProofFailed:
        return shown(request, "cards/proof.html", {**context, "wrong": True}, status=422)
    return redirect("removal_submit", case.reference)


@door(Role.CUSTOMER)
@require_POST
def proof_code(request: DeskRequest, reference: str) -> HttpResponse:
    """Mail a code to the e-mail tied to the card, whatever e-mail was given a step before."""
    case = removal_for(request.user, reference)
    if case.state != RemovalState.DRAFT:
        return _onward(case)
    if _mail_code(request, case.card, "removal"):
        messages.success(request, _("A code is on its way to the e-mail tied to the card."))
    return redirect(reverse("removal_proof", args=[case.reference]) + "?by=code")


@door(Role.CUSTOMER)
@require_http_methods(_PAGE)
def unfreeze(request: DeskRequest, reference: str) -> HttpResponse:
    """A frozen card can be charged again, by a stronger proof than the freeze took."""
    card = _listed(request, reference)
    accepted = unfreezing_proofs(card)
    if not accepted:
        return redirect("card_frozen", card.reference)
    email = request.POST.get("email", "")[:254]
    context = {"shown": CardShown(card), "email": email, "nav": "cards", **_ways(request, accepted)}
    if request.POST.get("code") == "mail":
        context["proof"], context["mailed"] = Proof.CODE, _mail_code(request, card, "unfreezing")
    elif request.method == "POST":
        given = request.POST.get("proof", "")[:200]
        try:
            unfreeze_card(ports=request.ports, card=card, email=email, kind=context["proof"], given=given)
        except ProofFailed:
            return shown(request, "cards/unfreeze.html", {**context, "wrong": True}, status=422)
        messages.success(request, _("The card is not frozen any more."))
        return redirect("cards")
    return shown(request, "cards/unfreeze.html", context)


@door(Role.CUSTOMER)
@require_http_methods(_PAGE)
def submit(request: DeskRequest, reference: str) -> HttpResponse:
    """The last step; a second press leads to the same request."""
    case = removal_for(request.user, reference)
    if request.method == "POST":
        case = submit_removal(ports=request.ports, request=case)
        return redirect("removal", case.reference)
    if case.state != RemovalState.PROVEN:
        return _onward(case)
    context = {"case": case, "shown": CardShown(case.card), "nav": "cards"}
    context["veto_hours"] = settings.CARD_VETO_HOURS if case.proof == "birthdate" else 0
    return shown(request, "cards/submit.html", context)


@door(Role.CUSTOMER)
@require_safe
def removal(request: DeskRequest, reference: str) -> HttpResponse:
    """How far the removal has come."""
    case = removal_for(request.user, reference)
    if case.state in ASKING:
        return _onward(case)
    context = {"shown": RemovalShown(case, request.ports.clock.now()), "case": case, "nav": "cards"}
    return shown(request, "cards/removal.html", context)


@door(Role.CUSTOMER)
@require_POST
def withdraw(request: DeskRequest, reference: str) -> HttpResponse:
    """The customer keeps the card after all, frozen."""
    case = removal_for(request.user, reference)
    try:
        withdraw_removal(ports=request.ports, request=case)
    except (BadInput, Refused) as error:
        say(request, error)
    return redirect("removal", case.reference)


@door(*Role.values)
@require_safe
def receipt(request: DeskRequest, reference: str) -> HttpResponse:
    """The receipt, byte for byte, for its customer and for the team."""
    case = removal_for(request.user, reference)
    if not case.receipt:
        raise Http404
    name = f'attachment; filename="removal-{case.reference}.json"'
    return HttpResponse(case.receipt, content_type="application/json", headers={"Content-Disposition": name})


def _listed(request: DeskRequest, reference: str) -> SavedCard:
    card = card_for(request.user, reference)
    if card.state not in ON_LIST:
        raise Http404
    return card


def _ways(request: DeskRequest, accepted: tuple[Proof, ...]) -> dict[str, Any]:
    """The proof that the page asks for, and whether it may be another one."""
    asked = request.GET.get("by", "")
    return {"proof": Proof(asked) if asked in accepted else accepted[0], "accepted": accepted}


def _mail_code(request: DeskRequest, card: SavedCard, purpose: Purpose) -> bool:
    try:
        mail_code(ports=request.ports, card=card, purpose=purpose)
    except TooManyCodes as error:
        say(request, error)
        return False
    return True


def _onward(case: RemovalRequest) -> HttpResponse:
    """The page on which this request goes on."""
    pages = {RemovalState.DRAFT: "removal_proof", RemovalState.PROVEN: "removal_submit"}
    return redirect(pages.get(RemovalState(case.state), "removal"), case.reference)
