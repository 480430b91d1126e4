"""What the demo, an import and tests tell the sandbox; a real provider knows all this by itself."""

from django.db import transaction
from django.db.models import F

from aftersale.base.money import Money
from aftersale.base.ports import Ports
from aftersale.orders.models import Order
from aftersale.payments.providers.sandbox.models import Behaviour, Charge, RefundStatus, SandboxRefund

NAME = "sandbox"


def know_charge(*, reference: str, captured: Money) -> Charge:
    """Let the sandbox have captured `captured` as the charge `reference`, once."""
    charge, _ = Charge.objects.get_or_create(
        reference=reference, defaults={"captured_minor": captured.minor, "currency": captured.currency}
    )
    same = (charge.captured_minor, charge.currency) == (captured.minor, captured.currency)
    assert same, (
        f"the sandbox captured {charge.captured_minor} {charge.currency} as {reference}, not {captured}"
    )
    return charge


def know_charges_of(order: Order) -> None:
    """Let the sandbox have captured what this order's sandbox tenders paid."""
    for tender in order.tenders.filter(provider=NAME, captured_minor__gt=0):
        know_charge(reference=tender.reference, captured=order.money(tender.captured_minor))


def behave(reference: str, behaviour: Behaviour, *, calls: int | None = None) -> None:
    """From now on treat refunds of this charge so: for `calls` calls, or for ever."""
    assert Charge.objects.filter(reference=reference).update(behaviour=behaviour, behaves_for=calls)


@transaction.atomic
def refund_by_hand(*, ports: Ports, reference: str, amount: Money) -> SandboxRefund:
    """What someone does on the provider's own pages, past Aftersale."""
    charge = Charge.objects.select_for_update().get(reference=reference)
    Charge.objects.filter(pk=charge.pk).update(refunded_minor=F("refunded_minor") + amount.minor)
    return SandboxRefund.objects.create(
        charge=charge,
        reference=ports.ids.reference("S"),
        amount_minor=amount.minor,
        status=RefundStatus.SUCCEEDED,
        created_at=ports.clock.now(),
    )
