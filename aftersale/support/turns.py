"""A thread's clocks as its posts and events tell them: the columns of due times are kept from the same."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from aftersale.returns.models import Party
from aftersale.support.clocks import Pause, answer_due, resolve_due
from aftersale.support.models import TO_THE_OPENER, EventKind, Thread, Visibility

_ENDS = (EventKind.SOLVED, EventKind.CLOSED, EventKind.PUBLISHED)
_TOLD = (*_ENDS, EventKind.REOPENED, EventKind.WAITED, EventKind.WAIT_ENDED)


@dataclass(slots=True)
class Clocks:
    """What runs: since when somebody waits for an answer, since when for the end, and what stood still."""

    answer_since: datetime | None
    resolve_since: datetime | None
    waits_until: datetime | None = None
    # Since when it is the opener's turn.
    theirs_since: datetime | None = None
    third_party: list[Pause] = field(default_factory=list)
    theirs: list[Pause] = field(default_factory=list)

    @property
    def answer_due(self) -> datetime | None:
        """When our next answer is due."""
        return answer_due(self.answer_since, *self.third_party) if self.answer_since else None

    @property
    def resolve_due(self) -> datetime | None:
        """When the matter is to be solved; None while it is the opener's turn, or where it has ended."""
        if self.resolve_since is None or self.theirs_since is not None:
            return None
        return resolve_due(self.resolve_since, self.third_party + self.theirs)

    def asks(self, at: datetime) -> None:
        """Somebody waits from now on; who waits already is not put back by saying more."""
        self.answer_since = self.answer_since or at

    def opener_writes(self, at: datetime) -> None:
        self.asks(at)
        self.resolve_since = self.resolve_since or at
        if self.theirs_since is not None:
            self.theirs.append((self.theirs_since, at))
            self.theirs_since = None

    def we_answer(self, at: datetime) -> None:
        """The opener's turn; while a third party is waited for, our word is due again when that ends."""
        self.resolve_since = self.resolve_since or at
        self.theirs_since = self.theirs_since or at
        self.answer_since = self.waits_until if self.waits_until and self.waits_until > at else None

    def waits(self, at: datetime, until: datetime) -> None:
        self.third_party.append((at, until))
        self.waits_until = until
        self.asks(until)

    def wait_ends(self, at: datetime) -> None:
        if self.waits_until is not None and self.waits_until > at:
            since, until = self.third_party.pop()
            self.third_party.append((since, at))
            if self.answer_since == until:
                self.answer_since = at
        self.waits_until = None

    def ends(self, at: datetime) -> None:
        self.wait_ends(at)
        self.answer_since = self.resolve_since = self.theirs_since = None


def clocks_of(thread: Thread) -> Clocks:
    """Count the thread's clocks from its beginning."""
    clocks = Clocks(answer_since=thread.opened_at, resolve_since=thread.opened_at)
    for at, kind, until in _told(thread):
        match kind:
            case "opener":
                clocks.opener_writes(at)
            case "supplier":
                clocks.asks(at)
            case Party.AGENT:
                clocks.we_answer(at)
            case EventKind.WAITED:
                assert until is not None, "a wait has an end"
                clocks.waits(at, until)
            case EventKind.WAIT_ENDED:
                clocks.wait_ends(at)
            case EventKind.REOPENED:
                clocks.opener_writes(at)
            case EventKind.SOLVED | EventKind.CLOSED | EventKind.PUBLISHED:
                clocks.ends(at)
    return clocks


def _told(thread: Thread) -> Iterator[tuple[datetime, str, datetime | None]]:
    """What touches a clock, in its order: no note, no word of Aftersale's, nothing of a bystander."""
    told: list[tuple[datetime, int, int, str, datetime | None]] = []
    posts = thread.posts.values_list("posted_at", "number", "party", "visibility", "author_id")
    for at, number, party, visibility, author in posts:
        if kind := _kind(party, visibility, is_opener=author == thread.opener_id):
            told.append((at, 0, number, kind, None))
    events = thread.events.filter(kind__in=_TOLD).values_list("at", "pk", "kind", "words__until")
    for at, pk, kind, until in events:
        told.append((at, 1, pk, kind, datetime.fromisoformat(until) if until else None))
    for at, _which, _place, kind, until in sorted(told, key=lambda each: each[:3]):
        yield at, kind, until


def _kind(party: str, visibility: str, *, is_opener: bool) -> str:
    if visibility == Visibility.SUPPLIER:
        return "supplier" if party == Party.SUPPLIER else ""
    if visibility not in TO_THE_OPENER:
        return ""
    return Party.AGENT if party == Party.AGENT else "opener" if is_opener else ""
