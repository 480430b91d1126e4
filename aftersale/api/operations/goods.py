"""What the supplier, or our staff for it, does: a number or a no, the receipt, the inspection."""

from django.http import HttpResponse
from ninja import Router

from aftersale.api.doors import RETURNS, SELLING, ApiRequest, door
from aftersale.api.fields import IdempotencyKey, Reference
from aftersale.api.idempotency import once
from aftersale.api.operations.returns import told_case
from aftersale.api.shapes.asking import Inspection, NewRma, NoWithReason
from aftersale.api.shapes.returns import Return, SupplierReturn
from aftersale.returns import services
from aftersale.returns.queries import return_for

router = Router(tags=["returns"])


@door(
    router,
    "POST",
    "/returns/{reference}/rma",
    summary="Issue an RMA number",
    answers=Return | SupplierReturn,
    status=201,
    scope=RETURNS,
    roles=SELLING,
)
def issue_rma(request: ApiRequest, reference: Reference, asked: NewRma) -> HttpResponse:
    """The supplier's yes. Refused where the policy gives a number no effect, naming the clause."""
    viewer = request.auth.user
    case = return_for(viewer, reference)
    services.issue_rma(
        ports=request.ports, by=viewer, case=case, number=asked.number, expires_on=asked.expires_on
    )
    return told_case(request, case, 201)


@door(
    router,
    "POST",
    "/returns/{reference}/rma-refusal",
    summary="Refuse an RMA number",
    answers=Return | SupplierReturn,
    scope=RETURNS,
    roles=SELLING,
)
def refuse_rma(request: ApiRequest, reference: Reference, asked: NoWithReason) -> HttpResponse:
    """The supplier's no, with a reason that the customer reads. It ends the lines that waited for it."""
    viewer = request.auth.user
    case = return_for(viewer, reference)
    return told_case(
        request, services.refuse_rma(ports=request.ports, by=viewer, case=case, answer=asked.answer)
    )


@door(
    router,
    "POST",
    "/returns/{reference}/rma-revocation",
    summary="Revoke an RMA number",
    answers=Return | SupplierReturn,
    scope=RETURNS,
    roles=SELLING,
)
def revoke_rma(request: ApiRequest, reference: Reference, asked: NoWithReason) -> HttpResponse:
    """Take a number back before it is used. The policy decides again without it."""
    viewer = request.auth.user
    case = return_for(viewer, reference)
    return told_case(
        request, services.revoke_rma(ports=request.ports, by=viewer, case=case, answer=asked.answer)
    )


@door(
    router,
    "POST",
    "/returns/{reference}/receipt",
    summary="Tell that the parcel has come back",
    answers=Return | SupplierReturn,
    scope=RETURNS,
    roles=SELLING,
)
def receive_return(request: ApiRequest, reference: Reference) -> HttpResponse:
    """The parcel has arrived. Told twice, it stays as it was told first."""
    viewer = request.auth.user
    case = return_for(viewer, reference)
    return told_case(request, services.receive_return(ports=request.ports, by=viewer, case=case))


@door(
    router,
    "POST",
    "/returns/{reference}/inspection",
    summary="Tell what inspection found",
    answers=Return | SupplierReturn,
    scope=RETURNS,
    roles=SELLING,
    is_money=True,
)
def inspect_return(
    request: ApiRequest, reference: Reference, asked: Inspection, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Count what came. The policy decides for good on what was found, and the refunds are reserved."""
    viewer = request.auth.user
    case = return_for(viewer, reference)

    def verb(_intent: str) -> HttpResponse:
        done = services.inspect_return(ports=request.ports, by=viewer, case=case, findings=asked.findings)
        return told_case(request, done)

    return once(request, idempotency_key, asked, verb)
