"""Carol has no password and proves her card by a code mailed to its e-mail: once, soon, for one thing."""

import pytest

from aftersale.base.models import Notification
from aftersale.base.services import rendered
from aftersale.cards.errors import ProofFailed, TooManyCodes
from aftersale.cards.models import MailedCode
from aftersale.cards.services import (
    begin_removal,
    detach_due_cards,
    keep_removal_deadlines,
    mail_code,
    prove_removal,
    submit_removal,
)
from aftersale.cards.tests.cast import PASSWORD, code_mailed_to
from aftersale.payments.card_models import SavedCard


def mailed(world, purpose="removal"):
    mail_code(ports=world.ports, card=world.carols, purpose=purpose)
    return code_mailed_to(world.carols)


def proved(world, given, email="carol@home.example"):
    request = begin_removal(ports=world.ports, card=world.carols, email=email)
    return prove_removal(ports=world.ports, request=request, kind="code", given=given)


def refused(world, given, email="carol@home.example"):
    with pytest.raises(ProofFailed):
        proved(world, given, email)


def test_the_code_goes_to_the_card_s_e_mail_in_a_mail_and_stays_as_a_hash(world):
    code = mailed(world)
    assert len(code) == 6
    assert code.isdecimal()
    mail = Notification.objects.get()
    assert mail.recipient == "carol@home.example"
    assert code in rendered(mail).text
    assert code in rendered(mail).html
    assert code not in MailedCode.objects.get().code_hash


def test_after_a_code_the_provider_is_asked_at_once(world):
    request = submit_removal(ports=world.ports, request=proved(world, f" {mailed(world)} "))
    assert (request.proof, request.veto_hash) == ("code", "")
    assert detach_due_cards(ports=world.ports, providers=world.vaults) == 1
    assert SavedCard.objects.get(pk=world.carols.pk).state == "detached"


def test_a_code_is_good_once(world):
    code = mailed(world)
    request = proved(world, code)
    type(request).objects.filter(pk=request.pk).update(state="draft", proof="", proven_at=None)
    refused(world, code)


def test_a_code_ends_after_ten_minutes_and_when_another_is_mailed(world):
    old = mailed(world)
    world.clock.move(minutes=11)
    refused(world, old)
    newer, newest = mailed(world), None
    world.clock.move(minutes=2)
    while (newest := mailed(world)) == newer:  # one time in a million
        world.clock.move(minutes=2)
    refused(world, newer)
    assert proved(world, newest).state == "proven"


def test_a_code_is_for_one_thing_and_does_not_make_up_for_a_wrong_e_mail(world):
    refused(world, mailed(world, "unfreezing"))
    world.clock.move(minutes=2)
    code = mailed(world)
    refused(world, code, "x@example.com")
    assert proved(world, code).state == "proven", "a wrong try leaves the code as it was"


def test_codes_are_mailed_once_a_minute_and_five_times_a_day(world):
    mailed(world)
    with pytest.raises(TooManyCodes):
        mailed(world)
    for _ in range(4):
        world.clock.move(minutes=2)
        mailed(world)
    world.clock.move(minutes=2)
    with pytest.raises(TooManyCodes):
        mailed(world)
    assert Notification.objects.count() == MailedCode.objects.count() == 5


def test_ann_who_has_a_password_proves_nothing_by_a_code(world):
    mail_code(ports=world.ports, card=world.visa, purpose="removal")
    request = begin_removal(ports=world.ports, card=world.visa, email=world.visa.email)
    with pytest.raises(ProofFailed):
        prove_removal(ports=world.ports, request=request, kind="code", given=code_mailed_to(world.visa))
    assert prove_removal(ports=world.ports, request=request, kind="password", given=PASSWORD)


def test_a_code_that_ended_is_taken_out_of_its_mail_and_later_forgotten(world):
    code = mailed(world)
    keep_removal_deadlines(ports=world.ports)
    assert code_mailed_to(world.carols) == code
    world.clock.move(minutes=11)
    keep_removal_deadlines(ports=world.ports)
    assert code_mailed_to(world.carols) == ""
    world.clock.move(days=31)
    keep_removal_deadlines(ports=world.ports)
    assert not MailedCode.objects.exists()
