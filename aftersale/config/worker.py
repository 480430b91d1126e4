"""The worker: named steps in a loop, each doing what is due. One step's error never stops the others."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from django.db import close_old_connections

from aftersale.accounts.proving import forget_codes
from aftersale.base.errors import place_of
from aftersale.base.mail import MailPort
from aftersale.base.ports import Ports
from aftersale.base.services import send_due_notifications
from aftersale.cards.services import detach_due_cards, keep_removal_deadlines
from aftersale.payments.charging import charge_due, reconcile_due_charges
from aftersale.payments.forgetting import forget_cards
from aftersale.payments.hints import Slots, follow_due_hints, read_due_lists, receive_event
from aftersale.payments.providers import Provider
from aftersale.payments.providers.cards import CardProvider
from aftersale.payments.providers.registry import (
    system_card_providers,
    system_charge_providers,
    system_event_readers,
)
from aftersale.payments.providers.sandbox.events import send_due_events
from aftersale.payments.providers.sandbox.services import NAME as SANDBOX
from aftersale.payments.redirecting import forget_ibans
from aftersale.payments.saved_cards import end_old_set_ups, let_go_of_refused_cards
from aftersale.payments.services import reconcile_due_refunds, settle_due_refunds
from aftersale.returns.backtests import work_backtests
from aftersale.returns.services import close_settled_returns, complete_due_orders, keep_deadlines
from aftersale.support.attachments import forget_old_drafted
from aftersale.support.mail.asking_ratings import ask_for_ratings
from aftersale.support.mail.reading import read_due_mail
from aftersale.support.notices import fresh_mails
from aftersale.support.services import (
    close_old_threads,
    note_breaches,
    open_threads_for_claims,
    work_incidents,
)
from aftersale.support.waits import lanes_foot

_IDLE = 0.5
_NAP = 0.1
_LONGEST_REST = 60.0
log = structlog.get_logger("worker")


@dataclass(slots=True)
class Step:
    """Something the worker does again and again; it answers how much it did."""

    name: str
    run: Callable[[], int]
    failures: int = 0
    rests_until: float = 0.0


@dataclass(slots=True)
class Stop:
    """Set by a signal; long steps look at it between two rows."""

    asked: bool = False

    def __call__(self) -> bool:
        return self.asked


@dataclass(slots=True)
class Worker:
    """Runs its steps until it is stopped."""

    steps: Sequence[Step]
    stop: Stop = field(default_factory=Stop)

    def run(self) -> None:
        """Work for ever; sleep a little when there is nothing to do."""
        while not self.stop():
            if not self.round():
                self._sleep()

    def run_once(self) -> bool:
        """Work until nothing is due; False when a step failed."""
        while not self.stop() and self.round():
            if any(step.failures for step in self.steps):
                break
        return not any(step.failures for step in self.steps)

    def round(self) -> int:
        """Every step once; returns how much was done."""
        close_old_connections()
        return sum(self._run(step) for step in self.steps if not self.stop())

    def _run(self, step: Step) -> int:
        if time.monotonic() < step.rests_until:
            return 0
        try:
            done = step.run()
        except Exception as error:  # noqa: BLE001 - the one place: a broken step must not stop the others
            step.failures += 1
            wait = min(2.0 ** min(step.failures, 10), _LONGEST_REST)
            step.rests_until = time.monotonic() + wait
            kind, place = type(error).__name__, place_of(error)
            log.warning("step failed", step=step.name, error=kind, at=place, rests_seconds=wait)
            return 0
        step.failures = 0
        if done:
            log.info("step done", step=step.name, done=done)
        return done

    def _sleep(self) -> None:
        for _ in range(int(_IDLE / _NAP)):
            if not self.stop():
                time.sleep(_NAP)


def _event_steps(ports: Ports, slots: Slots, *, stop: Stop, at_most: int) -> list[Step]:
    """What providers say: the sandbox sends its events, all are followed, and lists of refunds are read."""
    readers = system_event_readers(clock=ports.clock)
    steps = [
        Step("follow events", lambda: follow_due_hints(ports=ports, slots=slots, at_most=at_most, stop=stop)),
        Step("read lists of refunds", lambda: read_due_lists(ports=ports, slots=slots)),
    ]
    if sandbox := readers.get(SANDBOX):

        def send(raw: bytes, headers: dict[str, str]) -> None:
            receive_event(ports=ports, reader=sandbox, raw=raw, headers=headers)

        steps.insert(0, Step("the sandbox's events", lambda: send_due_events(ports=ports, send=send)))
    return steps


def _charge_steps(ports: Ports, *, stop: Stop, at_most: int) -> list[Step]:
    terminals = system_charge_providers(clock=ports.clock, ids=ports.ids)
    return [
        Step(
            "charge cards",
            lambda: charge_due(ports=ports, providers=terminals, at_most=at_most, stop=stop),
        ),
        Step(
            "reconcile charges",
            lambda: reconcile_due_charges(ports=ports, providers=terminals, at_most=at_most, stop=stop),
        ),
    ]


def _card_steps(ports: Ports, vaults: dict[str, CardProvider], *, stop: Stop, at_most: int) -> list[Step]:
    return [
        Step(
            "end old set-ups",
            lambda: end_old_set_ups(ports=ports, providers=vaults, at_most=at_most),
        ),
        Step(
            "let go of refused cards",
            lambda: let_go_of_refused_cards(ports=ports, providers=vaults, at_most=at_most),
        ),
        Step(
            "remove cards",
            lambda: detach_due_cards(ports=ports, providers=vaults, at_most=at_most, stop=stop),
        ),
        Step("keep removals' deadlines", lambda: keep_removal_deadlines(ports=ports, at_most=at_most)),
    ]


def house_steps(
    *, ports: Ports, mail: MailPort, providers: dict[str, Provider], stop: Stop, at_most: int = 20
) -> list[Step]:
    """What a worker of this house does, in this order: money first, then what follows from it, then mail."""
    vaults = system_card_providers(clock=ports.clock, ids=ports.ids)
    return [
        *_event_steps(ports, Slots(providers, vaults), stop=stop, at_most=at_most),
        Step(
            "settle refunds",
            lambda: settle_due_refunds(
                clock=ports.clock, ids=ports.ids, providers=providers, at_most=at_most, stop=stop
            ),
        ),
        Step(
            "reconcile refunds",
            lambda: reconcile_due_refunds(
                clock=ports.clock, ids=ports.ids, providers=providers, at_most=at_most, stop=stop
            ),
        ),
        *_charge_steps(ports, stop=stop, at_most=at_most),
        *_card_steps(ports, vaults, stop=stop, at_most=at_most),
        Step("forget cards", lambda: forget_cards(ports=ports, at_most=at_most)),
        Step("close returns", lambda: close_settled_returns(ports=ports, at_most=at_most)),
        Step("keep deadlines", lambda: keep_deadlines(ports=ports, at_most=at_most)),
        Step("complete orders", lambda: complete_due_orders(ports=ports, at_most=at_most)),
        Step("try policies on the past", lambda: work_backtests(ports=ports)),
        Step("forget codes", lambda: forget_codes(ports=ports)),
        Step("forget bank accounts", lambda: forget_ibans(ports=ports)),
        *_support_steps(ports, stop=stop, at_most=at_most),
        Step(
            "send notifications",
            lambda: send_due_notifications(
                clock=ports.clock,
                mail=mail,
                at_most=5,
                freshen=fresh_mails(ports),
                foot=lambda: lanes_foot(ports.clock.now()),
            ),
        ),
    ]


def _support_steps(ports: Ports, *, stop: Stop, at_most: int) -> list[Step]:
    return [
        Step("read mail", lambda: read_due_mail(ports=ports, at_most=at_most, stop=stop)),
        Step("open threads for claims", lambda: open_threads_for_claims(ports=ports, at_most=at_most)),
        Step("answer incidents", lambda: work_incidents(ports=ports, at_most=at_most, stop=stop)),
        Step("close solved threads", lambda: close_old_threads(ports=ports, at_most=at_most)),
        Step("ask for ratings", lambda: ask_for_ratings(ports=ports, at_most=at_most)),
        Step("note what is late", lambda: note_breaches(ports=ports, at_most=at_most)),
        Step("forget unsent files", lambda: forget_old_drafted(ports=ports, at_most=at_most)),
    ]
