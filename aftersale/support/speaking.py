"""What Aftersale itself answers at once to a new thread: the policy's decision, a parcel's way, a charge.

It speaks before anybody of our staff, and ends nobody's waiting: only its reader says that it is enough.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aftersale.base.errors import BadInput, Refused
from aftersale.base.money import Money
from aftersale.base.ports import Ports
from aftersale.orders.models import Line, Order, SupplierGroup
from aftersale.payments.declines.words import helps_of, said_of, verdict_of
from aftersale.returns.deciding import RETURN_ALL, Answer
from aftersale.returns.endings import ending_of
from aftersale.returns.models import Decision, Reason, Return
from aftersale.returns.policies import policy_of
from aftersale.returns.queries import answers_now, units_left
from aftersale.returns.wishes import Wish
from aftersale.support.models import Kind, Post, Thread, Visibility
from aftersale.support.posting import write_post
from aftersale.support.sheets import answer_told, freeze
from aftersale.support.tracking import Way, ways_of

type Told = dict[str, Any]

_REASONS = (Reason.DEFECTIVE, Reason.WRONG, Reason.MISSING, Reason.UNWANTED)


def keep_and_speak(*, ports: Ports, thread: Thread) -> Post | None:
    """Freeze the facts of a new thread, and answer at once what can be answered from them."""
    now, language = ports.clock.now(), thread.opener.language
    sheet = freeze(thread, now=now)
    if sheet is None:
        return None
    with translation.override(language):
        answers, body = _answers(thread, now, language)
        if not answers:
            return None
        post = write_post(
            ports=ports,
            thread=thread,
            author=None,
            body=body,
            visibility=Visibility.PARTICIPANTS,
            intent=f"spoken:{thread.reference}",
        )
    sheet.answers, sheet.post = answers, post
    sheet.save(update_fields=["answers", "post"])
    return post


def _answers(thread: Thread, now: datetime, language: str) -> tuple[list[Told], str]:
    if thread.charge is not None:
        return _of_charge(thread)
    if thread.kind == Kind.TRACKING and thread.order is not None:
        return _of_parcels(thread, now)
    if thread.case is not None:
        told = [_decided(row, language) for row in _decisions(thread.case)]
    elif thread.line is not None or thread.kind == Kind.RETURN:
        told = _today(thread, now, language)
    else:
        return [], ""
    return told, _decision_words(told)


def _decisions(case: Return) -> Iterator[Decision]:
    current = Decision.objects.filter(return_line__case=case, superseded_by=None)
    yield from current.select_related(
        "return_line__line__group__supplier", "return_line__case__order", "tender__order", "policy"
    ).order_by("return_line", "tender__number")


def _decided(row: Decision, language: str) -> Told:
    """A decision that stands."""
    policy, order = policy_of(row.policy), row.tender.order
    case = row.return_line.case
    changes = policy.decide(row.facts).would_change if case.closed_at is None else ()
    return {
        "about": "return",
        "items": [f"{row.units} × {row.return_line.line.title}"],
        "reasons": [row.return_line.reason_found or row.return_line.reason],
        "paid_by": str(row.tender),
        "outcome": row.outcome,
        "meaning": ending_of(row) or policy.outcome_meaning(row.outcome, language),
        "clause": row.clause,
        "clause_title": policy.clause_title(row.clause, language),
        "because": policy.because(row.clause, language),
        "amount": _money(order.money(row.amount_minor)),
        "last_day": row.last_day.isoformat() if row.last_day else None,
        "change": policy.told_change(changes[0], language) if changes else "",
        "policy": row.policy.hash,
        "path": f"/account/returns/{case.reference}/",
    }


def _today(thread: Thread, now: datetime, language: str) -> list[Told]:
    """What the policy would give today for the line or the order, for each reason one may have."""
    order, line = thread.order, thread.line
    assert order is not None, "a thread about a line is about its order"
    left = units_left(order)
    if line is not None and not left.get(line.pk):
        held = order.returns.filter(lines__line=line, closed_at=None).order_by("-pk").first()
        return [_decided(row, language) for row in _decisions(held)] if held else []
    found: list[Told] = []
    for group in order.groups.select_related("supplier"):
        lines = [each for each in order.lines.all() if each.group_id == group.pk and left.get(each.pk)]
        if lines and (line is None or line.group_id == group.pk):
            found += _of_group(order, group, lines, left, line, now=now, language=language)
    return found


def _of_group(
    order: Order,
    group: SupplierGroup,
    lines: Sequence[Line],
    left: dict[int, int],
    line: Line | None,
    *,
    now: datetime,
    language: str,
) -> list[Told]:
    told: dict[object, Told] = {}
    for reason in _REASONS:
        wishes = _wishes(reason, lines, left, line)
        try:
            answers = answers_now(order=order, supplier=group.supplier.code, wishes=wishes, now=now)
        except (BadInput, Refused):
            continue  # what cannot be asked for has no answer: nothing was paid, or it is cancelled
        for one in _merged(answers, reason, language, f"/account/orders/{order.code}/return/"):
            same = tuple(str(one[name]) for name in ("items", "paid_by", "outcome", "clause", "amount"))
            kept = told.setdefault((*same, one["last_day"]), one)
            if kept is not one:
                kept["reasons"].append(reason.value)
    return list(told.values())


def _wishes(reason: Reason, lines: Sequence[Line], left: dict[int, int], line: Line | None) -> list[Wish]:
    """What the question is about: one piece that is wrong or missing, or all that is asked about."""
    asked = [line] if line is not None else list(lines)
    if reason in (Reason.WRONG, Reason.MISSING):
        return [Wish(asked[0].number, 1, reason.value)]
    return [Wish(each.number, left[each.pk], reason.value) for each in asked]


def _merged(answers: Sequence[Answer], reason: Reason, language: str, path: str) -> Iterator[Told]:
    """The answers of one reason, the lines that share one put together, by means of payment."""
    groups: dict[object, list[Answer]] = {}
    for answer in answers:
        key = (answer.tender.pk, answer.decided.outcome, answer.decided.clause, answer.last_day)
        groups.setdefault(key, []).append(answer)
    for same in groups.values():
        first = same[0]
        policy, decided, line = first.policy, first.decided, first.units.asked.line
        changes = decided.would_change or ()
        amount = line.order.money(sum(each.amount.minor for each in same))
        everything = f"?everything={line.number}-{reason.value}" if decided.outcome == RETURN_ALL else ""
        yield {
            "about": "return",
            "items": [f"{each.units.asked.units} × {each.units.asked.line.title}" for each in same],
            "reasons": [reason.value],
            "paid_by": str(first.tender),
            "outcome": decided.outcome,
            "meaning": policy.outcome_meaning(decided.outcome, language),
            "clause": decided.clause,
            "clause_title": policy.clause_title(decided.clause, language),
            "because": policy.because(decided.clause, language),
            "amount": _money(amount),
            "last_day": first.last_day.isoformat() if first.last_day else None,
            "change": policy.told_change(changes[0], language) if changes else "",
            "policy": first.version.hash,
            "path": f"{path}{line.group.supplier.code}/{everything}",
        }


def _decision_words(told: Sequence[Told]) -> str:
    """The same in sentences, each answer with the clause that says so."""
    if not told:
        return ""
    parts = [_("What the policy says to this, before anybody of our staff has looked:")]
    parts += ["\n".join([_headline(one), "", *_quoted(one["because"]), "", *_beneath(one)]) for one in told]
    return "\n\n".join(parts)


def _headline(one: Told) -> str:
    words = {
        "items": ", ".join(one["items"]),
        "reasons": " / ".join(str(Reason(each).label) for each in one["reasons"]),
        "paid_by": one["paid_by"],
        "meaning": one["meaning"],
    }
    line = _("**%(items)s · %(reasons)s · %(paid_by)s: %(meaning)s**") % words
    minor = one["amount"]["minor"]
    if minor:
        amount = Money(minor, one["amount"]["currency"]).told(translation.get_language() or "en")
        line += _(" · you get back %(amount)s") % {"amount": amount}
    if one["last_day"]:
        day = _day(date.fromisoformat(one["last_day"]))
        line += _(" · hand it over by %(day)s") % {"day": day}
    return line


def _beneath(one: Told) -> Iterator[str]:
    clause = {"title": one["clause_title"], "href": f"/policy/?version={one['policy'][:12]}#{one['clause']}"}
    yield _("Clause: [%(title)s](%(href)s)") % clause
    if one["change"]:
        yield ""
        yield _("What would change it: %(change)s") % {"change": one["change"]}
    if one["outcome"] == RETURN_ALL:
        yield ""
        yield _("[Send everything back together in one return](%(path)s)") % {"path": one["path"]}


def _of_charge(thread: Thread) -> tuple[list[Told], str]:
    charge = thread.charge
    answer = answer_told(charge) if charge is not None else None
    if charge is None or answer is None:
        return [], ""
    said, verdict = said_of(answer), verdict_of(answer)
    helps = [str(each) for each in helps_of(answer)]
    told = {
        "about": "charge",
        "items": [charge.reference],
        "outcome": answer.name,
        "meaning": str(said.title),
        "because": str(said.text),
        "add_again": answer.add_again.value,
        "verdict": f"{verdict.title} {verdict.text}",
        "helps": helps,
        "path": f"/account/payments/{charge.reference}/",
    }
    lines = [f"**{said.title}** {said.text}", "", _("Does it help to add the card again?"), ""]
    lines += [f"**{verdict.title}** {verdict.text}", "", *(f"- {each}" for each in helps)]
    return [told], "\n".join(lines)


def _of_parcels(thread: Thread, now: datetime) -> tuple[list[Told], str]:
    assert thread.order is not None, "it is asked about the parcels of an order"
    ways = ways_of(thread.order, now=now)
    if thread.line is not None:
        mine = set(thread.line.parcels.values_list("pk", flat=True))
        ways = [way for way in ways if way.parcel.pk in mine]
    if not ways:
        return [], ""
    told = [_way_told(way, thread.order) for way in ways]
    return told, "\n\n".join(f"{one['meaning']}\n\n{one['because']}".strip() for one in told)


def _way_told(way: Way, order: Order) -> Told:
    parcel = way.parcel
    name = {"carrier": parcel.carrier or _("the carrier"), "number": parcel.tracking_number or parcel.code}
    return {
        "about": "parcel",
        "items": [str(parcel)],
        "outcome": way.outcome,
        "meaning": _("**Parcel %(number)s, %(carrier)s**") % name + "  \n" + _where(way, order),
        "because": _lateness(way),
        "late_days": way.late_days,
        "usual_days": way.usual_days,
        "days": way.days,
        "silent_days": way.silent_days,
        "path": f"/account/orders/{order.code}/",
    }


def _where(way: Way, order: Order) -> str:
    def day(at: datetime) -> str:
        return _day(order.day_of(at))

    if way.arrived_at is not None:
        return _("It was delivered on %(day)s.") % {"day": day(way.arrived_at)}
    if way.sent_at is None:
        return _("It was not handed to the carrier yet.")
    told = ngettext(
        "It was handed to the carrier on %(day)s, and has been under way for %(days)d day.",
        "It was handed to the carrier on %(day)s, and has been under way for %(days)d days.",
        way.days,
    ) % {"day": day(way.sent_at), "days": way.days}
    return _("The carrier says that it is lost.") + " " + told if way.is_lost else told


def _lateness(way: Way) -> str:
    """What is late by how much, as other parcels were measured; nothing where that is not known."""
    if way.arrived_at is not None or way.sent_at is None or way.usual_days is None:
        return ""
    usual = ngettext(
        "Nine of ten such parcels arrive within %(days)d day.",
        "Nine of ten such parcels arrive within %(days)d days.",
        way.usual_days,
    ) % {"days": way.usual_days}
    if not way.late_days:
        return usual + " " + _("So far it is not late.")
    late = ngettext("It is %(days)d day late.", "It is %(days)d days late.", way.late_days) % {
        "days": way.late_days
    }
    silent = ngettext(
        "Its last scan was %(days)d day ago.", "Its last scan was %(days)d days ago.", way.silent_days
    ) % {"days": way.silent_days}
    return f"{usual} **{late}** {silent}"


def _day(on: date) -> str:
    """As the pages write it: 14 January 2027."""
    return date_format(on, "j F Y" if translation.get_language() == "en" else "DATE_FORMAT")


def _quoted(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield f"> {line}"


def _money(amount: Money) -> dict[str, Any]:
    return {"minor": amount.minor, "currency": amount.currency}
