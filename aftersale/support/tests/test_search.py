"""Words are found, Chinese ones too, in what one may see and nowhere else."""

from random import Random

import pytest
from django.contrib.auth.models import AnonymousUser

from aftersale.returns.tests.cast import an_order
from aftersale.support.models import Post, Thread
from aftersale.support.search import index_post, posts_found, threads_found
from aftersale.support.services import About, hide_post
from aftersale.support.tests.cast import a_return, ask, ask_in_public, say


@pytest.fixture(autouse=True)
def _as_many_as_wanted(settings):
    settings.SUPPORT_THREADS_A_DAY = 1000
    settings.SUPPORT_POSTS_AN_HOUR = 1000


def found(viewer, words):
    return set(threads_found(viewer, words))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Die Stehlampe flackert.", "stehlampe"),
        ("Die Stehlampe flackert.", "FLACK steh"),
        ("Le café est brisé", "cafe brise"),
        ("我的台灯坏了，请退货。", "台灯"),
        ("我的台灯坏了，请退货。", "退货"),
        ("我的台灯坏了，请退货。", "坏"),
        ("我的台灯坏了，请退货。", "货"),
        ("订单Ａ１２３的台灯", "a123 台灯"),
        ("配線が壊れた", "配線"),
        ("전구가 깜박여요", "깜박"),
        ("Parcel 1Z999AA10123456784 is lost", "1Z999AA10123456784"),
        ("say \"it's 5' AND NOT | & ! : * (x)", "it's \"5' AND (x)"),
    ],
)
def test_what_was_written_is_found(world, body, words):
    thread = ask(world, body=body)
    ask(world, body="Something else altogether, 别的东西")
    assert found(world.ann, words) == {thread}


@pytest.mark.parametrize("words", ["灯台", "台坏", "lam", "ghost", "货请"])
def test_what_was_not_written_is_not_found(world, words):
    ask(world, subject="x", body="我的台灯坏了，请退货。 Stehlampe")
    assert found(world.ann, words) == set()


@pytest.mark.parametrize("words", ["", "  ", "!!", '"', "' OR 1=1 --", "*", "a" * 5000, "\\", "NEAR(", "<->"])
def test_odd_words_find_nothing_and_break_nothing(world, words):
    ask(world)
    assert found(world.ann, words) == set()


def test_numbers_that_name_a_thing_are_found_though_nobody_wrote_them(world):
    order = an_order(world)
    thread, about_return = ask(world, about=About(order=order)), ask(world, about=About(case=a_return(world)))
    assert found(world.ann, order.code.lower()) == {thread}
    assert found(world.mia, f"TR{order.code}") == {thread}
    assert found(world.ann, about_return.case.reference) == {about_return}
    assert found(world.bob, order.code) == found(world.li, order.code) == set()


def test_nobody_finds_by_a_word_that_they_may_not_read(world):
    an_order(world)
    thread, public = ask(world, body="zebra"), ask_in_public(world, body="giraffe")
    say(world, world.mia, thread, "okapi", "staff")
    say(world, world.mia, thread, "tapir", "supplier")
    rude = say(world, world.ann, public, "hyena")
    hide_post(ports=world.ports, by=world.mia, post=rude, reason="rude")
    nobody = AnonymousUser()
    seen = {
        word: [name for name, who in {"ann": world.ann, "bob": world.bob, "li": world.li, "otto": world.other,
                                      "mia": world.mia, "nobody": nobody}.items() if found(who, word)]
        for word in ("zebra", "okapi", "tapir", "giraffe", "hyena", "flickers")
    }  # fmt: skip
    assert seen == {
        "zebra": ["ann", "mia"],
        "okapi": ["mia"],
        "tapir": ["li", "mia"],
        "giraffe": ["ann", "bob", "li", "otto", "mia", "nobody"],
        "hyena": ["mia"],
        "flickers": ["ann", "bob", "li", "otto", "mia", "nobody"],
    }


def test_a_post_that_was_emptied_is_found_no_more(world):
    post = ask(world, subject="x", body="zebra").posts.get()
    Post.objects.filter(pk=post.pk).update(body="")
    post.refresh_from_db()
    index_post(post)
    assert found(world.ann, "zebra") == set()


def test_random_runs_are_found_just_where_they_stand(world):
    random = Random(5)
    texts = {
        "".join(random.choices("台灯坏了退货 ", k=random.randint(2, 9))).strip() or "了" for _ in range(40)
    }
    threads = {text: ask(world, subject="x", body=text) for text in texts}
    for _ in range(40):
        run = "".join(random.choices("台灯坏了退货", k=random.randint(1, 3)))
        assert found(world.ann, run) == {threads[text] for text in texts if run in text}, run


@pytest.mark.only_on("sqlite")
def test_a_common_word_is_not_compared_with_every_thread(world, monkeypatch):
    """Without statistics SQLite went through all hits once for each public thread, which took minutes."""
    monkeypatch.setattr("aftersale.support.search._FEW", -1)
    hits = posts_found(AnonymousUser(), "lamp")
    assert hits is not None
    plan = hits.values("thread").explain()
    assert "thread_id=?" in plan and "thread_id=? AND rowid=?" not in plan


def test_a_visitor_finds_the_same_by_a_word_whether_few_or_many_posts_hold_it(world, monkeypatch):
    shown, kept = ask_in_public(world, body="The grommet is lost."), ask(world, body="A grommet again.")
    Post.objects.filter(thread=shown).update(is_held=False)
    Thread.objects.filter(pk=shown.pk).update(state="open", state_before="")
    for few in (50, -1):
        monkeypatch.setattr("aftersale.support.search._FEW", few)
        assert found(AnonymousUser(), "grommet") == {shown}
        assert found(world.mia, "grommet") == {shown, kept}
