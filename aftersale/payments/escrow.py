"""An order's escrow: captured money lies there until it goes back to the customer or on to the suppliers.

Each supplier's group of the order is a pot, and the order's fees are one. A pot's share is what its
components cost; what of it is not refunded and not reserved is released at completion. A refund after that
first brings back from the supplier what escrow lacks.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from aftersale.base.ports import Ports
from aftersale.ledger import accounts
from aftersale.ledger.models import Account, AccountKind, Entry
from aftersale.ledger.services import Posting, lock_accounts, post_all, reverse
from aftersale.orders.models import Order, Tender, TenderKind
from aftersale.payments.models import ProviderRefund, Refund, RefundPart
from aftersale.payments.plan import price_matrix
from aftersale.payments.shares import cells_of
from aftersale.payments.states import LIVE, State


@dataclass(frozen=True, slots=True)
class Pot:
    """One supplier's part of an order's escrow, or the fees', in minor units."""

    account: Account
    share: int
    refunded: int
    reserved: int
    released: int

    @property
    def free(self) -> int:
        """What can go to the supplier."""
        return max(0, self.share - self.refunded - self.reserved - self.released)

    @property
    def overdrawn(self) -> int:
        """What the supplier got that has been refunded as well."""
        return min(self.released, max(0, self.refunded + self.released - self.share))


@transaction.atomic
def release_escrow(*, ports: Ports, order: Order) -> None:
    """Pay an order's escrow out to its suppliers, but what is reserved; again, only what came free."""
    _release(order, at=ports.clock.now())


def release_rest(*, order: Order, at: datetime) -> None:
    """Pay out what came free after the order's completion; before it nothing moves."""
    lock_accounts({accounts.escrow_of(order.code, order.currency).pk})
    # Read behind the lock: a completion at the same moment has either committed, or will see what came free.
    if Order.objects.filter(pk=order.pk, marked_delivered_at__isnull=False).exists():
        _release(order, at=at)


def post_refund(refund: Refund, *, at: datetime, to: Account | None = None) -> None:
    """Post a refund that has just succeeded: from escrow to where its tender came from, or to `to`."""
    tender = refund.tender
    escrow = _escrow_holding(tender.order, refund.amount_minor, about=f"refund:{refund.reference}", at=at)
    posting = Posting(
        debit=escrow,
        credit=to or source_of(tender, tender.order),
        amount=refund.amount,
        about=f"refund:{refund.reference}",
        intent_key=f"refund:{refund.reference}",
    )
    post_all([posting], at=at)


def reverse_refund(refund: Refund, *, at: datetime) -> None:
    """Post that a succeeded refund came back: the money lies in escrow again."""
    entry = Entry.objects.get(intent_key=f"refund:{refund.reference}")
    reverse(entry, at=at, about=f"refund:{refund.reference}")


def post_provider_refund(row: ProviderRefund, *, at: datetime) -> None:
    """Post a refund that was started at the provider; what exceeds the captured money is our loss for now."""
    tender, order = row.tender, row.tender.order
    about = f"provider-refund:{row.provider}:{row.reference}"
    source, within = source_of(tender, order), row.amount_minor - row.excess_minor
    postings = []
    if within:
        escrow = _escrow_holding(order, within, about=about, at=at)
        postings.append(Posting(escrow, source, order.money(within), about, about))
    if row.excess_minor:
        loss = accounts.refunds(order.currency)
        postings.append(Posting(loss, source, order.money(row.excess_minor), about, f"{about}:excess"))
    post_all(postings, at=at)


def source_of(tender: Tender, order: Order) -> Account:
    """The account that this tender's money came from, and goes back to."""
    if tender.kind == TenderKind.BALANCE:
        return accounts.balance_of(order.customer_id, order.currency)
    if tender.kind == TenderKind.BANK_TRANSFER:
        return accounts.bank_clearing(order.currency)
    return accounts.provider_clearing(tender.provider, order.currency)


