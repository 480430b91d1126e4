"""A supplier's pages and answers hold nothing of who bought, how it was paid, or how much it was."""

import re

import pytest
from django.test import Client

from aftersale.returns.models import Return
from aftersale.returns.services import hand_over
from aftersale.returns.tests.cast import World
from aftersale.web.tests.test_doors import ask

PERSON = ("canary@example.com", "Canary Kowalski", "C-CANARY")
CANARIES = (*PERSON, "canarybrand", "7391", "271.83", "27183", "€")
MONEY = ("card", "balance", "bank", "visa", "amount", "price", "paid by")


@pytest.fixture
def case(world: World) -> Return:
    """A return whose customer and means of payment cannot be mistaken for anything else."""
    world.ann.email, world.ann.name, world.ann.customer_code = PERSON
    world.ann.save()
    case = ask(world, lines=[(1, 27183)], tenders=[("card", 20000), ("balance", 7183)])
    case.order.tenders.update(brand="canarybrand", last_four="7391")
    case.note = "Please write to canary@example.com about it."
    case.save(update_fields=["note"])
    return case


def test_no_page_of_the_supplier_holds_a_canary(world: World, case: Return, client: Client):
    client.force_login(world.li)
    page = f"/supplier/returns/{case.reference}/"
    seen = [client.get("/supplier/"), client.get("/supplier/?show=open"), client.get(page)]
    seen += [client.post(f"{page}refuse/", {"answer": ""}), client.post(f"{page}issue/", {"number": "%"})]
    client.post(f"{page}issue/", {"number": "LI-1"})
    seen.append(client.get(page))
    hand_over(ports=world.ports, by=world.ann, case=case, at=world.clock.now(), source="customer")
    client.post(f"{page}receive/")
    seen.append(client.get(page))
    (row,) = case.lines.all()
    client.post(f"{page}inspect/", {f"units-{row.pk}": "1", f"reason-{row.pk}": "unwanted"})
    seen += [client.get(page), client.get("/supplier/?show=closed")]
    case.refresh_from_db()
    assert case.inspected_at is not None
    for answer in seen:
        text = _main(answer.content.decode())
        assert case.reference in text or "Nothing here" in text
        for canary in (*CANARIES, *MONEY):
            assert canary.lower() not in text.lower(), canary


def test_a_barred_number_does_not_say_how_it_was_paid(world: World, client: Client):
    case = ask(world, tenders=[("bank_transfer", 6000)])
    client.force_login(world.li)
    answer = client.post(f"/supplier/returns/{case.reference}/issue/", {"number": "LI-2"})
    assert answer.status_code == 422
    assert "no effect on this return" in answer.content.decode()
    assert "bank" not in _main(answer.content.decode()).lower()


def _main(page: str) -> str:
    """What the page tells; its frame and the names of its looks are the same for everybody."""
    inside = page.partition("<main")[2].partition("</body>")[0]
    return re.sub(r' (class|href)="[^"]*"', "", inside)
