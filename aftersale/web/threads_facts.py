"""The facts that were kept with a thread, and what happened since, in the place in time where it did."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.core.paginator import Page
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersale.base.money import Money
from aftersale.cards.states import RemovalState
from aftersale.orders.models import ParcelEventKind, TenderKind
from aftersale.payments.card_models import CardState
from aftersale.payments.charge_states import ChargeState
from aftersale.payments.declines import TABLE
from aftersale.payments.declines.words import said_of, verdict_for
from aftersale.support.models import EventKind, FactSheet, Post, Thread
from aftersale.support.queries import Viewer
from aftersale.support.sheets import Happening, sees_the_deal, since
from aftersale.support.tracking import Way, ways_of
from aftersale.web.case_shown import EventShown
from aftersale.web.doors import language_now
from aftersale.web.orders_shown import ParcelShown
from aftersale.web.templatetags.aftersale_states import state_word
from aftersale.web.templatetags.aftersale_web import brand_name
from aftersale.web.threads_shown import PostShown
from aftersale.web.words import refund_state, source

_ICONS = {"parcel": "truck", "refund": "refund", "charge": "card", "card": "card", "thread": "check-circle"}
_WORDS: dict[str, dict[str, Any]] = {
    "parcel": dict(ParcelEventKind.choices),
    "thread": dict(EventKind.choices),
    "charge": dict(ChargeState.choices),
    "card": {"frozen": gettext_lazy("frozen"), **dict(RemovalState.choices)},
}
_NAMES: dict[str, Promise] = {
    "parcel": gettext_lazy("Parcel"),
    "refund": gettext_lazy("Refund"),
    "charge": gettext_lazy("Payment"),
    "card": gettext_lazy("Saved card"),
    "return": gettext_lazy("Return"),
}


@dataclass(frozen=True, slots=True)
class HappeningShown:
    """One thing that happened, between the posts."""

    one: Happening

    @property
    def title(self) -> str:
        if self.one.about == "return":
            return EventShown(self.one.row).title
        if self.one.about == "refund":
            return refund_state(self.one.kind)
        return str(_WORDS[self.one.about].get(self.one.kind, self.one.kind)).capitalize()

    @property
    def name(self) -> str:
        """Of what it is told."""
        if self.one.about in ("thread", "card"):
            return str(_NAMES.get(self.one.about, ""))
        return f"{_NAMES[self.one.about]} {self.one.name}"

    @property
    def icon(self) -> str:
        return EventShown(self.one.row).icon if self.one.about == "return" else _ICONS[self.one.about]


@dataclass(frozen=True, slots=True)
class InStream:
    """A post, or what happened between two of them."""

    post: PostShown | None = None
    event: HappeningShown | None = None


@dataclass(frozen=True, slots=True)
class FactsShown:
    """What was known when the thread was opened, as rows of a name and a value."""

    sheet: FactSheet

    @property
    def rows(self) -> list[tuple[str, str]]:
        facts = self.sheet.facts
        found: list[tuple[str, str]] = []
        if order := facts.get("order"):
            found += self._order(order)
        if case := facts.get("return"):
            found.append((_("Return"), f"{case['reference']} · {state_word(case['state'])}"))
            found += [(_("Decided"), self._decision(one)) for one in case["decisions"]]
        if charge := facts.get("charge"):
            found += self._charge(charge)
        if card := facts.get("card"):
            found.append((_("Saved card"), self._card(card)))
        return found

    def _order(self, order: dict[str, Any]) -> list[tuple[str, str]]:
        paid = [f"{self._means(one)} {_told(one['paid'])}" for one in order["tenders"]]
        parcels = [self._parcel(one) for one in order["parcels"]]
        return [
            (_("Order"), order["code"]),
            (_("Total"), _told(order["total"])),
            *((_("Paid by"), one) for one in paid),
            *((_("Parcel"), one) for one in parcels),
        ]

    def _means(self, tender: dict[str, Any]) -> str:
        if tender["last_four"]:
            words = {"brand": brand_name(tender["brand"]), "four": tender["last_four"]}
            return _("%(brand)s ending in %(four)s") % words
        return str(TenderKind(tender["kind"]).label)

    def _parcel(self, parcel: dict[str, Any]) -> str:
        name = parcel["tracking_number"] or parcel["code"]
        if not parcel["events"]:
            return f"{name} · {_('not sent yet')}"
        last = parcel["events"][-1]
        return f"{name} · {ParcelEventKind(last['kind']).label} ({source(last['source'])})"

    def _decision(self, one: dict[str, Any]) -> str:
        told = f"{one['units']} × {one['line']}: {state_word(one['outcome'])} · {_told(one['amount'])}"
        if one["last_day"]:
            told += " · " + _("until %(day)s") % {"day": date.fromisoformat(one["last_day"])}
        return f"{told} · {one['clause']}"

    def _charge(self, charge: dict[str, Any]) -> list[tuple[str, str]]:
        state = str(ChargeState(charge["state"]).label)
        found = [(_("Payment"), f"{charge['reference']} · {_told(charge['amount'])} · {state}")]
        if charge["answer"] in TABLE.answers:
            said = said_of(TABLE.answers[charge["answer"]])
            found.append((_("What the bank's answer means"), str(said.title)))
        if charge["add_again"]:
            found.append((_("Add the card again?"), str(verdict_for(charge["add_again"]).title)))
        return found

    def _card(self, card: dict[str, Any]) -> str:
        state = str(CardState(card["state"]).label)
        if not card["last_four"]:
            return state
        words = {"brand": brand_name(card["brand"]), "four": card["last_four"]}
        return _("%(brand)s ending in %(four)s") % words + f" · {state}"


@dataclass(frozen=True)
class Facts:
    """The sheet of one thread for one viewer, with its parcels' way where it was asked about them."""

    thread: Thread
    viewer: Viewer
    now: datetime

    @cached_property
    def sheet(self) -> FactSheet | None:
        if not sees_the_deal(self.viewer, self.thread):
            return None
        return FactSheet.objects.filter(thread=self.thread).first()

    @property
    def frozen(self) -> FactsShown | None:
        return FactsShown(self.sheet) if self.sheet else None

    @property
    def spoken(self) -> int | None:
        """The post in which Aftersale itself answered."""
        return self.sheet.post_id if self.sheet else None

    @cached_property
    def ways(self) -> list[tuple[Way, ParcelShown]]:
        """The parcels' way, where they were asked about."""
        about = {one["about"] for one in self.sheet.answers} if self.sheet else set()
        if "parcel" not in about or self.thread.order is None:
            return []
        return [(way, ParcelShown(way.parcel)) for way in ways_of(self.thread.order, now=self.now)]

    def stream(self, page: Page[Any]) -> list[InStream]:
        """A page's posts with what happened between them, and since the last of the page before."""
        posts, after = list(page), None
        if page.has_previous():
            after = page.paginator.object_list[page.start_index() - 2].posted_at
        return self._between(posts, after=after, is_last=not page.has_next())

    def _between(self, posts: Sequence[Post], *, after: datetime | None, is_last: bool) -> list[InStream]:
        happened = [
            one
            for one in since(self.viewer, self.thread)
            if (after is None or one.at > after)
            and (is_last or (bool(posts) and one.at <= posts[-1].posted_at))
        ]
        placed = [(one.at, 1, InStream(event=HappeningShown(one))) for one in happened]
        placed += [(post.posted_at, 0, InStream(post=PostShown(post, self.viewer))) for post in posts]
        return [item for _at, _sort, item in sorted(placed, key=lambda each: each[:2])]


def _told(money: dict[str, Any]) -> str:
    return Money(money["minor"], money["currency"]).told(language_now())
