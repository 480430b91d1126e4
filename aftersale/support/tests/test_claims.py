"""What is missing gets its thread by itself."""

import pytest
from django.db import IntegrityError
from structlog.testing import capture_logs

from aftersale.base.models import Notification
from aftersale.returns.tests.cast import an_order
from aftersale.support.models import Thread
from aftersale.support.queries import posts_of
from aftersale.support.services import open_threads_for_claims
from aftersale.support.tests.cast import a_claim, a_return, ask


def test_a_claim_gets_one_thread_that_says_what_the_policy_says(world):
    case = a_claim(world, note="The box was light.")
    assert open_threads_for_claims(ports=world.ports) == 1
    assert open_threads_for_claims(ports=world.ports) == 0
    thread = Thread.objects.get()
    assert (thread.kind, thread.case, thread.order, thread.opener) == ("claim", case, case.order, world.ann)
    body = posts_of(world.ann, thread).get().body
    assert "1 × Lamp 1" in body and "> The box was light." in body
    assert Notification.objects.filter(kind="thread-answered", recipient="ann@example.com").count() == 1


def test_one_claim_that_cannot_have_a_thread_keeps_no_other_waiting_and_is_told(world):
    taken, other = a_claim(world), a_claim(world)
    ask(world)
    Thread.objects.update(intent=f"claim:{taken.reference}")
    with capture_logs() as logs, pytest.raises(IntegrityError):
        open_threads_for_claims(ports=world.ports, at_most=1)
    assert [thread.case for thread in Thread.objects.filter(kind="claim")] == [other]
    assert [(each["event"], each["case"]) for each in logs] == [("a claim has no thread", taken.pk)]


def test_other_returns_get_none(world):
    a_return(world)
    an_order(world)
    assert open_threads_for_claims(ports=world.ports) == 0
    assert not Thread.objects.exists()
