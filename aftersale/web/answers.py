"""Answers as a page shows them: merged where they agree, told in plain words, with the money they mean."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from aftersale.base.money import Money
from aftersale.orders.models import Tender
from aftersale.returns.endings import ending_of
from aftersale.returns.models import Decision, Stage
from aftersale.web.doors import language_now
from aftersale.web.reads import Row
from aftersale.web.why_not import ClauseNot, kinder_clauses
from aftersale.web.words import FactRow, because, changes_told, clock, destination, fact_rows, means_of

_KINDEST = ("refund", "ask_supplier", "return_all", "claim", "deny")


@dataclass(frozen=True, slots=True)
class Card:
    """One answer: the lines and tenders for which it is the same."""

    rows: tuple[Row, ...]
    supplier: str
    covers_all: bool

    @property
    def outcome(self) -> str:
        return self.rows[0].told.outcome

    @property
    def ending(self) -> str:
        """How it ended without a refund: the supplier said no, or the goods go back."""
        decision = self.rows[0].decision
        return ending_of(decision) if decision else ""

    @property
    def look(self) -> str:
        """The outcome as the page draws it."""
        return "deny" if self.ending else self.outcome

    @property
    def clause(self) -> str:
        return self.rows[0].told.clause

    @property
    def clause_title(self) -> str:
        return self.rows[0].told.clause_title

    @property
    def clause_href(self) -> str:
        version = self.rows[0].version
        return f"/policy/{f'?version={version}' if version else ''}#{self.clause}"

    @property
    def because(self) -> str:
        return self.rows[0].told.because

    @property
    def facts(self) -> list[FactRow]:
        decision = self.rows[0].decision
        return fact_rows(self.rows[0].told.decisive, decision.sources if decision else None)

    @property
    def items(self) -> list[str]:
        """What it is about: `2 × Lamp`, each line once."""
        return list(dict.fromkeys(f"{row.told.units} × {row.told.line.title}" for row in self.rows))

    @property
    def tenders(self) -> list[Tender]:
        return list({row.told.tender.pk: row.told.tender for row in self.rows}.values())

    @property
    def amount(self) -> Money | None:
        total = _sum(row.told.amount for row in self.rows)
        if total or self.ending:
            return total or None
        return (_sum(row.if_agreed for row in self.rows) or None) if self.outcome == "ask_supplier" else None

    @property
    def amount_label(self) -> str:
        return _("If the supplier agrees, you get") if self.outcome == "ask_supplier" else _("You get back")

    @property
    def destination(self) -> str:
        """Where the money goes; nothing when there is none."""
        return " · ".join(destination(tender) for tender in self.tenders) if self.amount else ""

    @property
    def until(self) -> date | None:
        """The last day to hand it over; of no interest once that is done."""
        decision = self.rows[0].decision
        is_sent = decision is not None and decision.because in ("sent", "inspected")
        return None if is_sent else self.rows[0].told.last_day

    @property
    def until_note(self) -> str:
        return clock(self.rows[0].told.last_day_by)

    @property
    def change(self) -> str:
        """What would give more, or that nothing does; silent where there is no more to get."""
        changes = self.rows[0].changes
        if changes is None or self.outcome == "refund":
            return ""
        return changes_told(changes)

    @property
    def why_nots(self) -> list[ClauseNot]:
        """What the clauses that would give more ask for; nothing where somebody has ended it."""
        if self.ending:
            return []
        first, orders = self.rows[0], [row.facts for row in self.rows]
        words = {"outcome": self.outcome, "language": language_now(), "version": first.version}
        return kinder_clauses(first.policy, orders, **words)

    @property
    def title(self) -> str:
        if self.ending:
            return self.ending
        means = _join([means_of(tender) for tender in self.tenders])
        words = {"supplier": self.supplier, "means": means}
        if self.outcome == "refund":
            if self.is_final:
                return _("You get your money back.")
            if self.covers_all:
                return _("You can send it back and get all your money back.")
            return _("What you paid by %(means)s comes back.") % words
        if self.outcome == "deny":
            if self.covers_all:
                return _("There is no refund for this.")
            return _("What you paid by %(means)s is not refunded.") % words
        if self.outcome == "ask_supplier":
            return _("%(supplier)s is asked first.") % words
        if self.outcome == "return_all":
            return _("Everything has to go back together first.")
        return _("There is nothing to send back: we look into it with you.")

    @property
    def is_final(self) -> bool:
        return self.rows[0].told.stage == Stage.FINAL

    @property
    def before(self) -> list[tuple[str, str]]:
        """What was answered before and what changed it, where it was something else."""
        found: dict[tuple[str, str], None] = {}
        for row in self.rows:
            if row.decision is not None and (change := _change(row.decision)) is not None:
                found[change] = None
        return list(found)


@dataclass(frozen=True, slots=True)
class Summary:
    """All answers together: what comes back of what was paid, by tender."""

    cards: tuple[Card, ...]
    back: Money
    of: Money
    parts: list[tuple[str, Money]] = field(default_factory=list)

    @property
    def is_split(self) -> bool:
        """Whether the tenders get different answers: the whole item goes, a part of its price comes back."""
        return bool(self.back) and self.back.minor < self.of.minor and len(self.parts) > 1

    @property
    def outcomes(self) -> set[str]:
        return {card.outcome for card in self.cards}

    @property
    def best(self) -> str:
        """The kindest outcome there is: what the page leads with."""
        return self.cards[0].outcome


def summary_of(rows: Sequence[Row], supplier: str) -> Summary | None:
    """The answers merged; None when there is none."""
    if not rows:
        return None
    groups: dict[object, list[Row]] = {}
    for row in rows:
        groups.setdefault(_sameness(row), []).append(row)
    cards = [Card(tuple(group), supplier, len(groups) == 1) for group in groups.values()]
    cards.sort(key=lambda card: _KINDEST.index(card.outcome) if card.outcome in _KINDEST else len(_KINDEST))
    nothing = rows[0].told.amount - rows[0].told.amount
    back = _sum(row.told.amount for row in rows) or nothing
    of = _sum(_whole(row) for row in rows) or nothing
    return Summary(tuple(cards), back, of, _parts(rows))


def _whole(row: Row) -> Money:
    """What the row's goods cost; with the shipping, where that comes back too."""
    return row.told.amount if row.told.amount.minor > row.worth.minor else row.worth


