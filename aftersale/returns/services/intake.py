"""New orders arrive: their money is put in the books."""

from collections.abc import Iterable

from aftersale.base.ports import Ports
from aftersale.orders.models import Order
from aftersale.payments.services import open_tenders, release_escrow


def take_in_orders(*, ports: Ports, orders: Iterable[Order]) -> None:
    """Open the books for freshly imported orders, in the import's own transaction."""
    for order in orders:
        open_tenders(ports=ports, order=order)
        if order.marked_delivered_at is not None:
            release_escrow(ports=ports, order=order)
