"""The decline table in people's words: the answers for everybody, the families and codes for staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from aftersale.payments.budgets import Limit
from aftersale.payments.declines import AddAgain, Answer, Family, FamilyRow
from aftersale.payments.declines.table import Action, AdviceRow, CodeRow, Says
from aftersale.payments.declines.words import Said, helps_of, said_of, verdict_of

_LOOKS: dict[AddAgain, tuple[str, str]] = {
    AddAgain.NO: ("stop", "cross-circle"),
    AddAgain.YES: ("good", "check-circle"),
    AddAgain.UPDATE: ("wait", "sync"),
}
_FAMILIES: dict[Family, Promise] = {
    Family.HIDDEN: gettext_lazy("Lost, stolen, fraud, or the account is closed"),
    Family.REVOKED: gettext_lazy("The owner took the permission back"),
    Family.FUNDS: gettext_lazy("Not enough money, or a limit"),
    Family.TYPING: gettext_lazy("Typed wrong"),
    Family.UPDATE: gettext_lazy("Expired or replaced"),
    Family.AUTHENTICATE: gettext_lazy("To be confirmed with the bank"),
    Family.SILENT: gettext_lazy("The bank gives no reason"),
    Family.TECHNICAL: gettext_lazy("Technical"),
    Family.UNSUPPORTED: gettext_lazy("Not supported here"),
    Family.DUPLICATE: gettext_lazy("Paid twice"),
    Family.UNKNOWN: gettext_lazy("No answer yet"),
}
_LISTS: dict[str, Promise] = {
    "stripe": gettext_lazy("Stripe and the sandbox"),
    "provider": gettext_lazy("the provider"),
    "network": gettext_lazy("the card network"),
}
_SAYS: dict[Says, Promise] = {
    Says.NEVER: gettext_lazy("never again"),
    Says.LATER: gettext_lazy("as the table says"),
    Says.NO: gettext_lazy("no"),
}


def family_name(family: str) -> str:
    """A family for staff: its letter and what it is."""
    return str(_FAMILIES[Family(family)])


def wait_told(wait: timedelta) -> str:
    """5 minutes, 1 hour, 3 days: the largest unit that is whole."""
    minutes = int(wait.total_seconds() // 60)
    if minutes % 1440 == 0:
        return ngettext("%(count)d day", "%(count)d days", minutes // 1440) % {"count": minutes // 1440}
    if minutes % 60 == 0:
        return ngettext("%(count)d hour", "%(count)d hours", minutes // 60) % {"count": minutes // 60}
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """One answer of the table, as the help page and a failed charge's page show it."""

    answer: Answer

    @property
    def said(self) -> Said:
        return said_of(self.answer)

    @property
    def helps(self) -> tuple[Promise, ...]:
        return helps_of(self.answer)

    @property
    def verdict(self) -> Said:
        return verdict_of(self.answer)

    @property
    def verdict_tone(self) -> str:
        return _LOOKS[self.answer.add_again][0]

    @property
    def verdict_icon(self) -> str:
        return _LOOKS[self.answer.add_again][1]

    @property
    def own_try(self) -> str:
        """When the customer may try the same saved card again."""
        after = self.answer.own_try_after
        if after is None:
            return ""
        if not after and Action.TRY_LATER in self.answer.actions:
            return _("There is no set time to wait: try the same card when you think that it will work.")
        if not after:
            return _("You may try the same card again at once.")
        return _("You may try the same card once more after %(wait)s.") % {"wait": wait_told(after)}


@dataclass(frozen=True, slots=True)
class FamilyShown:
    """One family for staff."""

    row: FamilyRow

    @property
    def name(self) -> str:
        return family_name(self.row.family)

    @property
    def told(self) -> Said:
        return said_of(self.row.answer)

    @property
    def verdict(self) -> Said:
        return verdict_of(self.row.answer)

    @property
    def waits(self) -> str:
        return " · ".join(wait_told(wait) for wait in self.row.retry_waits)


@dataclass(frozen=True, slots=True)
class CodesShown:
    """The codes of one list that mean one thing."""

    of: str
    family: str
    codes: tuple[str, ...]
    category: int | None
    final: bool
    source: str
    valid_from: date | None


def codes_shown(rows: Iterable[CodeRow]) -> list[CodesShown]:
    """The codes that mean the same by the same source, together."""
    groups: dict[tuple[object, ...], list[CodeRow]] = {}
    for row in rows:
        same = (row.list, row.family, row.final, row.visa_category, row.source, row.valid_from)
        groups.setdefault(same, []).append(row)
    return [
        CodesShown(
            of=str(_LISTS.get(first.list, first.list)),
            family=family_name(first.family),
            codes=(first.code, *(row.code for row in others)),
            category=first.visa_category,
            final=first.final,
            source=first.source,
            valid_from=first.valid_from,
        )
        for first, *others in groups.values()
    ]


@dataclass(frozen=True, slots=True)
class AdviceShown:
    """An advice for staff."""

    row: AdviceRow

    @property
    def code(self) -> str:
        return self.row.code

    @property
    def of(self) -> str:
        return str(_LISTS.get(self.row.list, self.row.list))

    @property
    def says(self) -> str:
        if self.row.wait is not None:
            return _("after %(wait)s") % {"wait": wait_told(self.row.wait)}
        return str(_SAYS[self.row.says])

    @property
    def family(self) -> str:
        return family_name(self.row.family) if self.row.family else ""


@dataclass(frozen=True, slots=True)
class LimitShown:
    """A network's limit for staff."""

    limit: Limit

    @property
    def window(self) -> str:
        return wait_told(self.limit.window)
