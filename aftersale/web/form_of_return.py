"""The return form: what was typed, what it means, and what is wrong with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from aftersale.orders.models import Line, Order, SupplierGroup
from aftersale.returns.facts import Asked
from aftersale.returns.models import Reason
from aftersale.returns.needed import receipt_matters
from aftersale.returns.wishes import Wish

NOTE_LENGTH = 2000


@dataclass(slots=True)
class Pick:
    """So many units of a line with one reason, as typed. A line of several units can have two."""

    line: Line
    row: int
    left: int
    typed: str = ""
    reason: str = ""
    error: str = ""

    @property
    def name(self) -> str:
        return f"units-{self.line.number}-{self.row}"

    @property
    def reason_name(self) -> str:
        return f"reason-{self.line.number}-{self.row}"

    @property
    def units(self) -> int:
        return int(self.typed) if self.typed.isdecimal() and len(self.typed) < 6 else 0

    @property
    def is_unreadable(self) -> bool:
        return self.typed not in ("", "0") and self.units == 0

    @property
    def options(self) -> list[dict[str, str]]:
        icons = {"unwanted": "return", "defective": "alert", "wrong": "sync", "missing": "question"}
        return [
            {"value": value, "label": str(label), "icon": icons[value]} for value, label in Reason.choices
        ]


class ReturnForm:
    """One supplier's part of an order, as the customer fills it in. `data` is what was sent, if anything."""

    def __init__(
        self,
        order: Order,
        group: SupplierGroup,
        left: Mapping[int, int],
        *,
        now: datetime,
        intent: str,
        data: Mapping[str, str] | None = None,
    ) -> None:
        self.order, self.group, self.now, self.today = order, group, now, order.day_of(now)
        sent = data or {}
        self.intent = sent.get("intent", "")[:100] or intent
        self.note = sent.get("note", "")
        self.received_text = sent.get("received_on", "").strip()
        self.errors: dict[str, str] = {}
        lines = [line for line in order.lines.all() if line.group_id == group.pk]
        self.lines = [(line, self._picks(line, left.get(line.pk, 0), sent)) for line in lines]
        if data is None:
            self._start()

    def _picks(self, line: Line, left: int, sent: Mapping[str, str]) -> list[Pick]:
        picks = []
        for row in range(1, 3 if left > 1 else 2):
            pick = Pick(line, row, left)
            pick.typed = sent.get(pick.name, "").strip()
            pick.reason = sent.get(pick.reason_name, "")
            picks.append(pick)
        return picks if left else []

    def _start(self) -> None:
        """The only unit there is needs no counting."""
        if len(picks := list(self.picks())) == 1 and picks[0].left == 1:
            picks[0].typed = "1"

    def picks(self) -> Iterator[Pick]:
        for _line, picks in self.lines:
            yield from picks

    @property
    def asks_for_receipt(self) -> bool:
        """Whether nobody has said when something arrived, and the day of it can change the answer."""
        lines = [line for line, picks in self.lines if picks]
        asked = [Asked(pick.line, pick.units, pick.reason) for pick in self.picks()]
        return receipt_matters(self.order, lines, asked, now=self.now)

    @property
    def received_on(self) -> date | None:
        try:
            return date.fromisoformat(self.received_text) if self.asks_for_receipt else None
        except ValueError:
            return None

    @property
    def open_question(self) -> str:
        """What is still missing before there can be an answer; nothing when it can be given."""
        chosen = [pick for pick in self.picks() if pick.units]
        if not chosen:
            return _("Choose how many units go back, and why. The answer appears here at once.")
        silent = next((pick for pick in chosen if pick.reason not in Reason.values), None)
        if silent is not None:
            return _("Why does “%(title)s” go back? Choose a reason, and the answer appears here.") % {
                "title": silent.line.title
            }
        if not self.received_text and self.asks_for_receipt:
            return _(
                "On which day did you receive it? The carrier has not told us; the answer follows at once."
            )
        return ""

    def wishes(self) -> list[Wish]:
        """What is to go back, the same reason for the same line put together."""
        units: dict[tuple[int, str], int] = {}
        for pick in self.picks():
            if pick.units:
                key = (pick.line.number, pick.reason)
                units[key] = units.get(key, 0) + pick.units
        return [Wish(line, count, reason) for (line, reason), count in units.items()]

    def begin_with(self, asked: str) -> None:
        """Everything in one return, because of what is wrong with one piece: `1-wrong` is line and reason."""
        number, _dash, reason = asked.partition("-")
        for line, picks in self.lines:
            if str(line.number) == number and picks and reason in Reason.values:
                picks[0].typed, picks[0].reason = "1", reason
        if any(pick.units for pick in self.picks()):
            self.send_everything()

    def send_everything(self) -> None:
        """Put every unit that is left into this return, so that all of it goes back together."""
        for _line, picks in self.lines:
            rest = picks[0].left - sum(pick.units for pick in picks) if picks else 0
            if rest > 0:
                same = [pick for pick in picks if pick.units and pick.reason != Reason.MISSING]
                pick = (same or [pick for pick in picks if not pick.units] or picks)[0]
                pick.typed, pick.reason = str(pick.units + rest), pick.reason or Reason.UNWANTED

    def is_valid(self, *, to_send: bool = True) -> bool:
        """Look for what is wrong, and note it beside its field."""
        self.errors = {}
        for _line, picks in self.lines:
            self._check_line(picks)
        if to_send and not self.errors and not any(pick.units for pick in self.picks()):
            first = next(self.picks(), None)
            if first is not None:
                self._wrong(first, first.name, _("Choose at least one unit to send back."))
        if to_send:
            self._check_rest()
        if (to_send or self.received_text) and self.asks_for_receipt:
            self._check_receipt()
        return not self.errors

    def _check_line(self, picks: list[Pick]) -> None:
        for pick in picks:
            if pick.is_unreadable:
                self._wrong(
                    pick, pick.name, _("Give a whole number from 0 to %(left)d.") % {"left": pick.left}
                )
            elif pick.units and pick.reason not in Reason.values:
                self._wrong(pick, pick.reason_name, _("Say why it goes back."))
        if picks and sum(pick.units for pick in picks) > picks[0].left:
            words = {"left": picks[0].left, "units": picks[0].line.units}
            text = _("Only %(left)d of %(units)d can still be sent back.") % words
            self._wrong(picks[0], picks[0].name, text)

    def _check_rest(self) -> None:
        if len(self.note) > NOTE_LENGTH:
            text = _("Your note is too long: %(most)d characters at most.") % {"most": NOTE_LENGTH}
            self.errors["note"] = text

    def _check_receipt(self) -> None:
        first, day = self.order.day_of(self.order.ordered_at), self.received_on
        if day is None or not first <= day <= self.today:
            self.errors["received_on"] = _(
                "Give the day on which you received it: from the purchase to today."
            )

    def _wrong(self, pick: Pick, name: str, text: str) -> None:
        pick.error = text
        self.errors[name] = text
