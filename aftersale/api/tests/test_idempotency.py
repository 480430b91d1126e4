"""A wish that is sent twice is done once and answered twice alike; a crash leaves no wish stuck."""

from datetime import timedelta

import pytest

from aftersale.api import idempotency
from aftersale.api.idempotency import CLAIM, REPLAYED
from aftersale.api.models import KeptAnswer
from aftersale.api.tests.cast import ONE_LAMP, UNWANTED_LAMP, a_received_return, a_return, a_wish
from aftersale.payments.models import Refund
from aftersale.returns.models import Return
from aftersale.returns.tests.cast import an_order

WISH = "ann-wants-this-once"


def ask(ann, order, body=ONE_LAMP, wish=WISH):
    return ann.post(f"/orders/{order.code}/returns", body, wish=wish)


def test_the_same_wish_brings_the_first_answer_again(world, ann):
    order = an_order(world)
    first = ask(ann, order)
    world.clock.move(days=3)
    again = ask(ann, order)
    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, first.content)
    assert (REPLAYED in first, again[REPLAYED]) == (False, "true")
    assert again["Content-Type"] == first["Content-Type"]
    assert Return.objects.count() == 1


def test_white_space_and_order_of_fields_make_no_other_wish(world, ann):
    order = an_order(world)
    first = ask(ann, order)
    same = '{ "lines":[{"reason":"defective","units":1,"line":1}], "note":"", "supplier":"LI" }'
    again = ask(ann, order, same)
    assert again.content == first.content


def test_another_wish_with_the_same_key_is_refused(world, ann):
    order = an_order(world, lines=[(2, 6000)])
    ask(ann, order)
    for answer in (ask(ann, order, UNWANTED_LAMP), ask(ann, an_order(world))):
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
        assert answer.json()["field"] == "Idempotency-Key"
    assert Return.objects.count() == 1


def test_a_refusal_is_an_answer_and_is_kept(world, ann):
    """Whoever was told no is not surprised by a late yes to the same wish."""
    order = an_order(world)
    case = a_return(world, order)
    first = ask(ann, order)
    assert first.json()["code"] == "units_taken"
    ann.post(f"/returns/{case.reference}/withdrawal")
    again = ask(ann, order)
    assert (again.status_code, again.content, again[REPLAYED]) == (409, first.content, "true")
    assert ask(ann, order, wish=a_wish()).status_code == 201


def test_wrong_input_uses_no_key_up(world, ann):
    order = an_order(world)
    wrong = {"supplier": "LI", "lines": [{"line": 9, "units": 1, "reason": "wrong"}]}
    assert ask(ann, order, wrong).status_code == 422
    assert not KeptAnswer.objects.exists()
    assert ask(ann, order).status_code == 201


def test_our_own_failure_uses_no_key_up_and_keeps_nothing(world, ann, monkeypatch):
    order = an_order(world)
    with monkeypatch.context() as patch:
        patch.setattr("aftersale.api.operations.returns.told_case", broken)
        assert ask(ann, order).status_code == 500
    assert not Return.objects.exists() and not KeptAnswer.objects.exists()
    assert ask(ann, order).status_code == 201


def broken(*_args, **_kwargs):
    raise RuntimeError("after the verb, before the answer was kept")


class Killed(BaseException):
    """What a killed process is to the code that was running: nothing after it runs."""


def test_a_crash_between_claim_and_verb_holds_the_key_only_for_a_while(world, ann, monkeypatch):
    order = an_order(world)
    crash(monkeypatch, ann, order)
    waiting = ask(ann, order)
    assert (waiting.status_code, waiting.json()["code"]) == (409, "idempotency_key_in_use")
    assert waiting["Retry-After"] == "2"
    world.clock.move(seconds=CLAIM.total_seconds())
    assert ask(ann, order).status_code == 201
    assert Return.objects.count() == 1


def crash(monkeypatch, ann, order):
    """The process dies when the key is claimed: no clean-up of ours runs."""
    with monkeypatch.context() as patch:
        patch.setattr("aftersale.api.idempotency._answer", killed)
        patch.setattr("django.db.models.query.QuerySet.delete", lambda _rows: (0, {}))
        with pytest.raises(Killed):
            ask(ann, order)
    assert KeptAnswer.objects.get().answered_at is None
    assert not Return.objects.exists()


def killed(*_args):
    raise Killed


def test_who_was_slow_and_lost_the_claim_does_nothing(world, ann, monkeypatch):
    """A request that sleeps past its claim finds its key taken over, and keeps its hands off."""
    order, awake, answers = an_order(world), idempotency._answer, []

    def asleep(*arguments):
        monkeypatch.setattr(idempotency, "_answer", awake)
        world.clock.move(seconds=CLAIM.total_seconds())
        answers.append(ask(ann, order))
        return awake(*arguments)

    monkeypatch.setattr(idempotency, "_answer", asleep)
    late = ask(ann, order)
    assert (late.status_code, late.json()["code"]) == (409, "idempotency_key_in_use")
    assert ask(ann, order).content == answers[0].content
    assert Return.objects.count() == 1


def test_an_inspection_sent_twice_reserves_once(world, li):
    case = a_received_return(world)
    found = {"lines": [{"id": case.lines.get().pk, "units": 1, "reason": "defective"}]}
    first = li.post(f"/returns/{case.reference}/inspection", found, wish=WISH)
    again = li.post(f"/returns/{case.reference}/inspection", found, wish=WISH)
    other = li.post(f"/returns/{case.reference}/inspection", found, wish=a_wish())
    assert first.content == again.content == other.content
    assert (again[REPLAYED], REPLAYED in other) == ("true", False)
    assert Refund.objects.count() == 1


def test_answers_are_kept_for_ever(world, ann):
    order = an_order(world)
    first = ask(ann, order)
    later = world.clock.now() + timedelta(days=29)
    world.clock.move(days=(later - world.clock.now()).days)
    assert ask(ann, order).content == first.content
