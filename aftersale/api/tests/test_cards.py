"""Ann and Carol save, freeze, unfreeze and remove their cards by a program; the payments team confirms."""

from datetime import UTC, datetime, timedelta

import pytest

from aftersale.api.tests.cast import Machine, machine
from aftersale.base.models import Notification
from aftersale.cards.models import ProofTry, RemovalRequest
from aftersale.cards.receipt import read_public, verified
from aftersale.cards.services import detach_due_cards
from aftersale.cards.tests.cast import BIRTHDATE, PASSWORD, Cards, code_mailed_to, submitted, the_cards
from aftersale.payments.card_models import SavedCard
from aftersale.payments.providers.sandbox.vault import give_card


@pytest.fixture
def cards(db, monkeypatch, settings, tmp_path) -> Cards:
    settings.RECEIPT_KEY_FILE = tmp_path / "key.pem"
    made = the_cards(datetime(2026, 6, 1, 9, 0, tzinfo=UTC))
    monkeypatch.setattr("aftersale.config.middleware.system_ports", lambda: made.ports)
    return made


def key_of(cards: Cards, user, scopes=("read", "cards")) -> Machine:
    return machine(cards, user, scopes)  # type: ignore[arg-type]  # it has a clock and ports as well


@pytest.fixture
def ann(cards):
    return key_of(cards, cards.ann)


@pytest.fixture
def carol(cards):
    return key_of(cards, cards.carol)


@pytest.fixture
def mia(cards):
    return key_of(cards, cards.mia)


def of(card: SavedCard, verb: str = "") -> str:
    return f"/cards/{card.reference}" + (f"/{verb}" if verb else "")


def begun(who: Machine, card: SavedCard, email: str = "") -> str:
    answer = who.post(of(card, "removal"), {"email": email or card.email})
    assert answer.status_code == 201, answer.content
    return f"/removals/{answer.json()['reference']}"


def proof(kind: str, given: str) -> dict[str, str]:
    return {"kind": kind, "given": given}


def state_of(card: SavedCard) -> str:
    return SavedCard.objects.get(pk=card.pk).state


def test_ann_lists_her_cards_and_sees_no_more_than_the_last_four(cards, ann):
    told = ann.get("/cards").json()["items"]
    assert [(card["brand"], card["last_four"], card["expires"]) for card in told] == [
        ("visa", "4242", "2031-08")
    ]
    text = ann.get(of(cards.visa)).content.decode()
    for secret in (cards.visa.token, cards.visa.fingerprint_hash, cards.visa.email, cards.visa.key):
        assert secret not in text


def test_ann_reads_what_a_removal_would_touch_and_by_what_it_is_proven(cards, ann, carol):
    told = ann.get(of(cards.visa)).json()
    assert told["touches"] == {"orders": [], "returns": [], "refunds": [], "charges": [], "unpaid": []}
    assert (told["removal_proofs"], told["unfreezing_proofs"]) == (["password"], [])
    assert carol.get(of(cards.carols)).json()["removal_proofs"] == ["birthdate", "code"]


def test_ann_saves_a_card_on_the_provider_s_page_and_finishes_it(cards, ann, settings):
    settings.SITE_ADDRESS = "https://desk.example"
    answer = ann.post("/cards", {"return_to": "https://shop.example/{card}/added"})
    assert answer.status_code == 201
    told = answer.json()
    assert told["card"]["state"] == "setup_pending"
    page = told["page"]
    assert page.startswith("https://desk.example/sandbox/cards/")
    path = f"/cards/{told['card']['reference']}/given"
    refused = ann.post(path)
    assert (refused.status_code, refused.json()["code"]) == (409, "card_not_set_up")
    row = give_card(
        clock=cards.clock, ids=cards.ports.ids, set_up=page.split("/")[-2], trial_card="amex-good"
    )
    assert row.return_to == f"https://shop.example/{told['card']['reference']}/added"
    assert ann.post(path).json()["state"] == "active"
    assert len(ann.get("/cards").json()["items"]) == 2


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "//evil.example", "http://shop.example/", "https://"]
)
def test_a_page_leads_back_to_an_https_address_only(cards, ann, address):
    answer = ann.post("/cards", {"return_to": address})
    assert answer.status_code == 422
    assert answer.json()["field"] == "return_to"
    assert SavedCard.objects.filter(customer=cards.ann).count() == 1


def test_one_call_freezes_and_says_that_the_bank_is_another_matter(cards, ann):
    told = ann.post(of(cards.visa, "freeze"), {"reason": "stolen"}).json()
    assert (told["state"], told["freeze_reason"], told["is_blocked_at_the_bank"]) == (
        "frozen",
        "stolen",
        False,
    )
    assert told["unfreezing_proofs"] == []
    wrong = ann.post(of(cards.visa, "freeze"), {"reason": "bored"})
    assert (wrong.status_code, wrong.json()["accepted"]) == (422, "one of 'lost' or 'stolen'")


def test_ann_unfreezes_her_lost_card_by_her_password(cards, ann):
    ann.post(of(cards.visa, "freeze"), {"reason": "lost"})
    body = {"email": cards.visa.email, **proof("password", "wrong")}
    assert ann.post(of(cards.visa, "unfreeze"), body).status_code == 409
    assert state_of(cards.visa) == "frozen"
    body |= {"given": PASSWORD}
    assert ann.post(of(cards.visa, "unfreeze"), body).json()["state"] == "active"


