"""What must always hold of returns; `aftersale verify` looks."""

from collections.abc import Iterator

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Concat

from aftersale.base.invariants import Checked, Invariant, first_few
from aftersale.payments.models import Refund
from aftersale.payments.states import LIVE, State
from aftersale.policy import FactsError
from aftersale.returns.deciding import REFUND
from aftersale.returns.models import Decision, LineState, Return, ReturnLine, ReturnUnit, Stage
from aftersale.returns.policies import policy_of
from aftersale.returns.states import ENDED

_NOT_PAID = (State.FAILED, State.RELEASED, State.REVERSED)


def decisions_stand() -> Checked:
    """Deciding again from the stored facts and the stored policy gives the stored decision."""
    rows = Decision.objects.select_related("policy", "return_line__case")
    return Checked(rows.count(), first_few(_unlike(rows.iterator(chunk_size=2000))))


def _unlike(rows: Iterator[Decision]) -> Iterator[tuple[str, str]]:
    for row in rows:
        stored = (row.outcome, row.clause, row.leaf)
        try:
            now = policy_of(row.policy).decide(row.facts)
        except FactsError as error:
            yield _where(row), f"its facts are refused now: {error}"
            continue
        if (now.outcome, now.clause, now.leaf) != stored:
            yield _where(row), f"{stored} is stored, {(now.outcome, now.clause, now.leaf)} is decided now"


def units_are_within_their_lines() -> Checked:
    """A unit's number is one of its line's, and it is held once."""
    rows = ReturnUnit.objects.filter(held=True)
    beyond = rows.filter(number__gt=F("line__units")).values_list(
        "line__order__code", "line__number", "number"
    )
    return Checked(
        rows.count(), first_few((f"order {code}", f"unit {n} of line {line}") for code, line, n in beyond)
    )


def lines_hold_what_they_ask() -> Checked:
    """A line in a live return holds its units, and one that ended without a refund holds none."""
    rows = ReturnLine.objects.annotate(
        holds=Count("unit_rows", filter=Q(unit_rows__held=True)), wanted=Coalesce("units_found", "units")
    )
    let_go = Q(state__in=ENDED) & ~Q(settlement="refunded")
    wrong = rows.filter((let_go & Q(holds__gt=0)) | (~let_go & ~Q(holds=F("wanted"))))
    found = wrong.values_list("case__reference", "state", "holds", "wanted")
    return Checked(
        rows.count(),
        first_few((f"return {ref}", f"a line {state} holds {h} of {w} units") for ref, state, h, w in found),
    )


def refunds_are_decided() -> Checked:
    """What goes back for a return by a tender is what its final decisions say, in one row or in many.

    It may be less where a refund was given up, or the provider paid a part without us.
    """
    decided = (
        Decision.objects.filter(
            stage=Stage.FINAL, outcome=REFUND, superseded_by=None, tender=OuterRef("tender")
        )
        .annotate(about=Concat(Value("return:"), "return_line__case__reference"))
        .filter(about=OuterRef("about"))
        .order_by()
        .values("tender")
        .annotate(total=Sum("amount_minor"))
        .values("total")
    )
    rows = Refund.objects.filter(about__startswith="return:").order_by()
    given_up = rows.filter(about=OuterRef("about"), tender=OuterRef("tender"), state=State.RELEASED)
    sums = (
        rows.exclude(state__in=_NOT_PAID)
        .values("about", "tender")
        .annotate(total=Sum("amount_minor"))
        .annotate(decided=Coalesce(Subquery(decided), 0), given_up=Exists(given_up))
    )
    wrong = sums.filter(Q(total__gt=F("decided")) | Q(total__lt=F("decided"), given_up=False))
    found = wrong.values_list("about", "total", "decided")
    return Checked(
        sums.count(),
        first_few((about, f"{total} minor units, decided were {d}") for about, total, d in found),
    )


def open_returns_have_someone_to_act() -> Checked:
    """Every open return has lines that can still move; a closed one has none."""
    rows = Return.objects.annotate(moving=Count("lines", filter=~Q(lines__state__in=ENDED)))
    wrong = rows.filter(Q(closed_at=None, moving=0) | Q(closed_at__isnull=False, moving__gt=0))
    found = wrong.values_list("reference", "moving")
    return Checked(
        rows.count(), first_few((f"return {ref}", f"{n} lines can still move") for ref, n in found)
    )


def closed_means_paid() -> Checked:
    """A return that is closed has no refund still to go, but for one that came back from the bank since."""
    going = Refund.objects.filter(
        about=Concat(Value("return:"), OuterRef("reference")),
        state__in=LIVE,
        created_at__lte=OuterRef("closed_at"),
    )
    rows = Return.objects.filter(closed_at__isnull=False)
    found = rows.filter(Exists(going), lines__state=LineState.SETTLED).values_list("reference").distinct()
    return Checked(
        rows.count(), first_few((f"return {ref}", "is closed, its money has not gone") for (ref,) in found)
    )


def _where(row: Decision) -> str:
    return f"decision {row.pk} of return {row.return_line.case.reference}"


INVARIANTS = [
    Invariant("decisions stand", "deciding again gives the stored decision", decisions_stand),
    Invariant("units within lines", "a unit returned is a unit bought", units_are_within_their_lines),
    Invariant("lines hold their units", "a live return holds exactly its units", lines_hold_what_they_ask),
    Invariant("refunds are decided", "no refund without its final decision", refunds_are_decided),
    Invariant(
        "someone acts",
        "an open return has a next step, a closed one has none",
        open_returns_have_someone_to_act,
    ),
    Invariant("closed means paid", "a return closes when its money has gone", closed_means_paid),
]
