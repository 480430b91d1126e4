"""Where mails arrive in tests: as they were handed over, or refused."""

from collections.abc import Callable

from aftersale.accounts.models import User
from aftersale.base.mail import Mail
from aftersale.base.services import send_due_notifications
from aftersale.returns.tests.cast import World
from aftersale.support.notices import fresh_mails


class Postbox:
    """A mail port that keeps what it is given; `refuse` may raise instead."""

    def __init__(self, refuse: Callable[[Mail], object] | None = None) -> None:
        self.mails: list[Mail] = []
        self._refuse = refuse

    def send(self, mail: Mail) -> None:
        if self._refuse is not None:
            self._refuse(mail)
        self.mails.append(mail)

    def of(self, person: User) -> list[Mail]:
        return [mail for mail in self.mails if mail.recipient == person.email]


def deliver(world: World, box: Postbox) -> Postbox:
    """Send all that is due now."""
    while send_due_notifications(clock=world.clock, mail=box, freshen=fresh_mails(world.ports)):
        pass
    return box
