"""Of the matrix of who may: the rows of sessions and of refunds to elsewhere, and Ann's at each step."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.test import Client

from aftersale.accounts.models import Role, User
from aftersale.accounts.sessions import note_session
from aftersale.base.models import Notification
from aftersale.base.private import sealed
from aftersale.payments.models import Redirect, Refund, TenderMoney
from aftersale.payments.moves import take_over
from aftersale.payments.redirecting import ask_where_to, mail_redirect_code, record_bank_payment
from aftersale.payments.services import Part, want_refund
from aftersale.payments.states import State
from aftersale.returns.tests.cast import World, an_order

EXPECTED: dict[str, tuple[int, ...]] = {
    #                       anon cust other  supp other agent fin  owner
    "choose_language":     (401, 200, 200,   200, 200,  200,  200, 200),
    "list_sessions":       (401, 200, 200,   200, 200,  200,  200, 200),
    "end_session":         (401, 200, 404,   404, 404,  404,  404, 404),
    "list_redirects":      (401, 200, 200,   403, 403,  403,  200, 403),
    "get_redirect":        (401, 200, 404,   403, 403,  403,  200, 403),
    "ask_where_to":        (401, 403, 403,   403, 403,  403,  201, 403),
    "mail_redirect_code":  (401, 200, 404,   403, 403,  403,  403, 403),
    "choose_target":       (401, 200, 404,   403, 403,  403,  403, 403),
    "approve_redirect":    (401, 403, 403,   403, 403,  403,  200, 403),
    "ask_again":           (401, 403, 403,   403, 403,  403,  200, 403),
    "release_redirect":    (401, 403, 403,   403, 403,  403,  200, 403),
    "record_bank_payment": (401, 403, 403,   403, 403,  403,  200, 403),
    "record_sent_back":    (401, 403, 403,   403, 403,  403,  200, 403),
}  # fmt: skip

REQUESTS: dict[str, tuple[str, Any]] = {
    "choose_language": ("", {"language": "zh-hans"}),
    "end_session": ("{session}", None),
    "get_redirect": ("{asked_where}", None),
    "ask_where_to": ("{held}", None),
    "mail_redirect_code": ("{chosen}", None),
    "choose_target": (
        "{asked_where}",
        {"target": "balance", "agreed": True, "proof": "{redirect_code}"},
    ),
    "approve_redirect": ("{chosen}", {"chosen_at": "{chosen_at}"}),
    "ask_again": ("{chosen}", {"why": "The holder is somebody else."}),
    "release_redirect": ("{approved}", {"chosen_at": "{chosen_at}"}),
    "record_bank_payment": ("{paying}", {"bank_reference": "B-77"}),
    "record_sent_back": ("{paid}", None),
}


def account_things(world: World) -> dict[str, Any]:
    """A browser of Ann's, and refunds of hers whose cards are gone."""
    browser = Client()
    browser.force_login(world.ann)
    # Without a request: a test client's own would open and close the connection of whoever runs these.
    session = browser.session
    note_session(ports=world.ports, user=world.ann, session=session, address="203.0.113.9", agent="")
    session.save()
    flo = User.objects.create_user("flo@example.com", name="Flo", role=Role.FINANCE)
    gus = User.objects.create_user("gus@example.com", name="Gus", role=Role.FINANCE)
    now = world.clock.now()
    chosen = {"chosen_at": now, "target": "bank", "holder": "Ann", "iban_shown": "DE •••• 3000"}
    chosen["iban_sealed"] = sealed("iban", "DE89370400440532013000")
    approved = chosen | {"approved_by": flo, "approved_at": now}
    released = approved | {"released_by": gus, "released_at": now}
    held = held_refund(world)
    asked = ask_where_to(ports=world.ports, refund=held_refund(world), actor=flo)
    things = {
        "session": UserSession.objects.get(user=world.ann).data["reference"],
        "held": held.reference,
        "chosen_at": now.isoformat(),
        "asked_where": asked.reference,
        "chosen": _redirect(world, flo, "chosen", State.HELD, chosen),
        "approved": _redirect(world, flo, "approved", State.HELD, approved),
        "paying": _redirect(world, flo, "paying", State.SUBMITTED, released),
    }
    things["paid"] = _redirect(world, flo, "paying", State.SUBMITTED, released)
    _pay(world, things["paid"], gus)
    world.clock.move(minutes=-5)
    mail_redirect_code(ports=world.ports, redirect=asked)
    world.clock.move(minutes=5)
    things["redirect_code"] = Notification.objects.filter(kind="proof-code").latest("pk").words["code"]
    return things


def held_refund(world: World) -> Refund:
    """A refund that Ann's bank refused."""
    order = an_order(world)
    tender = order.tenders.get()
    parts = [Part(order.components.all()[0], 1, 1, 10_00)]
    name = f"goodwill:{order.code}"
    refund = want_refund(ports=world.ports, tender=tender, parts=parts, about=name, intent=name)
    Refund.objects.filter(pk=refund.pk).update(state=State.FAILED, decline_code="refused_by_bank")
    TenderMoney.objects.filter(tender=tender).update(reserved_minor=0)
    refund.refresh_from_db()
    return take_over(refund, ids=world.ports.ids, at=world.clock.now())


def _redirect(world: World, flo: User, state: str, refund_state: State, facts: dict[str, Any]) -> str:
    refund = held_refund(world)
    row = ask_where_to(ports=world.ports, refund=refund, actor=flo)
    Redirect.objects.filter(pk=row.pk).update(state=state, **facts)
    if refund_state == State.SUBMITTED:
        Refund.objects.filter(pk=refund.pk).update(state=refund_state)
        TenderMoney.objects.filter(tender=refund.tender_id).update(reserved_minor=0, submitted_minor=10_00)
    return row.reference


def _pay(world: World, reference: str, actor: User) -> None:
    row = Redirect.objects.get(reference=reference)
    record_bank_payment(ports=world.ports, redirect=row, bank_reference="B-76", actor=actor)
