"""Who may see which redirected refund."""

from django.db.models import QuerySet

from aftersale.accounts.models import Role, User
from aftersale.base.errors import NotYours
from aftersale.payments.models import Redirect


def redirects_of(viewer: User) -> QuerySet[Redirect]:
    """A customer's own, all of them for finance, nobody else's; newest first."""
    rows = Redirect.objects.select_related(
        "refund__tender__order__customer", "approved_by", "released_by"
    ).order_by("-asked_at", "-pk")
    if viewer.role == Role.FINANCE:
        return rows
    if viewer.role == Role.CUSTOMER:
        return rows.filter(refund__tender__order__customer=viewer)
    return rows.none()


def redirect_for(viewer: User, reference: str) -> Redirect:
    """The redirect that this person may see. Raises NotYours."""
    found = redirects_of(viewer).filter(reference=reference).first()
    if found is None:
        raise NotYours(f"there is no redirected refund {reference}")
    return found
