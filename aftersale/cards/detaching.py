"""The worker's part of a removal: record, act, record. Here alone a provider is asked to let a card go.

A claim gives the request to one worker for a while; the provider is called outside any transaction. A card
counts as removed once it was looked up there and not found. Whatever else happens, it stays frozen and the
provider is asked again: a crash after the provider let go ends with `already gone`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from aftersale.base.errors import PortFailed
from aftersale.base.ports import Ports, assert_outside_transaction
from aftersale.base.waiting import back_off
from aftersale.cards.cases import locked, move
from aftersale.cards.models import RemovalRequest
from aftersale.cards.notices import tell_the_team
from aftersale.cards.states import REMOVING, RemovalState
from aftersale.payments.card_models import CardState
from aftersale.payments.providers.cards import CardProvider, Gone
from aftersale.payments.saved_cards import move_card

# A worker has this long to bring an answer; a provider's client gives up well before.
LEASE = timedelta(seconds=60)
# When the provider has not let go after this time, our staff is told; it is still asked.
GIVE_TO_STAFF = timedelta(hours=6)
_FIRST_WAIT = timedelta(seconds=2)
_LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """The provider was looked at and has no such card; `answer` says what it said when it was asked."""

    answer: str


@dataclass(frozen=True, slots=True)
class NotSeen:
    """Nothing is known, or the card is still there."""

    why: str


def detach_due_cards(
    *,
    ports: Ports,
    providers: Mapping[str, CardProvider],
    at_most: int = 20,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Ask the providers to let go of the cards that are due, until `stop` says so; returns how many."""
    due = RemovalRequest.objects.filter(state__in=REMOVING, due_at__lte=ports.clock.now())
    done = 0
    for pk in list(due.order_by("due_at", "pk").values_list("pk", flat=True)[:at_most]):
        if stop():
            break
        request = _claim(pk, ports.clock.now())
        if request is not None:
            _write(request, _let_go(request, providers), ports=ports)
            done += 1
    return done


@transaction.atomic
def _claim(pk: int, now: datetime) -> RemovalRequest | None:
    """Take the request for a while; None when another worker, or a veto, was first."""
    request = locked(pk)
    if request.state not in REMOVING or request.due_at is None or request.due_at > now:
        return None
    is_stuck = request.state == RemovalState.NEEDS_STAFF
    won = move(
        request,
        RemovalState.NEEDS_STAFF if is_stuck else RemovalState.DETACHING,
        only=Q(due_at__lte=now),
        due_at=now + LEASE,
        attempts=request.attempts + 1,
        detaching_at=request.detaching_at or now,
    )
    return request if won else None


def _let_go(request: RemovalRequest, providers: Mapping[str, CardProvider]) -> Seen | NotSeen:
    """Ask, then look: what the provider says it did counts only when the card is not there any more."""
    assert_outside_transaction("a payment provider")
    provider, token = providers.get(request.card.provider), request.card.token
    if provider is None:
        return NotSeen(f"no provider named `{request.card.provider}` is set up")
    assert token, f"{request.card} is being removed and has no token"
    try:
        answer = provider.detach_card(token)
        found = provider.find_card(token)
    except PortFailed as error:
        return NotSeen(str(error))
    if not isinstance(found, Gone):
        return NotSeen("the provider still has the card")
    return Seen("already_gone" if isinstance(answer, Gone) else "detached")


@transaction.atomic
def _write(claimed: RemovalRequest, outcome: Seen | NotSeen, *, ports: Ports) -> None:
    """Write what was seen. That a card is gone is true whoever saw it; a failure counts from its claim."""
    request, now = locked(claimed.pk), ports.clock.now()
    if request.state not in REMOVING:
        return
    if isinstance(outcome, Seen):
        move(
            request,
            RemovalState.VERIFIED,
            verified_at=now,
            provider_answer=outcome.answer,
            due_at=None,
            last_error="",
        )
        move_card(request.card, CardState.DETACHED, detached_at=now)
    elif request.attempts == claimed.attempts:
        _wait(request, outcome.why, ports=ports)


def _wait(request: RemovalRequest, why: str, *, ports: Ports) -> None:
    now = ports.clock.now()
    assert request.detaching_at is not None, f"{request} was claimed at no time"
    is_stuck = now - request.detaching_at >= GIVE_TO_STAFF
    wait = back_off(request.attempts, first=_FIRST_WAIT, longest=_LONGEST_WAIT)
    stays = RemovalState(request.state)
    move(request, RemovalState.NEEDS_STAFF if is_stuck else stays, due_at=now + wait, last_error=why)
    if is_stuck:
        tell_the_team(request, "card-removal-stuck", ports=ports)
