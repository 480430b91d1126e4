"""A submitted removal freezes at once; the provider lets go, the team confirms, and there is a receipt."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import IntegrityError, transaction

from aftersale.base.errors import NotYours
from aftersale.base.models import Notification
from aftersale.base.services import rendered
from aftersale.cards.errors import NotNow
from aftersale.cards.models import RemovalRequest
from aftersale.cards.queries import removal_for
from aftersale.cards.receipt import verified
from aftersale.cards.services import (
    begin_removal,
    confirm_removal,
    detach_due_cards,
    keep_removal_deadlines,
    submit_removal,
    veto_removal,
    withdraw_removal,
)
from aftersale.cards.states import REMOVAL_TRANSITIONS, RemovalState
from aftersale.cards.tests.cast import proven, submitted
from aftersale.payments.card_models import FreezeReason
from aftersale.payments.errors import CardNotChargeable
from aftersale.payments.providers.sandbox.models import CardBehaviour, VaultCard
from aftersale.payments.providers.sandbox.vault import behave_with_card
from aftersale.payments.saved_cards import chargeable_card, freeze_card


@pytest.fixture(scope="module")
def key():
    return Ed25519PrivateKey.generate()


def work(world):
    return detach_due_cards(ports=world.ports, providers=world.vaults)


def now_of(row):
    return type(row).objects.get(pk=row.pk)


def mails(kind):
    return Notification.objects.filter(kind=kind)


def secret_of(request):
    return mails("card-removal-notice").get(key__contains=request.reference).words["veto"].split("/")[-2]


def is_kept(card):
    return VaultCard.objects.get(token=card.token).detached_at is None


def test_submitting_freezes_the_card_and_tells_the_team_and_the_card_s_e_mail_in_one_go(world, settings):
    settings.PAYMENTS_TEAM_MAIL = "pay@marketplace.example"
    request = submitted(world, world.visa)
    assert (request.state, now_of(world.visa).state) == ("submitted", "removal_pending")
    with pytest.raises(CardNotChargeable):
        chargeable_card(world.visa.pk)
    assert mails("card-removal-asked").get().recipient == "pay@marketplace.example"
    assert mails("card-removal-notice").get().recipient == "ann@home.example"


def test_when_the_mails_cannot_be_owed_nothing_is_frozen(world, monkeypatch):
    request = proven(world, world.visa)
    monkeypatch.setattr("aftersale.cards.services.tell_the_card_s_owner", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        submit_removal(ports=world.ports, request=request)
    assert (now_of(request).state, now_of(world.visa).state) == ("proven", "active")
    assert not Notification.objects.exists()


def test_the_mails_tell_the_last_four_and_no_token_fingerprint_or_birthdate(world):
    submitted(world, world.carols)
    told = [rendered(mail) for mail in Notification.objects.all()]
    assert len(told) == 2
    for mail in told:
        assert "4444" in mail.text
        for secret in (world.carols.token, world.carols.fingerprint_hash, "1990"):
            assert secret not in mail.text + mail.html + mail.subject


def test_nothing_can_be_submitted_without_a_proof(world):
    request = begin_removal(ports=world.ports, card=world.visa, email=world.visa.email)
    with pytest.raises(NotNow):
        submit_removal(ports=world.ports, request=request)
    assert now_of(world.visa).state == "active"
    assert not Notification.objects.exists()


def test_a_second_submit_and_a_second_beginning_answer_the_same_request(world):
    request = submitted(world, world.visa)
    assert submit_removal(ports=world.ports, request=request) == request
    assert begin_removal(ports=world.ports, card=world.visa, email="x@example.com") == request
    assert RemovalRequest.objects.count() == 1
    assert mails("card-removal-asked").count() == 1


def test_after_a_password_the_provider_lets_the_card_go_at_once(world):
    request = submitted(world, world.visa)
    assert work(world) == 1
    request = now_of(request)
    assert (request.state, request.provider_answer) == ("verified", "detached")
    assert now_of(world.visa).state == "detached"
    assert not is_kept(world.visa)
    assert work(world) == 0


def test_after_a_birthdate_the_card_s_e_mail_has_a_day_to_stop_it(world):
    request = submitted(world, world.carols)
    world.clock.move(hours=23)
    assert work(world) == 0
    assert veto_removal(ports=world.ports, secret=secret_of(request)).state == "vetoed"
    world.clock.move(hours=48)
    assert work(world) == 0
    card = now_of(world.carols)
    assert (card.state, card.freeze_reason) == ("frozen", "stopped")
    assert is_kept(card)


def test_after_that_day_it_is_removed_and_can_no_longer_be_stopped(world):
    request = submitted(world, world.carols)
    world.clock.move(hours=24)
    assert work(world) == 1
    with pytest.raises(NotNow):
        veto_removal(ports=world.ports, secret=secret_of(request))
    assert now_of(world.carols).state == "detached"


def test_a_setting_turns_the_day_off(world, settings):
    settings.CARD_VETO_HOURS = 0
    request = submitted(world, world.carols)
    assert mails("card-removal-notice").get().words["veto"] == ""
    assert work(world) == 1
    assert now_of(request).state == "verified"


def test_a_guessed_link_stops_nothing(world):
    submitted(world, world.carols)
    for guess in ("", "k0", "a" * 27):
        with pytest.raises(NotYours):
            veto_removal(ports=world.ports, secret=guess)
    assert RemovalRequest.objects.get().state == "submitted"


def test_carol_may_withdraw_while_the_provider_was_not_asked_and_keeps_a_stolen_card_stolen(world):
    freeze_card(ports=world.ports, card=world.carols, reason=FreezeReason.STOLEN)
    request = submitted(world, world.carols)
    withdraw_removal(ports=world.ports, request=request)
    assert now_of(world.carols).freeze_reason == "stolen"
    ann_s = submitted(world, world.visa)
    work(world)
    with pytest.raises(NotNow):
        withdraw_removal(ports=world.ports, request=ann_s)


@pytest.mark.parametrize(
    ("behaviour", "answer"),
    [
        (CardBehaviour.OUTAGE, "detached"),
        (CardBehaviour.TIMES_OUT_BEFORE, "detached"),
        (CardBehaviour.TIMES_OUT_AFTER, "already_gone"),
        (CardBehaviour.STAYS, "detached"),
    ],
)
def test_a_provider_in_trouble_leaves_the_card_frozen_and_is_asked_again(world, behaviour, answer):
    behave_with_card(world.visa.token, behaviour, calls=1)
    request = submitted(world, world.visa)
    assert work(world) == 1
    request = now_of(request)
    assert (request.state, now_of(world.visa).state) == ("detaching", "removal_pending")
    assert request.last_error
    assert work(world) == 0, "not before its time"
    world.clock.move(seconds=31)
    assert work(world) == 1
    request = now_of(request)
    assert (request.state, request.provider_answer, request.attempts) == ("verified", answer, 2)


def test_a_card_that_was_gone_already_counts_as_removed(world):
    world.vaults["sandbox"].detach_card(world.visa.token)
    request = submitted(world, world.visa)
    work(world)
    assert (now_of(request).state, now_of(request).provider_answer) == ("verified", "already_gone")


def test_a_worker_that_dies_between_the_provider_and_the_commit_is_followed_by_one_that_ends_it(
    world, monkeypatch
):
    request = submitted(world, world.visa)

    def died(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("aftersale.cards.detaching._write", died)
        with pytest.raises(KeyboardInterrupt):
            work(world)
    assert (now_of(request).state, now_of(world.visa).state) == ("detaching", "removal_pending")
    assert not is_kept(world.visa)
    world.clock.move(seconds=61)
    work(world)
    assert (now_of(request).state, now_of(request).provider_answer) == ("verified", "already_gone")
    assert now_of(world.visa).state == "detached"


def test_after_hours_without_the_provider_our_staff_is_told_once_and_the_freeze_holds(world):
    behave_with_card(world.visa.token, CardBehaviour.OUTAGE)
    request = submitted(world, world.visa)
    for _ in range(30):
        work(world)
        world.clock.move(minutes=61)
    assert (now_of(request).state, now_of(world.visa).state) == ("needs_staff", "removal_pending")
    assert mails("card-removal-stuck").count() == 1
    behave_with_card(world.visa.token, CardBehaviour.SUCCEEDS)
    work(world)
    assert now_of(request).state == "verified"


def test_a_provider_that_is_not_set_up_leaves_the_card_frozen(world):
    request = submitted(world, world.visa)
    detach_due_cards(ports=world.ports, providers={})
    assert (now_of(request).state, now_of(world.visa).state) == ("detaching", "removal_pending")


def test_the_team_confirms_only_what_is_gone_at_the_provider(world, key):
    request = submitted(world, world.visa)
    with pytest.raises(NotNow):
        confirm_removal(ports=world.ports, request=request, actor=world.mia, key=key)
    assert now_of(request).receipt == ""
    work(world)
    request = confirm_removal(ports=world.ports, request=request, actor=world.mia, key=key)
    assert request.state == "closed"
    assert mails("card-removed").get().recipient == "ann@home.example"
    said = verified(request.receipt.encode(), key.public_key())
    assert said["card"] == {"brand": "visa", "last_four": "4242", "provider": "sandbox"}
    assert said["provider"] == {"answer": "detached", "seen_gone_at": "2026-06-01T09:00:00+00:00"}
    world.clock.move(days=1)
    again = confirm_removal(ports=world.ports, request=request, actor=world.mia, key=key)
    assert again.receipt == request.receipt


def test_an_overdue_removal_is_told_once_and_stays_open(world):
    request = submitted(world, world.visa)
    work(world)
    world.clock.move(days=2)
    keep_removal_deadlines(ports=world.ports)
    assert not mails("card-removal-overdue").exists()
    world.clock.move(days=2)
    for _ in range(2):
        keep_removal_deadlines(ports=world.ports)
    assert mails("card-removal-overdue").count() == 1
    assert now_of(request).state == "verified"


def test_thirty_days_after_its_end_nothing_is_left_by_which_the_card_could_be_known(world, key):
    request = submitted(world, world.visa)
    work(world)
    world.clock.move(days=31)
    keep_removal_deadlines(ports=world.ports)
    assert now_of(world.visa).state == "detached", "its case is open"
    confirm_removal(ports=world.ports, request=request, actor=world.mia, key=key)
    keep_removal_deadlines(ports=world.ports)
    card = now_of(world.visa)
    assert (card.state, card.token, card.email, card.last_four) == ("tombstone", None, "", "")


def test_an_old_draft_expires_and_another_can_be_begun(world):
    first = begin_removal(ports=world.ports, card=world.visa, email="x@example.com")
    world.clock.move(minutes=31)
    keep_removal_deadlines(ports=world.ports)
    assert now_of(first).state == "expired"
    assert begin_removal(ports=world.ports, card=world.visa, email=world.visa.email) != first


def test_ann_s_request_is_not_there_for_bob_and_the_team_sees_it_once_submitted(world):
    request = proven(world, world.visa)
    for stranger in (world.bob, world.mia):
        with pytest.raises(NotYours):
            removal_for(stranger, request.reference)
    submit_removal(ports=world.ports, request=request)
    assert removal_for(world.mia, request.reference) == request


def test_the_database_holds_one_open_request_a_card_and_no_end_without_evidence(world):
    request = submitted(world, world.visa)
    rows = RemovalRequest.objects.filter(pk=request.pk)
    for wrong in ({"state": "gone"}, {"state": "verified"}, {"state": "closed"}, {"proof": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        RemovalRequest.objects.create(
            reference="C2", card=world.visa, customer=world.ann, created_at=world.clock.now()
        )


def test_every_state_has_its_row_and_a_card_gone_is_never_taken_back():
    assert set(REMOVAL_TRANSITIONS) == set(RemovalState.values)
    reached, todo = set(), ["verified"]
    while todo:
        reached.add(state := todo.pop())
        todo += [to for to in REMOVAL_TRANSITIONS[state] if to not in reached]
    assert reached == {"verified", "confirmed", "closed"}
