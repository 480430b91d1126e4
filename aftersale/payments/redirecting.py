"""A refund that its card can no longer take: the customer says where to, two people of finance pay it.

The refund's row stays the one that carries the money: it waits as held, and what was wanted goes on as it.
The customer's choice needs consent and a proof; one person of finance approves it, another one releases it.
To the stored balance it is paid at that moment. To a bank account the release says *now send it*: the money
counts as asked for, and is paid once the bank's own reference is written down.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from aftersale.accounts.models import Role, User
from aftersale.accounts.proving import mail_proof, prove
from aftersale.base.errors import BadInput
from aftersale.base.moving import change_state
from aftersale.base.ports import Ports
from aftersale.base.private import sealed, unsealed
from aftersale.base.services import post_notification
from aftersale.base.texts import clean_text
from aftersale.ledger import accounts
from aftersale.ledger.models import Account
from aftersale.orders.models import TenderKind
from aftersale.payments.errors import NotNow, SamePerson
from aftersale.payments.escrow import post_refund, reverse_refund
from aftersale.payments.iban import read_iban, shown_iban
from aftersale.payments.models import Refund
from aftersale.payments.moves import locked, move, take_over
from aftersale.payments.redirect_models import TRANSITIONS, Redirect, RedirectState, Target
from aftersale.payments.states import State

# How providers say that the card, or the account behind it, is gone: asking it again cannot help.
LOST_CARDS = frozenset({"lost_or_stolen_card", "expired_or_canceled_card", "account_closed"})
SENT_BACK = "bank_transfer_returned"
_KEPT = timedelta(days=90)
# Where the name of an account's holder was.
GONE = "…"


@dataclass(frozen=True, slots=True)
class Choice:
    """Where the customer wants the money; a bank account has a holder and an IBAN."""

    target: str
    holder: str = ""
    iban: str = ""


def ask_where_to_if_lost(refund: Refund, *, ports: Ports) -> Redirect | None:
    """Ask the customer where a held refund goes, where its card is known to be gone."""
    if refund.decline_code not in LOST_CARDS | {SENT_BACK} or refund.tender.kind != TenderKind.CARD:
        return None
    return _ask(refund, ports=ports)


@transaction.atomic
def ask_where_to(*, ports: Ports, refund: Refund, actor: User) -> Redirect:
    """Finance asks the customer of a held refund by card, whatever the provider called the failure."""
    refund = locked(refund.pk)
    if refund.state != State.HELD or refund.tender.kind != TenderKind.CARD:
        raise NotNow(f"refund {refund.reference} does not wait for a card that cannot take it")
    Refund.objects.filter(pk=refund.pk).update(person=actor)
    return _ask(refund, ports=ports)


def _ask(refund: Refund, *, ports: Ports) -> Redirect:
    found, is_new = Redirect.objects.get_or_create(
        refund=refund,
        defaults={"reference": ports.ids.reference("W"), "asked_at": ports.clock.now()},
    )
    if is_new:
        _tell(found, "refund-where-to", ports=ports)
    return found


def mail_redirect_code(*, ports: Ports, redirect: Redirect) -> None:
    """Mail the customer who has no password a code to prove the choice with. Raises TooManyProofs."""
    mail_proof(ports=ports, user=redirect.refund.tender.order.customer, purpose=_purpose(redirect))


def choose_target(*, ports: Ports, redirect: Redirect, choice: Choice, agreed: bool, proof: str) -> Redirect:
    """The customer says where to, agrees that it does not go to the card, and proves to be the customer.

    Can be done again until finance has approved it. Raises BadInput, NotProven and NotNow.
    """
    fields: dict[str, Any] = _checked(choice)
    if not agreed:
        raise BadInput("agreed", agreed, "your consent: the money then goes there and not to the card")
    if RedirectState.CHOSEN not in TRANSITIONS[redirect.state]:
        raise _too_late(redirect)
    # A try counts whatever becomes of the rest, so it has a transaction of its own.
    customer = redirect.refund.tender.order.customer
    prove(ports=ports, user=customer, purpose=_purpose(redirect), given=proof)
    with transaction.atomic():
        redirect, _refund = _locked(redirect)
        return _move(redirect, RedirectState.CHOSEN, chosen_at=ports.clock.now(), note="", **fields)


def as_seen(redirect: Redirect, chosen_at: datetime | None) -> Redirect:
    """The redirect, if it is the customer's choice of that moment that a person looked at. Raises NotNow."""
    if redirect.chosen_at != chosen_at:
        raise NotNow(f"the customer chose anew for {redirect.reference}: look at it again")
    return redirect


