"""The parcel comes back: handed to the carrier, received, inspected."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from aftersale.accounts.models import Role, User
from aftersale.base.errors import BadInput, NotYours
from aftersale.base.ports import Ports
from aftersale.base.texts import clean_text
from aftersale.orders.models import EventSource
from aftersale.orders.queries import delivered_at
from aftersale.payments.services import Part, want_refund
from aftersale.returns.deciding import REFUND, Answer
from aftersale.returns.errors import NotNow
from aftersale.returns.facts import valid_rma
from aftersale.returns.models import (
    LineState,
    Party,
    Reason,
    Return,
    ReturnLine,
    ReturnUnit,
    Settlement,
    Stage,
)
from aftersale.returns.notices import tell_the_customer, tell_the_supplier
from aftersale.returns.services._case import (
    Actor,
    actor_of,
    end_lines,
    free_units,
    lock,
    may_act_for_customer,
    note,
    redecide,
    wait,
)
from aftersale.returns.states import move

_STILL_ASKED = (LineState.WAITING_SUPPLIER, LineState.WAITING_ALL, LineState.CLAIM)
CONDITION_LENGTH = 500


@transaction.atomic
def hand_over(
    *,
    ports: Ports,
    by: User | None,
    case: Return,
    at: datetime,
    source: str,
    carrier: str = "",
    tracking_number: str = "",
) -> Return:
    """The parcel was handed to the carrier at `at`, as `source` says; the policy decides again on that day.

    Told twice, it stays as it was told first. Lines not authorised stay with the customer.
    Raises NotYours, NotNow, BadInput.
    """
    now = ports.clock.now()
    if by is not None:
        may_act_for_customer(case.order, by)
    case = lock(case)
    if case.handed_over_at is not None:
        return case
    sent = list(case.lines.filter(state=LineState.AUTHORISED).select_related("line__order"))
    if not sent:
        raise NotNow(f"Return {case.reference} has nothing that may be sent back now.")
    _check_moment(case, sent, at, now)
    _check_after_rma(case, at, source)
    end_lines(case.lines.filter(state__in=_STILL_ASKED), LineState.WITHDRAWN)
    case.handed_over_at, case.handed_over_source = at, source
    case.carrier = clean_text(carrier, field="carrier", longest=100)
    case.tracking_number = clean_text(tracking_number, field="tracking_number", longest=100)
    case.save(update_fields=["handed_over_at", "handed_over_source", "carrier", "tracking_number"])
    _use_rma(case, at)
    for row in sent:
        move(row, LineState.SENT)
    redecide(case, now=now, because="sent")
    wait(case, now=now)
    note(case, "handed_over", now=now, at=at, by=_who(by, source), carrier=case.carrier)
    tell_the_customer(case, "return-sent", ports=ports)
    tell_the_supplier(case, "return-coming", ports=ports)
    return case


@transaction.atomic
def receive_return(*, ports: Ports, by: User, case: Return) -> Return:
    """The parcel has arrived at the supplier's or at the marketplace's own address."""
    now = ports.clock.now()
    _may_handle(case, by)
    case = lock(case)
    if case.received_at is not None:
        return case
    rows = list(case.lines.filter(state=LineState.SENT))
    if not rows:
        raise NotNow(f"Return {case.reference} is not on its way.")
    for row in rows:
        move(row, LineState.RECEIVED)
    case.received_at = now
    case.save(update_fields=["received_at"])
    wait(case, now=now)
    note(case, "received", now=now, by=actor_of(by))
    tell_the_customer(case, "return-received", ports=ports)
    return case


@dataclass(frozen=True, slots=True)
class Finding:
    """What inspection found of one return line (by its key): how many units, why, in what condition."""

    return_line: int
    units: int
    reason: str
    condition: str = ""


@transaction.atomic
def inspect_return(*, ports: Ports, by: User, case: Return, findings: Sequence[Finding]) -> Return:
    """Count what came, decide for good on what was found, and reserve the refunds. No money has moved yet.

    Told twice, it stays as it was told first. Raises NotYours, NotNow, BadInput.
    """
    now = ports.clock.now()
    _may_handle(case, by)
    case = lock(case)
    if case.inspected_at is not None:
        return case
    rows = {row.pk: row for row in case.lines.filter(state=LineState.RECEIVED)}
    if not rows:
        raise NotNow(f"Return {case.reference} has not been received yet.")
    _write_findings(rows, findings)
    answers = redecide(case, now=now, because="inspected", stage=Stage.FINAL)
    for row in rows.values():
        _settle_line(row, answers)
    case.inspected_at = now
    case.save(update_fields=["inspected_at"])
    _reserve(case, answers, ports=ports)
    wait(case, now=now)
    note(case, "inspected", now=now, by=actor_of(by))
    note(case, "decided", now=now, by=Actor(Party.DESK), final=True)
    tell_the_customer(case, "refund-decided", ports=ports)
    return case


def _check_moment(case: Return, sent: Iterable[ReturnLine], at: datetime, now: datetime) -> None:
    if at > now + timedelta(minutes=1):
        raise BadInput("handed_over_at", at.isoformat(), "a moment that is not in the future")
    for row in sent:
        parcel = delivered_at(row.line)
        if parcel is None and row.reason != Reason.MISSING:
            raise BadInput(
                "received_on",
                None,
                f"the day on which you received “{row.line.title}”: we have no delivery date",
            )
        if parcel is not None and case.order.day_of(at) < case.order.day_of(parcel[0]):
            raise BadInput("handed_over_at", at.isoformat(), "a day not before the delivery")


def _check_after_rma(case: Return, at: datetime, source: str) -> None:
    """A slip of the pen must not cost the customer the number that the refund hangs on."""
    rma = case.rmas.filter(revoked_at=None).first()
    if source != EventSource.CUSTOMER or rma is None:
        return
    if case.order.day_of(at) < (issued := case.order.day_of(rma.issued_at)):
        raise BadInput(
            "handed_over_at", at.isoformat(), f"a day from {issued} on: your RMA number was issued then"
        )


def _use_rma(case: Return, at: datetime) -> None:
    """The number is used up at the handing over that it covers."""
    if rma := valid_rma(case, at):
        rma.used_at = at
        rma.save(update_fields=["used_at"])


def _who(by: User | None, source: str) -> Actor:
    return (
        actor_of(by)
        if by is not None
        else Actor(Party.CARRIER if source == EventSource.CARRIER else Party.DESK)
    )


def _may_handle(case: Return, by: User) -> None:
    """The supplier whose goods they are, or the marketplace's staff."""
    theirs = by.role == Role.SUPPLIER and by.supplier_id == case.group.supplier_id
    if not theirs and by.role != Role.AGENT:
        raise NotYours


