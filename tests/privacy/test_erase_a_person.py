"""Ann is erased: who she was and what she wrote is nowhere in the database any more, and the books hold."""

import pytest
from django.apps import apps
from django.db import connection

from aftersale.accounts.erasing import is_erased
from aftersale.accounts.models import Role, User
from aftersale.accounts.proving import NotProven, mail_proof
from aftersale.base.invariants import verify
from aftersale.base.models import Notification
from aftersale.cards.tests.cast import a_card
from aftersale.config.commands.verify import all_invariants
from aftersale.orders.models import Tender
from aftersale.payments.models import Refund
from aftersale.payments.providers.registry import system_providers
from aftersale.payments.redirect_models import Redirect
from aftersale.payments.settling import settle_due_refunds
from aftersale.returns.services import (
    Finding,
    close_settled_returns,
    hand_over,
    inspect_return,
    receive_return,
    withdraw_return,
)
from aftersale.returns.tests.cast import World, a_world, an_order
from aftersale.support.erasing import PURPOSE, erase_me, erase_person
from aftersale.support.errors import NotForYou, NotOverYet
from aftersale.support.mail.asking_ratings import ask_for_ratings
from aftersale.support.models import Erasure, Post, Reader, Thread
from aftersale.support.search import TABLE, threads_found
from aftersale.support.services import (
    About,
    hide_post,
    open_incident,
    rate_solution,
    report_post,
    save_draft,
    solve_thread,
)
from aftersale.support.tests.cast import a_return, ask, ask_in_public, say

NAMED = ("keller", "ann@example.com", "K-7001", "xylophone", "Lampenfreundin")


@pytest.fixture
def world(db: None) -> World:
    return a_world()


@pytest.fixture
def ann(world: World) -> User:
    world.ann.name, world.ann.customer_code = "Annegret Keller", "K-7001"
    world.ann.save()
    return world.ann


def everything() -> str:
    """Each text of each row of the database."""
    found: list[str] = []
    for model in apps.get_models():
        found += [str(row) for row in model._default_manager.values_list()]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {TABLE}")
        found += [str(row) for row in cursor.fetchall()]
    return "\n".join(found).lower()


def a_settled_refund(world: World) -> Refund:
    case = a_return(world, note="My xylophone hums.")
    hand_over(ports=world.ports, by=world.ann, case=case, at=world.clock.now(), source="customer")
    receive_return(ports=world.ports, by=world.li, case=case)
    findings = [Finding(return_line=case.lines.get().pk, units=1, reason="defective")]
    inspect_return(ports=world.ports, by=world.li, case=case, findings=findings)
    providers = system_providers(clock=world.clock, ids=world.ports.ids)
    settle_due_refunds(providers=providers, clock=world.clock, ids=world.ports.ids)
    close_settled_returns(ports=world.ports)
    return Refund.objects.get()


def a_life(world: World) -> Thread:
    """Ann returned something, asked in private and in public, was answered by name, and drafted more."""
    refund = a_settled_refund(world)
    thread = ask(
        world,
        about=About(order=refund.tender.order),
        subject="My xylophone",
        body="The xylophone, yours Keller",
    )
    say(world, world.mia, thread, "> The xylophone\n\nDear Ms. Keller, we look.")
    say(world, world.mia, thread, "Keller again.", "staff")
    public = ask_in_public(world, subject="A xylophone?", body="Who plays the xylophone?")
    say(world, world.mia, public, "We all do.")
    save_draft(ports=world.ports, by=world.ann, body="xylophone", thread=thread)
    post = say(world, world.bob, public, "Nobody.")
    report_post(ports=world.ports, by=world.ann, post=post, reason="No xylophone.")
    solve_thread(ports=world.ports, by=world.mia, thread=thread)
    rate_solution(ports=world.ports, by=world.ann, thread=thread, content="good", comment="Good xylophone.")
    other = solve_thread(ports=world.ports, by=world.mia, thread=ask(world, subject="My xylophone"))
    world.clock.move(days=1)
    assert ask_for_ratings(ports=world.ports) == 1 and other.rating_links.exists()
    return thread


def test_nothing_of_ann_is_left_and_the_books_hold(world: World, ann: User, django_assert_num_queries):
    thread = a_life(world)
    before = [verify(each).breaches for each in all_invariants(world.ports)]
    assert all(word.lower() in everything() for word in ("keller", "ann@example.com", "xylophone"))
    erase_person(ports=world.ports, by=world.mia, person=ann, keep_public=False)
    left = everything()
    assert not [word for word in NAMED if word.lower() in left]
    assert [verify(each).breaches for each in all_invariants(world.ports)] == before == [()] * len(before)
    assert thread.posts.count() == 3 and Refund.objects.get().tender.order.customer == ann
    assert Tender.objects.get(refunds__isnull=False).last_four == "4242"


def test_the_audit_row_says_when_and_on_whose_wish(world: World, ann: User):
    world.clock.move(days=1)
    row = erase_person(ports=world.ports, by=world.mia, person=ann, keep_public=True)
    assert (row.person, row.erased_at, row.wished_by) == (ann, world.clock.now(), world.mia)
    assert {field.name for field in Erasure._meta.fields} == {"id", "person", "erased_at", "wished_by"}
    again = erase_person(ports=world.ports, by=world.mia, person=ann, keep_public=False)
    assert again == row and Erasure.objects.count() == 1


def test_what_she_wrote_on_the_forum_may_stay_without_her_name(world: World, ann: User):
    a_life(world)
    erase_person(ports=world.ports, by=world.mia, person=ann, keep_public=True)
    public = Thread.objects.get(is_public=True)
    assert public.subject == "A xylophone?" and public.posts.get(number=1).body == "Who plays the xylophone?"
    assert not hasattr(public.opener, "forum_name")
    assert list(threads_found(world.bob, "xylophone")) == [public]
    assert "keller" not in everything()


