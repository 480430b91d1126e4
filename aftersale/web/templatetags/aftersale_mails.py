"""Whether mails arrive, told on the pages of whom it concerns."""

from typing import Any

from django import template

from aftersale.accounts.models import User
from aftersale.support.mail.bouncing import mails_come_back

register = template.Library()


@register.simple_tag(takes_context=True)
def lost_mails(context: dict[str, Any], person: Any) -> bool:
    """Whether this person's address gets no mails about threads, for they came back."""
    return isinstance(person, User) and mails_come_back(person, context["request"].ports.clock.now())
