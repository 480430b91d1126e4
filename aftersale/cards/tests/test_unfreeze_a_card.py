"""A frozen card is unfrozen by a stronger proof than the freeze took, and a stolen one never."""

import pytest

from aftersale.base.models import Notification
from aftersale.cards.errors import NotNow, ProofFailed
from aftersale.cards.services import mail_code, submit_removal, unfreeze_card, veto_removal, withdraw_removal
from aftersale.cards.tests.cast import PASSWORD, code_mailed_to, proven, submitted
from aftersale.cards.unfreezing import unfreezing_proofs
from aftersale.payments.card_models import FreezeReason, SavedCard
from aftersale.payments.saved_cards import chargeable_card, freeze_card


def frozen(world, card, reason=FreezeReason.LOST):
    return freeze_card(ports=world.ports, card=card, reason=reason)


def unfrozen(world, card, kind, given, email=""):
    return unfreeze_card(ports=world.ports, card=card, email=email or card.email, kind=kind, given=given)


def coded(world, card):
    mail_code(ports=world.ports, card=card, purpose="unfreezing")
    return code_mailed_to(card)


def now_of(card):
    return SavedCard.objects.get(pk=card.pk)


def test_ann_found_her_card_and_unfreezes_it_by_her_password(world):
    card = unfrozen(world, frozen(world, world.visa), "password", PASSWORD)
    assert (card.state, card.freeze_reason, card.frozen_at) == ("active", "", None)
    assert chargeable_card(card.pk) == card
    assert Notification.objects.get(kind="card-unfrozen").recipient == "ann@home.example"


def test_carol_unfreezes_hers_by_a_code_and_not_by_her_birthdate(world):
    card = frozen(world, world.carols)
    assert unfreezing_proofs(card) == ("code",)
    with pytest.raises(ProofFailed):
        unfrozen(world, card, "birthdate", "1990-05-17")
    assert unfrozen(world, card, "code", coded(world, card)).state == "active"


def test_a_wrong_proof_leaves_it_frozen_and_counts_like_any_other(world):
    card = frozen(world, world.visa)
    for email, given in [("x@example.com", PASSWORD)] + [("", "wrong")] * 4 + [("", PASSWORD)]:
        with pytest.raises(ProofFailed):
            unfrozen(world, card, "password", given, email)
    assert now_of(card).state == "frozen"
    assert Notification.objects.filter(kind="card-proof-failed").count() == 6
    assert not Notification.objects.filter(kind="card-unfrozen").exists()


def test_a_stolen_card_is_never_unfrozen(world):
    card = frozen(world, world.visa, FreezeReason.STOLEN)
    assert unfreezing_proofs(card) == ()
    with pytest.raises(NotNow):
        unfrozen(world, card, "password", PASSWORD)
    assert now_of(card).state == "frozen"


def test_a_card_reported_stolen_while_the_proof_is_checked_stays_frozen(world, monkeypatch):
    card, check = frozen(world, world.visa), type(world.ann).check_password

    def meanwhile(who, given):
        frozen(world, world.visa, FreezeReason.STOLEN)
        return check(who, given)

    monkeypatch.setattr(type(world.ann), "check_password", meanwhile)
    with pytest.raises(NotNow):
        unfrozen(world, card, "password", PASSWORD)
    assert (now_of(card).state, now_of(card).freeze_reason) == ("frozen", "stolen")


def test_what_a_password_froze_is_unfrozen_by_a_code_alone(world):
    card = withdraw_removal(ports=world.ports, request=submitted(world, world.visa)).card
    assert unfreezing_proofs(card) == ("code",)
    with pytest.raises(ProofFailed):
        unfrozen(world, card, "password", PASSWORD)
    assert unfrozen(world, card, "code", coded(world, card)).state == "active"
    world.clock.move(minutes=1)
    assert unfreezing_proofs(frozen(world, world.visa)) == ("password", "code"), "a new freeze is a new one"


def test_after_a_veto_whoever_reads_the_card_s_e_mail_can_unfreeze_it(world):
    submit_removal(ports=world.ports, request=proven(world, world.carols))
    link = Notification.objects.get(kind="card-removal-notice").words["veto"]
    card = veto_removal(ports=world.ports, secret=link.split("/")[-2]).card
    assert unfrozen(world, card, "code", coded(world, card)).state == "active"


def test_an_active_card_cannot_be_unfrozen(world):
    with pytest.raises(NotNow):
        unfrozen(world, world.visa, "password", PASSWORD)
