"""A thread, its posts and what stands beside it, for one viewer's eyes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from aftersale.accounts.models import Role, User
from aftersale.orders.models import ParcelEvent
from aftersale.orders.queries import orders_of
from aftersale.returns.models import Party
from aftersale.returns.queries import returns_of, units_left, with_lines
from aftersale.returns.rights import rights_today
from aftersale.support.excerpts import Excerpt
from aftersale.support.eyes import usual_eyes
from aftersale.support.incident_queries import incidents_of, suggested_for
from aftersale.support.markdown import html_of, words_of
from aftersale.support.models import (
    TEAM,
    ClockName,
    Incident,
    Kind,
    MoveKind,
    Post,
    PublicAnswer,
    PublishedReview,
    Thread,
    ThreadState,
    Visibility,
    WaitingOn,
)
from aftersale.support.offers import cards_written, numbers_removed
from aftersale.support.publishing import can_offer, offer_of
from aftersale.support.queries import Viewer, is_team, moves_of, posts_of, reading_of, visible_threads
from aftersale.support.reviewing import may_publish
from aftersale.support.titles import title_for
from aftersale.support.waits import wait_told
from aftersale.web.answers import Summary, summary_of
from aftersale.web.cards_shown import CardShown
from aftersale.web.case_shown import CaseShown
from aftersale.web.charges_shown import ChargeShown
from aftersale.web.files_shown import FileShown
from aftersale.web.orders_shown import OrderShown
from aftersale.web.ratings_shown import RatingShown
from aftersale.web.reads import decided

# What may be read of a deal: the customer's own, and our staff.
_SEES_THE_DEAL = (Role.CUSTOMER, *TEAM)


@dataclass(frozen=True)
class PostShown:
    """One post: under the forum's name where the thread is public."""

    post: Post
    viewer: Viewer

    @property
    def who(self) -> str:
        return name_of(self.post.author, is_public=self.post.visibility == Visibility.PUBLIC)

    @property
    def role(self) -> str:
        author = self.post.author
        if self.post.party == Party.AGENT:
            return _("our staff")
        if author is not None and author.supplier is not None:
            return author.supplier.name
        return _("asked this") if author and author.pk == self.post.thread.opener_id else ""

    @property
    def real_name(self) -> str:
        """Who it is, for our staff."""
        is_handle = self.post.visibility == Visibility.PUBLIC and self.post.author is not None
        return self.post.author.name if is_team(self.viewer) and is_handle and self.post.author else ""

    @property
    def html(self) -> SafeString:
        return html_of(self.post.body)

    @property
    def words(self) -> str:
        """The same on one line, for a list."""
        return words_of(self.post.body)

    @property
    def came_from(self) -> str:
        """The title of the thread in which it was written, where it was moved here."""
        moved = getattr(self.post, "moved", ())
        return title_for(self.viewer, moved[-1].move.source) if moved else ""

    @property
    def is_own(self) -> bool:
        return self.post.author_id == getattr(self.viewer, "pk", None)

    @property
    def can_be_reported(self) -> bool:
        return isinstance(self.viewer, User) and not self.is_own and self.post.author_id is not None

    @property
    def cards(self) -> list[CardShown]:
        """The writer's saved cards whose number was taken out of this post or its files."""
        return [CardShown(card) for card in cards_written(self.viewer, self.post)]

    @property
    def lost_numbers(self) -> bool:
        """Whether a card number was taken out of it, or of a file with it."""
        return bool(numbers_removed(self.post))

    @property
    def files(self) -> list[FileShown]:
        return [FileShown(file, self.viewer) for file in self.post.attachments.all()]


@dataclass(frozen=True)
class SplitShown:
    """The other thread of a split, and what it is to this one."""

    told: str
    thread: Thread
    viewer: Viewer

    @property
    def title(self) -> str:
        return title_for(self.viewer, self.thread)


