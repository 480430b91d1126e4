"""What a failed payment means: the answers for everybody, the whole decline table for the team."""

from django.http import HttpRequest, HttpResponse
from ninja import Router

from aftersale.accounts.models import Role
from aftersale.api.doors import READ, ApiRequest, door, open_door, told
from aftersale.api.shapes.declines import Answers, DeclineTable, told_answers, told_table

router = Router(tags=["charges"])


@open_door(router, "/failed-payments", summary="What each message means", answers=Answers)
def list_failed_payment_answers(request: HttpRequest) -> HttpResponse:
    """Every answer that a customer may get to a failed payment, what helps, and whether to add it again."""
    return told(told_answers())


@door(
    router,
    "GET",
    "/decline-table",
    summary="The whole decline table",
    answers=DeclineTable,
    scope=READ,
    roles=(Role.AGENT, Role.FINANCE),
)
def get_decline_table(request: ApiRequest) -> HttpResponse:
    """Families, codes, advice, limits, each with its source and day. Customers are told the answers alone."""
    return told(told_table())
