"""How a solution was: asked on the thread, and by the links of a mail, which count nothing by themselves."""

import re
from typing import Any

import pytest
from django.test import Client

from aftersale.base.mail import Mail
from aftersale.returns.tests.cast import World
from aftersale.support.mail.asking_ratings import ask_for_ratings
from aftersale.support.models import Post, Rating, RatingLink, Reader, Thread, ThreadEvent
from aftersale.support.services import rate_solution, solve_thread
from aftersale.support.tests.cast import ask, ask_in_public, say
from aftersale.support.tests.postbox import Postbox, deliver
from aftersale.web.tests.browsing import main_of, signed_in


def solved(world: World, thread: Thread) -> Thread:
    say(world, world.mia, thread, "Press it firmly.")
    return solve_thread(ports=world.ports, by=world.mia, thread=thread)


@pytest.fixture
def thread(world: World) -> Thread:
    return solved(world, ask(world))


@pytest.fixture
def mail(world: World, thread: Thread) -> Mail:
    """What Ann is asked a day later."""
    world.clock.move(days=1, minutes=1)
    ask_for_ratings(ports=world.ports)
    (found,) = [each for each in deliver(world, Postbox()).of(world.ann) if "How was it?" in each.subject]
    return found


def paths_in(mail: Mail) -> list[str]:
    return re.findall(r"http://[^/]+(/rate/\S+)", mail.text)


def rows() -> list[Any]:
    """What a rating may not touch, and whether there is one."""
    tables = (Thread, ThreadEvent, Post, Reader, Rating)
    return [tuple(table.objects.order_by("pk").values_list()) for table in tables]


def test_a_scanner_that_opens_every_link_counts_nothing(world, thread, mail):
    scanner, before = Client(), rows()
    for path in paths_in(mail):
        assert "Nothing has been counted yet." in main_of(scanner.get(path))
        assert scanner.head(path).status_code == 200
    assert rows() == before and len(paths_in(mail)) == 3


def test_a_button_counts_without_signing_in_and_signs_nobody_in(world, thread, mail):
    nobody, before, path = Client(), rows(), paths_in(mail)[2]
    assert re.search(r'value="bad" checked', main_of(nobody.get(path)))
    page = nobody.post(path, {"content": "bad", "comment": "Too late."}, follow=True)
    assert "You said: bad" in main_of(page) and "Too late." in main_of(page)
    assert Rating.objects.get().content == "bad" and rows()[:-1] == before[:-1]
    assert "_auth_user_id" not in nobody.session
    assert nobody.get(f"/threads/{thread.reference}/").status_code == 404
    assert nobody.post(path, {"content": "great"}).status_code == 422
    assert Rating.objects.get().content == "bad"


def test_a_foreign_page_cannot_press_the_button(world, thread, mail):
    foreign = Client(enforce_csrf_checks=True)
    assert foreign.post(paths_in(mail)[0], {"content": "good"}).status_code == 403
    assert not Rating.objects.exists()


def test_a_link_ends_with_its_solution_and_with_the_account(world, thread, mail):
    address = paths_in(mail)[0]
    say(world, world.ann, thread, "It flickers again.")
    solved(world, thread)
    page = main_of(Client().get(address))
    assert "can no longer be rated" in page and "<textarea" not in page
    assert Client().post(address, {"content": "good"}).status_code == 422
    world.ann.is_active = False
    world.ann.save()
    for path in (address, f"/rate/{'0' * 26}/"):
        assert Client().get(path).status_code == 404
        assert Client().post(path, {"content": "good"}).status_code == 404
    assert not Rating.objects.exists() and RatingLink.objects.count() == 1


def test_ann_reads_the_question_on_her_thread_and_mia_the_answer(world, thread):
    ann, mia, address = signed_in(world.ann), signed_in(world.mia), f"/threads/{thread.reference}/"
    assert "It is solved. How was it?" in main_of(ann.get(address))
    page = ann.post(f"{address}rate/", {"content": "mixed", "comment": "A bit slow."}, follow=True)
    assert "You said of the solution: so-so" in main_of(page)
    told = main_of(mia.get(address))
    assert "so-so" in told and "A bit slow." in told and f"{address}rate/" not in told
    ann.post(f"{address}rate/", {"content": "great"})
    assert Rating.objects.get().content == "mixed"


def test_bystanders_of_a_public_thread_see_no_rating(world):
    public = solved(world, ask_in_public(world))
    said = "Nobody helped."
    rate_solution(ports=world.ports, by=world.ann, thread=public, content="bad", comment=said)
    bob = signed_in(world.bob)
    for reader in (bob, Client()):
        page = reader.get(f"/threads/{public.reference}/").content.decode()
        assert "Nobody helped." not in page and "How was" not in page
    assert bob.post(f"/threads/{public.reference}/rate/", {"content": "good"}).status_code == 302
    assert Rating.objects.get().content == "bad"
