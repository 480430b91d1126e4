"""Several people at once: threads with a connection each, let loose at the same moment, round after round."""

import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connections

PATIENCE = 60


@dataclass
class Outcomes:
    """What came of one round: answers, and the errors that were expected."""

    answers: list[object] = field(default_factory=list)
    refusals: list[Exception] = field(default_factory=list)


def together(
    people: int,
    rounds: int,
    act: Callable[[int, int], object],
    *,
    expected: tuple[type[Exception], ...] = (),
) -> list[Outcomes]:
    """`act(round, person)` for each person at once; an error that is not `expected` fails the test."""
    outcomes = [Outcomes() for _ in range(rounds)]
    surprises: list[BaseException] = []
    barrier = threading.Barrier(people)

    def live(person: int) -> None:
        try:
            for turn in range(rounds):
                barrier.wait(PATIENCE)
                try:
                    outcomes[turn].answers.append(act(turn, person))
                except expected as refusal:
                    outcomes[turn].refusals.append(refusal)
        except BaseException as surprise:  # noqa: BLE001 - it is raised again in the test's own thread
            surprises.append(surprise)
            barrier.abort()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=live, args=(person,)) for person in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [each for each in surprises if not isinstance(each, threading.BrokenBarrierError)]
    assert not surprises, told or surprises
    return outcomes


def met(people: int) -> Callable[[], object]:
    """A meeting of so many people, again and again: nobody goes on before all are there.

    A control whose people look, meet and then act goes wrong each time, on a slow machine and on a quick one.
    """
    barrier = threading.Barrier(people)
    return lambda: barrier.wait(PATIENCE)


def measured(what: str) -> None:
    """Tell what a negative control did: shown by `pytest -s`."""
    sys.stdout.write(f"\n{what}\n")
