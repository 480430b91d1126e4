"""What people write, as it may be stored."""

from collections.abc import Collection

from aftersale.base.card_numbers import scrub
from aftersale.base.errors import BadInput


def clean_text(
    text: str, *, field: str, longest: int, accepted: str = "", known: Collection[str] = ()
) -> str:
    """`text` stripped and without card numbers; where `accepted` says what is wanted, not empty.

    `known` numbers, such as those of an order's parcels, are left alone.

    Raises BadInput when it is longer than `longest` or is missing.
    """
    stripped = text.strip()
    clean = scrub(stripped, known=known).text
    if len(stripped) > longest or (accepted and not stripped):
        raise BadInput(field, clean, accepted or f"at most {longest} characters")
    # The mark is longer than the number it stands for; a column is not.
    return clean[:longest]
