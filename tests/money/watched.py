"""A provider with someone in between, who passes everything on and remembers what was asked."""

from collections.abc import Iterator
from datetime import datetime

from aftersale.base.money import Money
from aftersale.payments.providers import Absent, Listed, Provider, RefundOutcome


class Watched:
    """Override `refund` to stop, to wait or to die around the call."""

    def __init__(self, provider: Provider) -> None:
        self.provider, self.name = provider, provider.name
        self.asked: list[str] = []

    def refund(self, charge: str, amount: Money, *, key: str) -> RefundOutcome:
        self.asked.append(key)
        return self.provider.refund(charge, amount, key=key)

    def find_refund(self, charge: str, *, key: str) -> RefundOutcome | Absent:
        return self.provider.find_refund(charge, key=key)

    def refunds(self, *, since: datetime | None = None) -> Iterator[Listed]:
        return self.provider.refunds(since=since)

    def look_at_refund(self, reference: str) -> Listed | None:
        return self.provider.look_at_refund(reference)
