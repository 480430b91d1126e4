"""The demo's threads: something to look at on every page of the forum, the desk and one's own."""

import pytest

from aftersale.accounts.models import User
from aftersale.base.ports import SystemClock
from aftersale.support.models import FactSheet, MailConversation, Post, Thread
from aftersale.support.queries import public_threads, queue
from aftersale.support.search import threads_found

pytestmark = pytest.mark.slow


def test_there_is_something_of_every_sort_to_look_at(demo_marketplace):
    threads = Thread.objects.all()
    kinds = {"general", "review", "tracking", "return", "charge", "card"}
    assert set(threads.values_list("kind", flat=True)) >= kinds
    assert set(threads.values_list("state", flat=True)) >= {"open", "answered", "solved"}
    assert public_threads(User.objects.get(email="bob@example.com")).count() == 8
    assert queue(SystemClock().now()).filter(due_at__lt=SystemClock().now()).exists()
    assert Post.objects.filter(visibility="supplier", party="supplier").exists()
    assert FactSheet.objects.filter(post__isnull=False).count() >= 4
    assert threads_found(User.objects.get(email="mia@example.com"), "台灯").exists()
    assert set(MailConversation.objects.values_list("state", flat=True)) == {"waiting", "answered"}


def test_an_ann_of_the_demo_is_told_how_late_her_parcel_is(demo_marketplace):
    told = FactSheet.objects.get(thread__kind="tracking").answers
    assert {one["outcome"] for one in told} == {"late"} and all(one["late_days"] > 0 for one in told)
