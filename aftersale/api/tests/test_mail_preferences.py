"""What one is mailed, asked and said by a machine."""

from aftersale.api.tests.cast import machine
from aftersale.base.models import Notification
from aftersale.support.mail.bouncing import note_bounce
from aftersale.support.mail.stopping import wants_thread_mails
from aftersale.support.tests.cast import ask, say


def test_ann_wants_no_mails_of_threads_and_bob_s_go_on(world):
    ann = machine(world, world.ann)
    wanted = {"address": "ann@example.com", "wants_thread_mails": True, "comes_back": False}
    assert ann.get("/me/mails").json() == wanted
    assert ann.post("/me/mails", {"wants_thread_mails": False}).json() == wanted | {
        "wants_thread_mails": False
    }
    assert not wants_thread_mails(world.ann) and wants_thread_mails(world.bob)
    assert ann.post("/me/mails", {"wants_thread_mails": "perhaps"}).status_code == 422
    assert ann.post("/me/mails", {"wants_thread_mails": True}).json() == wanted


def test_ann_s_shop_chooses_the_language_of_her_mails(world):
    ann = machine(world, world.ann)
    assert ann.post("/me/language", {"language": "zh-hans"}).json()["language"] == "zh-hans"
    assert ann.post("/me/language", {"language": "tlh"}).status_code == 422
    say(world, world.mia, ask(world))
    assert Notification.objects.get(recipient=world.ann.email).language == "zh-hans"


def test_ann_confirms_an_address_from_which_a_mail_came_back(world):
    say(world, world.mia, ask(world))
    token = Notification.objects.get(recipient=world.ann.email).bounce_token
    note_bounce(ports=world.ports, address=f"bounce+{token}@marketplace.example", status="5.1.1")
    ann = machine(world, world.ann)
    assert ann.get("/me/mails").json()["comes_back"] is True
    assert ann.post("/me/mails/confirm").json()["comes_back"] is False
