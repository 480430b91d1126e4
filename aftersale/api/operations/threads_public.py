"""A public answer from a private thread: offered by the staff, read and decided by who asked."""

from django.http import HttpResponse
from ninja import Router

from aftersale.accounts.models import Role
from aftersale.api.doors import READ, THREADS, ApiRequest, door, told
from aftersale.api.fields import Reference
from aftersale.api.shapes.public_answers import (
    NewPublicAnswer,
    PublicAnswer,
    PublicAnswerDecision,
    told_public_answer,
)
from aftersale.support import models, publishing
from aftersale.support.models import TEAM
from aftersale.support.queries import thread_for

router = Router(tags=["threads"])


@door(
    router,
    "POST",
    "/threads/{reference}/public-answer",
    summary="Offer a public answer made of a private thread",
    answers=PublicAnswer,
    scope=THREADS,
    roles=TEAM,
)
def offer_public_answer(request: ApiRequest, reference: Reference, asked: NewPublicAnswer) -> HttpResponse:
    """Who asked is told in the thread, once. Other texts take the place of those that were offered before."""
    viewer = request.auth.user
    offer = publishing.offer_public_answer(
        ports=request.ports,
        by=viewer,
        thread=thread_for(viewer, reference),
        subject=asked.subject,
        question=asked.question,
        solution=asked.solution,
    )
    return _told(offer)


@door(
    router,
    "GET",
    "/threads/{reference}/public-answer",
    summary="What is offered to be public",
    answers=PublicAnswer,
    scope=READ,
    roles=(Role.CUSTOMER, *TEAM),
)
def get_public_answer(request: ApiRequest, reference: Reference) -> HttpResponse:
    """For who asked, and for the staff."""
    viewer = request.auth.user
    return _told(publishing.offer_for(viewer, thread_for(viewer, reference)))


@door(
    router,
    "POST",
    "/threads/{reference}/public-answer/decision",
    summary="Let everybody read it, or nobody",
    answers=PublicAnswer,
    scope=THREADS,
    roles=(Role.CUSTOMER,),
)
def decide_public_answer(
    request: ApiRequest, reference: Reference, asked: PublicAnswerDecision
) -> HttpResponse:
    """By who asked. Agreed, a solved public thread is made of it, which `review/withdrawal` takes back."""
    viewer = request.auth.user
    offer = publishing.decide_public_answer(
        ports=request.ports,
        by=viewer,
        thread=thread_for(viewer, reference),
        agreed=asked.agreed,
        version=asked.version,
    )
    return _told(offer)


def _told(offer: models.PublicAnswer) -> HttpResponse:
    return told(told_public_answer(offer, publishing.copy_of(offer.source)))
