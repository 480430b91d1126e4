"""Ann erases her account on its page; Mia erases a customer on their wish."""

from aftersale.accounts.erasing import is_erased
from aftersale.accounts.models import User
from aftersale.base.models import Notification
from aftersale.returns.tests.cast import World, an_order
from aftersale.support.models import Erasure
from aftersale.support.tests.cast import a_return, ask_in_public, say
from aftersale.web.tests.browsing import main_of, signed_in, told

HERE = "/account/erase/"


def test_ann_is_told_what_goes_and_stays_proves_herself_and_is_gone(world: World):
    an_order(world)
    thread = ask_in_public(world, body="Who plays the xylophone?")
    world.ann.set_password("correct horse battery")
    world.ann.save()
    ann = signed_in(world.ann)
    assert HERE in told(ann.get("/account/security/"))
    assert "the law has us keep our books" in main_of(ann.get(HERE))
    wrong = ann.post(HERE, {"proof": "nonsense", "public": "keep"})
    assert wrong.status_code == 422 and not Erasure.objects.exists()
    gone = ann.post(HERE, {"proof": "correct horse battery", "public": "keep"}, follow=True)
    assert "Your account is erased." in told(gone) and gone.wsgi_request.user.is_anonymous
    say(world, world.mia, thread, "We all do.")
    page = main_of(signed_in(world.bob).get(f"/threads/{thread.reference}/"))
    assert "Who plays the xylophone?" in page and "a former customer" in page


def test_one_without_a_password_is_mailed_a_code(world: World):
    ann = signed_in(world.ann)
    assert "A code is on its way" in main_of(ann.post(HERE, {"code": "mail"}))
    code = Notification.objects.get(kind="proof-code").words["code"]
    ann.post(HERE, {"proof": code, "public": "erase"})
    assert is_erased(User.objects.get(pk=world.ann.pk))


def test_what_is_under_way_is_named_and_linked_and_nothing_can_be_pressed(world: World):
    case = a_return(world)
    ann = signed_in(world.ann)
    page = main_of(ann.get(HERE))
    assert f'href="/account/returns/{case.reference}/"' in page and "Erase my account" not in page
    assert ann.post(HERE, {"proof": "123456"}).status_code == 409
    assert not is_erased(User.objects.get(pk=world.ann.pk))


def test_mia_erases_a_customer_and_is_told_what_ends_first(world: World):
    case = a_return(world)
    mia = signed_in(world.mia)
    refused = mia.post("/desk/erase/", {"email": "ann@example.com", "public": "erase"})
    assert refused.status_code == 409 and case.reference in main_of(refused)
    assert mia.post("/desk/erase/", {"email": "nobody@example.com"}).status_code == 422
    mia.post("/desk/erase/", {"email": "bob@example.com", "public": "erase"})
    assert Erasure.objects.get().wished_by == world.mia
    assert signed_in(world.ann).get("/desk/erase/").status_code == 404
