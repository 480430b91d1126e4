"""What stands beside a thread as it was, and what Aftersale itself answers at once."""

import json
from datetime import timedelta

from aftersale.cards.tests.cast import a_card
from aftersale.orders.models import Parcel, ParcelEvent
from aftersale.returns.services import hand_over
from aftersale.returns.tests.cast import World, an_order
from aftersale.support.claims import open_threads_for_claims
from aftersale.support.models import FactSheet, Thread
from aftersale.support.queries import posts_of
from aftersale.support.services import About, solve_thread
from aftersale.support.sheets import since
from aftersale.support.tests.cast import a_claim, a_return, ask, say


def about_a_line(world: World, *, kind: str = "return", line: int = 1, **order) -> Thread:
    placed = an_order(world, **order)
    return ask(world, kind=kind, about=About(order=placed, line=placed.lines.get(number=line)))


def spoken(thread: Thread) -> str:
    post = thread.sheet.post
    return post.body if post else ""


def test_may_i_send_this_back_is_answered_at_once_by_the_policy(world: World):
    thread = about_a_line(world)
    first = thread.sheet.post
    assert (first.number, first.author, first.visibility) == (2, None, "participants")
    assert "€60.00" in first.body and "hand it over by" in first.body
    assert "?version=" in first.body and "#card-in-time" in first.body
    outcomes = {(tuple(one["reasons"]), one["outcome"], one["clause"]) for one in thread.sheet.answers}
    assert (("defective", "wrong"), "refund", "card-in-time") in outcomes


def test_the_answer_stops_no_clock_and_is_nobody_s_first_answer(world: World):
    thread = about_a_line(world)
    thread.refresh_from_db()
    assert thread.state == "open" and thread.due_at is not None and thread.first_answered_at is None


def test_that_answers_it_solves_the_thread_by_the_post_of_aftersale(world: World):
    thread = about_a_line(world)
    solve_thread(ports=world.ports, by=world.ann, thread=thread, number=2)
    thread.refresh_from_db()
    assert (thread.state, thread.solution, thread.due_at) == ("solved", thread.sheet.post, None)


def test_what_would_change_the_answer_is_said_with_it(world: World):
    thread = about_a_line(world, delivered_days_ago=70)
    assert "RMA" in spoken(thread)
    assert any(one["change"] for one in thread.sheet.answers)


def test_one_wrong_among_several_ordered_together_is_told_the_way_to_one_return_of_all(world: World):
    thread = about_a_line(world, lines=((1, 2000), (2, 4000)), delivered_days_ago=70)
    together = [one for one in thread.sheet.answers if one["outcome"] == "return_all"]
    assert {reason for one in together for reason in one["reasons"]} == {"wrong", "missing"}
    assert "clause" in together[0] and together[0]["clause"] == "together"
    assert f"/account/orders/{thread.order.code}/return/LI/?everything=1-wrong" in spoken(thread)


def test_a_question_about_a_return_is_answered_by_what_was_decided(world: World):
    case = a_return(world)
    thread = ask(world, kind="return", about=About(case=case))
    decision = case.lines.get().decisions.get()
    (one,) = thread.sheet.answers
    assert (one["outcome"], one["clause"], one["policy"]) == (
        decision.outcome,
        decision.clause,
        decision.policy.hash,
    )


def test_a_line_that_is_in_a_return_already_is_answered_by_that_return(world: World):
    case = a_return(world)
    thread = ask(world, kind="return", about=About(order=case.order, line=case.order.lines.get()))
    assert f"/account/returns/{case.reference}/" in {one["path"] for one in thread.sheet.answers}


def test_the_answer_is_in_the_language_of_who_asks(world: World):
    world.ann.language = "zh-hans"
    world.ann.save()
    assert "在保单" not in spoken(about_a_line(world)) and "€60.00" in spoken(about_a_line(world))


