"""How an answer without a refund ended, where it has: told in place of what the policy said before."""

from django.utils.translation import gettext as _

from aftersale.returns.deciding import ASK_SUPPLIER
from aftersale.returns.models import Decision, LineState, Reason, Settlement


def ending_of(decision: Decision) -> str:
    """The end in a sentence; empty while the answer stands as the policy gave it."""
    row, words = decision.return_line, {"supplier": decision.return_line.line.group.supplier.name}
    if row.state == LineState.REFUSED and decision.outcome == ASK_SUPPLIER:
        return _("%(supplier)s was asked and said no.") % words
    if row.settlement == Settlement.NOT_RECEIVED:
        return _("There is no refund: it was not in the parcel.")
    if row.settlement == Settlement.SENT_BACK and row.reason_found != Reason.MISSING:
        return _("There is no refund: %(supplier)s sends it back to you.") % words
    return ""
