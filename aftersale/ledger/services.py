"""Posting: one movement of money between two accounts, once for each intent."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from aftersale.base.money import Money
from aftersale.ledger.errors import IntentReused
from aftersale.ledger.models import Account, Entry


@dataclass(frozen=True, slots=True)
class Posting:
    """A movement that is to be posted: `debit` gives, `credit` takes."""

    debit: Account
    credit: Account
    amount: Money
    about: str
    intent_key: str
    reverses: Entry | None = None

    def __post_init__(self) -> None:
        assert self.amount.minor > 0, f"a posting moves something, not {self.amount}"
        assert self.debit.pk != self.credit.pk, f"{self.debit} cannot pay itself"
        currencies = {self.debit.currency, self.credit.currency, self.amount.currency}
        assert len(currencies) == 1, f"one posting has one currency, not {sorted(currencies)}"


def post(
    *, at: datetime, debit: Account, credit: Account, amount: Money, about: str, intent_key: str
) -> Entry:
    """Post one movement; the same intent again answers the same entry, or IntentReused if it differs."""
    posting = Posting(debit=debit, credit=credit, amount=amount, about=about, intent_key=intent_key)
    return post_all([posting], at=at)[0]


def reverse(entry: Entry, *, at: datetime, about: str) -> Entry:
    """Post the opposite of `entry`, once: nothing is edited, both stay."""
    opposite = Posting(
        debit=entry.credit,
        credit=entry.debit,
        amount=entry.amount,
        about=about,
        intent_key=f"reverse:{entry.intent_key}",
        reverses=entry,
    )
    return post_all([opposite], at=at)[0]


@transaction.atomic
def post_all(postings: Sequence[Posting], *, at: datetime) -> list[Entry]:
    """Post movements that belong together, all or none."""
    lock_accounts({side.pk for posting in postings for side in (posting.debit, posting.credit)})
    entries, moved = [], Counter[int]()
    for posting in postings:
        entry, is_new = _written(posting, at)
        entries.append(entry)
        if is_new:
            moved[posting.debit.pk] -= posting.amount.minor
            moved[posting.credit.pk] += posting.amount.minor
    for account, by_minor in sorted(moved.items()):
        Account.objects.filter(pk=account).update(balance_minor=F("balance_minor") + by_minor)
    return entries


def lock_accounts(accounts: set[int]) -> dict[int, Account]:
    """The accounts as they are now, locked in one order for all, so that nobody waits in a circle."""
    rows = Account.objects.select_for_update(no_key=True).filter(pk__in=accounts).order_by("pk")
    return {account.pk: account for account in rows}


def _written(posting: Posting, at: datetime) -> tuple[Entry, bool]:
    content = {
        "debit_id": posting.debit.pk,
        "credit_id": posting.credit.pk,
        "amount_minor": posting.amount.minor,
        "currency": posting.amount.currency,
        "about": posting.about,
        "reverses_id": posting.reverses.pk if posting.reverses else None,
    }
    entry, is_new = Entry.objects.get_or_create(intent_key=posting.intent_key, defaults={**content, "at": at})
    if any(getattr(entry, name) != value for name, value in content.items()):
        raise IntentReused(
            f"`{posting.intent_key}` was posted as {entry.amount} from {entry.debit} to {entry.credit}; "
            f"it cannot be {posting.amount} from {posting.debit} to {posting.credit} as well"
        )
    return entry, is_new