def _parts(rows: Sequence[Row]) -> list[tuple[str, Money]]:
    """For the split bar: what comes back to each tender, and what does not."""
    parts: list[tuple[str, Money]] = []
    lost = set()
    for tender in {row.told.tender.pk: row.told.tender for row in rows}.values():
        mine = [row for row in rows if row.told.tender.pk == tender.pk]
        paid, whole = _sum(row.told.amount for row in mine), _sum(_whole(row) for row in mine)
        if paid:
            parts.append((_("Back to %(means)s") % {"means": destination(tender)}, paid))
        if whole and paid is not None and whole.minor > paid.minor:
            label = _("Not refunded: %(means)s") % {"means": means_of(tender)}
            lost.add(label)
            parts.append((label, whole - paid))
    return sorted(parts, key=lambda part: part[0] in lost)


def _sameness(row: Row) -> object:
    """What two answers share when they are one: all but the means of payment's own name."""
    told = row.told
    facts = tuple(sorted((name, str(value)) for name, value in told.decisive.items() if name != "tender"))
    end = ending_of(row.decision) if row.decision else ""
    return (told.outcome, told.clause, told.last_day, told.last_day_by, told.stage, facts, end)


def _change(decision: Decision) -> tuple[str, str] | None:
    earlier = decision.supersedes
    while earlier is not None and earlier.outcome == decision.outcome and earlier.clause == decision.clause:
        decision, earlier = earlier, earlier.supersedes
    return None if earlier is None else (earlier.outcome, because(decision.because))


def _sum(amounts: Iterable[Money]) -> Money | None:
    total = None
    for amount in amounts:
        total = amount if total is None else total + amount
    return total


def _join(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}
