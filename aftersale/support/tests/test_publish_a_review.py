"""Ann lets everybody read her verdict on an order: a copy of her choosing, and nothing of who she is."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client

from aftersale.returns.services import issue_rma
from aftersale.returns.tests.cast import World, an_order
from aftersale.support.errors import CannotMove, NotForYou, TakenBack, ThreadClosed
from aftersale.support.invariants import clocks_are_as_told
from aftersale.support.models import Breach, PublishedReview, Thread, ThreadEvent
from aftersale.support.queries import posts_of, public_threads
from aftersale.support.reviewing import may_publish, publish_review, scrubbed, scrubbed_copy, withdraw_review
from aftersale.support.services import (
    About,
    draft_of,
    merge_threads,
    note_breaches,
    save_draft,
    split_thread,
    undo_move,
    unhide_post,
)
from aftersale.support.tests.cast import a_return, ask, ask_in_public, say


def a_review(world: World, **order) -> Thread:
    """Ann's private review, in which she names everything that there is to name."""
    world.ann.name = "Annegret Keller"
    world.ann.save()
    placed = an_order(world, **order)
    tracking = placed.groups.get().parcels.get().tracking_number
    thread = ask(
        world,
        kind="review",
        about=About(order=placed),
        subject=f"My verdict on {placed.code}",
        body=f"I am Annegret Keller, ann@example.com. Parcel {tracking} of {placed.code} came. A fine lamp!",
    )
    say(world, world.mia, thread, "Li says: our stock is low.", "staff")
    return thread


def published(world: World, thread: Thread) -> Thread:
    subject, body = scrubbed_copy(thread)
    return publish_review(ports=world.ports, by=world.ann, thread=thread, subject=subject, body=body)


def test_everybody_reads_a_copy_without_names_and_numbers_marked_as_bought_here(world: World):
    thread = a_review(world)
    copy = published(world, thread)
    assert (copy.is_public, copy.order, copy.due_at, copy.state) == (True, None, None, "answered")
    assert hasattr(public_threads(AnonymousUser()).get(), "bought_here")
    page = Client().get(f"/threads/{copy.reference}/").content.decode()
    assert "A fine lamp!" in page and "Bought here" in page
    tracking = thread.order.groups.get().parcels.get().tracking_number
    for word in ("Annegret", "Keller", "ann@example.com", thread.order.code, tracking, "stock", "Li Lamps"):
        assert word not in page


def test_the_private_thread_stays_as_it_is(world: World):
    thread = a_review(world)
    published(world, thread)
    thread.refresh_from_db()
    assert not thread.is_public and "Keller" in thread.posts.get(number=1).body
    assert list(posts_of(AnonymousUser(), thread)) == []


def test_a_number_of_the_supplier_s_is_taken_out_too(world: World):
    case = a_return(world, reason="unwanted")
    issue_rma(ports=world.ports, by=world.li, case=case, number="RMA-7788")
    thread = ask(world, kind="review", about=About(order=case.order), body=f"RMA-7788 and {case.reference}.")
    assert scrubbed_copy(thread)[1] == "… and …."


def test_a_chinese_name_is_taken_out_wherever_it_stands(world: World):
    thread = a_review(world)
    thread.opener.name = "王小明"
    assert scrubbed("我是王小明，很满意。I am 王小明.", thread) == "我是…，很满意。I am …."


def test_a_second_press_answers_the_same_copy(world: World):
    thread = a_review(world)
    assert published(world, thread) == published(world, thread)
    assert Thread.objects.filter(is_public=True).count() == 1


def test_what_is_not_one_s_own_finished_review_is_not_published(world: World):
    under_way = ask(world, kind="review", about=About(order=an_order(world, delivered_days_ago=None)))
    question = ask(world, kind="return", about=About(order=an_order(world)))
    for by, thread in ((world.ann, under_way), (world.ann, question), (world.bob, a_review(world))):
        assert not may_publish(by, thread)
        with pytest.raises(NotForYou):
            publish_review(ports=world.ports, by=by, thread=thread, subject="Fine", body="Fine.")
    assert not PublishedReview.objects.exists() and not Thread.objects.filter(is_public=True).exists()


def test_ann_takes_it_back_and_nobody_reads_it_any_more(world: World):
    thread = a_review(world)
    copy = published(world, thread)
    say(world, world.bob, copy, "Mine, too.")
    withdraw_review(ports=world.ports, by=world.ann, thread=thread)
    assert Client().get(f"/threads/{copy.reference}/").status_code == 404
    assert not public_threads(world.bob).exists()
    with pytest.raises(NotForYou):
        withdraw_review(ports=world.ports, by=world.bob, thread=thread)


def test_it_owes_nobody_anything_and_no_clock_of_it_runs_out(world: World):
    copy = published(world, a_review(world))
    assert copy.resolve_due_at is None and clocks_are_as_told().wrong == []
    world.clock.move(days=30)
    note_breaches(ports=world.ports)
    assert not Breach.objects.filter(thread=copy).exists()
    say(world, world.ann, copy, "Does it come in red, too?")
    copy.refresh_from_db()
    assert copy.due_at is not None and copy.resolve_due_at is not None and clocks_are_as_told().wrong == []


