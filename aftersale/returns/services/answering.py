"""The supplier answers: a number that is a promise, or a no with its reason."""

import re
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from aftersale.accounts.models import Role, User
from aftersale.base.card_numbers import scrub
from aftersale.base.errors import BadInput, NotYours
from aftersale.base.ports import Ports
from aftersale.base.texts import clean_text
from aftersale.returns.deciding import REFUND, RETURN_ALL, Answer, Units, answers_for
from aftersale.returns.errors import NotNow, RmaBarred, RmaTaken, UnitsTaken
from aftersale.returns.facts import Moment, asked_of, live_lines
from aftersale.returns.models import LineState, Reason, Return, ReturnLine, ReturnUnit, Rma
from aftersale.returns.notices import tell_the_customer
from aftersale.returns.numbers import plain_number
from aftersale.returns.prices import prices_of
from aftersale.returns.services._case import (
    actor_of,
    end_lines,
    follow,
    lock,
    note,
    redecide,
    wait,
)
from aftersale.returns.states import ASKING, move
from aftersale.returns.wishes import free_numbers

_NUMBER = re.compile(r"[A-Z0-9]{1,64}")
ANSWER_LENGTH = 1000
_WHY, _WHY_NOT = f"why, in 1 to {ANSWER_LENGTH} characters", f"why not, in 1 to {ANSWER_LENGTH} characters"


@transaction.atomic
def issue_rma(*, ports: Ports, by: User, case: Return, number: str, expires_on: date | None = None) -> Rma:
    """Record the supplier's number for this return and decide again.

    Raises NotYours, BadInput, NotNow, RmaTaken; RmaBarred, naming the clause, where a number changes nothing
    or everything must come back together first.
    """
    now = ports.clock.now()
    case = _lock_for_supplier(case, by)
    if not _answerable(case):
        raise NotNow(f"Return {case.reference} takes no RMA number now.")
    _hold_again(case)
    _refuse_where_barred(case, now)
    rma = _record(case, number, expires_on, by=by, now=now)
    follow(case, redecide(case, now=now, because="rma_issued"))
    _let_go_of_refused(case)
    _skip_the_parcel(case, rma, now)
    wait(case, now=now)
    note(case, "rma_issued", now=now, by=actor_of(by), number=rma.as_written)
    tell_the_customer(case, "return-decided", ports=ports)
    return rma


@transaction.atomic
def refuse_rma(*, ports: Ports, by: User, case: Return, answer: str) -> Return:
    """The supplier says no, with a reason that the customer reads. Ends the lines that waited for it."""
    now = ports.clock.now()
    case = _lock_for_supplier(case, by)
    text = clean_text(answer, field="answer", longest=ANSWER_LENGTH, accepted=_WHY_NOT)
    waiting = list(case.lines.filter(state=LineState.WAITING_SUPPLIER))
    if not waiting:
        raise NotNow(f"Return {case.reference} does not wait for the supplier's answer.")
    end_lines(waiting, LineState.REFUSED)
    wait(case, now=now)
    note(case, "rma_refused", now=now, by=actor_of(by), answer=text)
    tell_the_customer(case, "return-decided", ports=ports, answer=text)
    return case


@transaction.atomic
def revoke_rma(*, ports: Ports, by: User, case: Return, answer: str) -> Return:
    """Take a number back before it is used; NotNow after. The policy decides again without it."""
    now = ports.clock.now()
    case = _lock_for_supplier(case, by)
    text = clean_text(answer, field="answer", longest=ANSWER_LENGTH, accepted=_WHY)
    if case.handed_over_at is not None:
        raise NotNow(f"Return {case.reference} is sent: what was decided at the handing over stands.")
    if not case.rmas.filter(revoked_at=None, used_at=None).update(revoked_at=now):
        raise NotNow(f"Return {case.reference} has no unused RMA number.")
    follow(case, redecide(case, now=now, because="rma_revoked"))
    _let_go_of_refused(case)
    wait(case, now=now)
    note(case, "rma_revoked", now=now, by=actor_of(by), answer=text)
    tell_the_customer(case, "return-decided", ports=ports, answer=text)
    return case


