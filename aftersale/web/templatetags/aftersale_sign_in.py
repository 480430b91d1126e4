"""What the pages of signing in ask: whether browsers make passkeys here, and the picture of a key."""

import ipaddress
from typing import Any

from django import template
from django.utils.safestring import SafeString

from aftersale.web.qr import qr_code

register = template.Library()


@register.simple_tag(takes_context=True)
def passkeys_work(context: dict[str, Any]) -> bool:
    """A passkey belongs to a name; browsers make none for an address of numbers."""
    host = context["request"].get_host()
    name = host.partition("]")[0].lstrip("[") if host.startswith("[") else host.partition(":")[0]
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return True
    return False


@register.simple_tag
def qr_of(text: str) -> SafeString:
    return qr_code(text)
