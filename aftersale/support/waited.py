"""Who asked, in each lane, and how long they waited for a first answer: counted by the database."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from aftersale.support.models import ConversationState, MailConversation, Thread

_IS_ANSWERED = ExpressionWrapper(Q(first_answered_at__isnull=False), output_field=BooleanField())


class _Seconds(Func):
    """A moment in whole seconds, by what each database has for it."""

    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        # Four signs of percent: the template takes two, and the parameters one.
        whole = "CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)"
        return self.as_sql(compiler, connection, template=whole, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        whole = "FLOOR(EXTRACT(EPOCH FROM %(expressions)s))::bigint"
        return self.as_sql(compiler, connection, template=whole, **more)


def asked_threads() -> QuerySet[Thread]:
    """Threads in which somebody asks: a published review asks nothing, a merged one asks elsewhere."""
    return Thread.objects.filter(**ASKED).order_by()


# The same of what belongs to a thread, with its name before them.
ASKED: dict[str, Any] = {"merged_into": None, "bought_here": None}


def thread_waits(rows: QuerySet[Thread], now: datetime, *by: str) -> Iterator[tuple[Any, ...]]:
    """(…by, wait, whether an answer ended it, how many): from a thread's opening to its first answer.

    Without one it waits until it is solved or closed, or until now; one that came from a mail waits from that
    mail on. Waits are told in whole minutes.
    """
    return _counted(
        rows, "opened_at", Coalesce("first_answered_at", "solved_at", "closed_at", Value(now)), by
    )


def mail_waits(rows: QuerySet[MailConversation], now: datetime, *by: str) -> Iterator[tuple[Any, ...]]:
    """The same of mails: one that became a thread, or was closed, waited here up to its last mail."""
    left = Case(When(state=ConversationState.WAITING, then=Value(now)), default=F("last_mail_at"))
    return _counted(rows, "received_at", Coalesce("first_answered_at", left), by)


def _counted(rows: QuerySet[Any], since: str, until: Any, by: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    minutes = (_Seconds(until) - _Seconds(since)) / 60
    found = rows.order_by().annotate(minutes=minutes, is_answered=_IS_ANSWERED)
    for *of, wait, answered, count in found.values_list(*by, "minutes", "is_answered").annotate(
        n=Count("pk")
    ):
        yield *of, timedelta(minutes=wait), answered, count
