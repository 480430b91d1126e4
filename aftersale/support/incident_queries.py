"""Incidents as the desk sees them: what is linked, what was answered where, what a thread may belong to."""

from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from aftersale.base.errors import NotYours
from aftersale.support.models import Incident, IncidentLink, IncidentTask, Thread


def incidents() -> QuerySet[Any]:
    """Open ones first, then the last that was closed, with `threads`, `owed` and `failed` counted."""
    rows = Incident.objects.select_related("opened_by", "closed_by").annotate(
        threads=_count(IncidentLink.objects.all()),
        owed=_count(IncidentTask.objects.filter(done_at=None)),
        failed=_count(IncidentTask.objects.exclude(reason="")),
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


def _count(rows: QuerySet[Any]) -> Coalesce:
    """How many of these an incident has; each counted by itself, for they multiply where they are joined."""
    counted = rows.filter(incident=OuterRef("pk")).order_by().values("incident").annotate(found=Count("pk"))
    return Coalesce(Subquery(counted.values("found")), 0)
