"""What is done to a return from its thread: by the return's own verb, and told in the thread at once."""

from datetime import date

from django.db import transaction
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from aftersale.accounts.models import User
from aftersale.base.errors import BadInput
from aftersale.base.ports import Ports
from aftersale.returns.services import issue_rma
from aftersale.support.models import EventKind, Post, Thread, Visibility
from aftersale.support.posting import locked, note_event, own_intent
from aftersale.support.services.writing import reply


@transaction.atomic
def give_rma(
    *, ports: Ports, by: User, thread: Thread, number: str, intent: str, expires_on: date | None = None
) -> Post:
    """Record the supplier's number for the thread's return, and say so to our staff and the supplier.

    The return's policy decides as if it had been typed on the return's page, and refuses alike: then nothing
    is posted either. Raises what `issue_rma` and `reply` raise, and BadInput for a thread about no return.
    """
    if known := Post.objects.filter(intent=own_intent(by, intent)).first():
        return known
    if thread.case is None:
        raise BadInput("thread", thread.reference, "a thread about a return")
    # The return's lock first, then the thread's: as a claim's thread is opened.
    rma = issue_rma(ports=ports, by=by, case=thread.case, number=number, expires_on=expires_on)
    with translation.override(by.language):
        words = {"number": rma.as_written, "day": date_format(rma.expires_on, "DATE_FORMAT")}
        body = _("RMA number **%(number)s**, valid until %(day)s.") % words
    post = reply(
        ports=ports,
        by=by,
        thread=thread,
        body=body,
        intent=intent,
        visibility=Visibility.SUPPLIER,
        keeps_draft=True,
    )
    note_event(locked(thread), EventKind.ACTED, ports.clock.now(), by, reference=rma.as_written)
    return post