def test_an_order_that_is_looked_into_gets_no_answer_of_a_machine(world: World):
    thread = ask(world, kind="review")
    assert thread.sheet.post is None and thread.posts.count() == 1


def test_nothing_is_said_where_there_is_nothing_to_say_it_from(world: World):
    thread = ask(world, world.bob, kind="return")
    assert not FactSheet.objects.filter(thread=thread).exists()


def test_a_claim_s_thread_keeps_its_facts_too(world: World):
    case = a_claim(world)
    assert open_threads_for_claims(ports=world.ports) == 1
    assert Thread.objects.get(case=case).sheet.facts["return"]["reference"] == case.reference


def a_way(world: World, *, sent: int, arrived: int | None = None) -> Parcel:
    """A parcel that was sent so many days ago, and arrived so many days later."""
    order = an_order(world, delivered_days_ago=None)
    parcel, now = order.groups.get().parcels.get(), world.clock.now()
    ParcelEvent.objects.create(
        parcel=parcel, kind="dispatched", at=now - timedelta(days=sent), source="carrier"
    )
    if arrived is not None:
        at = now - timedelta(days=sent - arrived)
        ParcelEvent.objects.create(parcel=parcel, kind="delivered", at=at, source="carrier")
    return parcel


def test_a_parcel_is_late_by_what_it_takes_longer_than_nine_of_ten(world: World):
    for days in range(1, 21):
        a_way(world, sent=60, arrived=days)
    late = a_way(world, sent=30)
    thread = ask(world, kind="tracking", about=About(order=late.group.order))
    (told,) = thread.sheet.answers
    assert (told["usual_days"], told["days"], told["late_days"], told["outcome"]) == (18, 30, 12, "late")
    assert "12 days late" in spoken(thread)


def test_nothing_is_called_late_where_too_few_parcels_were_measured(world: World):
    way = a_way(world, sent=30)
    (told,) = ask(world, kind="tracking", about=About(order=way.group.order)).sheet.answers
    assert (told["usual_days"], told["late_days"], told["outcome"]) == (None, 0, "under_way")


def test_the_facts_stay_as_they_stood_and_what_follows_is_told_in_its_place(world: World):
    case = a_return(world)
    thread = ask(world, kind="return", about=About(case=case))
    before = json.dumps(thread.sheet.facts, sort_keys=True)
    world.clock.move(hours=1)
    say(world, world.mia, thread, "Send it.")
    world.clock.move(hours=1)
    hand_over(
        ports=world.ports, by=world.ann, case=case, at=world.clock.now(), source="customer", carrier="DHL"
    )
    sheet = FactSheet.objects.get(thread=thread)
    assert json.dumps(sheet.facts, sort_keys=True) == before
    found = since(world.ann, thread)
    assert ("return", "handed_over") in {(one.about, one.kind) for one in found}
    assert all(one.at > thread.opened_at for one in found)


def test_a_supplier_and_other_customers_are_told_nothing_of_the_deal(world: World):
    case = a_return(world)
    thread = ask(world, kind="return", about=About(case=case))
    say(world, world.mia, thread, "A number, please?", "supplier")
    world.clock.move(hours=1)
    hand_over(
        ports=world.ports, by=world.ann, case=case, at=world.clock.now(), source="customer", carrier="DHL"
    )
    assert since(world.mia, thread)
    assert since(world.li, thread) == since(world.bob, thread) == []
    assert thread.sheet.post not in posts_of(world.li, thread)


def test_the_sheet_holds_no_secret_and_of_a_card_no_more_than_its_last_four(world: World):
    card = a_card(world.ports, world.ann, "visa-good", "ann@example.com")
    thread = ask(world, kind="card", about=About(card=card))
    kept = json.dumps(thread.sheet.facts)
    assert thread.sheet.facts["card"]["state"] == card.state
    assert card.last_four in kept
    for secret in (card.token, card.key, card.fingerprint_hash, card.email, card.setup):
        assert not secret or secret not in kept
