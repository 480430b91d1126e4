"""One wish sent by many at the same moment is done once; without the key's guard it is done many times."""

from typing import Any

import pytest

from aftersale.api.idempotency import REPLAYED
from aftersale.api.models import KeptAnswer
from aftersale.api.operations import returns
from aftersale.api.tests.cast import LAMP, Machine, machine
from aftersale.returns.models import Return
from aftersale.returns.tests.cast import an_order
from tests.races.together import measured, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PEOPLE, ROUNDS = 6, 5


@pytest.fixture
def world(put_behind_the_door):
    return put_behind_the_door()


def sender(world):
    """Sends a wish for one of the order's lamps; each thread with a client of its own."""
    secret = machine(world, world.ann).secret
    orders = [an_order(world, lines=[(PEOPLE, 6000)]) for _ in range(ROUNDS)]

    def send(turn: int, person: int, wish: str, units: int = 1):
        body = {"supplier": "LI", "lines": [LAMP | {"units": units}]}
        return Machine(None, secret).post(f"/orders/{orders[turn].code}/returns", body, wish=wish)

    return send


def test_many_send_one_wish_and_it_is_done_once(world):
    send = sender(world)
    rounds = together(PEOPLE, ROUNDS, lambda turn, person: send(turn, person, f"one-wish-of-{turn}"))
    assert Return.objects.count() == ROUNDS
    assert KeptAnswer.objects.filter(status=201).count() == KeptAnswer.objects.count() == ROUNDS
    for turn, outcome in enumerate(rounds):
        answers: list[Any] = outcome.answers
        statuses = [answer.status_code for answer in answers]
        assert set(statuses) <= {201, 409}, statuses
        assert 201 in statuses
        told = {answer.content for answer in answers if answer.status_code == 201}
        assert len(told) == 1
        waiting = [answer for answer in answers if answer.status_code == 409]
        assert all(answer["Retry-After"] == "2" for answer in waiting)
        assert {answer.json()["code"] for answer in waiting} <= {"idempotency_key_in_use"}
        again = send(turn, 0, f"one-wish-of-{turn}")
        assert (again.content, again[REPLAYED]) == (told.pop(), "true")


def test_of_two_wishes_with_one_key_one_is_done(world):
    send = sender(world)
    rounds = together(2, ROUNDS, lambda turn, person: send(turn, person, f"one-key-of-{turn}", person + 1))
    assert Return.objects.count() == ROUNDS
    for outcome in rounds:
        answers: list[Any] = outcome.answers
        assert sorted(answer.status_code for answer in answers) == [201, 422]


def test_without_the_guard_one_wish_is_done_many_times(world, monkeypatch):
    """The negative control: the test above can fail."""

    def unguarded(request, _key, _asked, verb):
        return verb(request.ports.ids.key())

    monkeypatch.setattr(returns, "once", unguarded)
    send = sender(world)
    together(PEOPLE, ROUNDS, lambda turn, person: send(turn, person, f"one-wish-of-{turn}"))
    measured(f"unguarded: {Return.objects.count()} returns of {ROUNDS} wishes")
    assert Return.objects.count() == PEOPLE * ROUNDS
