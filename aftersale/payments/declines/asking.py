"""What the decline table says about one decline. Where its words disagree, the strictest counts."""

from datetime import date, timedelta

from aftersale.payments.declines.table import TABLE, AdviceRow, Answer, CodeRow, Family, FamilyRow, Says
from aftersale.payments.providers import Declined

# Whose words a provider uses; the sandbox speaks as Stripe does.
_SPEAKS = {"sandbox": "stripe"}


def family_of(provider: str, declined: Declined, *, day: date = date.max) -> Family:
    """Why it failed. A word of the provider that no list knows means `silent`, and so does no word at all."""
    coded, advised = _coded(provider, declined, day), _advised(declined, day)
    meant = [row.family for row in coded] + [row.family for row in advised if row.family is not None]
    known = not declined.code or any(row.list != "network" for row in coded)
    if not known or not meant or is_final(provider, declined, day=day):
        meant.append(Family.SILENT)
    return TABLE.strictest(meant)


def row_of(family: Family | str) -> FamilyRow:
    """The family's row of the table."""
    return TABLE.families[Family(family)]


def is_final(provider: str, declined: Declined, *, day: date = date.max) -> bool:
    """Whether the bank or its network said that this card is never to be asked again."""
    coded, advised = _coded(provider, declined, day), _advised(declined, day)
    final_code = any(row.final or row_of(row.family).final for row in coded)
    return final_code or any(row.says == Says.NEVER for row in advised)


def retry_after(
    declined: Declined, family: Family | str, *, retry: int = 1, day: date = date.max
) -> timedelta | None:
    """How long to wait before the automatic retry number `retry`; None: there is none.

    Only advice allows one, and only where all of it does. The wait it names counts, else the table's.
    """
    said = [word for word in (declined.advice, declined.network_advice) if word]
    advised, waits = _advised(declined, day), row_of(family).retry_waits
    allowed = bool(said) and [row.says for row in advised] == [Says.LATER] * len(said)
    if not allowed or retry > len(waits):
        return None
    return max((row.wait for row in advised if row.wait is not None), default=waits[retry - 1])


def answer_of(provider: str, declined: Declined, *, day: date = date.max) -> Answer:
    """All that may be told of it outside: its family's answer, or that of a word that says more within it."""
    family = family_of(provider, declined, day=day)
    for row in _coded(provider, declined, day):
        if row.family == family and row.answer is not None:
            return row.answer
    return row_of(family).answer


def _coded(provider: str, declined: Declined, day: date) -> list[CodeRow]:
    words = ((_SPEAKS.get(provider, provider), declined.code), ("network", declined.network_code))
    return [row for of, code in words if (row := TABLE.code(of, code, day)) is not None]


def _advised(declined: Declined, day: date) -> list[AdviceRow]:
    words = (("provider", declined.advice), ("network", declined.network_advice))
    return [row for of, code in words if (row := TABLE.advised(of, code, day)) is not None]
