"""What each tender of an order paid of each component: those it came with together, each later one by itself.

So a payment made later leaves every share, and every promise made on it, as it was: see decision 2.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from aftersale.orders.models import Component, Tender
from aftersale.payments.plan import layered_matrix


def cells_of(components: Sequence[Component], tenders: Sequence[Tender]) -> dict[int, tuple[int, ...]]:
    """Component's key -> minor units of each tender, in the order of `tenders`."""
    matrix = shares_of(
        [component.paid_minor for component in components],
        [(tender.captured_minor, tender.added_at) for tender in tenders],
    )
    return {component.pk: row for component, row in zip(components, matrix, strict=True)}


def shares_of(
    components: Sequence[int], tenders: Sequence[tuple[int, datetime | None]]
) -> tuple[tuple[int, ...], ...]:
    """The same of bare numbers: what each component cost, what each tender captured and when it was added."""
    layers = layers_of(added_at for _captured, added_at in tenders)
    return layered_matrix(components, [[tenders[column][0] for column in layer] for layer in layers])


def layers_of(added: Iterable[datetime | None]) -> list[list[int]]:
    """Columns of tenders by layer: the order came with the first, each that was added is one of its own."""
    columns = list(enumerate(added))
    with_order = [column for column, at in columns if at is None]
    later = [[column] for column, at in columns if at is not None]
    assert with_order == list(range(len(with_order))), "a tender that is added later has a later number"
    return [with_order, *later]