@transaction.atomic
def approve_redirect(*, ports: Ports, redirect: Redirect, actor: User) -> Redirect:
    """The first of two people of finance has looked at it, as `redirect` is. NotNow where that changed."""
    chosen_at = redirect.chosen_at
    redirect, _refund = _locked(redirect)
    as_seen(redirect, chosen_at)
    _only_finance(actor)
    return _move(redirect, RedirectState.APPROVED, approved_by=actor, approved_at=ports.clock.now())


@transaction.atomic
def ask_again(*, ports: Ports, redirect: Redirect, reason: str, actor: User) -> Redirect:
    """Finance does not pay to there; the customer is asked again, and reads why."""
    why = "why it cannot be paid to there, in 1 to 500 characters; the customer reads it"
    reason = clean_text(reason, field="why", longest=500, accepted=why)
    _only_finance(actor)
    redirect, _refund = _locked(redirect)
    asked = _move(
        redirect,
        RedirectState.ASKED,
        target="",
        holder="",
        iban_sealed="",
        iban_shown="",
        note=reason,
        approved_by=None,
        approved_at=None,
        asked_at=ports.clock.now(),
    )
    _tell(asked, "refund-where-to", ports=ports)
    return asked


@transaction.atomic
def release_redirect(*, ports: Ports, redirect: Redirect, actor: User) -> Redirect:
    """The second person pays it to the balance, or takes it on to send it by the bank, as `redirect` is.

    Raises SamePerson, and NotNow where the choice changed since it was looked at.
    """
    _only_finance(actor)
    chosen_at = redirect.chosen_at
    redirect, refund = _locked(redirect)
    as_seen(redirect, chosen_at)
    now = ports.clock.now()
    if redirect.approved_by_id == actor.pk:
        raise SamePerson("You approved this yourself: another person of finance releases it.")
    by: dict[str, Any] = {"released_by": actor, "released_at": now}
    if redirect.target == Target.BANK:
        released = _move(redirect, RedirectState.PAYING, **by)
        _carry(refund, State.SUBMITTED, person=actor, submitted_at=now)
        return released
    paid = _move(redirect, RedirectState.PAID, paid_at=now, **by)
    _carry(refund, State.SUCCEEDED, person=actor, settled_at=now)
    post_refund(refund, at=now, to=account_of(redirect))
    return paid


@transaction.atomic
def record_bank_payment(*, ports: Ports, redirect: Redirect, bank_reference: str, actor: User) -> Redirect:
    """It was sent from our bank; `bank_reference` is what the bank calls it."""
    wanted = "the bank's own reference of the transfer, of at most 64 characters"
    text = clean_text(bank_reference, field="bank_reference", longest=64, accepted=wanted)
    _only_finance(actor)
    redirect, refund = _locked(redirect)
    now = ports.clock.now()
    paid = _move(redirect, RedirectState.PAID, only=RedirectState.PAYING, bank_reference=text, paid_at=now)
    move(refund, State.SUCCEEDED, settled_at=now, due_at=None, provider_reference="")
    post_refund(refund, at=now, to=account_of(redirect))
    return paid


@transaction.atomic
def record_sent_back(*, ports: Ports, redirect: Redirect, actor: User) -> Redirect:
    """The bank sent the transfer back: the money waits again, and the customer is asked again."""
    _only_finance(actor)
    redirect, refund = _locked(redirect)
    if redirect.target != Target.BANK:
        raise NotNow(f"{redirect} was not paid by the bank")
    now = ports.clock.now()
    returned = _move(redirect, RedirectState.SENT_BACK)
    move(refund, State.REVERSED, decline_code=SENT_BACK, due_at=None)
    reverse_refund(refund, at=now)
    ask_where_to_if_lost(take_over(refund, ids=ports.ids, at=now), ports=ports)
    return returned


