"""The policy by the API: anybody reads what decides; Pia, who owns it, proves, prices and publishes."""

from datetime import timedelta
from typing import Any

import pytest

from aftersale.api.tests.cast import Machine, a_wish, machine, pia
from aftersale.returns.backtests import work_backtests
from aftersale.returns.models import PolicyCorrection, PolicyDraft, PolicyVersion
from aftersale.returns.tests.cast import World, an_order
from aftersale.returns.tests.test_correcting import BETTER
from aftersale.returns.tests.test_publishing import CHINESE, TEXT, days
from aftersale.returns.tests.test_request_return import ask

FACTS: dict[str, Any] = {
    "tender": "card",
    "reason": "unwanted",
    "days": 61,
    "marked_delivered": False,
    "supplier_terms": "any_reason",
    "mainland_supplier": False,
    "rma": False,
    "units_with_customer": 1,
    "units_returned": 1,
}


@pytest.fixture
def owner(world: World) -> Machine:
    return machine(world, pia(world))


def forty_five(world: World, **more: object) -> dict[str, object]:
    """A text with 45 days in place of 60, to be in force from tomorrow."""
    text, translations = days(45)
    tomorrow = world.clock.now().date() + timedelta(days=1)
    return {"text": text, "translations": translations, "in_force_from": tomorrow.isoformat(), **more}


def test_ann_reads_every_version_and_its_page(world: World, ann: Machine, owner: Machine):
    owner.post("/policies/versions", forty_five(world), wish=a_wish())
    coming, old = ann.get("/policies/versions").json()["items"]
    assert (coming["state"], coming["in_force_until"]) == ("coming", None)
    assert (old["state"], old["in_force_until"]) == ("in_force", "2026-06-01")
    assert ann.get("/policies/current").json()["hash"] == old["hash"]
    whole = ann.get(f"/policies/versions/{old['hash'][:12]}").json()
    assert (whole["document"], whole["translations"]) == (TEXT, CHINESE)
    page = ann.get(f"/policies/versions/{coming['hash']}/page", **{"Accept-Language": "zh-hans"}).json()
    assert (page["language"], page["hash"]) == ("zh-hans", coming["hash"])
    assert "45 天" in page["markdown"] and '<section id="card-in-time">' in page["html"]


@pytest.mark.parametrize("named", ["0" * 64, "058cd49", "card-in-time"])
def test_what_is_no_version_is_not_there(ann: Machine, named: str):
    assert ann.get(f"/policies/versions/{named}").status_code in (404, 422)


def test_a_program_asks_only_what_matters(ann: Machine):
    told = ann.post("/policies/questions", {"facts": {"tender": "balance"}}).json()
    assert (set(told["outcomes"]), told["ask"], told["questions"]) == (
        {"deny", "claim"},
        "reason",
        ["reason"],
    )
    told = ann.post("/policies/questions", {"facts": {"tender": "balance", "reason": "wrong"}}).json()
    assert (told["outcomes"], told["ask"], told["questions"]) == (["deny"], None, [])
    wrong = ann.post("/policies/questions", {"facts": {"tender": "crad"}})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "facts.tender")


def test_a_program_is_told_why_a_clause_did_not_decide(ann: Machine):
    told = ann.post("/policies/why-not", {"facts": FACTS, "clause": "card-in-time"}).json()
    assert not told["decides"]
    assert told["failed"] == [{"condition": "days more than 60", "must_hold": False, "facts": {"days": 61}}]
    asked = "days from the carrier's delivery to handing the parcel over: at most 60 or absent"
    assert told["unmet"] == [{"asked": asked, "here": "61"}]
    kept = ann.post("/policies/why-not", {"facts": FACTS, "clause": "card-unwanted-over"}).json()
    assert (kept["decides"], kept["failed"], kept["unmet"]) == (True, [], [])
    wrong = ann.post("/policies/why-not", {"facts": FACTS, "clause": "card-on-time"})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "clause")
    assert "card-in-time" in wrong.json()["accepted"]


def test_a_checkout_reads_what_comes_back_before_anything_is_paid(world: World, nobody: Machine):
    answer = nobody.get("/policies/rights?supplier_terms=any_reason&mainland=true")
    assert answer["Access-Control-Allow-Origin"] == "*"
    means = {one["tender"]: one for one in answer.json()["means"]}
    assert {tender for tender, one in means.items() if one["never_pays"]} == {"balance"}
    card = {right["reason"]: right for right in means["card"]["rights"]}
    assert (card["unwanted"]["outcome"], card["unwanted"]["days"]) == ("refund", 60)
    one = nobody.get("/policies/rights?tender=balance", **{"Accept-Language": "zh-hans"}).json()["means"]
    assert [each["tender"] for each in one] == ["balance"]
    assert "储值余额" in one[0]["rights"][0]["because"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [("supplier_terms=all", "supplier_terms"), ("tender=cash", "tender"), ("mainland=perhaps", "mainland")],
)
def test_a_checkout_that_asks_what_there_is_not_is_told_what_there_is(
    nobody: Machine, asked: str, field: str
):
    answer = nobody.get(f"/policies/rights?{asked}")
    assert (answer.status_code, answer.json()["field"]) == (422, field)


