"""Ann and Carol save, freeze and remove their cards on the pages; no page takes a card number."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from aftersale.base.models import Notification
from aftersale.cards.models import RemovalRequest
from aftersale.cards.receipt import read_public, verified
from aftersale.cards.services import detach_due_cards
from aftersale.cards.tests.cast import BIRTHDATE, PASSWORD, Cards, proven, submitted, the_cards
from aftersale.payments.card_models import SavedCard
from aftersale.payments.providers.sandbox.models import VaultCard, VaultSetUp

_VARIES = re.compile(r'[\w-]{64}|nonce="[^"]*"')


@pytest.fixture(autouse=True)
def _own_key(settings, tmp_path):
    settings.RECEIPT_KEY_FILE = tmp_path / "key.pem"


@pytest.fixture
def world(db: None) -> Cards:
    return the_cards(datetime.now(UTC))


@pytest.fixture
def ann(world, client):
    client.force_login(world.ann)
    return client


def labels(answer) -> list[str]:
    """What the buttons and button-like links of the page's middle say."""
    main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
    found = re.findall(r'class="button[^>]*>(.*?)</(?:a|button)>', main, re.DOTALL)
    return [re.sub(r"<[^>]+>", "", label).strip() for label in found]


def to_the_proof(client, card, email=""):
    answer = client.post(f"/account/cards/{card.reference}/remove/", {"email": email or card.email})
    assert answer.status_code == 302
    return answer["Location"]


def told(answer) -> str:
    return _VARIES.sub("", answer.content.decode())


def test_the_labels_are_those_of_the_customers_way(world, ann):
    assert ">Credit Cards</h1>" in ann.get("/account/cards/").content.decode()
    assert "Remove Card" in labels(ann.get("/account/cards/"))
    page = ann.get(f"/account/cards/{world.visa.reference}/remove/")
    assert labels(page)[0] == "Remove Card"
    assert "E-mail tied to the card" in page.content.decode()
    proof = to_the_proof(ann, world.visa)
    assert labels(ann.get(proof)) == ["Remove Card"]
    answer = ann.post(proof, {"proof": PASSWORD})
    assert labels(ann.get(answer["Location"]))[0] == "Submit Removal Request"


def test_two_rows_of_one_card_are_told_apart_by_their_e_mail_and_day(world, ann):
    SavedCard.objects.create(
        reference="CTW1NN-TW1NN",
        customer=world.ann,
        provider=world.visa.provider,
        key="twin",
        token="twin",
        brand=world.visa.brand,
        last_four=world.visa.last_four,
        email="ann.other@example.com",
        fingerprint_hash=world.visa.fingerprint_hash,
        state="active",
        created_at=datetime(2026, 1, 7, 12, tzinfo=UTC),
    )
    page = told(ann.get("/account/cards/"))
    assert "added 7 January 2026<br>ann.other@example.com" in page and f"<br>{world.visa.email}" in page


def test_ann_removes_her_card_and_gets_a_receipt_that_verifies(world, ann):
    submit = ann.post(to_the_proof(ann, world.visa), {"proof": PASSWORD})["Location"]
    progress = ann.post(submit)["Location"]
    assert ann.post(submit)["Location"] == progress
    assert "payments team" in ann.get(progress).content.decode()
    world.clock.move(seconds=60)
    detach_due_cards(ports=world.ports, providers=world.vaults)
    assert "We looked" in ann.get(progress).content.decode()

    mia, case = Client(), RemovalRequest.objects.get()
    mia.force_login(world.mia)
    assert case.reference in mia.get("/desk/cards/").content.decode()
    page = mia.get(f"/desk/cards/{case.reference}/")
    assert world.visa.token not in page.content.decode()
    mia.post(f"/desk/cards/{case.reference}/confirm/", {"note": "looked through the exports"})

    assert "The card is gone" in ann.get(progress).content.decode()
    for page in (ann.get(progress), ann.get("/account/cards/"), mia.get("/desk/cards/")):
        assert ">Removed<" in told(page).replace("\n", "") and ">Closed<" not in told(page)
    public = read_public(Client().get("/cards/receipt-key.pem").content)
    said = verified(ann.get(progress + "receipt/").content, public)
    assert said["request"] == case.reference
    assert Client().get("/cards/receipt-key/").status_code == 200
    assert not SavedCard.objects.filter(customer=world.ann, state="active").exists()


def test_carol_is_asked_for_her_birthdate_and_the_card_s_e_mail_can_stop_it(world, client):
    client.force_login(world.carol)
    proof = to_the_proof(client, world.carols)
    assert 'type="date"' in client.get(proof).content.decode()
    submit = client.post(proof, {"proof": BIRTHDATE})["Location"]
    assert "24 hours" in client.get(submit).content.decode()
    progress = client.post(submit)["Location"]
    assert "can stop the removal" in client.get(progress).content.decode()
    link = Notification.objects.get(kind="card-removal-notice").words["veto"]
    stranger = Client()
    assert "Stop the removal" in labels(stranger.get(link))
    assert RemovalRequest.objects.get().state == "submitted", "looking does nothing"
    assert "stays frozen" in stranger.post(link).content.decode()
    assert RemovalRequest.objects.get().state == "vetoed"
    assert stranger.get("/cards/stop/k000/").status_code == 404


