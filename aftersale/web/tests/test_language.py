"""The language that a person reads the pages in is the one that they are written to in."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from aftersale.accounts.models import User
from aftersale.base.models import Notification
from aftersale.returns.tests.cast import World, an_order
from aftersale.support.models import Kind, Thread
from aftersale.support.tests.cast import say
from aftersale.web.tests.browsing import signed_in

PASSWORD = "a lamp in the window"
CHINESE, ENGLISH = {"accept-language": "zh-CN"}, {"accept-language": "en-GB"}


def switch(client: Client, language: str) -> Any:
    return client.post("/language/", {"language": language, "next": "/policy/"})


def language_of(user: User) -> str:
    return User.objects.get(pk=user.pk).language


def sign_in(client: Client, user: User) -> Any:
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    return client.post("/sign-in/login/", {"login": user.email, "password": PASSWORD})


def test_ann_switches_to_chinese_and_is_answered_and_mailed_in_it(world: World):
    ann = signed_in(world.ann)
    answer = switch(ann, "zh-hans")
    assert (answer.status_code, answer["Location"]) == (302, "/policy/")
    assert language_of(world.ann) == "zh-hans" and language_of(world.bob) == "en"

    order = an_order(world)
    asked = {"order": order.code, "kind": Kind.RETURN, "subject": "Lamp", "body": "May it go back?"}
    ann.post("/threads/ask/", {**asked, "intent": "a-new-key-of-ann"})
    thread = Thread.objects.get(order=order)
    assert "政策" in thread.posts.get(author=None).body
    say(world, world.mia, thread)
    assert Notification.objects.get(recipient=world.ann.email, kind="thread-answered").language == "zh-hans"


def test_a_visitor_switches_and_nobody_s_account_changes(world: World):
    visitor = Client()
    switch(visitor, "zh-hans")
    assert "退款政策" in visitor.get("/policy/").content.decode()
    assert language_of(world.ann) == "en"


@pytest.mark.parametrize("language", ["", "tlh", "zh-hans\0"])
def test_a_language_that_the_site_does_not_speak_changes_nothing(world: World, language: str):
    ann = signed_in(world.ann)
    assert switch(ann, language).status_code == 400
    assert language_of(world.ann) == "en" and "django_language" not in ann.cookies


def test_the_first_sign_in_takes_the_language_of_the_page(world: World):
    ann = Client(headers=CHINESE)
    sign_in(ann, world.ann)
    assert language_of(world.ann) == "zh-hans"


def test_a_language_chosen_before_signing_in_is_taken_along(world: World):
    world.ann.last_login = timezone.now()
    world.ann.save(update_fields=["last_login"])
    ann = Client(headers=ENGLISH)
    switch(ann, "zh-hans")
    sign_in(ann, world.ann)
    assert language_of(world.ann) == "zh-hans"


@pytest.mark.parametrize("is_first", [True, False])
def test_on_a_new_device_the_pages_follow_the_account(world: World, is_first: bool):
    """Also at a first sign-in, where the import said which language it is."""
    world.ann.language, world.ann.last_login = "zh-hans", None if is_first else timezone.now()
    world.ann.save(update_fields=["language", "last_login"])
    ann = Client(headers=ENGLISH)
    sign_in(ann, world.ann)
    assert language_of(world.ann) == "zh-hans"
    assert "我的账户" in ann.get("/account/").content.decode()
