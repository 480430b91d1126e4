"""How an RMA number is compared, wherever it is typed."""

import re

_SEPARATORS = re.compile(r"[\s\-_/.]+")


def plain_number(text: str) -> str:
    """The number without separators, in capitals: ` rma-0012 ` is RMA0012."""
    return _SEPARATORS.sub("", text).upper()
