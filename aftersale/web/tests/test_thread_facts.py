"""The facts beside a thread on its page, what happened since, and what Aftersale answers at once."""

import re
from datetime import timedelta

from django.test import Client

from aftersale.cards.tests.cast import a_card
from aftersale.orders.models import ParcelEvent
from aftersale.payments.card_models import FreezeReason
from aftersale.payments.charging import pay_order
from aftersale.payments.providers.registry import system_charge_providers
from aftersale.payments.saved_cards import freeze_card
from aftersale.returns.models import Return
from aftersale.returns.services import hand_over
from aftersale.returns.tests.cast import World, an_order
from aftersale.support.models import Thread
from aftersale.support.services import About
from aftersale.support.tests.cast import a_return, ask, say
from aftersale.web.tests.browsing import main_of, signed_in, told


def a_failed_charge(world: World, trial_card: str = "visa-lost"):
    return pay_order(
        ports=world.ports,
        providers=system_charge_providers(clock=world.clock, ids=world.ports.ids),
        order=an_order(world, tenders=(), unpaid=6000, delivered_days_ago=None),
        card=a_card(world.ports, world.ann, trial_card, "ann@example.com"),
        by=world.ann,
        return_to="https://shop.example/paid/{charge}",
    )


def test_that_answers_it_is_one_press_and_the_thread_is_solved(world):
    order = an_order(world)
    thread = ask(world, kind="return", about=About(order=order, line=order.lines.get()))
    ann = signed_in(world.ann)
    page = main_of(ann.get(f"/threads/{thread.reference}/"))
    assert "That answers it" in page and "€60.00" in page
    assert "That answers it" not in main_of(signed_in(world.mia).get(f"/threads/{thread.reference}/"))
    solved = ann.post(f"/threads/{thread.reference}/solve/", {"number": "2"}, follow=True)
    assert "To the answer of Aftersale that solved it" in main_of(solved)


def test_the_all_together_rule_leads_to_a_return_with_everything_in_it(world):
    order = an_order(world, lines=((1, 2000), (2, 4000)), delivered_days_ago=70)
    thread = ask(world, kind="return", about=About(order=order, line=order.lines.get(number=1)))
    ann = signed_in(world.ann)
    way = f"/account/orders/{order.code}/return/LI/?everything=1-wrong"
    assert f'href="{way}"' in main_of(ann.get(f"/threads/{thread.reference}/"))
    form = main_of(ann.get(way))
    for name, units in (("units-1-1", 1), ("units-2-1", 2)):
        field = re.findall(rf'<input[^>]*name="{name}"[^>]*>', form)[0]
        assert f'value="{units}"' in field
    assert "Li Lamps is asked first." in form


def test_what_happened_since_stands_between_the_posts(world):
    case = a_return(world)
    thread = ask(world, kind="return", about=About(case=case))
    world.clock.move(hours=1)
    _send_back(world, case)
    world.clock.move(hours=1)
    say(world, world.mia, thread, "It is on its way.")
    page = main_of(signed_in(world.ann).get(f"/threads/{thread.reference}/"))
    assert page.index("Handed to the carrier") < page.index("It is on its way.")
    assert page.index('id="post-1"') < page.index("Handed to the carrier")


def test_li_reads_nothing_of_what_happened_nor_of_the_facts(world):
    case = a_return(world)
    thread = ask(world, kind="return", about=About(case=case))
    say(world, world.mia, thread, "A number, please?", "supplier")
    world.clock.move(hours=1)
    _send_back(world, case)
    page = main_of(signed_in(world.li).get(f"/threads/{thread.reference}/"))
    assert "Handed to the carrier" not in page and "As it stood" not in page and "€60.00" not in page
    assert "As it stood" in told(signed_in(world.mia).get(f"/threads/{thread.reference}/"))


def test_a_failed_charge_says_at_once_not_to_add_the_card_again(world):
    charge = a_failed_charge(world)
    thread = ask(world, kind="charge", about=About(charge=charge))
    for person in (world.ann, world.mia):
        page = told(signed_in(person).get(f"/threads/{thread.reference}/"))
        assert "No: do not add this card again" in page
        # What the bank really said of the card is told nobody outside: lost and silent read alike.
        assert "lost" not in main_of(signed_in(person).get(f"/threads/{thread.reference}/")).lower()
    assert thread.sheet.facts["charge"]["add_again"] == "no"


def test_a_card_that_was_typed_wrong_is_to_be_added_again(world):
    thread = ask(world, kind="charge", about=About(charge=a_failed_charge(world, "visa-wrong-code")))
    page = main_of(signed_in(world.ann).get(f"/threads/{thread.reference}/"))
    assert "Yes: add this card again" in page


def test_a_charge_that_went_through_afterwards_is_told_in_the_thread(world):
    charge = a_failed_charge(world, "visa-funds")
    thread = ask(world, kind="charge", about=About(charge=charge))
    world.clock.move(hours=1)
    pay_order(
        ports=world.ports,
        providers=system_charge_providers(clock=world.clock, ids=world.ports.ids),
        order=charge.order,
        card=a_card(world.ports, world.ann, "visa-good", "ann@example.com"),
        by=world.ann,
        return_to="https://shop.example/paid/{charge}",
    )
    page = main_of(signed_in(world.ann).get(f"/threads/{thread.reference}/"))
    assert "<strong>Paid</strong>" in page
    assert "declined" in told(signed_in(world.ann).get(f"/threads/{thread.reference}/"))


def test_a_card_s_state_stands_beside_and_its_freezing_in_the_thread(world):
    card = a_card(world.ports, world.ann, "visa-good", "ann@example.com")
    thread = ask(world, kind="card", about=About(card=card))
    assert "Visa ending in" in told(signed_in(world.ann).get(f"/threads/{thread.reference}/"))
    world.clock.move(hours=1)
    freeze_card(ports=world.ports, card=card, reason=FreezeReason.LOST)
    page = signed_in(world.ann).get(f"/threads/{thread.reference}/")
    assert "<strong>Frozen</strong>" in main_of(page)
    assert thread.sheet.facts["card"]["state"] == "active"


def test_a_late_parcel_is_drawn_with_how_late_it_is(world):
    for days in range(1, 21):
        _sent(world, 60, arrived=days)
    order = _sent(world, 30)
    thread = ask(world, kind="tracking", about=About(order=order))
    page = main_of(signed_in(world.ann).get(f"/threads/{thread.reference}/"))
    assert "12 days late" in page and 'class="parcel"' in page


def test_an_old_thread_without_facts_is_shown_as_before(world):
    thread = ask(world)
    thread.sheet.delete()
    assert Client().get(f"/threads/{thread.reference}/").status_code == 404
    assert signed_in(world.ann).get(f"/threads/{thread.reference}/").status_code == 200
    assert Thread.objects.count() == 1


def _send_back(world: World, case: Return) -> None:
    hand_over(ports=world.ports, by=world.ann, case=case, at=world.clock.now(), source="customer")


def _sent(world: World, days: int, arrived: int | None = None):
    order = an_order(world, delivered_days_ago=None)
    parcel, now = order.groups.get().parcels.get(), world.clock.now()
    told_by = {"parcel": parcel, "source": "carrier"}
    ParcelEvent.objects.create(kind="dispatched", at=now - timedelta(days=days), **told_by)
    if arrived is not None:
        at = now - timedelta(days=days - arrived)
        ParcelEvent.objects.create(kind="delivered", at=at, **told_by)
    return order
