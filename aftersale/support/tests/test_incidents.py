"""A carrier loses a lorry: Mia links the threads about it, answers them once, and closes it."""

import pytest
from django.db import IntegrityError
from structlog.testing import capture_logs

from aftersale.base.errors import BadInput
from aftersale.support.errors import IncidentOver, NotForYou
from aftersale.support.incident_queries import answers_of, incident_called, incidents_of, suggested_for
from aftersale.support.models import Incident, IncidentAnswer, IncidentTask, Post, Thread
from aftersale.support.services import (
    About,
    answer_incident,
    close_incident,
    close_thread,
    draft_of,
    link_threads,
    merge_threads,
    open_incident,
    save_draft,
    solve_thread,
    undo_move,
    unlink_thread,
    work_incidents,
)
from aftersale.support.tests.cast import ask, say

CARD = "4111 1111 1111 1111"


def answer(world, incident, body="The lorry was found.", intent="a", by=None):
    return answer_incident(ports=world.ports, by=by or world.mia, incident=incident, body=body, intent=intent)


def link(world, incident, *threads):
    return link_threads(ports=world.ports, by=world.mia, incident=incident, threads=threads)


def work(world, **how):
    return work_incidents(ports=world.ports, **how)


@pytest.fixture
def incident(world):
    return open_incident(
        ports=world.ports, by=world.mia, title="A lorry is lost", kind="tracking", intent="lorry"
    )


@pytest.fixture
def threads(world, incident):
    made = [ask(world, kind="tracking"), ask(world, world.bob, kind="tracking")]
    assert link(world, incident, *made) == 2
    return made


def test_one_answer_stands_in_each_thread_once_and_stops_its_clock(world, incident, threads):
    answer(world, incident)
    assert not Post.objects.filter(author=world.mia).exists()
    assert work(world) == 2
    for thread in threads:
        thread.refresh_from_db()
        assert (thread.state, thread.due_at) == ("answered", None)
        assert thread.posts.last().body == "The lorry was found."
    assert work(world) == 0
    told = answers_of(incident).get()
    assert (told.posted, told.owed, told.failed) == (2, 0, 0)


def test_what_mia_has_begun_to_write_in_one_of_them_is_kept(world, incident, threads):
    save_draft(ports=world.ports, by=world.mia, thread=threads[0], body="Dear Ann")
    answer(world, incident)
    work(world)
    assert draft_of(world.mia, threads[0]).body == "Dear Ann"


def test_a_worker_that_stopped_half_way_goes_on_and_posts_nothing_twice(world, incident, threads):
    answer(world, incident)
    assert work(world, at_most=1) == 1
    assert answers_of(incident).get().owed == 1
    # It died after posting, before it noted so.
    IncidentTask.objects.update(done_at=None, post=None)
    work(world)
    assert Post.objects.filter(body="The lorry was found.").count() == 2


def test_the_same_submit_twice_is_one_answer(world, incident, threads):
    assert answer(world, incident) == answer(world, incident)
    assert IncidentAnswer.objects.count() == 1 and IncidentTask.objects.count() == 2


def test_a_closed_thread_is_left_alone_and_told_of(world, incident, threads):
    close_thread(ports=world.ports, by=world.mia, thread=threads[0])
    answer(world, incident)
    work(world)
    told = answers_of(incident).get()
    assert (told.posted, told.failed) == (1, 1)
    assert not threads[0].posts.filter(author=world.mia).exists()
    assert "closed" in IncidentTask.objects.get(thread=threads[0]).reason


def test_two_linked_threads_that_were_merged_get_one_answer(world, incident):
    first = ask(world, kind="tracking")
    second = ask(world, kind="tracking", about=About(order=first.order))
    link(world, incident, first, second)
    answer(world, incident)
    merge_threads(ports=world.ports, by=world.mia, source=first, target=second)
    work(world)
    assert Post.objects.filter(body="The lorry was found.").count() == 1


def test_an_incident_comes_along_when_its_thread_is_merged_and_goes_back_with_it(world, incident):
    first = ask(world, kind="tracking")
    second = ask(world, kind="tracking", about=About(order=first.order))
    both = open_incident(ports=world.ports, by=world.mia, title="A ship, too", intent="ship")
    link(world, incident, first)
    link(world, both, first, second)
    move = merge_threads(ports=world.ports, by=world.mia, source=first, target=second)
    assert set(incidents_of(second)) == {incident, both} and not suggested_for(second).exists()
    assert [incident_called(each.reference).threads for each in (incident, both)] == [1, 1]
    undo_move(ports=world.ports, by=world.mia, move=move)
    assert set(incidents_of(first)) == {incident, both} and set(incidents_of(second)) == {both}