def normalised(number: str) -> str:
    """The number as it is compared: ` rma-0012 ` is RMA0012. BadInput when nothing usable is left."""
    plain = plain_number(number)
    if scrub(number).found or scrub(plain).found:
        raise BadInput("number", "a card number", "the number you give to this return, with a letter in it")
    if not _NUMBER.fullmatch(plain):
        raise BadInput("number", number, "letters and digits, at most 64 of them")
    return plain


def _lock_for_supplier(case: Return, by: User) -> Return:
    if by.role == Role.SUPPLIER and by.supplier_id != case.group.supplier_id:
        raise NotYours
    if by.role not in (Role.SUPPLIER, Role.AGENT):
        raise NotYours
    return lock(case)


def _answerable(case: Return) -> bool:
    states = set(case.lines.values_list("state", flat=True))
    open_to_it = {*ASKING, LineState.REFUSED}
    return bool(states) and states <= open_to_it and not case.rmas.filter(revoked_at=None).exists()


def _refuse_where_barred(case: Return, now: datetime) -> None:
    """A number is recorded only where it gives more, and where all units go together if they must."""
    units = [Units(asked_of(row), _any_numbers(row), row) for row in live_lines(case)]
    prices = prices_of(case.order)
    before = answers_for(case.policy, prices, units, moment=Moment(now, rma=False), case=case)
    for answer in before:
        if answer.decided.outcome == RETURN_ALL:
            raise RmaBarred(f"Not before everything comes back together. {_clause(answer)}")
    after = answers_for(case.policy, prices, units, moment=Moment(now, rma=True), case=case)
    gains = [new for old, new in zip(before, after, strict=True) if new.rank > old.rank]
    if not any(answer.decided.outcome == REFUND for answer in gains):
        raise RmaBarred(f"An RMA number changes nothing here. {_clause(before[0])}")


def _clause(answer: Answer) -> str:
    clause = answer.policy.clauses[answer.decided.clause]
    return f"{clause.title}: {clause.prose}"


def _record(case: Return, number: str, expires_on: date | None, *, by: User, now: datetime) -> Rma:
    plain, today = normalised(number), case.order.day_of(now)
    expires_on = expires_on or today + timedelta(days=settings.RMA_DAYS)
    if not today <= expires_on <= today + timedelta(days=365):
        raise BadInput("expires_on", expires_on, f"a day from {today} on, within a year")
    supplier = case.group.supplier
    try:
        # A return of another order may be given the same number at this moment: the constraint decides.
        with transaction.atomic():
            return Rma.objects.create(
                case=case,
                supplier=supplier,
                number=plain,
                as_written=number.strip(),
                issued_at=now,
                issued_by=by,
                expires_on=expires_on,
            )
    except IntegrityError as error:
        taken = f"{supplier.name} has used the number {plain} before; each is used once."
        raise RmaTaken(taken) from error


def _hold_again(case: Return) -> None:
    """Lines that were refused had let go of their units: take the same number of them again."""
    rows = live_lines(case)
    if not rows:
        raise UnitsTaken(f"All that return {case.reference} asks for is in another return by now.")
    for row in (row for row in rows if row.state == LineState.REFUSED):
        numbers = free_numbers(row.line)[: row.units]
        row.unit_rows.all().delete()
        ReturnUnit.objects.bulk_create(ReturnUnit(return_line=row, line=row.line, number=n) for n in numbers)


def _let_go_of_refused(case: Return) -> None:
    ReturnUnit.objects.filter(return_line__case=case, return_line__state=LineState.REFUSED).update(held=False)


def _skip_the_parcel(case: Return, rma: Rma, now: datetime) -> None:
    """Where all that the number is for is missing, nothing can be sent: the supplier confirms it next."""
    rows = live_lines(case)
    if any(row.reason != Reason.MISSING or row.state != LineState.AUTHORISED for row in rows):
        return
    for row in rows:
        move(row, LineState.SENT)
        move(row, LineState.RECEIVED)
    case.handed_over_at = case.received_at = rma.used_at = now
    case.save(update_fields=["handed_over_at", "received_at"])
    rma.save(update_fields=["used_at"])


def _any_numbers(row: ReturnLine) -> tuple[int, ...]:
    return tuple(row.unit_rows.values_list("number", flat=True))
