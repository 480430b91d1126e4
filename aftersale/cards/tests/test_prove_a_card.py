"""A card is proven by its e-mail and a password or birthdate; a wrong proof is not told what was wrong."""

import pytest

from aftersale.base.models import Notification
from aftersale.base.services import rendered
from aftersale.cards.errors import NotNow, ProofFailed
from aftersale.cards.models import ProofTry, RemovalRequest
from aftersale.cards.proofs import proofs_of
from aftersale.cards.services import begin_removal, mail_code, prove_removal, submit_removal
from aftersale.cards.tests.cast import BIRTHDATE, PASSWORD, a_card, code_mailed_to
from aftersale.payments.card_models import FreezeReason, SavedCard
from aftersale.payments.saved_cards import freeze_card


def asked(world, card, email="", given="", kind=""):
    request = begin_removal(ports=world.ports, card=card, email=email or card.email)
    kind = kind or proofs_of(card.customer)[0]
    return prove_removal(ports=world.ports, request=request, kind=kind, given=given)


def refused(world, card, email="", given="", kind=""):
    with pytest.raises(ProofFailed) as refusal:
        asked(world, card, email, given, kind)
    return str(refusal.value)


def told_of_failures(card):
    return Notification.objects.filter(kind="card-proof-failed", recipient=card.email).count()


def tries(world):
    return ProofTry.objects.filter(used_at__isnull=False).count()


def test_ann_proves_her_card_by_its_e_mail_and_her_password(world):
    assert asked(world, world.visa, " Ann@Home.example ", PASSWORD).proof == "password"


def test_carol_who_has_no_password_proves_hers_by_her_birthdate(world):
    assert asked(world, world.carols, "", BIRTHDATE).proof == "birthdate"


def test_an_account_with_a_password_is_never_taken_by_its_birthdate(world):
    world.carol.set_password(PASSWORD)
    world.carol.save()
    world.carols.refresh_from_db()
    assert proofs_of(world.carol) == ("password",)
    refused(world, world.carols, "", BIRTHDATE, "birthdate")
    assert RemovalRequest.objects.get().state == "draft"


def test_every_wrong_proof_is_answered_alike_and_leaves_the_card_as_it_was(world):
    nobody = a_card(world.ports, world.bob, "amex-good")
    nobody.customer.set_unusable_password()
    nobody.customer.save()
    told = {
        refused(world, world.visa, "ann@example.com", PASSWORD),
        refused(world, world.visa, "", "another password"),
        refused(world, world.carols, "", "1990-05-18"),
        refused(world, world.carols, "", "17 May 1990"),
        refused(world, nobody, "", "1990-05-17"),
        refused(world, nobody, "", "000000", "code"),
        refused(world, nobody, "", "x", "passport"),
    }
    assert len(told) == 1
    assert set(SavedCard.objects.values_list("state", flat=True)) == {"active"}
    assert [told_of_failures(card) for card in (world.visa, world.carols, nobody)] == [2, 2, 3]
    assert Notification.objects.count() == 7


def test_after_five_tries_the_right_proof_is_answered_like_a_wrong_one_until_a_day_is_over(world):
    told = {refused(world, world.visa, "", "wrong") for _ in range(5)}
    assert {refused(world, world.visa, "", PASSWORD)} == told
    world.clock.move(hours=23)
    refused(world, world.visa, "", PASSWORD)
    world.clock.move(hours=2)
    assert asked(world, world.visa, "", PASSWORD).state == "proven"


def test_the_tries_of_the_last_day_count_wherever_the_day_begins(world):
    refused(world, world.visa, "", "wrong")
    world.clock.move(hours=23)
    for _ in range(4):
        refused(world, world.visa, "", "wrong")
    world.clock.move(hours=2)
    refused(world, world.visa, "", "wrong")
    refused(world, world.visa, "", PASSWORD)


def test_a_try_is_counted_before_anything_is_compared(world, monkeypatch):
    def broken(*_args, **_more):
        raise KeyboardInterrupt

    monkeypatch.setattr("aftersale.cards.proofs.is_proven", broken)
    with pytest.raises(KeyboardInterrupt):
        asked(world, world.visa, "", PASSWORD)
    assert tries(world) == 1


def test_the_work_is_the_same_whether_a_try_is_left_or_not(world, monkeypatch):
    worked = []
    check = type(world.ann).check_password

    def counted(who, given):
        worked.append(given)
        return check(who, given)

    monkeypatch.setattr(type(world.ann), "check_password", counted)
    for _ in range(7):
        refused(world, world.visa, "wrong@example.com", PASSWORD)
    assert (len(worked), tries(world)) == (7, 5)


def test_a_lock_on_one_card_locks_neither_another_nor_the_freeze(world):
    other = a_card(world.ports, world.ann, "amex-good")
    for _ in range(6):
        refused(world, world.visa, "", "wrong")
    assert asked(world, other, "", PASSWORD).state == "proven"
    assert freeze_card(ports=world.ports, card=world.visa, reason=FreezeReason.STOLEN).state == "frozen"
    assert world.ann.check_password(PASSWORD)


def test_a_draft_and_a_proof_hold_for_half_an_hour(world):
    request = begin_removal(ports=world.ports, card=world.visa, email=world.visa.email)
    world.clock.move(minutes=31)
    with pytest.raises(NotNow):
        prove_removal(ports=world.ports, request=request, kind="password", given=PASSWORD)
    request = asked(world, world.visa, "", PASSWORD)
    world.clock.move(minutes=31)
    with pytest.raises(NotNow):
        submit_removal(ports=world.ports, request=request)
    assert SavedCard.objects.get(pk=world.visa.pk).state == "active"


def test_the_birthdate_is_kept_as_a_hash_that_is_another_for_each_person(world):
    world.bob.birthdate_hash = world.carol.birthdate_hash
    world.bob.set_unusable_password()
    world.bob.save()
    assert BIRTHDATE not in world.carol.birthdate_hash
    refused(world, a_card(world.ports, world.bob, "amex-good"), "", BIRTHDATE)


def test_the_card_s_e_mail_hears_of_each_failure_and_of_a_siege_once_a_day(world):
    for _ in range(8):
        refused(world, world.visa, "", "wrong")
    assert told_of_failures(world.visa) == 6
    mail = rendered(Notification.objects.filter(kind="card-proof-failed").latest("pk"))
    assert "too many tries" in mail.text
    assert "freeze" in mail.html


def test_no_more_than_ten_tries_in_thirty_days_whatever_the_day(world):
    for _ in range(3):
        for _ in range(4):
            refused(world, world.visa, "", "wrong")
        world.clock.move(hours=25)
    assert tries(world) == 10
    refused(world, world.visa, "", PASSWORD)
    world.clock.move(days=28)
    assert asked(world, world.visa, "", PASSWORD).state == "proven"


def test_where_birthdates_are_off_carol_is_asked_for_a_mailed_code(world, settings):
    settings.CARD_BIRTHDATE = "off"
    assert proofs_of(world.carol) == ("code",)
    refused(world, world.carols, "", BIRTHDATE, "birthdate")
    mail_code(ports=world.ports, card=world.carols, purpose="removal")
    assert asked(world, world.carols, "", code_mailed_to(world.carols)).proof == "code"
