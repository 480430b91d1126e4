"""Saying how a solution was, and reading what was said."""

from django.http import HttpResponse
from ninja import Router

from aftersale.accounts.models import Role
from aftersale.api.doors import READ, THREADS, ApiRequest, door, told
from aftersale.api.fields import Reference
from aftersale.api.shapes.ratings import NewRating, Rating, Ratings, told_rating
from aftersale.support import services
from aftersale.support.models import TEAM
from aftersale.support.queries import thread_for
from aftersale.support.ratings import ratings_for

router = Router(tags=["threads"])


@door(
    router,
    "POST",
    "/threads/{reference}/rating",
    summary="Say how a solution was",
    answers=Rating,
    scope=THREADS,
    roles=(Role.CUSTOMER,),
)
def rate_solution(request: ApiRequest, reference: Reference, asked: NewRating) -> HttpResponse:
    """By who opened the thread. Said again, it takes the place of what was said. No clock moves."""
    viewer = request.auth.user
    rating = services.rate_solution(
        ports=request.ports,
        by=viewer,
        thread=thread_for(viewer, reference),
        content=asked.content,
        comment=asked.comment,
    )
    return told(told_rating(rating))


@door(
    router,
    "GET",
    "/threads/{reference}/ratings",
    summary="What was said of a thread's solutions",
    answers=Ratings,
    scope=READ,
    roles=(Role.CUSTOMER, *TEAM),
)
def list_ratings(request: ApiRequest, reference: Reference) -> HttpResponse:
    """For who said it, and for the staff; nobody else reads it."""
    viewer = request.auth.user
    rows = ratings_for(viewer, thread_for(viewer, reference))
    return told(Ratings(items=[told_rating(row) for row in rows]))