def test_ann_reads_what_her_order_gives_today(world: World, ann: Machine):
    order = an_order(world, delivered_days_ago=10)
    (part,) = ann.get(f"/orders/{order.code}/rights").json()["parts"]
    assert (part["supplier"]["code"], part["lines"]) == ("LI", [1])
    yes = next(one for one in part["answers"] if "defective" in one["reasons"])
    assert (yes["tender"], yes["outcome"], yes["last_day"]) == (1, "refund", "2026-07-21")
    assert yes["policy"] == PolicyVersion.objects.get().hash


def test_pia_reviews_a_text_and_nothing_is_written(world: World, owner: Machine):
    ask(world, an_order(world, delivered_days_ago=50))
    text, translations = days(45)
    told = owner.post("/policies/review", {"text": text, "translations": translations}).json()
    assert told["is_clean"]
    assert told["difference"]["verdict"] == "only takes"
    assert told["difference"]["changes"][0]["example"]["days"] == 46
    (cost,) = told["price"]["money"]
    assert (cost["before"], cost["after"]) == (
        {"minor": 6000, "currency": "EUR"},
        {"minor": 0, "currency": "EUR"},
    )
    assert [one["severity"] for one in told["findings"]] == ["waived"]
    assert PolicyVersion.objects.count() == 1


def test_a_finding_names_the_rules_of_the_world_that_make_it_so(owner: Machine):
    rule = "units_returned at most units_with_customer"
    ruled = TEXT.replace(f"- {rule}", f"- {rule}\n- tender is balance implies rma")
    told = owner.post(
        "/policies/review",
        {
            "text": ruled.replace(
                "when: tender is balance and reason is missing",
                "when: tender is balance and reason is missing and not rma",
            ),
            "translations": CHINESE,
        },
    ).json()
    dead = next(one for one in told["findings"] if one["code"] == "dead")
    assert (dead["clauses"], dead["rules"]) == (["balance-missing"], ["tender is balance implies rma"])
    assert dead["line"] > 1


def test_a_text_that_cannot_be_read_is_answered_with_its_line(owner: Machine):
    answer = owner.post("/policies/review", {"text": TEXT.replace("then: refund", "then: refnd", 1)})
    told = answer.json()
    assert (answer.status_code, told["code"], told["field"]) == (422, "unreadable_policy", "text")
    assert "did you mean `refund`?" in told["detail"]
    answer = owner.post("/policies/review", {"text": days(45)[0], "translations": CHINESE})
    assert (answer.status_code, answer.json()["field"]) == (422, "translations")


def test_pia_publishes_once_however_often_she_sends_it(world: World, owner: Machine):
    base, wish = PolicyVersion.objects.get(), a_wish()
    first = owner.post("/policies/versions", forty_five(world, seen=base.hash), wish=wish)
    again = owner.post("/policies/versions", forty_five(world, seen=base.hash), wish=wish)
    assert (first.status_code, again.status_code, again["Idempotency-Replayed"]) == (201, 201, "true")
    assert first.content == again.content
    assert (first.json()["state"], first.json()["in_force_from"]) == ("coming", "2026-06-02")
    new = PolicyVersion.objects.get(published_by__email="pia@example.com")
    told = owner.get(f"/policies/versions/{new.hash}/publication").json()
    assert (told["published_by"], told["base"], told["verdict"]) == ("Pia", base.hash, "only takes")
    assert owner.get(f"/policies/versions/{base.hash}/publication").json()["published_by"] is None


def test_what_stands_against_publishing_is_told_reason_by_reason(world: World, owner: Machine):
    today = world.clock.now().date().isoformat()
    text = forty_five(world, in_force_from=today, seen="0" * 64)
    answer = owner.post("/policies/versions", text, wish=a_wish())
    told = answer.json()
    assert (answer.status_code, told["code"]) == (409, "publish_refused")
    assert [one["code"] for one in told["reasons"]] == ["takes_today", "meanwhile"]
    assert all(one["text"] in told["detail"] for one in told["reasons"])
    assert PolicyVersion.objects.count() == 1


def test_pia_compares_two_versions_and_reads_the_proofs_of_one(world: World, owner: Machine):
    base = PolicyVersion.objects.get()
    new = owner.post("/policies/versions", forty_five(world), wish=a_wish()).json()["hash"]
    told = owner.get(f"/policies/versions/{new}/diff").json()
    assert (told["old"], told["new"], told["verdict"]) == (base.hash, new, "only takes")
    back = owner.get(f"/policies/versions/{base.hash}/diff?against={new[:16]}").json()
    assert back["verdict"] == "only gives more"
    assert owner.get(f"/policies/versions/{base.hash}/diff").json()["verdict"] == "nothing"
    assert owner.get(f"/policies/versions/{new}/diff?against={'0' * 64}").status_code == 404
    checks = owner.get(f"/policies/versions/{new}/checks").json()
    assert (checks["policy"], checks["is_clean"]) == (new, True)


