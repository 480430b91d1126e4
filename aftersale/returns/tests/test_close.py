"""A return closes when its money has gone; what was given up is not called paid."""

from aftersale.base.models import Notification
from aftersale.payments.models import Refund
from aftersale.payments.services import release_refund
from aftersale.returns.services import close_settled_returns
from aftersale.returns.tests.cast import World, an_order
from aftersale.returns.tests.test_request_return import ask
from aftersale.returns.tests.test_send_and_inspect import bring_back


def test_a_refund_that_was_given_up_closes_the_return_and_is_not_told_as_paid(world: World):
    case = bring_back(world, ask(world, an_order(world)))
    refund = Refund.objects.get()
    release_refund(ports=world.ports, refund=refund, reason="Paid in cash.", actor=world.mia)
    assert close_settled_returns(ports=world.ports) == 1
    case.refresh_from_db()
    assert case.closed_at is not None
    assert case.events.latest("pk").kind == "closed"
    told = Notification.objects.latest("pk")
    assert told.kind == "return-closed"
    assert not Notification.objects.filter(kind="refund-paid").exists()