@dataclass(frozen=True)
class ThreadShown:
    """A thread and what this viewer may do with it."""

    thread: Thread
    viewer: Viewer
    now: datetime
    excerpt: Excerpt | None = None

    @property
    def title(self) -> str:
        return title_for(self.viewer, self.thread)

    @property
    def opener(self) -> str:
        return name_of(self.thread.opener, is_public=self.thread.is_public)

    @property
    def back(self) -> tuple[str, str]:
        """Where the thread was come from, and what that is called."""
        if self.is_team:
            return reverse("desk_threads"), _("Threads")
        if self.thread.is_public:
            return reverse("threads"), _("Forum")
        return reverse("threads") + "?show=mine", _("Your threads")

    @property
    def readers(self) -> str:
        """Who reads along, told to this viewer."""
        if self.thread.is_public:
            return _("everybody may read this")
        if self.is_team:
            return _("private")
        if self.is_own:
            return _("only you and our staff read this")
        return _("you and the marketplace's staff read this")

    @property
    def next_due(self) -> datetime | None:
        """Of the clocks that run, when the next one runs out."""
        dues = (self.thread.due_at, self.thread.resolve_due_at)
        return min((due for due in dues if due is not None), default=None)

    @property
    def next_clock(self) -> str:
        """What is due next."""
        if self.next_due is None:
            return ""
        if self.next_due != self.thread.due_at:
            return _("to be solved")
        if self.thread.state == ThreadState.ANSWERED:
            # What was asked of us is answered: the supplier has spoken since, or a wait is over.
            return (
                _("our word after the supplier's")
                if self.thread.supplier_id
                else _("our word after the wait")
            )
        return str((ClockName.NEXT if self.thread.first_answered_at else ClockName.FIRST).label)

    @property
    def is_late(self) -> bool:
        return self.next_due is not None and self.next_due <= self.now

    @property
    def late_by(self) -> str:
        return wait_told(self.now - self.next_due) if self.next_due else ""

    @property
    def is_waiting(self) -> bool:
        """Whether its clocks stand still for a third party."""
        return self.thread.waits_until is not None and self.thread.waits_until > self.now

    @property
    def can_wait(self) -> bool:
        return self.is_team and self.thread.state in (ThreadState.OPEN, ThreadState.ANSWERED)

    @property
    def third_parties(self) -> list[tuple[str, Any]]:
        return list(WaitingOn.choices)

    @property
    def is_team(self) -> bool:
        return is_team(self.viewer)

    @property
    def is_open(self) -> bool:
        return self.thread.state != ThreadState.CLOSED

    @property
    def is_own(self) -> bool:
        return self.thread.opener_id == getattr(self.viewer, "pk", None)

    @property
    def can_write(self) -> bool:
        role = getattr(self.viewer, "role", "")
        if role == Role.SUPPLIER:
            is_guest = self.thread.supplier_id == getattr(self.viewer, "supplier_id", None)
            return self.is_open and is_guest and not self.thread.is_public
        return role in TEAM or (self.is_open and role == Role.CUSTOMER)

    @property
    def can_solve(self) -> bool:
        return (self.is_team or self.is_own) and self.thread.state not in (
            ThreadState.SOLVED,
            ThreadState.CLOSED,
        )

    @property
    def rating(self) -> RatingShown:
        return RatingShown(self.thread, self.viewer, self.now)

    @property
    def can_publish(self) -> bool:
        return isinstance(self.viewer, User) and may_publish(self.viewer, self.thread)

    @property
    def can_offer(self) -> bool:
        return can_offer(self.viewer, self.thread)

    @cached_property
    def offer(self) -> PublicAnswer | None:
        """What our staff would let everybody read of it."""
        sees_it = (self.is_own or self.is_team) and not self.thread.is_public
        return offer_of(self.thread) if sees_it else None

    @cached_property
    def public_copy(self) -> Thread | None:
        """What its opener let everybody read."""
        rows = PublishedReview.objects.filter(source=self.thread, withdrawn_at=None)
        row = rows.select_related("copy").first()
        return row.copy if row else None

    @property
    def audiences(self) -> list[Visibility]:
        """For whose eyes our staff may write, the usual first."""
        usual = usual_eyes(self.thread)
        supplier = [Visibility.SUPPLIER] if self.thread.order_id else []
        notes = [*supplier, Visibility.STAFF]
        return notes if not self.is_open else [usual, *notes]

    @property
    def split(self) -> list["SplitShown"]:
        """The threads that began here, and the one in which this began, as far as this viewer sees them."""
        seen = visible_threads(self.viewer)
        rows = moves_of(self.thread).filter(kind=MoveKind.SPLIT, undone_at=None)
        away = [(_("Some posts became a thread of their own:"), row.target_id) for row in rows]
        here = [(_("This began in another thread:"), row.source_id) for row in rows]
        both = [(told, pk) for told, pk in (*away, *here) if pk != self.thread.pk]
        rows_seen = {row.pk: row for row in seen.filter(pk__in=[pk for _told, pk in both])}
        return [SplitShown(told, rows_seen[pk], self.viewer) for told, pk in both if pk in rows_seen]

    @property
    def incidents(self) -> QuerySet[Incident]:
        return incidents_of(self.thread)

    @property
    def suggested_incidents(self) -> QuerySet[Incident]:
        return suggested_for(self.thread)[:3]

    @cached_property
    def notify(self) -> str:
        reading = reading_of(self.viewer, self.thread)
        return reading.notify if reading else ""

    @cached_property
    def solution(self) -> PostShown | None:
        if self.thread.solution_id is None:
            return None
        found = posts_of(self.viewer, self.thread).filter(pk=self.thread.solution_id).first()
        return PostShown(found, self.viewer) if found else None


