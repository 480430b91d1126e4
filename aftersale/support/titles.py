"""What a thread is called to whom: its title is the customer's words, which a supplier does not read."""

from django.utils.translation import gettext as _

from aftersale.accounts.models import Role
from aftersale.base.card_numbers.telling import removed_told
from aftersale.support.models import Thread
from aftersale.support.queries import Viewer


def title_for(viewer: Viewer, thread: Thread) -> str:
    if thread.is_public or getattr(viewer, "role", "") != Role.SUPPLIER:
        return removed_told(thread.subject)
    if thread.case is not None:
        return _("About return %s") % thread.case.reference
    return _("About %s") % thread.line.title if thread.line is not None else _("A question of our staff")
