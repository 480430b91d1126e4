"""What our staff reads of its weeks: the database counts what a person would count thread by thread."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

import pytest

from aftersale.returns.models import Party
from aftersale.returns.tests.cast import World
from aftersale.support.models import (
    TO_THE_OPENER,
    Breach,
    ClockName,
    Content,
    EventKind,
    MailConversation,
    Rating,
    Thread,
)
from aftersale.support.reports import (
    FIGURES,
    Report,
    Wait,
    Week,
    mails_behind,
    monday_of,
    support_report,
    threads_behind,
)
from aftersale.support.services import close_thread, merge_threads, note_breaches, solve_thread, undo_move
from aftersale.support.tests.cast import ask, say
from aftersale.support.waits import Served, share_within

_numbers = count(1)
KINDS = ("general", "tracking", "return")


@pytest.fixture
def unhurried(settings):
    """Nobody is told to slow down in these weeks."""
    settings.SUPPORT_THREADS_A_DAY = settings.SUPPORT_POSTS_AN_HOUR = 10_000
    settings.SUPPORT_NEWCOMER_THREADS_A_DAY = settings.SUPPORT_NEWCOMER_POSTS_AN_HOUR = 10_000


@dataclass
class Past:
    """Some weeks of a desk, made up from a seed, through the verbs that people use."""

    world: World
    chance: Random

    def happen(self, times: int) -> None:
        for _time in range(times):
            self.world.clock.move(minutes=self.chance.randint(1, 60 * 16))
            note_breaches(ports=self.world.ports)
            steps = [self._asks, self._asks, self._writes, self._writes, self._ends]
            self.chance.choice(steps)()

    def _asks(self) -> None:
        if self.chance.random() < 0.3:
            self._mail()
        else:
            kind, subject = self.chance.choice(KINDS), f"No. {next(_numbers)}"
            ask(self.world, self.world.bob, kind=kind, subject=subject)

    def _mail(self) -> None:
        now, number = self.world.clock.now(), next(_numbers)
        answered = now + timedelta(minutes=self.chance.randint(1, 9000))
        is_answered = self.chance.random() < 0.6
        MailConversation.objects.create(
            reference=f"M{number}",
            token=f"t{number}",
            address="ann@example.com",
            subject="Lamp",
            language="en",
            received_at=now,
            waiting_since=now,
            last_mail_at=now,
            first_answered_at=answered if is_answered else None,
            state="answered" if is_answered else self.chance.choice(["waiting", "closed"]),
        )

    def _writes(self) -> None:
        if thread := self._one():
            by, eyes = self.chance.choice(
                [(self.world.mia, ""), (self.world.mia, ""), (self.world.mia, "staff"), (self.world.bob, "")]
            )
            say(self.world, by, thread, visibility=eyes)

    def _ends(self) -> None:
        if thread := self._one():
            how = self.chance.random()
            if how < 0.7:
                number = 1 if how < 0.3 else None
                solve_thread(ports=self.world.ports, by=self.world.mia, thread=thread, number=number)
                self._rates(thread)
            elif how < 0.9:
                close_thread(ports=self.world.ports, by=self.world.mia, thread=thread)
            else:
                self._merges(thread)

    def _rates(self, thread: Thread) -> None:
        now = self.world.clock.now()
        if self.chance.random() < 0.8:
            Rating.objects.get_or_create(
                thread=thread, solved_at=now,
                defaults={"content": self.chance.choice(Content.values), "rated_at": now, "changed_at": now},
            )  # fmt: skip

    def _merges(self, thread: Thread) -> None:
        into = self._one()
        if into is not None and into.pk != thread.pk:
            merge_threads(ports=self.world.ports, by=self.world.mia, source=thread, target=into)

    def _one(self) -> Thread | None:
        open_ones = list(Thread.objects.exclude(state__in=("closed", "merged")).order_by("pk"))
        return self.chance.choice(open_ones) if open_ones else None


def counted_by_hand(now: datetime, weeks: int, zone: ZoneInfo, kind: str) -> list[Week]:
    """The same report, thread by thread, in Python."""
    rows = Thread.objects.prefetch_related("posts", "events", "breaches", "ratings")
    threads = [each for each in rows if each.merged_into_id is None and kind in ("", each.kind)]
    mails = [] if kind else list(MailConversation.objects.all())
    today = now.astimezone(zone).date()
    last = today - timedelta(days=today.weekday())
    return [_week(threads, mails, last - timedelta(weeks=back), now, zone) for back in reversed(range(weeks))]


def _week(
    threads: list[Thread], mails: list[MailConversation], begins: date, now: datetime, zone: ZoneInfo
) -> Week:
    since, until = (
        datetime(day.year, day.month, day.day, tzinfo=zone) for day in (begins, begins + timedelta(days=7))
    )

    def within(moment: datetime) -> bool:
        return since <= moment < until

    def of(things: str, moment: str, name: str, value: str) -> int:
        """In how many threads such a thing was in this week."""
        rows = [
            [each for each in getattr(row, things).all() if getattr(each, name) == value] for row in threads
        ]
        return sum(any(within(getattr(each, moment)) for each in row) for row in rows)

    standing = [row for row in threads if row.opened_at < until and not _had_ended(row, until)]
    return Week(
        begins=begins,
        ends_at=min(until, now),
        is_over=until <= now,
        threads=_wait([_served(row, now) for row in threads if within(row.opened_at)]),
        mail=_wait([_served_by_mail(row, now) for row in mails if within(row.received_at)]),
        opened=sum(within(row.opened_at) for row in threads),
        solved=sum(any(within(at) for at in _solved(row)) for row in threads),
        reopened=of("events", "at", "kind", EventKind.REOPENED),
        backlog=len(standing),
        unanswered=sum(not (row.first_answered_at and row.first_answered_at < until) for row in standing),
        breaches={name: of("breaches", "due_at", "clock", name) for name in ClockName.values},
        ratings={name: of("ratings", "rated_at", "content", name) for name in Content.values},
    )


def _had_ended(thread: Thread, until: datetime) -> bool:
    """Whether it was solved or closed at that moment."""
    return next((is_end for at, is_end, _kind in reversed(_turns(thread)) if at < until), False)


def _solved(thread: Thread) -> list[datetime]:
    """When it was solved: not again while it is."""
    turns = _turns(thread)
    return [
        at
        for (at, _end, kind), (_at, was_ended, _kind) in zip(turns, [(None, False, ""), *turns], strict=False)
        if kind == EventKind.SOLVED and not was_ended
    ]


def _turns(thread: Thread) -> list[tuple[datetime, bool, str]]:
    """(when, whether it ended then, by what), by its posts and events one after the other."""
    told = [
        (post.posted_at, False, "")
        for post in thread.posts.all()
        if post.visibility in TO_THE_OPENER
        and (post.party == Party.AGENT or post.author_id == thread.opener_id)
    ]
    ends = (EventKind.SOLVED, EventKind.CLOSED)
    return sorted(
        told + [(event.at, True, event.kind) for event in thread.events.all() if event.kind in ends]
    )


def _served(thread: Thread, now: datetime) -> Served:
    until = thread.first_answered_at or thread.solved_at or thread.closed_at or now
    return Served(_minutes(until - thread.opened_at), thread.first_answered_at is not None)


def _served_by_mail(mail: MailConversation, now: datetime) -> Served:
    left = now if mail.state == "waiting" else mail.last_mail_at
    return Served(
        _minutes((mail.first_answered_at or left) - mail.received_at), mail.first_answered_at is not None
    )


def _minutes(wait: timedelta) -> timedelta:
    return timedelta(minutes=wait // timedelta(minutes=1))


def _wait(served: list[Served]) -> Wait:
    return Wait(*share_within(served, 0.5), *share_within(served, 0.9), len(served))


@pytest.mark.parametrize(("seed", "zone"), [(1, "UTC"), (2, "America/New_York"), (3, "Asia/Shanghai")])
@pytest.mark.usefixtures("unhurried")
def test_a_report_counts_what_a_person_would_count_thread_by_thread(world, settings, seed, zone):
    """Over a change of the clocks, too: the weeks are the desk's own."""
    settings.SUPPORT_HOURS = (frozenset({1, 2, 3, 4, 5}), 9, 18, ZoneInfo(zone))
    world.clock.move(days=136)
    Past(world, Random(seed)).happen(170)
    now = world.clock.now()
    for weeks, kind in ((3, ""), (7, ""), (4, "general")):
        report = support_report(now, weeks=weeks, kind=kind)
        assert list(report.weeks) == counted_by_hand(now, weeks, ZoneInfo(zone), kind)
        for week in report.weeks:
            for figure in FIGURES:
                assert threads_behind(figure, week.begins, kind=kind).count() == figure_of(week, figure)
            assert kind or mails_behind(week.begins).count() == week.mail.of
    assert sees_everything(support_report(now, weeks=7))
    standing = Thread.objects.filter(merged_into=None).exclude(state__in=("solved", "closed"))
    assert support_report(now, weeks=1).weeks[-1].backlog == standing.count()


