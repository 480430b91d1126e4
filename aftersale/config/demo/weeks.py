"""The last twelve weeks of the demo's desk, from one seed, so that its reports have something to tell."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from django.db import transaction

from aftersale.accounts.models import User
from aftersale.base.ports import FixedClock, Ports
from aftersale.config.demo.talk import MIA, TOM
from aftersale.support.clocks import desk_calendar
from aftersale.support.models import Thread
from aftersale.support.services import (
    note_breaches,
    notify_about,
    open_thread,
    rate_solution,
    reply,
    solve_thread,
)

SEED = 11
WEEKS = 12
_HOUR = timedelta(hours=1)
# Those who ask in these weeks, and in no other story of the demo.
_ASKING = (
    "zhang.min@example.com", "huang.jing@example.com", "thiago@example.com", "joao@example.com",
    "rafael@example.com", "suzuki@example.com", "ito@example.com",
)  # fmt: skip
# Kind, subject, question, and what our staff answers.
_TALKS = (
    (
        "general",
        "Which adapter does the speaker need?",
        "Mine came with another plug.",
        "A **type C** adapter; it takes 110 to 240 volts.",
    ),
    (
        "tracking",
        "My parcel has not moved for days",
        "The last scan is from the airport.",
        "It waits for customs. We ask the carrier and tell you here.",
    ),
    (
        "return",
        "Can I send back only one of two?",
        "One cup is fine, the other has a crack.",
        "Yes, each piece on its own: choose it on the order's page.",
    ),
    (
        "general",
        "An invoice with our company's name",
        "Our accountant needs it.",
        "It comes with the next parcel, and by mail today.",
    ),
    (
        "charge",
        "Charged twice?",
        "My bank shows two entries for one order.",
        "One is a reservation; your bank lets go of it within a week.",
    ),
    (
        "tracking",
        "Delivered to the wrong door",
        "The scan says delivered, the neighbour has nothing.",
        "We asked the carrier for the place of the scan.",
    ),
    (
        "return",
        "The box is too large for the post office",
        "Does a courier come?",
        "For parcels above 20 kg, yes. We send you a label.",
    ),
    (
        "general",
        "Is the silk scarf washable?",
        "The label is in Chinese.",
        "By hand, cold, and without wringing.",
    ),
    (
        "card",
        "Is my old card gone?",
        "I removed it last month.",
        "It is: the receipt under *Credit Cards* says when.",
    ),
)


@transaction.atomic
def make_weeks(*, ports: Ports) -> None:
    """Threads of every week: most in time, but for a slow fortnight; solved, rated, opened again."""
    chance = Random(SEED)  # noqa: S311 - the same demo for everybody
    people = list(User.objects.filter(email__in=_ASKING).order_by("email"))
    staff = list(User.objects.filter(email__in=(MIA, TOM)).order_by("email"))
    now = ports.clock.now().replace(second=0, microsecond=0)
    for number, asked_at in enumerate(_openings(now, chance)):
        _Matter(ports, chance, number, now, chance.choice(staff)).run(asked_at, people[number % len(people)])


def _openings(now: datetime, chance: Random) -> Iterator[datetime]:
    """When somebody asks: three or four in a week, in the order of time."""
    for back in reversed(range(WEEKS)):
        days = [timedelta(weeks=back, minutes=chance.randrange(180, 7 * 1440)) for _ in range(3 + back % 2)]
        yield from (now - ago for ago in sorted(days, reverse=True))


class _Matter:
    """One thread, from its opening as far as it has come."""

    def __init__(self, ports: Ports, chance: Random, number: int, now: datetime, staff: User) -> None:
        self._ports, self._chance, self._number, self._now, self._staff = ports, chance, number, now, staff

    def run(self, asked_at: datetime, opener: User) -> None:
        kind, subject, body, answer = _TALKS[self._number % len(_TALKS)]
        thread = open_thread(
            ports=self._at(asked_at),
            by=opener,
            kind=kind,
            subject=subject,
            body=body,
            intent=f"weeks:{self._number}",
        )
        # These weeks are told: nobody gets mails about them today.
        notify_about(by=opener, thread=thread, notify="muted")
        answered_at = self._answered_at(asked_at)
        self._late(thread, answered_at)
        if answered_at < self._now:
            self._say(thread, self._staff, answer, answered_at)
            if self._chance.random() < 0.25:
                answered_at = self._ask_back(thread, opener, answered_at + 2 * _HOUR)
            if answered_at < self._now:
                self._end(thread, opener, answered_at)

    def _answered_at(self, asked_at: datetime) -> datetime:
        """Within some hours of the desk; in two slow weeks, within two days of it."""
        is_slow = 4 <= (self._now - asked_at).days // 7 <= 5
        minutes = self._chance.lognormvariate(6.4 if is_slow else 4.8, 0.9)
        return desk_calendar().due(asked_at, timedelta(minutes=round(minutes)))

    def _ask_back(self, thread: Thread, opener: User, at: datetime) -> datetime:
        """Returns when the next answer comes."""
        answered_at = self._answered_at(at)
        if at < self._now:
            self._say(thread, opener, "Thank you. And how long does that take?", at)
            self._late(thread, answered_at)
        if answered_at < self._now:
            self._say(thread, self._staff, "Two or three days, as a rule.", answered_at)
        return answered_at

    def _end(self, thread: Thread, opener: User, answered_at: datetime) -> None:
        solved_at = answered_at + self._chance.randint(2, 90) * _HOUR
        if self._chance.random() < 0.1:
            solved_at += timedelta(days=9)
        self._late(thread, solved_at)
        if solved_at > self._now or self._chance.random() < 0.06:
            return
        solve_thread(ports=self._at(solved_at), by=self._staff, thread=thread, number=2)
        if self._chance.random() < 0.55:
            content = self._chance.choices(("good", "mixed", "bad"), (7, 2, 1))[0]
            at = self._at(solved_at + _HOUR)
            rate_solution(ports=at, by=opener, thread=thread, content=content)
        if self._chance.random() < 0.14:
            self._again(thread, opener, solved_at + 20 * _HOUR)

    def _again(self, thread: Thread, opener: User, at: datetime) -> None:
        """It was not solved after all."""
        answered_at = desk_calendar().due(at, 3 * _HOUR)
        if answered_at < self._now:
            self._say(thread, opener, "I am afraid it is not. Could you look once more?", at)
            self._say(thread, self._staff, "We did, and it is settled now.", answered_at)
            solve_thread(ports=self._at(answered_at + _HOUR), by=self._staff, thread=thread)

    def _late(self, thread: Thread, until: datetime) -> None:
        """Note what runs out before: as the worker does, in the desk's hours."""
        thread.refresh_from_db()
        for due in (thread.due_at, thread.resolve_due_at):
            if due is not None and due < until:
                noted_at = desk_calendar().due(due, timedelta(minutes=1))
                if noted_at < min(until, self._now):
                    note_breaches(ports=self._at(noted_at))

    def _say(self, thread: Thread, by: User, body: str, at: datetime) -> None:
        intent = f"weeks:{self._number}:{at.isoformat()}"
        reply(ports=self._at(at), by=by, thread=thread, body=body, intent=intent)

    def _at(self, moment: datetime) -> Ports:
        return Ports(FixedClock(moment), self._ports.ids)