def test_publishing_leaves_the_question_that_ann_has_begun(world: World):
    thread = a_review(world)
    save_draft(ports=world.ports, by=world.ann, subject="Another", body="By the way,")
    published(world, thread)
    assert draft_of(world.ann).body == "By the way,"


def test_what_was_put_into_another_thread_is_gone_there_when_ann_takes_it_back(world: World):
    thread = a_review(world)
    copy, other = published(world, thread), ask_in_public(world, body="Which bulb fits?")
    merge_threads(ports=world.ports, by=world.mia, source=copy, target=other)
    withdraw_review(ports=world.ports, by=world.ann, thread=thread)
    assert [post.body for post in posts_of(AnonymousUser(), other)] == ["Which bulb fits?"]
    assert not public_threads(world.bob).filter(pk=copy.pk).exists()


def test_where_ann_takes_it_back_stays_when_our_staff_puts_threads_together(world: World):
    thread = a_review(world)
    published(world, thread)
    other = ask(world, about=About(order=thread.order))
    with pytest.raises(CannotMove):
        merge_threads(ports=world.ports, by=world.mia, source=thread, target=other)
    merge_threads(ports=world.ports, by=world.mia, source=other, target=thread)
    withdraw_review(ports=world.ports, by=world.ann, thread=thread)
    assert not public_threads(world.bob).exists()


def test_of_what_was_split_off_and_published_the_split_stays(world: World):
    thread = a_review(world)
    post = say(world, world.ann, thread, "And the other lamp is fine, too.")
    move = split_thread(
        ports=world.ports, by=world.mia, thread=thread, numbers=[post.number], subject="Two", intent="split"
    )
    published(world, move.target)
    with pytest.raises(CannotMove):
        undo_move(ports=world.ports, by=world.mia, move=move)
    withdraw_review(ports=world.ports, by=world.ann, thread=move.target)
    assert not public_threads(world.bob).exists()


def test_a_merge_taken_back_later_shows_nothing_of_it_nor_lets_it_go_on(world: World):
    thread = a_review(world)
    copy, other = published(world, thread), ask_in_public(world, body="Which bulb fits?")
    move = merge_threads(ports=world.ports, by=world.mia, source=copy, target=other)
    withdraw_review(ports=world.ports, by=world.ann, thread=thread)
    undo_move(ports=world.ports, by=world.mia, move=move)
    copy.refresh_from_db()
    assert copy.state == "closed" and list(posts_of(world.bob, copy)) == []
    with pytest.raises(ThreadClosed):
        say(world, world.mia, copy, "Thank you for it.")


def test_what_was_split_off_it_is_gone_too(world: World):
    thread = a_review(world)
    copy = published(world, thread)
    say(world, world.ann, copy, "And it came in two days.")
    move = split_thread(
        ports=world.ports, by=world.mia, thread=copy, numbers=[2], subject="Quick", intent="split"
    )
    withdraw_review(ports=world.ports, by=world.ann, thread=thread)
    assert list(posts_of(AnonymousUser(), move.target)) == []


def test_our_staff_cannot_show_again_what_ann_took_back(world: World):
    thread = a_review(world)
    copy, other = published(world, thread), ask_in_public(world)
    merge_threads(ports=world.ports, by=world.mia, source=copy, target=other)
    withdraw_review(ports=world.ports, by=world.ann, thread=thread)
    for post in other.posts.filter(hidden_at__isnull=False):
        with pytest.raises(TakenBack):
            unhide_post(ports=world.ports, by=world.mia, post=post)
    assert posts_of(AnonymousUser(), other).count() == 1


def test_taking_it_back_twice_changes_nothing_more(world: World):
    thread = a_review(world)
    published(world, thread)
    withdraw_review(ports=world.ports, by=world.ann, thread=thread)
    told = list(ThreadEvent.objects.values_list("pk", flat=True))
    withdraw_review(ports=world.ports, by=world.ann, thread=thread)
    assert list(ThreadEvent.objects.values_list("pk", flat=True)) == told


def test_ann_publishes_on_a_page_only_after_she_agreed(world: World):
    thread = a_review(world)
    ann = Client()
    ann.force_login(world.ann)
    address = f"/threads/{thread.reference}/publish/"
    assert address in ann.get(f"/threads/{thread.reference}/").content.decode()
    assert "A fine lamp!" in ann.get(address).content.decode()
    sent = {"subject": "A fine lamp", "body": f"Annegret Keller likes {thread.order.code}."}
    looked = ann.post(address, sent)
    assert looked.status_code == 200 and "… likes …." in looked.content.decode()
    assert not PublishedReview.objects.exists()
    page = ann.post(address, {**sent, "agreed": "yes"}, follow=True)
    assert "… likes …." in page.content.decode() and PublishedReview.objects.exists()
    assert "Your public verdict" in ann.get(f"/threads/{thread.reference}/").content.decode()
    ann.post(f"/threads/{thread.reference}/withdraw/")
    assert not public_threads(world.bob).exists()
