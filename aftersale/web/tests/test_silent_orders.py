"""The desk looks at orders that nobody saw arrive."""

from datetime import timedelta

from aftersale.orders.models import Parcel, ParcelEvent
from aftersale.returns.tests.cast import World, an_order
from aftersale.web.reads import SILENT_FOR, silent_orders


def test_an_order_that_only_its_supplier_says_arrived_is_still_looked_at(world: World):
    order = an_order(world, delivered_days_ago=None)
    parcel, yesterday = Parcel.objects.get(group__order=order), world.clock.now() - timedelta(days=1)
    ParcelEvent.objects.create(parcel=parcel, kind="delivered", at=yesterday, source="supplier")
    later = world.clock.now() + SILENT_FOR
    assert list(silent_orders(later)) == [order]
    ParcelEvent.objects.create(parcel=parcel, kind="delivered", at=yesterday, source="carrier")
    assert not silent_orders(later)
