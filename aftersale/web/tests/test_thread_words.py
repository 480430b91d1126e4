"""What stands on pages of threads: marks of removed numbers, plain words in lists, usual kinds, feeds."""

import re
from typing import Any

import pytest
from django.test import Client

from aftersale.orders.models import ParcelEvent
from aftersale.returns.tests.cast import World, an_order
from aftersale.support.models import Post, Thread
from aftersale.support.services import About
from aftersale.support.tests.cast import a_return, ask, ask_in_public, say
from aftersale.web.tests.browsing import main_of, signed_in, told

CARD = "4111 1111 1111 1111"


def chosen_kind(client: Client, address: str) -> Any:
    return re.findall(r'<option value="(\w+)" selected', told(client.get(address)))


def test_a_removed_number_is_told_in_the_reader_s_language_and_stored_as_it_was(world: World):
    an_order(world)
    thread = ask_in_public(world, subject=f"Card {CARD}", body=f"I paid with {CARD}, code 123.")
    reader = Client(headers={"accept-language": "zh-CN"})
    page = main_of(reader.get(f"/threads/{thread.reference}/"))
    assert "card number removed" not in page and page.count("[已移除卡号：Visa 尾号 1111]") == 2
    assert "[已移除安全码]" in page
    assert "[card number removed: Visa ending 1111]" in main_of(Client().get(f"/threads/{thread.reference}/"))
    assert "[card number removed: Visa ending 1111]" in Post.objects.get().body
    assert "[card number removed" in Thread.objects.get().subject


def test_lists_show_words_and_no_marks(world: World):
    an_order(world)
    thread = ask_in_public(world, subject="Lamp")
    say(world, world.mia, thread, "**Turn** it\n\n> around & [look](https://example.com/).")
    page = main_of(signed_in(world.mia).get(f"/threads/{thread.reference}/moves/"))
    assert "Turn it around &amp; look" in page and "**" not in page
    found = main_of(Client().get("/threads/?q=around"))
    assert "Turn it <mark>around</mark> &amp; look" in found and "**" not in found


@pytest.mark.parametrize(("arrived", "kind"), [(True, "return"), (False, "tracking")])
def test_of_an_item_the_usual_question_is_chosen(world: World, arrived: bool, kind: str):
    order = an_order(world)
    if not arrived:
        ParcelEvent.objects.all().delete()
    ann = signed_in(world.ann)
    assert chosen_kind(ann, f"/threads/ask/?order={order.code}&line=1") == [kind]
    assert chosen_kind(ann, f"/threads/ask/?order={order.code}&line=1&kind=general") == ["general"]
    assert chosen_kind(ann, f"/threads/ask/?order={order.code}") == ["general"]


def test_the_forum_a_category_and_a_public_thread_show_their_feeds(world: World):
    an_order(world)
    thread, private = ask_in_public(world, kind="tracking"), ask(world)
    visitor = Client()
    assert 'href="/threads/feed.atom"' in main_of(visitor.get("/threads/"))
    assert 'href="/threads/feed.atom?kind=tracking"' in main_of(visitor.get("/threads/?kind=tracking"))
    page = told(visitor.get(f"/threads/{thread.reference}/"))
    assert f'<a class="ask-about" href="/threads/{thread.reference}/feed.atom"' in page
    ann = signed_in(world.ann)
    assert "feed.atom" not in told(ann.get(f"/threads/{private.reference}/"))
    assert "feed.atom" not in main_of(ann.get("/threads/?show=mine"))


def test_mia_reads_the_decision_on_a_few_lines_and_ann_in_full(world: World):
    case = a_return(world)
    thread = ask(world, about=About(case=case), kind="return")
    page = f"/threads/{thread.reference}/"
    assert "answer-head" in told(signed_in(world.ann).get(page))
    short, clause = told(signed_in(world.mia).get(page)), case.lines.get().decisions.get().clause
    assert "answer-head" not in short and f"#{clause}" in short


def test_the_queue_says_why_an_answered_thread_is_due(world: World):
    thread = ask(world, about=About(case=a_return(world)), kind="return")
    mia = signed_in(world.mia)
    assert "first answer ·" in main_of(mia.get("/desk/threads/"))
    say(world, world.mia, thread, "We ask.")
    say(world, world.mia, thread, "May it come back?", "supplier")
    say(world, world.li, thread, "It may.")
    page = main_of(mia.get("/desk/threads/"))
    assert "Answered" in page and "our word after the supplier&#x27;s ·" in page


def test_quoting_leads_into_the_field(world: World):
    thread = ask(world)
    assert 'href="?quote=1#id_body"' in main_of(signed_in(world.ann).get(f"/threads/{thread.reference}/"))
