"""Orders, refunds and the policy as they are read; lists in pages that do not shift."""

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersale.api.tests.cast import a_received_return, a_wish
from aftersale.payments.models import Refund
from aftersale.payments.states import State
from aftersale.returns.models import PolicyVersion
from aftersale.returns.policies import policy_of
from aftersale.returns.services import Finding, inspect_return
from aftersale.returns.tests.cast import an_order


def test_ann_s_order_is_told_with_its_money(world, ann):
    order = an_order(
        world, lines=[(2, 6000), (1, 1500)], tenders=[("card", 5000), ("balance", 3000)], shipping=500
    )
    told = ann.get(f"/orders/{order.code}").json()
    assert told["total"] == {"minor": 8000, "currency": "EUR"}
    assert [(line["units"], line["units_left"], line["paid"]["minor"]) for line in told["lines"]] == [
        (2, 2, 6000),
        (1, 1, 1500),
    ]
    assert [(t["kind"], t["captured"]["minor"], t["left"]["minor"]) for t in told["tenders"]] == [
        ("card", 5000, 5000),
        ("balance", 3000, 3000),
    ]
    assert told["groups"] == [
        {"supplier": {"code": "LI", "name": "Li Lamps"}, "country": "CN", "terms": "defective_or_wrong"}
    ]
    assert told["parcels"][0]["lines"] == [1, 2]
    assert told["customer"]["email"] == "ann@example.com"


def test_a_reserved_refund_shows_on_the_tender(world, ann):
    order = a_refund(world).tender.order
    (tender,) = ann.get(f"/orders/{order.code}").json()["tenders"]
    assert {name: tender[name]["minor"] for name in ("captured", "reserved", "refunded", "left")} == {
        "captured": 6000,
        "reserved": 6000,
        "refunded": 0,
        "left": 0,
    }


def test_pages_meet_and_nothing_shifts_when_something_is_added(world, ann):
    codes = []
    for _ in range(5):
        codes.append(an_order(world).code)
        world.clock.move(minutes=1)
    first = ann.get("/orders?limit=2").json()
    an_order(world)
    second = ann.get(f"/orders?limit=2&cursor={first['next_cursor']}").json()
    third = ann.get(f"/orders?limit=2&cursor={second['next_cursor']}").json()
    seen = [row["code"] for page in (first, second, third) for row in page["items"]]
    assert seen == codes[::-1]
    assert third["next_cursor"] is None


def test_rows_of_one_moment_are_told_apart(world, ann):
    codes = {an_order(world).code for _ in range(3)}
    seen: set[str] = set()
    cursor: str | None = ""
    for _ in codes:
        page = ann.get(f"/orders?limit=1&cursor={cursor}").json()
        seen |= {row["code"] for row in page["items"]}
        cursor = page["next_cursor"]
    assert (seen, cursor) == (codes, None)


def test_any_well_formed_cursor_is_a_place(world, ann):
    an_order(world)
    assert ann.get(f"/orders?cursor={'0' * 32}").json() == {"items": [], "next_cursor": None}
    assert len(ann.get(f"/orders?cursor=7{'f' * 15}7{'f' * 15}").json()["items"]) == 1


def test_a_longer_list_costs_no_more_queries(world, ann):
    counts = []
    for _ in range(3):
        an_order(world)
        with CaptureQueriesContext(connection) as seen:
            ann.get("/orders")
        counts.append(len(seen))
    assert counts[1] == counts[2]


def test_fay_reads_all_refunds_and_those_of_a_state(world, finance):
    refund = a_refund(world)
    (row,) = finance.get("/refunds").json()["items"]
    assert (row["reference"], row["attempts"], row["order"]) == (
        refund.reference,
        0,
        refund.tender.order.code,
    )
    assert len(finance.get("/refunds?state=reserved").json()["items"]) == 1
    assert finance.get("/refunds?state=held").json()["items"] == []
    assert finance.get("/refunds?state=lost").status_code == 422


