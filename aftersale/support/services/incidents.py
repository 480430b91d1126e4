"""One matter of many threads: linked, answered once for all of them, closed with them."""

from collections.abc import Callable, Iterable
from functools import partial

from django.db import transaction
from django.db.models import Q
from structlog import get_logger

from aftersale.accounts.models import User
from aftersale.base.each import each_by_itself
from aftersale.base.errors import BadInput, Refused
from aftersale.base.ports import Ports
from aftersale.base.texts import clean_text
from aftersale.support.errors import IncidentOver
from aftersale.support.eyes import refuse_others
from aftersale.support.models import (
    LONGEST_BODY,
    EventKind,
    Incident,
    IncidentAnswer,
    IncidentLink,
    IncidentTask,
    Kind,
    Post,
    Thread,
)
from aftersale.support.posting import clean_body, clean_subject, locked, note_event, own_intent
from aftersale.support.services.writing import reply, solve_thread

MOST_AT_ONCE = 500
log = get_logger("threads")


@transaction.atomic
def open_incident(
    *, ports: Ports, by: User, title: str, intent: str, text: str = "", kind: str = ""
) -> Incident:
    """Begin an incident; new threads of its `kind` are offered to be linked.

    The same `intent` answers the same one. Raises NotForYou, BadInput.
    """
    refuse_others(by)
    intent = own_intent(by, intent)
    if known := Incident.objects.filter(intent=intent).first():
        return known
    if kind and kind not in Kind.values:
        raise BadInput("kind", kind, f"one of {', '.join(Kind.values)}, or nothing")
    return Incident.objects.create(
        reference=ports.ids.reference("I"),
        title=clean_subject(title),
        text=clean_text(text, field="text", longest=LONGEST_BODY),
        kind=kind,
        intent=intent,
        opened_by=by,
        opened_at=ports.clock.now(),
    )


@transaction.atomic
def link_threads(*, ports: Ports, by: User, incident: Incident, threads: Iterable[Thread]) -> int:
    """Say that these threads are about the incident; returns how many were not linked before.

    Raises NotForYou, IncidentOver, and BadInput for too many at once.
    """
    incident, now = _locked(incident, by), ports.clock.now()
    # One lock after another in one order, so that two who link the same threads do not wait in a circle.
    rows = sorted(threads, key=lambda each: each.pk)
    if len(rows) > MOST_AT_ONCE:
        raise BadInput("threads", len(rows), f"at most {MOST_AT_ONCE} threads at once")
    linked = 0
    for thread in rows:
        link, is_new = IncidentLink.objects.get_or_create(
            incident=incident, thread=thread, defaults={"by": by, "at": now}
        )
        if is_new:
            note_event(link.thread, EventKind.LINKED, now, by, reference=incident.reference)
            linked += 1
    return linked


@transaction.atomic
def unlink_thread(*, ports: Ports, by: User, incident: Incident, thread: Thread) -> None:
    """Say that the thread is about something else; what was answered there stays. Raises NotForYou."""
    refuse_others(by)
    if IncidentLink.objects.filter(incident=incident, thread=thread).delete()[0]:
        here = Q(thread=thread) | Q(thread__merged_into=thread) | Q(thread__merged_into__merged_into=thread)
        IncidentTask.objects.filter(here, incident=incident, done_at=None).delete()
        note_event(thread, EventKind.UNLINKED, ports.clock.now(), by, reference=incident.reference)


@transaction.atomic
def answer_incident(*, ports: Ports, by: User, incident: Incident, body: str, intent: str) -> IncidentAnswer:
    """Owe the answer to each linked thread; the worker posts it. The same `intent` answers the same one.

    Raises NotForYou, IncidentOver, and BadInput for the text and where no thread is linked.
    """
    incident, intent = _locked(incident, by), own_intent(by, intent)
    if known := IncidentAnswer.objects.filter(intent=intent).first():
        return known
    answer = IncidentAnswer(incident=incident, author=by, body=clean_body(body), intent=intent)
    threads = list(incident.links.values_list("thread", flat=True))
    if not threads:
        raise BadInput("threads", "none", "an incident with a linked thread")
    answer.at = ports.clock.now()
    answer.save()
    owed = [IncidentTask(incident=incident, answer=answer, thread_id=each, by=by) for each in threads]
    IncidentTask.objects.bulk_create(owed)
    return answer


@transaction.atomic
def close_incident(*, ports: Ports, by: User, incident: Incident, solve: bool = False) -> Incident:
    """End the incident; with `solve` its threads are solved by the worker, after what is owed to them.

    A second time changes nothing. Raises NotForYou.
    """
    refuse_others(by)
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    if incident.closed_at is not None:
        return incident
    incident.closed_at, incident.closed_by = ports.clock.now(), by
    incident.save(update_fields=["closed_at", "closed_by"])
    if solve:
        threads = incident.links.values_list("thread", flat=True)
        owed = [IncidentTask(incident=incident, thread_id=each, by=by) for each in threads]
        IncidentTask.objects.bulk_create(owed)
    return incident


def work_incidents(*, ports: Ports, at_most: int = 50, stop: Callable[[], bool] = bool) -> int:
    """Post what is owed to the threads of incidents, and solve them; returns how many were seen to.

    A thread in which it cannot be done keeps no other waiting, and its error is raised at the end.
    """
    keys = list(IncidentTask.objects.filter(done_at=None).values_list("pk", flat=True))
    return each_by_itself(keys, partial(_work, ports=ports), tell=_tell, at_most=at_most, stop=stop)


def _tell(pk: int, error: Exception) -> None:
    log.warning("a thread of an incident waits", task=pk, error=type(error).__name__)


@transaction.atomic
def _work(pk: int, ports: Ports) -> bool:
    """One thread's part, whole or not at all; a refusal there is written down and ends it."""
    task = IncidentTask.objects.select_for_update().filter(pk=pk, done_at=None).first()
    if task is None:
        return False
    earlier = IncidentTask.objects.filter(incident=task.incident_id, thread=task.thread_id, done_at=None)
    if earlier.filter(pk__lt=pk).exists():
        return False
    try:
        with transaction.atomic():
            task.post = _do(task, ports)
    except (BadInput, Refused) as error:
        task.reason = str(error)[:200]
    task.done_at = ports.clock.now()
    task.save(update_fields=["done_at", "post", "reason"])
    return True


def _do(task: IncidentTask, ports: Ports) -> Post | None:
    thread = locked(task.thread)
    if task.answer is None:
        solve_thread(ports=ports, by=task.by, thread=thread)
        return None
    # Of two linked threads that are one by now, the answer is posted once.
    intent = f"incident:{task.answer_id}:{thread.pk}"
    answer = task.answer
    return reply(
        ports=ports, by=answer.author, thread=thread, body=answer.body, intent=intent, keeps_draft=True
    )


def _locked(incident: Incident, by: User) -> Incident:
    refuse_others(by)
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    if incident.closed_at is not None:
        raise IncidentOver(f"incident {incident.reference} is closed")
    return incident
