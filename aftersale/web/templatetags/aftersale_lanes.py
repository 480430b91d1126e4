"""How one reaches us, with the measured wait of each way: the only place that gives the e-mail address."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.conf import settings

from aftersale.support.waits import Waits, lane_waits

register = template.Library()


@dataclass(frozen=True, slots=True)
class Lanes:
    """Both lanes: what was measured, and the address of the slow one."""

    waits: Waits
    mail: str


@register.simple_tag(takes_context=True)
def lanes(context: Any) -> Lanes:
    """The lanes as they are now, for <c-lanes />."""
    return Lanes(lane_waits(context["request"].ports.clock.now()), settings.MARKETPLACE_MAIL)
