"""Erasing a customer, by themself with a proof, or by our staff on their wish."""

from django.http import HttpResponse
from ninja import Router

from aftersale.accounts.models import Role
from aftersale.accounts.proving import mail_proof
from aftersale.accounts.queries import person_called
from aftersale.api.doors import ACCOUNT, READ, ApiRequest, door, told
from aftersale.api.shapes.erasing import (
    EraseCustomer,
    EraseMe,
    Erasure,
    ErasureCode,
    ErasureOpen,
    told_erasure,
    told_open,
)
from aftersale.base.errors import BadInput, NotYours
from aftersale.support import erasing
from aftersale.support.duties import duties_of

router = Router(tags=["you"])
OWNER = (Role.CUSTOMER,)


@door(
    router,
    "GET",
    "/erasure",
    summary="What stands against erasing oneself",
    answers=ErasureOpen,
    scope=READ,
    roles=OWNER,
)
def get_erasure(request: ApiRequest) -> HttpResponse:
    """Money, goods or saved cards that are under way, and by what one proves to be the owner."""
    return told(told_open(request.auth.user, duties_of(request.auth.user)))


@door(
    router,
    "POST",
    "/erasure/code",
    summary="Mail a code to erase oneself with",
    answers=ErasureCode,
    scope=ACCOUNT,
    roles=OWNER,
)
def mail_erasure_code(request: ApiRequest) -> HttpResponse:
    """For those without a password."""
    mail_proof(ports=request.ports, user=request.auth.user, purpose=erasing.PURPOSE)
    return told(ErasureCode(mailed=True))


@door(
    router,
    "POST",
    "/erasure",
    summary="Erase oneself",
    answers=Erasure,
    scope=ACCOUNT,
    roles=OWNER,
)
def erase_me(request: ApiRequest, asked: EraseMe) -> HttpResponse:
    """Name, address and words go for good, orders and money stay in the books. The key ends with it."""
    person = request.auth.user
    row = erasing.erase_me(
        ports=request.ports, person=person, given=asked.given, keep_public=asked.keep_public
    )
    return told(told_erasure(row))


@door(
    router,
    "POST",
    "/erasures",
    summary="Erase a customer",
    answers=Erasure,
    scope=ACCOUNT,
    roles=(Role.AGENT,),
)
def erase_customer(request: ApiRequest, asked: EraseCustomer) -> HttpResponse:
    """On their wish, after making sure that it is them; a second time answers the first."""
    try:
        person = person_called(asked.person)
    except NotYours:
        raise BadInput("person", asked.person, "the e-mail or code of a customer") from None
    row = erasing.erase_person(
        ports=request.ports, by=request.auth.user, person=person, keep_public=asked.keep_public
    )
    return told(told_erasure(row))
