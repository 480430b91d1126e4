"""A terminal with someone in between, who passes everything on and remembers what was asked."""

from aftersale.payments.providers import Absent
from aftersale.payments.providers.charges import ChargeOutcome, ChargeProvider, ChargeRequest


class WatchedTerminal:
    """Override `charge` to stop, to wait or to die around the call."""

    def __init__(self, provider: ChargeProvider) -> None:
        self.provider, self.name = provider, provider.name
        self.asked: list[str] = []

    def charge(self, request: ChargeRequest, *, key: str) -> ChargeOutcome:
        self.asked.append(key)
        return self.provider.charge(request, key=key)

    def find_charge(self, reference: str, *, key: str) -> ChargeOutcome | Absent:
        return self.provider.find_charge(reference, key=key)

    def cancel_charge(self, reference: str, *, key: str) -> ChargeOutcome | Absent:
        return self.provider.cancel_charge(reference, key=key)