@dataclass(frozen=True)
class Sheet:
    """What is known of the matter, now and since the thread was opened."""

    thread: Thread
    viewer: Viewer
    now: datetime
    language: str

    @cached_property
    def order(self) -> OrderShown | None:
        order = self.thread.order
        if order is None or not self._sees_the_deal:
            return None
        assert isinstance(self.viewer, User)
        order = orders_of(self.viewer).get(pk=order.pk)
        left = units_left(order)
        today = [] if self.thread.case_id else rights_today(order, left, now=self.now, language=self.language)
        mine = with_lines(returns_of(self.viewer).filter(order=order))
        return OrderShown(order, left, list(mine), [part for part in today if self._is_about(part.group.pk)])

    @property
    def case(self) -> CaseShown | None:
        return CaseShown(self.thread.case, self.now) if self.thread.case else None

    @property
    def takes_rma(self) -> bool:
        """Whether this viewer types the supplier's number here: the supplier that was asked, or an agent."""
        case, role = self.case, getattr(self.viewer, "role", "")
        is_asked = self.thread.supplier_id is not None and role in (Role.SUPPLIER, Role.AGENT)
        return case is not None and is_asked and case.takes_a_number

    @property
    def summary(self) -> Summary | None:
        """What the policy decided of the return."""
        case = self.thread.case
        if case is None or not self._sees_the_deal:
            return None
        return summary_of(decided(case, now=self.now, language=self.language), case.group.supplier.name)

    @property
    def charge(self) -> ChargeShown | None:
        charge = self.thread.charge
        return ChargeShown(charge, self.now) if charge and self._sees_the_deal else None

    @property
    def card(self) -> CardShown | None:
        return CardShown(self.thread.card) if self.thread.card and self._sees_the_deal else None

    @property
    def later(self) -> Sequence[ParcelEvent]:
        """What happened to its parcels since the thread was opened, newest first."""
        if self.thread.order is None or not self._sees_the_deal:
            return []
        rows = ParcelEvent.objects.filter(
            parcel__group__order=self.thread.order, at__gt=self.thread.opened_at
        )
        return list(rows.select_related("parcel").order_by("-at")[:10])

    @property
    def _sees_the_deal(self) -> bool:
        return getattr(self.viewer, "role", "") in _SEES_THE_DEAL

    def _is_about(self, group: int) -> bool:
        return self.thread.line is None or self.thread.line.group_id == group


def name_of(person: User | None, *, is_public: bool) -> str:
    """The name that a post stands under; Aftersale's own where nobody wrote it."""
    if person is None:
        return "Aftersale"
    if is_public:
        handle = getattr(person, "forum_name", None)
        return handle.name if handle else _("a former customer")
    return person.name or person.email


def kinds_to_ask(*, is_public: bool) -> list[tuple[str, Any]]:
    """The kinds to choose from; what touches an order is asked from there."""
    first = [Kind.GENERAL, Kind.REVIEW, Kind.TRACKING, Kind.RETURN, Kind.CHARGE, Kind.CARD]
    return [(kind.value, kind.label) for kind in first if not (is_public and kind == Kind.REVIEW)]
