"""Incidents as the desk sees them: what is linked, what was answered where, what a thread may belong to."""

from typing import Any

from django.db.models import Count, F, Q, QuerySet

from aftersale.base.errors import NotYours
from aftersale.support.models import Incident, Thread


def incidents() -> QuerySet[Any]:
    """Open ones first, then the last that was closed, with `threads`, `owed` and `failed` counted."""
    rows = Incident.objects.select_related("opened_by", "closed_by").annotate(
        threads=Count("links", distinct=True),
        owed=Count("tasks", filter=Q(tasks__done_at=None), distinct=True),
        failed=Count("tasks", filter=~Q(tasks__reason=""), distinct=True),
    )
    return rows.order_by(F("closed_at").desc(nulls_first=True), "-opened_at", "-pk")


def incident_called(reference: str) -> Any:
    """The incident of this name, counted; for our staff. Raises NotYours."""
    found = incidents().filter(reference=reference).first()
    if found is None:
        raise NotYours(f"there is no incident {reference}")
    return found


def open_incidents() -> QuerySet[Incident]:
    return Incident.objects.filter(closed_at=None).order_by("-opened_at", "-pk")


def incidents_of(thread: Thread) -> QuerySet[Incident]:
    return Incident.objects.filter(links__thread=thread)


def suggested_for(thread: Thread) -> QuerySet[Incident]:
    """Open incidents of its kind that it is not linked to."""
    return open_incidents().filter(kind=thread.kind).exclude(links__thread=thread)


def answers_of(incident: Incident) -> QuerySet[Any]:
    """What was answered, the newest first, with `posted`, `owed` and `failed` counted."""
    return (
        incident.answers.select_related("author")
        .annotate(
            posted=Count("tasks", filter=Q(tasks__post__isnull=False)),
            owed=Count("tasks", filter=Q(tasks__done_at=None)),
            failed=Count("tasks", filter=~Q(tasks__reason="")),
        )
        .order_by("-pk")
    )