def test_ann_who_has_a_password_is_never_asked_for_a_birthdate(world, ann):
    page = ann.get(to_the_proof(ann, world.visa)).content.decode()
    assert 'type="password"' in page
    assert "birthdate" not in page.lower()


def test_every_failed_proof_has_the_same_bytes_and_status(world, ann):
    answers = []
    for email, given in (("x@example.com", PASSWORD), ("", "wrong"), ("x@example.com", "wrong"), ("", "")):
        answers.append(ann.post(to_the_proof(ann, world.visa, email), {"proof": given}))
    answers += [ann.post(to_the_proof(ann, world.visa), {"proof": given}) for given in ("no", PASSWORD)]
    assert {answer.status_code for answer in answers} == {422}
    assert len({told(answer) for answer in answers}) == 1
    assert SavedCard.objects.get(pk=world.visa.pk).state == "active"
    assert set(Notification.objects.values_list("kind", flat=True)) == {"card-proof-failed"}
    assert RemovalRequest.objects.get().state == "draft"


def test_one_press_freezes_and_says_what_it_does_not_do(world, ann):
    listed = ann.get("/account/cards/").content.decode()
    assert "Stolen: freeze it now" in listed
    assert "From now on nothing can be charged" in listed
    answer = ann.post(f"/account/cards/{world.visa.reference}/frozen/", {"reason": "stolen"}, follow=True)
    page = answer.content.decode()
    assert "This does not block the card at your bank" in page
    assert "Call your bank" in page
    assert "From now on nothing can be charged" in page
    card = SavedCard.objects.get(pk=world.visa.pk)
    assert (card.state, card.freeze_reason) == ("frozen", "stolen")


def test_ann_adds_a_card_on_the_provider_s_page(world, ann):
    there = ann.post("/account/cards/add/")["Location"]
    assert "Sandbox Pay" in ann.get(there).content.decode()
    back = ann.post(there, {"card": "unionpay-good", "email": "cards@home.example"})["Location"]
    assert "The card is saved" in ann.get(back, follow=True).content.decode()
    assert SavedCard.objects.get(last_four="0005").email == "cards@home.example"


def test_a_page_left_without_a_card_saves_nothing(world, ann):
    there = ann.post("/account/cards/add/")["Location"]
    back = VaultSetUp.objects.get(reference=there.split("/")[-2]).return_to
    assert "No card was saved" in ann.get(back, follow=True).content.decode()
    assert VaultCard.objects.count() == 2


def test_another_s_card_and_removal_answer_like_none(world, client):
    case = submitted(world, world.visa)
    client.force_login(world.bob)
    for path in (
        "/account/cards/{}/remove/", "/account/cards/{}/frozen/", "/account/cards/{}/added/",
        "/account/cards/removals/{}/", "/account/cards/removals/{}/proof/",
        "/account/cards/removals/{}/submit/", "/account/cards/removals/{}/receipt/",
    ):  # fmt: skip
        for reference in (world.visa.reference, case.reference, "K00000-00000"):
            assert client.get(path.format(reference)).status_code == 404, path
    for path in (f"cards/{world.visa.reference}/frozen", f"cards/removals/{case.reference}/withdraw"):
        assert client.post(f"/account/{path}/").status_code == 404
    assert client.get("/desk/cards/").status_code == 404
    assert client.post(f"/desk/cards/{case.reference}/confirm/").status_code == 404
    assert RemovalRequest.objects.get().state == "submitted"


def test_no_field_of_ours_could_hold_a_card_number(world, ann):
    request = proven(world, world.visa)
    ways = ["/account/cards/", f"/account/cards/{world.visa.reference}/remove/"]
    ways += [
        f"/account/cards/removals/{request.reference}/submit/",
        ann.post("/account/cards/add/")["Location"],
    ]
    fields = set()
    for way in ways:
        page = ann.get(way).content.decode()
        assert "cc-" not in page
        fields |= set(re.findall(r'<(?:input|textarea)[^>]*name="([^"]+)"', page))
    assert fields <= {"csrfmiddlewaretoken", "email", "card", "next", "language", "q"}, fields
    columns = {field.name: field for field in SavedCard._meta.get_fields() if hasattr(field, "max_length")}
    assert columns["last_four"].max_length == 4
    picked = ann.post(ways[-1], {"card": "4242 4242 4242 4242", "email": "a@b.example"})
    assert picked.status_code == 200
    assert VaultCard.objects.count() == 2
