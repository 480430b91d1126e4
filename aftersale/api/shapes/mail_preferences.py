"""What a person wants of mails about threads."""

from typing import Annotated

from pydantic import ConfigDict, Strict

from aftersale.accounts.models import User
from aftersale.api.fields import Shape
from aftersale.base.ports import Ports
from aftersale.support.mail.bouncing import mails_come_back
from aftersale.support.mail.stopping import wants_thread_mails


class MailPreference(Shape):
    """Where mails go, and whether threads send any: not while mails come back, until it is confirmed.

    Mails about money, cards and signing in always come.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"address": "ann@example.com", "wants_thread_mails": True, "comes_back": False}]
        }
    )

    address: str
    wants_thread_mails: bool
    comes_back: bool


class WantedMails(Shape):
    """Whether threads that one follows send mails."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"wants_thread_mails": False}]})

    wants_thread_mails: Annotated[bool, Strict()]


def told_mail_preference(person: User, ports: Ports) -> MailPreference:
    return MailPreference(
        address=person.email,
        wants_thread_mails=wants_thread_mails(person),
        comes_back=mails_come_back(person, ports.clock.now()),
    )
