"""What stands for a number that was taken out, in the words of whoever reads it; what is stored stays."""

import re

from django.utils.translation import gettext as _

from aftersale.base.card_numbers.scrubbing import CODE_REMOVED, REMOVED

_NUMBER = re.compile(
    re.escape(REMOVED)
    .replace(r"\{brand\}", r"(?P<brand>[^\[\]<>{}]{1,40})")
    .replace(r"\{last_four\}", r"(?P<last_four>[0-9]{4})")
)


def removed_told(text: str) -> str:
    """`text`, plain or a page's, with each mark in the reader's language."""
    if "[" not in text:
        return text
    return _NUMBER.sub(_number_told, text).replace(CODE_REMOVED, _("[code removed]"))


def _number_told(found: re.Match[str]) -> str:
    return _("[card number removed: %(brand)s ending %(last_four)s]") % found.groupdict()
