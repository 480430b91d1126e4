"""A claim is looked into in a thread of its own, which opens by itself."""

from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import translation
from django.utils.translation import gettext as _
from structlog import get_logger

from aftersale.base.each import each_by_itself
from aftersale.base.ports import Ports
from aftersale.returns.models import LineState, Return, ReturnLine
from aftersale.returns.notices import told_answers
from aftersale.support.models import LONGEST_SUBJECT, Kind, Thread, Visibility
from aftersale.support.posting import clean_subject, follow, start_thread, write_post
from aftersale.support.sheets import freeze

log = get_logger("threads")


def open_threads_for_claims(*, ports: Ports, at_most: int = 20) -> int:
    """Open a thread for each claim that has none; returns how many were opened.

    One that cannot be opened keeps no other waiting, and its error is raised at the end.
    """
    claims = ReturnLine.objects.filter(case=OuterRef("pk"), state=LineState.CLAIM)
    known = Thread.objects.filter(case=OuterRef("pk"), kind=Kind.CLAIM)
    waiting = Return.objects.filter(Exists(claims), ~Exists(known)).order_by("pk")
    keys = list(waiting.values_list("pk", flat=True))
    return each_by_itself(keys, partial(_open, ports=ports), tell=_tell, at_most=at_most)


def _tell(pk: int, error: Exception) -> None:
    log.warning("a claim has no thread", case=pk, error=type(error).__name__)


@transaction.atomic
def _open(pk: int, ports: Ports) -> bool:
    # The case's lock lets two workers find one after the other whether there is a thread.
    case = Return.objects.select_for_update().get(pk=pk)
    if Thread.objects.filter(case=case, kind=Kind.CLAIM).exists():
        return False
    customer = case.order.customer
    with translation.override(customer.language):
        titles = ", ".join(row.line.title for row in case.lines.filter(state=LineState.CLAIM))
        subject = clean_subject((_("Missing: %s") % titles)[:LONGEST_SUBJECT], case.order)
        body = _first_words(case, customer.language)
    intent = f"claim:{case.reference}"
    thread = start_thread(
        ports=ports,
        opener=customer,
        intent=intent,
        kind=Kind.CLAIM,
        is_public=False,
        subject=subject,
        order=case.order,
        case=case,
    )
    follow(thread, customer)
    freeze(thread, now=thread.opened_at)
    write_post(
        ports=ports,
        thread=thread,
        author=None,
        body=body,
        visibility=Visibility.PARTICIPANTS,
        intent=intent,
    )
    return True


def _first_words(case: Return, language: str) -> str:
    """What was reported, and what the policy says of it, in the customer's language."""
    claims = [told for told in told_answers(case, language) if told["outcome"] == "claim"]
    items = dict.fromkeys(f"- {told['units']} × {told['title']}" for told in claims)
    because = dict.fromkeys(f"> {told['because']}" for told in claims)
    note = [_("You wrote:"), *(f"> {line}" for line in case.note.splitlines())] if case.note else []
    ask = _("Our staff looks for it with you here. Tell us what you know: was the parcel open, was it light?")
    return "\n".join([_("Reported as missing:"), "", *items, "", *because, "", *note, "", ask])
