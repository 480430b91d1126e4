"""Of refunds that were paid elsewhere: by whom, on whose word, and where to by the ledger."""

from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Value
from django.db.models.functions import Concat

from aftersale.accounts.models import Role
from aftersale.base.invariants import Checked, first_few
from aftersale.ledger.models import AccountKind, Entry
from aftersale.orders.models import TenderKind
from aftersale.payments.models import Redirect, Refund
from aftersale.payments.redirect_models import RedirectState
from aftersale.payments.redirecting import account_of
from aftersale.payments.states import State

# A redirect in this state has its refund in this one.
_REFUNDS = {
    RedirectState.PAYING: State.SUBMITTED,
    RedirectState.PAID: State.SUCCEEDED,
    RedirectState.SENT_BACK: State.REVERSED,
}
_SOURCES = {
    TenderKind.CARD: AccountKind.PROVIDER_CLEARING,
    TenderKind.BALANCE: AccountKind.CUSTOMER_BALANCE,
    TenderKind.BANK_TRANSFER: AccountKind.BANK_CLEARING,
}


def redirects_are_whole() -> Checked:
    """Each has its refund in step, two people of finance, the customer's word before, and its entry."""
    rows = Redirect.objects.select_related(
        "refund__tender__order__customer", "approved_by", "released_by"
    ).order_by("pk")
    wrong = [*first_few(_wrong(rows.iterator())), *first_few(_strayed())]
    return Checked(rows.count(), wrong)


def _wrong(rows: Iterator[Redirect]) -> Iterator[tuple[str, str]]:
    for row in rows:
        should = _REFUNDS.get(RedirectState(row.state))
        if should is None:
            continue
        if row.refund.state != should:
            yield row.reference, f"it is {row.state}, its refund {row.refund.reference} is {row.refund.state}"
        if not _was_agreed_by_two(row):
            yield row.reference, "two people of finance did not agree to it after its customer did"
        if row.state != RedirectState.PAYING and not _is_posted(row):
            yield row.reference, "the ledger says that it went elsewhere"


def _was_agreed_by_two(row: Redirect) -> bool:
    people = (row.approved_by, row.released_by)
    if row.approved_by_id == row.released_by_id or any(
        each is None or each.role != Role.FINANCE for each in people
    ):
        return False
    moments = (row.chosen_at, row.approved_at, row.released_at)
    known = [moment for moment in moments if moment is not None]
    return len(known) == len(moments) and known == sorted(known)


def _is_posted(row: Redirect) -> bool:
    entry = Entry.objects.filter(intent_key=f"refund:{row.refund.reference}").first()
    return entry is not None and entry.credit_id == account_of(row).pk


def _strayed() -> Iterator[tuple[str, str]]:
    """Refunds that the ledger sent elsewhere than their tender came from, and no redirect says why."""
    paid = Refund.objects.filter(state=State.SUCCEEDED).exclude(redirect__state=RedirectState.PAID)
    for kind, account in _SOURCES.items():
        home = Entry.objects.filter(
            intent_key=Concat(Value("refund:"), OuterRef("reference")), credit__kind=account
        )
        for name in paid.filter(~Exists(home), tender__kind=kind).values_list("reference", flat=True)[:20]:
            yield name, "it was paid elsewhere, and nobody asked its customer"
