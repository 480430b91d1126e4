"""How a row changes: its state by a conditional UPDATE, so that of two who saw the same state one wins."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q


def change_state(
    row: Any, to: str, allowed: Mapping[str, tuple[str, ...]], *, only: Q | None = None, **written: Any
) -> bool:
    """Bring `row` from the `state` it was read in to `to`; False, with nothing written, when it is not there.

    `allowed` says which states may follow which. `only` narrows the UPDATE; what is `written` with it is on
    `row` afterwards, too.
    """
    assert to in allowed[row.state], f"{row} cannot go from {row.state} to {to}"
    rows = type(row).objects.filter(only or Q(), pk=row.pk, state=row.state)
    if not rows.update(state=to, **written):
        return False
    for name, value in {"state": to, **written}.items():
        setattr(row, name, value)
    return True


def set_columns(row: Any, **written: Any) -> None:
    """Set these columns, in the row and in our hands. The caller holds the row's lock."""
    for name, value in written.items():
        setattr(row, name, value)
    if written:
        row.save(update_fields=list(written))
