"""What every test of money ends with: all invariants hold, and all books agree."""

from aftersale.base.invariants import Breach, verify
from aftersale.ledger.invariants import INVARIANTS
from aftersale.payments.invariants import invariants
from tests.money.shop import Desk


def breaches(desk: Desk) -> list[Breach]:
    """Everything that `aftersale verify` would find."""
    everything = [*INVARIANTS, *invariants(clock=desk.clock, providers=desk.providers)]
    return [breach for invariant in everything for breach in verify(invariant).breaches]


def books_are_whole(desk: Desk) -> None:
    assert breaches(desk) == []