def test_fay_releases_a_refund_once(world, finance):
    refund, wish = a_refund(world), a_wish()
    reason = {"reason": "Paid in cash."}
    told = finance.post(f"/refunds/{refund.reference}/release", reason, wish=wish).json()
    assert (told["state"], told["reason"], told["looked_after_by"]) == ("released", "Paid in cash.", "Fay")
    assert finance.post(f"/refunds/{refund.reference}/release", reason, wish=wish).json() == told
    again = finance.post(f"/refunds/{refund.reference}/release", reason, wish=a_wish())
    assert (again.status_code, again.json()["code"]) == (409, "not_now")


def test_fay_retries_only_what_is_held(world, finance):
    refund = a_refund(world)
    answer = finance.post(f"/refunds/{refund.reference}/retry", wish=a_wish())
    assert (answer.status_code, answer.json()["code"]) == (409, "not_now")
    refund.refresh_from_db()
    assert refund.state == State.RESERVED
    Refund.objects.filter(pk=refund.pk).update(state=State.HELD)
    assert finance.post(f"/refunds/{refund.reference}/retry", wish=a_wish()).json()["state"] == "reserved"


def test_agents_and_customers_move_no_refund(world, ann, mia):
    refund = a_refund(world)
    for who in (ann, mia):
        answer = who.post(f"/refunds/{refund.reference}/release", {"reason": "Mine."}, wish=a_wish())
        assert (answer.status_code, answer.json()["code"]) == (403, "role_forbidden")
    refund.refresh_from_db()
    assert refund.state == State.RESERVED


def test_the_policy_in_force_is_told_whole(world, ann):
    told = ann.get("/policies/current").json()
    policy = policy_of(PolicyVersion.objects.get())
    assert told["hash"] == policy.hash
    assert [clause["id"] for clause in told["clauses"]] == list(policy.clauses)
    assert {fact["name"] for fact in told["facts"]} == set(policy.facts)
    assert told["document"] == policy.text


FACTS: dict[str, Any] = {
    "tender": "card",
    "reason": "unwanted",
    "days": 60,
    "marked_delivered": False,
    "supplier_terms": "any_reason",
    "mainland_supplier": False,
    "rma": False,
    "units_with_customer": 1,
    "units_returned": 1,
}


def test_facts_in_decision_out_as_the_command_line_has_it(world, ann):
    told = ann.post("/policies/decide", {"facts": FACTS}).json()
    decided = policy_of(PolicyVersion.objects.get()).decide(FACTS).as_json()
    assert {**told, "pays": {k: v for k, v in told["pays"].items() if v is not None}} == decided
    assert (told["outcome"], told["holds_until"]) == ("refund", {"days": 60})
    late = ann.post("/policies/decide", {"facts": FACTS | {"days": 61}}).json()
    assert late["outcome"] != "refund"


def test_a_wrong_fact_is_named(world, ann):
    for field, wrong in [("days", "60"), ("days", -1), ("tender", "cash")]:
        answer = ann.post("/policies/decide", {"facts": FACTS | {field: wrong}})
        assert (answer.status_code, answer.json()["field"]) == (422, f"facts.{field}")
        assert answer.json()["accepted"]
    missing = ann.post("/policies/decide", {"facts": {"tender": "card"}})
    assert (missing.status_code, missing.json()["field"]) == (422, "facts.reason")
    unknown = ann.post("/policies/decide", {"facts": FACTS | {"moon": "full"}})
    assert (unknown.status_code, unknown.json()["field"]) == (422, "facts.moon")


def test_facts_that_break_a_rule_of_the_world_are_refused(world, ann):
    answer = ann.post("/policies/decide", {"facts": FACTS | {"units_returned": 2}})
    assert (answer.status_code, answer.json()["field"]) == (422, "facts")


def test_the_past_is_decided_by_the_policy_of_its_day(world, ann):
    told = ann.post("/policies/decide", {"facts": FACTS, "on": "2020-01-01"}).json()
    assert told["policy"] == PolicyVersion.objects.get().hash
    wrong = ann.post("/policies/decide", {"facts": FACTS, "on": "yesterday"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "on")


def a_refund(world):
    case = a_received_return(world)
    findings = [Finding(return_line=case.lines.get().pk, units=1, reason="defective")]
    inspect_return(ports=world.ports, by=world.li, case=case, findings=findings)
    return Refund.objects.get()
