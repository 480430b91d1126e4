"""The decline table: what a failed charge means inside, and the one answer that a customer gets for it.

`table.toml` is the document. Nothing of a decline leaves towards a customer but its answer: families with
the same answer are the same to anyone outside.
"""

from aftersale.payments.declines.asking import (
    answer_of,
    family_of,
    is_final,
    retry_after,
    row_of,
)
from aftersale.payments.declines.table import TABLE, Action, AddAgain, Answer, Family, FamilyRow

__all__ = [
    "TABLE",
    "Action",
    "AddAgain",
    "Answer",
    "Family",
    "FamilyRow",
    "answer_of",
    "family_of",
    "is_final",
    "retry_after",
    "row_of",
]
