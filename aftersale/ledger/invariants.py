"""What must always hold of the ledger."""

from django.db import connection
from django.db.models import BigIntegerField, F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from aftersale.base.invariants import Checked, Invariant, first_few
from aftersale.ledger import triggers
from aftersale.ledger.models import Account, Entry


def _balances_are_their_entries() -> Checked:
    moved = Account.objects.annotate(moved=_total("credit") - _total("debit"))
    wrong = moved.exclude(moved=F("balance_minor")).order_by("pk")
    return Checked(
        Account.objects.count(),
        first_few(
            (each.name, f"its balance is {each.balance_minor}, its entries add up to {each.moved}")
            for each in wrong.iterator()
        ),
    )


def _balances_cancel_out() -> Checked:
    sums = list(Account.objects.order_by().values_list("currency").annotate(Sum("balance_minor")))
    return Checked(
        len(sums),
        [(currency, f"all balances add up to {total}, not to 0") for currency, total in sums if total],
    )


def _entries_are_of_one_currency() -> Checked:
    wrong = Entry.objects.exclude(debit__currency=F("currency"), credit__currency=F("currency"))
    rows = wrong.select_related("debit", "credit").order_by("pk").iterator()
    return Checked(
        Entry.objects.count(),
        first_few((e.intent_key, f"{e.debit.currency} to {e.credit.currency} in {e.currency}") for e in rows),
    )


def _reversals_are_opposites() -> Checked:
    reversals = Entry.objects.filter(reverses__isnull=False)
    wrong = reversals.exclude(
        debit=F("reverses__credit"),
        credit=F("reverses__debit"),
        amount_minor=F("reverses__amount_minor"),
        currency=F("reverses__currency"),
    )
    rows = wrong.order_by("pk").values_list("intent_key", "reverses__intent_key").iterator()
    return Checked(reversals.count(), first_few((key, f"is not the opposite of {of}") for key, of in rows))


def _triggers_are_in_place() -> Checked:
    return triggers_checked(triggers.LEDGER)


def triggers_checked(guards: tuple[triggers.Guard, ...]) -> Checked:
    """Whether the database still refuses what these guards say it refuses."""
    count = sum(len(triggers.expected(connection, guard)) for guard in guards)
    missing = [name for guard in guards for name in triggers.missing(connection, guard)]
    return Checked(count, [(name, "this trigger is missing or switched off") for name in missing])


def _total(side: str) -> Coalesce:
    total = (
        Entry.objects.filter(**{side: OuterRef("pk")}).order_by().values(side).annotate(t=Sum("amount_minor"))
    )
    return Coalesce(Subquery(total.values("t")), 0, output_field=BigIntegerField())


INVARIANTS = (
    Invariant(
        "ledger-balances", "an account's balance is the sum of its entries", _balances_are_their_entries
    ),
    Invariant("ledger-zero", "all balances of a currency cancel out", _balances_cancel_out),
    Invariant("ledger-currency", "an entry moves one currency", _entries_are_of_one_currency),
    Invariant("ledger-reversals", "a reversal is the opposite of its entry", _reversals_are_opposites),
    Invariant("ledger-triggers", "the database refuses changes to entries", _triggers_are_in_place),
)