def test_ann_removes_her_card_and_the_receipt_verifies(cards, ann, mia):
    case = begun(ann, cards.visa)
    assert ann.get(case).json()["accepted_proofs"] == ["password"]
    assert ann.post(f"{case}/proof", proof("password", PASSWORD)).json()["state"] == "proven"
    assert state_of(cards.visa) == "active"
    first = ann.post(f"{case}/submission")
    assert first.json()["state"] == "submitted"
    assert ann.post(f"{case}/submission").json() == first.json()
    assert state_of(cards.visa) == "removal_pending"
    assert ann.get(f"{case}/receipt").status_code == 404

    detach_due_cards(ports=cards.ports, providers=cards.vaults)
    told = ann.get(case).json()
    assert (told["state"], told["provider_answer"]) == ("verified", "detached")
    confirmed = mia.post(f"{case}/confirmation", {"note": "looked"}).json()
    assert (confirmed["state"], confirmed["confirmed_by"], confirmed["note"]) == ("closed", "Mia", "looked")
    public = read_public(Machine(None).get("/receipt-key").json()["pem"].encode())
    said = verified(ann.get(f"{case}/receipt").content, public)
    assert said["request"] == told["reference"]
    assert "note" not in ann.get(case).json()


def test_carol_proves_hers_by_a_mailed_code_and_it_is_removed_at_once(cards, carol):
    case = begun(carol, cards.carols)
    mailed = carol.post(of(cards.carols, "code"), {"purpose": "removal"})
    assert mailed.json() == {"good_until": "2026-06-01T09:10:00Z"}
    again = carol.post(of(cards.carols, "code"), {"purpose": "removal"})
    assert (again.status_code, again.json()["code"]) == (409, "too_many_codes")
    given = proof("code", code_mailed_to(cards.carols))
    assert carol.post(f"{case}/proof", given).json()["proof"] == "code"
    assert carol.post(f"{case}/submission").json()["can_be_stopped_until"] is None


def test_after_a_birthdate_the_link_in_the_card_s_mail_stops_it_with_anybody_s_key(cards, carol):
    case = begun(carol, cards.carols)
    carol.post(f"{case}/proof", proof("birthdate", BIRTHDATE))
    told = carol.post(f"{case}/submission").json()
    assert told["can_be_stopped_until"] == "2026-06-02T09:00:00Z"
    secret = Notification.objects.get(kind="card-removal-notice").words["veto"].split("/")[-2]
    bob = key_of(cards, cards.bob)
    assert bob.post("/stop-removal", {"secret": "k" + "0" * 26}).json()["field"] == "secret"
    assert bob.post("/stop-removal", {"secret": secret}).json()["state"] == "vetoed"
    assert bob.post("/stop-removal", {"secret": secret}).json()["state"] == "vetoed"
    assert state_of(cards.carols) == "frozen"


def test_carol_withdraws_and_a_second_time_is_refused(cards, carol):
    case = f"/removals/{submitted(cards, cards.carols).reference}"
    assert carol.post(f"{case}/withdrawal").json()["state"] == "withdrawn"
    assert carol.post(f"{case}/withdrawal").json()["code"] == "not_now"


def test_every_failed_proof_has_the_same_bytes_and_uses_up_a_try(cards, ann):
    answers = []
    for email, kind, given in (
        ("x@example.com", "password", PASSWORD),
        ("", "password", "wrong"),
        ("", "birthdate", BIRTHDATE),
        ("", "code", "123456"),
        ("x@example.com", "password", "wrong"),
        ("", "password", PASSWORD),  # right, but the sixth
    ):
        case = begun(ann, cards.visa, email)
        answers.append(ann.post(f"{case}/proof", proof(kind, given)))
    assert {(answer.status_code, answer.content) for answer in answers} == {(409, answers[0].content)}
    assert answers[0].json()["code"] == "proof_failed"
    assert dict(answers[0].headers) == dict(answers[-1].headers)
    assert ProofTry.objects.filter(used_at__isnull=False).count() == 5
    assert (state_of(cards.visa), RemovalRequest.objects.get().state) == ("active", "draft")
    assert Notification.objects.filter(kind="card-proof-failed").count() == 6


def test_the_team_lists_what_was_submitted_and_sees_what_is_late(cards, carol, mia):
    draft = begun(carol, cards.carols)
    assert mia.get("/removals").json()["items"] == []
    assert mia.get(draft).status_code == 404
    case = submitted(cards, cards.visa)
    cards.clock.move(days=4)
    told = mia.get("/removals").json()["items"]
    assert [(one["reference"], one["customer"], one["is_overdue"]) for one in told] == [
        (case.reference, "Ann", True)
    ]
    assert cards.visa.email not in mia.get("/removals").content.decode()


def test_a_key_that_only_reads_can_freeze_nothing(cards):
    reader = key_of(cards, cards.ann, ["read"])
    assert reader.get("/cards").status_code == 200
    answer = reader.post(of(cards.visa, "freeze"), {"reason": "lost"})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")
    assert state_of(cards.visa) == "active"


def test_bob_finds_nothing_of_ann_s(cards, ann):
    bob, case = key_of(cards, cards.bob), begun(ann, cards.visa)
    for answer in (
        bob.get(of(cards.visa)),
        bob.post(of(cards.visa, "freeze"), {"reason": "lost"}),
        bob.post(of(cards.visa, "removal"), {"email": cards.visa.email}),
        bob.post(of(cards.visa, "code"), {"purpose": "removal"}),
        bob.get(case),
        bob.post(f"{case}/proof", proof("password", PASSWORD)),
        bob.post(f"{case}/submission"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert not ProofTry.objects.exists()
    assert not Notification.objects.exists()
    assert state_of(cards.visa) == "active"


def test_the_days_of_the_team_are_told(cards, ann):
    case = begun(ann, cards.visa)
    ann.post(f"{case}/proof", proof("password", PASSWORD))
    due = datetime.fromisoformat(ann.post(f"{case}/submission").json()["due_at"])
    assert due == cards.clock.now() + timedelta(days=3)