def test_she_cannot_sign_in_and_is_mailed_nothing_any_more(world: World, ann: User):
    thread = ask_in_public(world)
    erase_person(ports=world.ports, by=world.mia, person=ann, keep_public=True)
    ann.refresh_from_db()
    assert is_erased(ann) and not ann.has_usable_password() and not ann.reads_mail
    sent = Notification.objects.count()
    say(world, world.mia, thread, "Hello?")
    assert Notification.objects.count() == sent
    assert not Reader.objects.filter(person=ann).exists()


def _owes_nothing_but(world: World, what: str) -> None:
    if what == "return":
        a_return(world)
    elif what == "order":
        an_order(world, tenders=(), unpaid=6000, delivered_days_ago=None)
    else:
        a_card(world.ports, world.ann, "visa-good", "ann@example.com")


@pytest.mark.parametrize("what", ["return", "order", "card"])
def test_what_is_under_way_ends_first_and_until_then_nothing_is_erased(world: World, ann: User, what: str):
    _owes_nothing_but(world, what)
    ask_in_public(world, body="xylophone")
    before = everything()
    with pytest.raises(NotOverYet, match=what):
        erase_person(ports=world.ports, by=world.mia, person=ann, keep_public=False)
    assert everything() == before and not Erasure.objects.exists()


def test_a_withdrawn_return_stands_in_nobody_s_way(world: World, ann: User):
    withdraw_return(ports=world.ports, by=ann, case=a_return(world))
    assert erase_person(ports=world.ports, by=ann, person=ann, keep_public=False).wished_by == ann


def test_nobody_erases_another_and_our_own_people_are_not_erased_here(world: World, ann: User):
    before = everything()
    for by, person in ((world.bob, ann), (world.li, ann), (world.mia, world.li), (world.mia, world.mia)):
        with pytest.raises(NotForYou):
            erase_person(ports=world.ports, by=by, person=person, keep_public=False)
    assert everything() == before


def test_ann_proves_to_be_the_owner_first(world: World, ann: User):
    mail_proof(ports=world.ports, user=ann, purpose=PURPOSE)
    code = Notification.objects.get(kind="proof-code").words["code"]
    wrong = "000000" if code != "000000" else "111111"
    with pytest.raises(NotProven):
        erase_me(ports=world.ports, person=ann, given=wrong, keep_public=False)
    assert not Erasure.objects.exists() and User.objects.get(pk=ann.pk).name == "Annegret Keller"
    erase_me(ports=world.ports, person=ann, given=code, keep_public=False)
    assert is_erased(User.objects.get(pk=ann.pk))


def test_a_chinese_name_is_gone_wherever_it_stands_in_a_line(world: World):
    world.ann.name = "王小明"
    world.ann.save()
    thread = ask(world)
    say(world, world.mia, thread, "尊敬的王小明先生，您好。")
    erase_person(ports=world.ports, by=world.mia, person=world.ann, keep_public=False)
    assert "王小明" not in everything()
    assert thread.posts.get(author=world.mia).body == "尊敬的…先生，您好。"


def test_what_our_staff_wrote_of_her_elsewhere_is_gone_too_and_namesakes_stay(world: World, ann: User):
    bobs = ask(world, world.bob)
    note = say(
        world, world.mia, bobs, "As Annegret Keller (ann@example.com, K-7001) says. Ask Keller.", "staff"
    )
    hide_post(ports=world.ports, by=world.mia, post=bobs.posts.get(number=1), reason="names ann@example.com")
    incident = open_incident(
        ports=world.ports, by=world.mia, title="Annegret Keller's lorry", text="K-7001", intent="lorry"
    )
    erase_person(ports=world.ports, by=world.mia, person=ann, keep_public=False)
    note.refresh_from_db()
    incident.refresh_from_db()
    assert note.body == "As … (…, …) says. Ask Keller." and bobs.events.get().words["reason"] == "names …"
    assert (incident.title, incident.text) == ("…'s lorry", "…")
    assert list(threads_found(world.mia, "Annegret")) == []


def test_whom_a_refund_was_paid_to_is_known_to_the_bank_alone(world: World, ann: User):
    refund = a_settled_refund(world)
    flo = User.objects.create_user("flo@example.com", name="Flo", role=Role.FINANCE)
    fin = User.objects.create_user("fin@example.com", name="Fin", role=Role.FINANCE)
    now = world.clock.now()
    row = Redirect.objects.create(
        reference="W-1", refund=refund, state="paid", target="bank", holder="Annegret Keller",
        iban_sealed="sealed", iban_shown="DE 1234", note="Are you Keller?", asked_at=now, chosen_at=now,
        approved_by=flo, approved_at=now, released_by=fin, released_at=now, bank_reference="B-1", paid_at=now,
    )  # fmt: skip
    erase_person(ports=world.ports, by=world.mia, person=ann, keep_public=False)
    row.refresh_from_db()
    assert (row.holder, row.iban_sealed, row.note) == ("…", "", "")
    assert (row.iban_shown, row.bank_reference, row.released_by) == ("DE 1234", "B-1", fin)
    assert "keller" not in everything()


def test_posts_of_others_stay_as_they_are(world: World, ann: User):
    a_life(world)
    bobs = ask(world, world.bob, body="Keller is a name, too.")
    erase_person(ports=world.ports, by=world.mia, person=ann, keep_public=False)
    assert Post.objects.get(thread=bobs).body == "Keller is a name, too."