def _release(order: Order, *, at: datetime) -> None:
    escrow = _locked_escrow(order)
    pots = _pots_of(order, escrow)
    set_aside = sum(pot.reserved for pot in pots)
    free = [pot.free for pot in pots]
    # Refunds that others started belong to no pot: all pots bear them in proportion.
    amounts = _spread(min(sum(free), max(0, escrow.balance_minor - set_aside)), free)
    moves = [(escrow, pot.account, amount) for pot, amount in zip(pots, amounts, strict=True)]
    _post_moves(order, moves, what="release", about=f"order:{order.code}", at=at)


def _escrow_holding(order: Order, amount: int, *, about: str, at: datetime) -> Account:
    """The order's escrow with at least `amount` in it, locked; the suppliers give back what it lacks."""
    escrow = _locked_escrow(order)
    if not _was_released(escrow):
        return escrow
    pots = _pots_of(order, escrow)
    back = [pot.overdrawn for pot in pots]
    lacking = max(0, amount - escrow.balance_minor - sum(back))
    left = [pot.released - given for pot, given in zip(pots, back, strict=True)]
    more = _spread(min(lacking, sum(left)), left)
    moves = [(pot.account, escrow, a + b) for pot, a, b in zip(pots, back, more, strict=True)]
    _post_moves(order, moves, what="take-back", about=about, at=at)
    return escrow


def _locked_escrow(order: Order) -> Account:
    escrow = accounts.escrow_of(order.code, order.currency)
    return lock_accounts({escrow.pk})[escrow.pk]


def _was_released(escrow: Account) -> bool:
    paid_out = (AccountKind.SUPPLIER_PAYABLE, AccountKind.FEES)
    return Entry.objects.filter(debit=escrow, credit__kind__in=paid_out).exists()


def _pots_of(order: Order, escrow: Account) -> list[Pot]:
    components, tenders = list(order.components.all()), list(order.tenders.all())
    cells = cells_of(components, tenders)
    pot_of = {component.pk: component.group_id for component in components}
    share, refunded, reserved = Counter[int | None](), Counter[int | None](), Counter[int | None]()
    for component in components:
        share[component.group_id] += sum(cells[component.pk])
    # One query, so that a wish that commits meanwhile is seen as a whole or not at all.
    parts = RefundPart.objects.filter(refund__tender__order=order)
    for component, state, total in parts.values_list("component", "refund__state").annotate(
        Sum("amount_minor")
    ):
        if state == State.SUCCEEDED:
            refunded[pot_of[component]] += total
        elif state in LIVE:
            reserved[pot_of[component]] += total
    return [
        Pot(account, share[group], refunded[group], reserved[group], _released(escrow, account))
        for group, account in _pot_accounts(order, share)
    ]


def _pot_accounts(order: Order, share: Counter[int | None]) -> list[tuple[int | None, Account]]:
    groups = order.groups.select_related("supplier").order_by("supplier__code")
    pots: list[tuple[int | None, Account]] = [
        (group.pk, accounts.payable_to(group.supplier.code, order.currency)) for group in groups
    ]
    return [*pots, (None, accounts.fees(order.currency))] if share[None] else pots


def _released(escrow: Account, account: Account) -> int:
    out = Entry.objects.filter(debit=escrow, credit=account).aggregate(total=Sum("amount_minor"))["total"]
    back = Entry.objects.filter(debit=account, credit=escrow).aggregate(total=Sum("amount_minor"))["total"]
    return (out or 0) - (back or 0)


def _spread(total: int, over: Sequence[int]) -> list[int]:
    """`total` in proportion to `over`, never above it."""
    return list(price_matrix([total], over)[0])


def _post_moves(
    order: Order, moves: Sequence[tuple[Account, Account, int]], *, what: str, about: str, at: datetime
) -> None:
    """Post moves between escrow and the suppliers: under escrow's lock, so a count makes the intent."""
    postings = []
    for debit, credit, amount in moves:
        if amount:
            before = Entry.objects.filter(debit=debit, credit=credit).count()
            intent = f"{what}:{order.code}:{debit.pk}-{credit.pk}:{before + 1}"
            postings.append(Posting(debit, credit, order.money(amount), about, intent))
    post_all(postings, at=at)
