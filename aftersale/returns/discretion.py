"""What a supplier may know of a return: its goods and its course, never who bought it or how it was paid."""

import re

# The steps of the timeline that a supplier sees.
STEPS = ("requested", "rma_issued", "rma_refused", "rma_revoked", "handed_over", "received", "inspected")
_ADDRESS = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.\w+")


def without_addresses(note: str, *, mark: str) -> str:
    """The customer's note with `mark` in the place of every e-mail address."""
    return _ADDRESS.sub(mark, note)
