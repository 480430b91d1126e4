"""The removal of a card: asked for, proven, submitted, stopped; confirmed by the team, with a receipt.

A proof takes no Idempotency-Key: each call uses up a try, and so does the same call again.
"""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from aftersale.accounts.models import Role
from aftersale.api.doors import CARDS, READ, ApiRequest, door, open_door, told
from aftersale.api.fields import Cursor, Limit, Reference
from aftersale.api.pages import page_of
from aftersale.api.shapes.removals import (
    Confirmation,
    NewRemoval,
    ProofGiven,
    Receipt,
    ReceiptKey,
    Removal,
    Removals,
    Stop,
    TeamRemoval,
    told_removal,
)
from aftersale.base.errors import BadInput, NotYours
from aftersale.cards import services
from aftersale.cards.models import RemovalRequest
from aftersale.cards.queries import TEAM, removal_for, removals_of
from aftersale.cards.receipt import fingerprint, public_pem
from aftersale.cards.signing import public_receipt_key, receipt_key
from aftersale.payments.saved_cards import card_for

router = Router(tags=["card removals"])
OWNER = (Role.CUSTOMER,)
INVOLVED = (Role.CUSTOMER, *TEAM)


def told_case(request: ApiRequest, case: RemovalRequest, status: int = 200) -> HttpResponse:
    return told(told_removal(case, request.auth.user, request.ports.clock.now()), status)


@door(router, "GET", "/removals", summary="List card removals", answers=Removals, scope=READ, roles=INVOLVED)
def list_removals(request: ApiRequest, limit: Limit = 20, cursor: Cursor = "") -> HttpResponse:
    """One's own, newest first; for the payments team all that were submitted."""
    viewer, now = request.auth.user, request.ports.clock.now()
    rows, following = page_of(removals_of(viewer), by="created_at", cursor=cursor, limit=limit)
    return told(Removals(items=[told_removal(row, viewer, now) for row in rows], next_cursor=following))


@door(
    router,
    "GET",
    "/removals/{reference}",
    summary="One card removal",
    answers=TeamRemoval | Removal,
    scope=READ,
    roles=INVOLVED,
)
def get_removal(request: ApiRequest, reference: Reference) -> HttpResponse:
    """How far it has come. The payments team sees the provider's errors, too, and no more of the card."""
    return told_case(request, removal_for(request.auth.user, reference))


@door(
    router,
    "POST",
    "/cards/{reference}/removal",
    summary="Begin a card's removal",
    answers=Removal,
    status=201,
    scope=CARDS,
    roles=OWNER,
)
def begin_removal(request: ApiRequest, reference: Reference, asked: NewRemoval) -> HttpResponse:
    """Notes the e-mail and answers a draft, or the open removal of this card. Nothing happens to the card."""
    card = card_for(request.auth.user, reference)
    return told_case(request, services.begin_removal(ports=request.ports, card=card, email=asked.email), 201)


@door(
    router,
    "POST",
    "/removals/{reference}/proof",
    summary="Prove that the card is one's own",
    answers=Removal,
    scope=CARDS,
    roles=OWNER,
)
def prove_removal(request: ApiRequest, reference: Reference, asked: ProofGiven) -> HttpResponse:
    """The e-mail and this, both right. Whatever is wrong, and when no try is left, the answer is one."""
    case = removal_for(request.auth.user, reference)
    case = services.prove_removal(ports=request.ports, request=case, kind=asked.kind, given=asked.given)
    return told_case(request, case)


@door(
    router,
    "POST",
    "/removals/{reference}/submission",
    summary="Submit the removal request",
    answers=Removal,
    scope=CARDS,
    roles=OWNER,
)
def submit_removal(request: ApiRequest, reference: Reference) -> HttpResponse:
    """From now on nothing can be charged to the card. A second time answers the same request."""
    case = removal_for(request.auth.user, reference)
    return told_case(request, services.submit_removal(ports=request.ports, request=case))


@door(
    router,
    "POST",
    "/removals/{reference}/withdrawal",
    summary="Withdraw a removal",
    answers=Removal,
    scope=CARDS,
    roles=OWNER,
)
def withdraw_removal(request: ApiRequest, reference: Reference) -> HttpResponse:
    """The card is kept, and stays frozen. Not once the provider was asked."""
    case = removal_for(request.auth.user, reference)
    return told_case(request, services.withdraw_removal(ports=request.ports, request=case))


@door(
    router,
    "POST",
    "/stop-removal",
    summary="Stop a removal by its link",
    answers=Removal,
    scope=CARDS,
)
def stop_removal(request: ApiRequest, asked: Stop) -> HttpResponse:
    """For whoever reads the card's e-mail: the secret counts, and not whose key this is."""
    try:
        case = services.veto_removal(ports=request.ports, secret=asked.secret)
    except NotYours:
        raise BadInput("secret", "…", "the last part of a link that was mailed") from None
    return told_case(request, case)


@door(
    router,
    "POST",
    "/removals/{reference}/confirmation",
    summary="Confirm that our own systems are clean",
    answers=TeamRemoval,
    scope=CARDS,
    roles=TEAM,
)
def confirm_removal(request: ApiRequest, reference: Reference, asked: Confirmation) -> HttpResponse:
    """Ends the case: the receipt is signed and the customer told. A second time changes nothing."""
    viewer = request.auth.user
    case = services.confirm_removal(
        ports=request.ports,
        request=removal_for(viewer, reference),
        actor=viewer,
        key=receipt_key(),
        note=asked.note,
    )
    return told_case(request, case)


@door(
    router,
    "GET",
    "/removals/{reference}/receipt",
    summary="The removal receipt",
    answers=Receipt,
    scope=READ,
    roles=INVOLVED,
)
def get_removal_receipt(request: ApiRequest, reference: Reference) -> HttpResponse:
    """Byte for byte as it was signed: save it as it comes, and `aftersale receipt verify` checks it."""
    case = removal_for(request.auth.user, reference)
    if not case.receipt:
        raise NotYours(f"{case.reference} has no receipt yet")
    return HttpResponse(case.receipt, content_type="application/json")


@open_door(router, "/receipt-key", summary="The public key of removal receipts", answers=ReceiptKey)
def get_receipt_key(request: HttpRequest) -> HttpResponse:
    """What receipts are checked with."""
    key = public_receipt_key()
    return told(ReceiptKey(name=fingerprint(key), pem=public_pem(key)))