def test_pia_approves_the_examples_that_her_text_lacks(owner: Machine):
    bare = TEXT[: TEXT.rindex("#### Examples")]
    first = owner.post("/policies/examples", {"text": bare}).json()
    assert first["text"] == bare and len(first["missing"]) > 1
    numbers = list(range(1, len(first["missing"])))
    most = owner.post("/policies/examples", {"text": bare, "approved": numbers}).json()
    assert most["missing"] == first["missing"][-1:]
    assert owner.post("/policies/examples", {"text": most["text"]}).json()["missing"] == most["missing"]
    wrong = owner.post("/policies/examples", {"text": bare, "approved": [0]})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "approved[0]")
    version = PolicyVersion.objects.get().hash
    shown = owner.get(f"/policies/versions/{version}/examples").json()["examples"]
    assert {"facts", "outcome", "clause"} == set(shown[0])
    assert {one["clause"] for one in shown} == {
        clause["id"] for clause in owner.get("/policies/current").json()["clauses"]
    }


def test_a_draft_is_kept_for_pia_alone(world: World, owner: Machine):
    assert owner.get("/policies/draft").json() == {"text": TEXT, "translations": CHINESE, "saved_at": None}
    kept = owner.post("/policies/draft", {"text": "# Mine"}).json()
    assert (kept["text"], kept["saved_at"]) == ("# Mine", "2026-06-01T09:00:00Z")
    assert PolicyDraft.objects.get().text == "# Mine"
    assert owner.post("/policies/draft/discard").json()["text"] == TEXT
    assert not PolicyDraft.objects.exists()


def test_pia_corrects_a_translation(world: World, owner: Machine):
    version, wish = PolicyVersion.objects.get(), a_wish()
    path, body = f"/policies/versions/{version.hash}/translations", {"translations": BETTER}
    first, again = (owner.post(path, body, wish=wish) for _ in range(2))
    assert (first.status_code, first.content) == (200, again.content)
    assert first.json()["corrected_at"] == "2026-06-01T09:00:00Z"
    assert (first.json()["hash"], first.json()["translations"]) == (version.hash, BETTER)
    assert PolicyCorrection.objects.count() == 1
    less = owner.post(path, {"translations": {}}, wish=a_wish())
    assert (less.status_code, [one["code"] for one in less.json()["reasons"]]) == (409, ["language"])


def test_pia_tries_a_text_on_the_past_and_follows_the_worker(world: World, owner: Machine, ann: Machine):
    ask(world, an_order(world, delivered_days_ago=50))
    begun = owner.post("/policies/backtests", {"text": days(45)[0]})
    assert (begun.status_code, begun.json()["total"], begun.json()["finished_at"]) == (201, 1, None)
    path = f"/policies/backtests/{begun.json()['reference']}"
    assert (owner.get(path).json()["done"], owner.get(path).json()["counted"]) == (0, [])
    while work_backtests(ports=world.ports):
        pass
    told = owner.get(path).json()
    (one,) = told["counted"]
    assert (told["done"], one["was"]["outcome"], one["now"]["outcome"]) == (1, "refund", "ask_supplier")
    assert [one[name]["minor"] for name in ("paid", "pays", "worth", "booked")] == [6000, 0, 6000, 6000]
    assert begun.json()["is_draft"]
    assert not owner.post("/policies/backtests", {"text": TEXT}).json()["is_draft"]
    assert told["reference"] in [
        each["reference"] for each in owner.get("/policies/backtests").json()["items"]
    ]
    assert ann.get(path).status_code == 403
    assert owner.post("/policies/backtests", {"text": "# No"}).json()["code"] == "unreadable_policy"


def test_the_past_by_month_has_the_figures_of_the_plots(world: World, owner: Machine):
    ask(world, an_order(world))
    assert owner.get("/policies/history").json() == {
        "months": [{"month": "2026-06", "outcomes": {"refund": 1}, "refunded": []}]
    }


def test_without_the_proofs_nothing_is_published_and_the_key_is_free(
    world: World, owner: Machine, monkeypatch
):
    wish = a_wish()
    with monkeypatch.context() as patched:
        patched.setattr("aftersale.returns.proving.TURN", 0.01)
        patched.setattr("aftersale.returns.proving._ONE_AT_A_TIME", Taken())
        answer = owner.post("/policies/versions", forty_five(world), wish=wish)
        assert (answer.status_code, answer.json()["code"]) == (409, "proofs_busy")
    assert PolicyVersion.objects.count() == 1
    assert owner.post("/policies/versions", forty_five(world), wish=wish).status_code == 201


class Taken:
    """A lock that somebody else holds."""

    def acquire(self, *, timeout: float) -> bool:
        return timeout > 1
