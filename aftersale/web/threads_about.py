"""What an address says that a new thread is about."""

from aftersale.orders.queries import order_for
from aftersale.payments.charge_queries import charge_for
from aftersale.payments.saved_cards import card_for
from aftersale.returns.queries import return_for
from aftersale.support.services import About
from aftersale.web.doors import DeskRequest


def about_of(request: DeskRequest) -> tuple[About, dict[str, str]]:
    """What the address says the thread is about, found for this person. Raises NotYours."""
    sent = request.POST if request.method == "POST" else request.GET
    names = {each: sent[each] for each in ("order", "line", "case", "charge", "card") if sent.get(each)}
    viewer = request.user
    order = order_for(viewer, names["order"]) if "order" in names else None
    line = None
    if order is not None and names.get("line", "").isdecimal():
        line = next((each for each in order.lines.all() if str(each.number) == names["line"]), None)
    about = About(
        order=order,
        line=line,
        case=return_for(viewer, names["case"]) if "case" in names else None,
        charge=charge_for(viewer, names["charge"]) if "charge" in names else None,
        card=card_for(viewer, names["card"]) if "card" in names else None,
    )
    return about, names