def figure_of(week: Week, figure: str) -> int:
    return {**week.breaches, **week.ratings}.get(figure, getattr(week, figure, 0))


def sees_everything(report: Report) -> bool:
    """Whether this past has some of every figure, so that no count is right for want of rows."""
    return all(any(figure_of(week, figure) for week in report.weeks) for figure in FIGURES)


def test_the_last_weeks_are_told_with_eight_queries_whatever_happened(world, django_assert_num_queries):
    for _week_back in range(3):
        thread = ask(world)
        world.clock.move(days=2)
        say(world, world.mia, thread)
        solve_thread(ports=world.ports, by=world.mia, thread=thread)
        world.clock.move(days=5)
    with django_assert_num_queries(8):
        report = support_report(world.clock.now())
    assert (len(report.weeks), report.total("opened"), report.total("solved")) == (12, 3, 3)
    assert report.threads == Wait(timedelta(days=2), False, timedelta(days=2), False, 3)


def test_a_week_in_which_most_still_wait_says_so(world):
    """Mia answered one of ten: nine of ten wait for longer than anybody has waited yet."""
    first = ask(world)
    world.clock.move(hours=1)
    say(world, world.mia, first)
    for _number in range(3):
        ask(world)
    world.clock.move(hours=30)
    waits = support_report(world.clock.now()).weeks[-1].threads
    assert (waits.half, waits.half_at_least) == (timedelta(hours=30), True)
    assert (waits.nine, waits.nine_at_least, waits.of) == (timedelta(hours=30), True, 4)


