"""What pages say of files: how large one is, and which are taken."""

from typing import Any

from django import template
from django.conf import settings
from django.utils.formats import localize
from django.utils.translation import gettext as _

from aftersale.support.safe_files import ENDINGS, MEGABYTE, accepted_endings

register = template.Library()


@register.filter
def bytes_told(size: int) -> str:
    """`12 kB`, `3.4 MB`: in thousands, as phones and desktops count."""
    if size < MEGABYTE:
        return _("%s kB") % localize(max(1, round(size / 1000)))
    return _("%s MB") % localize(round(size / MEGABYTE, 1) if size % MEGABYTE else size // MEGABYTE)


@register.simple_tag
def files_taken() -> dict[str, Any]:
    """Which files a post may have."""
    kinds = settings.SUPPORT_FILE_KINDS
    size = settings.SUPPORT_FILE_MEGABYTES * MEGABYTE
    return {
        "most": settings.SUPPORT_FILES_A_POST,
        "bytes": size,
        "size": bytes_told(size),
        "endings": accepted_endings(),
        "accept": ",".join(f".{ending}" for kind in kinds for ending in ENDINGS[kind]),
    }