def test_what_was_unlinked_after_a_merge_stays_so_and_hears_nothing(world, incident):
    first = ask(world, kind="tracking")
    second = ask(world, kind="tracking", about=About(order=first.order))
    link(world, incident, first)
    answer(world, incident)
    move = merge_threads(ports=world.ports, by=world.mia, source=first, target=second)
    unlink_thread(ports=world.ports, by=world.mia, incident=incident, thread=second)
    undo_move(ports=world.ports, by=world.mia, move=move)
    assert work(world) == 0
    assert not incidents_of(first).exists() and not Post.objects.filter(author=world.mia).exists()


def test_one_thread_in_which_nothing_can_be_written_keeps_no_other_waiting(world, incident, threads):
    answer(world, incident)
    Thread.objects.filter(pk=threads[0].pk).update(last_number=0)  # a number is given twice
    with capture_logs() as logs, pytest.raises(IntegrityError):
        work(world, at_most=1)
    assert threads[1].posts.filter(body="The lorry was found.").exists()
    assert [(each["event"], each["error"]) for each in logs] == [
        ("a thread of an incident waits", "IntegrityError")
    ]
    assert answers_of(incident).get().owed == 1


def test_an_incident_that_is_opened_twice_by_one_submit_is_one(world, incident):
    again = open_incident(ports=world.ports, by=world.mia, title="A lorry is lost", intent="lorry")
    assert again == incident and Incident.objects.count() == 1


def test_closing_solves_all_after_what_is_owed_to_them(world, incident, threads):
    answer(world, incident)
    close_incident(ports=world.ports, by=world.mia, incident=incident, solve=True)
    while work(world, at_most=1):
        pass
    assert {thread.state for thread in Thread.objects.all()} == {"solved"}
    assert Post.objects.filter(body="The lorry was found.").count() == 2


def test_a_closed_incident_takes_in_nothing_more(world, incident, threads):
    close_incident(ports=world.ports, by=world.mia, incident=incident)
    with pytest.raises(IncidentOver):
        answer(world, incident)
    with pytest.raises(IncidentOver):
        link(world, incident, threads[0])
    assert not IncidentTask.objects.exists()


def test_an_unlinked_thread_hears_nothing_more(world, incident, threads):
    answer(world, incident)
    unlink_thread(ports=world.ports, by=world.mia, incident=incident, thread=threads[0])
    work(world)
    assert Post.objects.get(author=world.mia).thread == threads[1]
    assert [event.kind for event in threads[0].events.all()] == ["linked", "unlinked"]


def test_a_new_thread_of_its_kind_is_offered_the_incident_until_it_is_linked(world, incident):
    thread, other = ask(world, kind="tracking"), ask(world)
    assert list(suggested_for(thread)) == [incident] and not suggested_for(other).exists()
    link(world, incident, thread)
    assert not suggested_for(thread).exists()
    assert incident_called(incident.reference).threads == 1


def test_what_is_wrong_or_somebody_else_s_writes_nothing(world, incident):
    with pytest.raises(BadInput):
        answer(world, incident)  # nothing is linked
    with pytest.raises(BadInput):
        open_incident(ports=world.ports, by=world.mia, title=" ", intent="b")
    with pytest.raises(NotForYou):
        open_incident(ports=world.ports, by=world.ann, title="Mine", intent="c")
    with pytest.raises(NotForYou):
        answer(world, incident, by=world.ann)
    assert Incident.objects.count() == 1 and not IncidentAnswer.objects.exists()


def test_card_numbers_are_gone_before_an_answer_is_kept(world, incident, threads):
    answer(world, incident, f"Paid with {CARD}?")
    assert "1111 1111" not in IncidentAnswer.objects.get().body


def test_what_ann_writes_afterwards_waits_for_our_staff_as_ever(world, incident, threads):
    answer(world, incident)
    work(world)
    say(world, world.ann, threads[0], "When does it come?")
    threads[0].refresh_from_db()
    assert threads[0].state == "open"


def test_closing_it_leaves_what_solved_a_thread_already(world, incident, threads):
    solved = threads[0]
    post = say(world, world.mia, solved, "It comes tomorrow.")
    solve_thread(ports=world.ports, by=world.ann, thread=solved, number=post.number)
    events = solved.events.count()
    close_incident(ports=world.ports, by=world.mia, incident=incident, solve=True)
    work(world)
    solved.refresh_from_db()
    assert (solved.state, solved.solution) == ("solved", post)
    assert solved.events.count() == events
    threads[1].refresh_from_db()
    assert threads[1].state == "solved"