def _write_findings(rows: dict[int, ReturnLine], findings: Sequence[Finding]) -> None:
    if sorted(finding.return_line for finding in findings) != sorted(rows):
        raise BadInput("lines", [f.return_line for f in findings], f"each of {sorted(rows)} once")
    for finding in findings:
        row = rows[finding.return_line]
        if not 0 <= finding.units <= row.units:
            raise BadInput("units", finding.units, f"a whole number from 0 to {row.units}")
        if finding.reason not in Reason.values:
            raise BadInput("reason", finding.reason, "one of " + ", ".join(Reason.values))
        if not finding.units and row.reason == finding.reason == Reason.MISSING:
            # Nothing can arrive of what is missing: a zero would read as "none of it is missing".
            raise BadInput("units", 0, f"how many are missing, 1 to {row.units}, or another reason")
        row.units_found, row.reason_found = finding.units, finding.reason
        row.condition = clean_text(finding.condition, field="condition", longest=CONDITION_LENGTH)
        row.save(update_fields=["units_found", "reason_found", "condition"])


def _settle_line(row: ReturnLine, answers: Sequence[Answer]) -> None:
    """Say how the line ends, and let go of the units that no money is given for."""
    mine = [answer for answer in answers if answer.units.row == row]
    if not row.units_found:
        row.settlement = Settlement.NOT_RECEIVED
    elif any(answer.decided.outcome == REFUND for answer in mine):
        row.settlement = Settlement.REFUNDED
    else:
        row.settlement = Settlement.SENT_BACK
    row.save(update_fields=["settlement"])
    if row.settlement == Settlement.REFUNDED:
        move(row, LineState.INSPECTED)
        _let_go_of_the_uncounted(row)
    else:
        move(row, LineState.SETTLED)
        free_units([row])


def _let_go_of_the_uncounted(row: ReturnLine) -> None:
    numbers = list(row.unit_rows.order_by("number").values_list("pk", flat=True))[row.units_found or 0 :]
    ReturnUnit.objects.filter(pk__in=numbers).update(held=False)


def _reserve(case: Return, answers: Sequence[Answer], *, ports: Ports) -> None:
    """One refund for each tender that gives something back."""
    by_tender: dict[int, list[Part]] = {}
    tenders = {}
    for answer in answers:
        tenders[answer.tender.pk] = answer.tender
        by_tender.setdefault(answer.tender.pk, []).extend(answer.parts)
    for key, parts in by_tender.items():
        if parts:
            want_refund(
                ports=ports,
                tender=tenders[key],
                parts=parts,
                about=case.about,
                intent=f"{case.about}:{tenders[key].number}",
            )