def test_nothing_that_happened_is_an_empty_report(world):
    report = support_report(world.clock.now())
    assert report.is_empty
    assert [week.begins.isoweekday() for week in report.weeks] == [1] * 12
    ask(world)
    assert not support_report(world.clock.now()).is_empty


def test_what_was_solved_twice_without_a_word_between_ended_the_first_time(world):
    """Mia solves it, a week later Ann says by which post: it was out of the backlog all the time."""
    thread = ask(world)
    world.clock.move(hours=1)
    say(world, world.mia, thread)
    world.clock.move(hours=1)
    solve_thread(ports=world.ports, by=world.mia, thread=thread)
    world.clock.move(days=14)
    solve_thread(ports=world.ports, by=world.ann, thread=thread, number=1)
    assert [week.backlog for week in support_report(world.clock.now(), weeks=4).weeks] == [0, 0, 0, 0]
    say(world, world.mia, thread, "One more thing.")
    assert [week.backlog for week in support_report(world.clock.now(), weeks=4).weeks] == [0, 0, 0, 1]
    assert Breach.objects.count() == 0


def test_what_was_named_later_by_its_post_was_solved_once(world):
    """Mia solves it, two weeks later Ann says by which post: that solves nothing more."""
    thread = ask(world)
    say(world, world.mia, thread)
    solve_thread(ports=world.ports, by=world.mia, thread=thread)
    solved_in = monday_of(world.clock.now())
    world.clock.move(days=14)
    solve_thread(ports=world.ports, by=world.ann, thread=thread, number=2)
    report = support_report(world.clock.now(), weeks=3)
    assert [week.solved for week in report.weeks] == [1, 0, 0]
    assert threads_behind("solved", solved_in).get() == thread
    assert not threads_behind("solved", report.weeks[-1].begins).exists()


def test_a_solved_thread_that_takes_an_open_one_in_is_not_solved_any_more(world):
    """Both were asked before Mia solved one of them, and nobody wrote after she put them together."""
    solved, open_one = ask(world, world.bob), ask(world, world.bob)
    world.clock.move(hours=1)
    say(world, world.mia, solved)
    solve_thread(ports=world.ports, by=world.mia, thread=solved)
    world.clock.move(hours=1)
    move = merge_threads(ports=world.ports, by=world.mia, source=open_one, target=solved)
    report = support_report(world.clock.now())
    assert report.weeks[-1].backlog == 1
    assert threads_behind("backlog", report.weeks[-1].begins).get() == solved
    undo_move(ports=world.ports, by=world.mia, move=move)
    assert threads_behind("backlog", report.weeks[-1].begins).get() == open_one
