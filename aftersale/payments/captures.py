"""Captured money comes into the books: its tender's counters, and the entry into the order's escrow."""

from collections.abc import Iterable
from datetime import datetime

from aftersale.ledger import accounts
from aftersale.ledger.services import Posting, post_all
from aftersale.orders.models import Order, Tender
from aftersale.payments.escrow import source_of
from aftersale.payments.models import TenderMoney


def take_in(order: Order, tenders: Iterable[Tender], *, at: datetime) -> None:
    """Take what these tenders of `order` captured into the books, once for each."""
    postings = []
    for tender in tenders:
        TenderMoney.objects.get_or_create(tender=tender, defaults={"captured_minor": tender.captured_minor})
        if tender.captured_minor:
            postings.append(
                Posting(
                    debit=source_of(tender, order),
                    credit=accounts.escrow_of(order.code, order.currency),
                    amount=order.money(tender.captured_minor),
                    about=f"order:{order.code}",
                    intent_key=f"capture:{order.code}:{tender.number}",
                )
            )
    post_all(postings, at=at)
