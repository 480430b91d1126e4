"""What time does to removals and cards: drafts end, what is late is told, what is over is forgotten."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from aftersale.accounts.codes import LIFE
from aftersale.base.ports import Ports
from aftersale.base.services import blank_word
from aftersale.cards.cases import locked, move
from aftersale.cards.models import MailedCode, RemovalRequest
from aftersale.cards.notices import tell_the_team
from aftersale.cards.states import ASKING, OPEN, WITH_TEAM, RemovalState
from aftersale.payments.card_models import CardState, SavedCard
from aftersale.payments.saved_cards import move_card

# The particulars of a removed card are kept this long, for questions about its removal.
KEPT = timedelta(days=30)


def keep_removal_deadlines(*, ports: Ports, at_most: int = 20) -> int:
    """End old drafts, escalate what is overdue, erase what is over; returns how much was done."""
    now = ports.clock.now()
    drafts = _due(RemovalRequest.objects.filter(state__in=ASKING, due_at__lte=now), at_most)
    late = RemovalRequest.objects.filter(state__in=WITH_TEAM, team_due_at__lte=now, escalated_at=None)
    done = sum(_expire(pk, now) for pk in drafts)
    done += sum(_escalate(pk, ports) for pk in _due(late, at_most))
    return done + _erase(now, at_most) + _forget_codes(now)


def _due(rows: QuerySet[RemovalRequest], at_most: int) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:at_most])


@transaction.atomic
def _expire(pk: int, now: datetime) -> bool:
    request = locked(pk)
    is_old = request.state in ASKING and request.due_at is not None and request.due_at <= now
    return is_old and move(request, RemovalState.EXPIRED, ended_at=now, due_at=None)


@transaction.atomic
def _escalate(pk: int, ports: Ports) -> bool:
    """Tell the team that it is late. The case stays open: our lateness denies nobody anything."""
    request, now = locked(pk), ports.clock.now()
    if request.state not in WITH_TEAM or request.escalated_at is not None:
        return False
    RemovalRequest.objects.filter(pk=pk).update(escalated_at=now)
    tell_the_team(request, "card-removal-overdue", ports=ports)
    return True


def _erase(now: datetime, at_most: int) -> int:
    """Leave of cards that are long gone nothing but that there was one."""
    gone = SavedCard.objects.filter(state=CardState.DETACHED, detached_at__lte=now - KEPT)
    gone = gone.exclude(removals__state__in=OPEN)
    blank: dict[str, Any] = {
        "token": None,
        "email": "",
        "fingerprint_hash": "",
        "brand": "",
        "last_four": "",
        "expiry_month": None,
        "expiry_year": None,
    }
    cards = list(gone.order_by("pk")[:at_most])
    return sum(move_card(card, CardState.TOMBSTONE, **blank) for card in cards)


def _forget_codes(now: datetime) -> int:
    """Take a code that ended out of its mail; that one was sent is known for as long as it counts."""
    blank_word("code", kinds=("card-code",), until=now - LIFE)
    old = MailedCode.objects.filter(sent_at__lte=now - KEPT)
    return old.delete()[0]