def forget_ibans(*, ports: Ports) -> int:
    """Bank accounts that nothing is paid to any more, three months after they were given."""
    old = Redirect.objects.filter(chosen_at__lte=ports.clock.now() - _KEPT).exclude(iban_sealed="")
    return old.exclude(refund__state__in=(State.HELD, State.SUBMITTED)).update(iban_sealed="")


def forget_account_holders(*, customer: User) -> int:
    """Of payments that are over: whom they went to, the bank's statement tells by the bank's reference."""
    rows = Redirect.objects.filter(refund__tender__order__customer=customer)
    rows.update(iban_sealed="", note="")
    return rows.exclude(holder="").update(holder=GONE)


def account_of(redirect: Redirect) -> Account:
    """The account of the ledger that the money goes to."""
    order = redirect.refund.tender.order
    if redirect.target == Target.BALANCE:
        return accounts.balance_of(order.customer_id, order.currency)
    return accounts.bank_clearing(order.currency)


def iban_for(redirect: Redirect, actor: User) -> str:
    """The whole IBAN, for who sends the money now; else what everybody sees of it."""
    if redirect.state == RedirectState.PAYING and actor.role == Role.FINANCE:
        whole = unsealed("iban", redirect.iban_sealed)
        return " ".join(whole[start : start + 4] for start in range(0, len(whole), 4))
    return redirect.iban_shown


def _checked(choice: Choice) -> dict[str, str]:
    if choice.target not in Target.values:
        raise BadInput("target", choice.target, f"one of {', '.join(Target.values)}")
    if choice.target == Target.BALANCE:
        return {"target": choice.target, "holder": "", "iban_sealed": "", "iban_shown": ""}
    wanted = "the name of the account's holder, of at most 140 characters"
    holder = clean_text(choice.holder, field="holder", longest=140, accepted=wanted)
    iban = read_iban(choice.iban)
    return {
        "target": choice.target,
        "holder": holder,
        "iban_sealed": sealed("iban", iban),
        "iban_shown": shown_iban(iban),
    }


def _locked(redirect: Redirect) -> tuple[Redirect, Refund]:
    """Both as they are now, behind the lock of the tender's money."""
    refund = locked(redirect.refund_id)
    return Redirect.objects.select_related("refund__tender__order__customer").get(pk=redirect.pk), refund


def _move(
    redirect: Redirect, to: RedirectState, *, only: RedirectState | None = None, **written: Any
) -> Redirect:
    """A conditional UPDATE from the state it was read in. Raises NotNow."""
    if to not in TRANSITIONS[redirect.state] or (only and redirect.state != only):
        raise _too_late(redirect)
    if redirect.refund.state != State.HELD and to in (
        RedirectState.CHOSEN,
        RedirectState.APPROVED,
        RedirectState.ASKED,
    ):
        raise _too_late(redirect)
    if not change_state(redirect, to, TRANSITIONS, **written):
        raise _too_late(redirect)
    return redirect


def _carry(refund: Refund, to: State, **written: Any) -> None:
    if refund.state != State.HELD or not move(refund, to, due_at=None, **written):
        raise NotNow(f"refund {refund.reference} is {refund.get_state_display()}: it is not paid elsewhere")


def _only_finance(actor: User) -> None:
    assert actor.role == Role.FINANCE, f"a door let {actor} in"


def _too_late(redirect: Redirect) -> NotNow:
    return NotNow(f"{redirect.reference} is {redirect.get_state_display()}: that is not possible now")


def _purpose(redirect: Redirect) -> str:
    return f"redirect:{redirect.reference}"


def _tell(redirect: Redirect, kind: str, *, ports: Ports) -> None:
    order = redirect.refund.tender.order
    customer = order.customer
    if not customer.reads_mail:
        return
    words: Mapping[str, str] = {
        "name": customer.name,
        "order": order.code,
        "amount": redirect.refund.amount.told(customer.language),
        "note": redirect.note,
        "path": f"/account/refunds/{redirect.reference}/",
    }
    post_notification(
        ports=ports,
        kind=kind,
        key=f"{redirect.reference}:{ports.ids.key()}",
        recipient=customer.email,
        language=customer.language,
        words=dict(words),
    )
