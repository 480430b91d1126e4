"""Ann's orders come in once and whole, or not at all, each refused row with its reason."""

from copy import deepcopy
from datetime import UTC, datetime

import pytest

from aftersale.accounts.models import Supplier, User
from aftersale.orders.models import (
    Component,
    Line,
    Order,
    Parcel,
    ParcelEvent,
    SupplierGroup,
    Tender,
    TenderKind,
)
from aftersale.orders.queries import owed_by
from aftersale.orders.services import add_tender

TABLES = (
    Supplier,
    User,
    Order,
    SupplierGroup,
    Line,
    Component,
    Tender,
    Parcel,
    Parcel.lines.through,
    ParcelEvent,
)


def everything():
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in TABLES}


def test_ann_s_orders_come_in_with_every_cent(bring_in, documents):
    report = bring_in(documents)
    assert (report.imported, report.new, report.rejections, report.mismatches) == (True, 2, [], [])
    order = Order.objects.get(code="WM-1")
    assert order.ordered_at == datetime(2026, 5, 1, 10, tzinfo=UTC)
    assert (order.customer.email, order.source) == ("ann@example.com", "aftersale")
    assert [(c.kind, c.net_minor, c.tax_minor, c.discount_minor) for c in order.components.all()] == [
        ("line", 2521, 479, 100),
        ("line", 1001, 0, 0),
        ("shipping", 490, 0, 0),
        ("fee", 99, 0, 0),
    ]
    assert [(t.kind, t.captured_minor, t.last_four) for t in order.tenders.all()] == [
        ("balance", 1000, ""),
        ("card", 3490, "4242"),
    ]
    assert order.groups.get().terms == "defective_or_wrong"
    assert Order.objects.get(code="WM-2").groups.get().terms == "any_reason"
    assert Order.objects.get(code="WM-2").tenders.get().captured_minor == 9000
    assert [line.number for line in Parcel.objects.get().lines.all()] == [1]


def test_the_same_file_again_changes_nothing(bring_in, documents):
    bring_in(documents)
    before = everything()
    report = bring_in(documents)
    assert (report.new, report.unchanged, report.changed_nothing) == (0, 2, True)
    assert everything() == before


def test_the_same_facts_in_another_order_are_the_same_facts(bring_in, documents):
    bring_in(documents)
    documents[3]["lines"].reverse()
    documents[3]["tenders"].reverse()
    documents[3]["ordered_at"] = "2026-05-01T10:00:00Z"
    assert bring_in(list(reversed(documents))).unchanged == 2


def test_a_customer_without_an_e_mail_gets_a_sign_in_and_no_password(bring_in, documents):
    documents[2]["email"] = None
    bring_in(documents)
    ann = User.objects.get(customer_code="ANN")
    assert (ann.email, ann.reads_mail, ann.has_usable_password()) == ("ann@customers.invalid", False, False)


def test_codes_that_differ_in_capitals_only_get_sign_ins_of_their_own(bring_in, documents):
    documents[2]["email"] = None
    bring_in([*documents, {"type": "customer", "code": "ann", "name": "Another Ann"}])
    assert User.objects.filter(email__endswith="@customers.invalid").count() == 2


def test_payments_that_do_not_add_up_are_told_and_kept(bring_in, documents):
    documents[3]["tenders"][1]["captured"] = "34.88"
    report = bring_in(documents)
    assert report.new == 2
    assert [(m.order, m.expected.minor, m.paid.minor, m.difference.minor) for m in report.mismatches] == [
        ("WM-1", 4490, 4488, -2)
    ]


def test_what_is_still_unpaid_is_owed_and_no_difference(bring_in, documents):
    documents[3]["tenders"].pop()
    documents[3]["unpaid"] = "34.90"
    report = bring_in(documents)
    assert (report.new, report.mismatches) == (2, [])
    order = Order.objects.get(code="WM-1")
    assert (order.unpaid_minor, owed_by(order).minor) == (3490, 3490)
    assert not owed_by(Order.objects.get(code="WM-2"))


def test_an_order_that_was_paid_here_since_is_the_same_order_when_its_file_comes_again(
    bring_in, documents, ports
):
    documents[3]["tenders"].pop()
    documents[3]["unpaid"] = "34.90"
    bring_in(documents)
    order = Order.objects.get(code="WM-1")
    paid = order.money(3490)
    tender = add_tender(
        ports=ports, order=order, kind=TenderKind.CARD, captured=paid, provider="sandbox", reference="ch_9"
    )
    assert (tender.number, owed_by(order).minor) == (2, 0)
    assert bring_in(documents).unchanged == 2
    documents[3]["unpaid"] = "34.89"
    report = bring_in(documents)
    assert [(one.order, "orders" in one.reason, "tenders" in one.reason) for one in report.rejections] == [
        ("WM-1", True, False)
    ]


def change(place, **values):
    def change(documents):
        found = documents[3]
        for step in place:
            found = found[step]
        found.update(values)

    return change


REFUSED = {
    "cents of a yen": (lambda d: d[4]["lines"][0].update(net="9000.50"), "net", "at most 0 digits"),
    "three digits of a cent": (change(["lines", 0], net="1.005"), "net", "at most 2 digits"),
    "a negative amount": (change(["fees", 0], net="-1"), "net", "from 0 up"),
    "more unpaid than the payments leave": (change([], unpaid="0.01"), "unpaid", "at most"),
    "a negative sum unpaid": (change([], unpaid="-1"), "unpaid", "from 0 up"),
    "no amount": (change(["tenders", 0], captured=None), "captured", "nothing"),
    "words for money": (change(["tenders", 0], captured="ten"), "captured", "an amount in EUR"),
    "a day to come": (change([], ordered_at="2026-06-01T09:01:00Z"), "ordered_at", "until now"),
    "a delivery to come": (
        change(["parcels", 0, "events", 1], at="2027-01-01T00:00:00Z"),
        "at",
        "until now",
    ),
    "a delivery before the purchase": (
        change(["parcels", 0, "events", 1], at="2026-04-01T00:00:00Z"),
        "at",
        "after `ordered_at`",
    ),
    "a completion before the purchase": (
        change([], marked_delivered_at="2026-04-01T00:00:00Z"),
        "marked_delivered_at",
        "after `ordered_at`",
    ),
    "a moment without a zone": (change([], ordered_at="2026-05-01T12:00:00"), "ordered_at", "its zone"),
    "no moment": (change([], ordered_at="yesterday"), "ordered_at", "a moment such as"),
    "a zone that is none": (change([], zone="Europe/Berlyn"), "zone", "Asia/Shanghai"),
    "a currency that is none": (change([], currency="EURO"), "currency", "ISO 4217"),
    "a country that is none": (change(["lines", 0], supplier_country="XX"), "supplier_country", "ISO 3166"),
    "terms that are none": (change(["lines", 0], supplier_terms="all"), "supplier_terms", "any_reason"),
    "terms that disagree": (change(["lines", 0], supplier_terms="any_reason"), "supplier_terms", "disagree"),
    "a means that is none": (change(["tenders", 0], kind="cash"), "kind", "card, balance, bank_transfer"),
    "a fate that is none": (change(["parcels", 0, "events", 0], kind="eaten"), "kind", "dispatched"),
    "no units": (change(["lines", 0], units=0), "units", "from 1 to"),
    "half a unit": (change(["lines", 0], units=1.5), "units", "a whole number"),
    "a discount above the price": (change(["lines", 1], discount="10.02"), "discount", "more than"),
    "an unknown supplier": (change(["lines", 0], supplier="NOBODY"), "supplier", "suppliers.sql"),
    "an unknown customer": (change([], customer="NOBODY"), "customer", "customers.sql"),
    "shipping by a stranger": (change(["shipping", 0], supplier="OTTO"), "supplier", "a part of the order"),
    "a parcel by a stranger": (change(["parcels", 0], supplier="OTTO"), "supplier", "a part of the order"),
    "a parcel with a line that is not there": (change(["parcels", 0], lines=[3]), "lines", "1, 2"),
    "two lines of one number": (change(["lines", 1], number=1), "number", "stands twice"),
    "two tenders of one number": (change(["tenders", 1], number=1), "number", "stands twice"),
    "no lines": (change([], lines=[]), "", "no lines"),
    "lines that are no list": (change([], lines={}), "lines", "not a list"),
    "a name that is not known": (change(["lines", 0], discout="1"), "discout", "it takes number"),
    "a whole card number": (
        change(["tenders", 1], reference="4242 4242 4242 4242"),
        "reference",
        "never a card's number",
    ),
    "five digits for four": (change(["tenders", 1], last_four="12345"), "last_four", "last four"),
    "a text of two lines": (change(["lines", 0], title="a\nb"), "title", "on one line"),
}


@pytest.mark.parametrize(("spoil", "field", "reason"), REFUSED.values(), ids=REFUSED)
def test_a_refused_row_is_named_and_nothing_comes_in(bring_in, documents, spoil, field, reason):
    spoil(documents)
    report = bring_in(documents)
    assert not report.imported
    assert [one.field for one in report.rejections if reason in one.reason] == [field]
    assert all(one.order in ("WM-1", "WM-2") for one in report.rejections)
    assert all("orders.jsonl, record" in one.origin for one in report.rejections)
    assert everything() == {model.__name__: [] for model in TABLES}


def test_a_card_number_is_not_told_again(bring_in, documents):
    documents[3]["tenders"][1]["reference"] = "4242424242424242"
    report = bring_in(documents)
    assert not any("42424242" in line for line in report.json_lines())


def test_whole_orders_come_in_where_that_is_asked(bring_in, documents):
    documents[3]["lines"][0]["units"] = 0
    report = bring_in(documents, skip_rejected=True)
    assert (report.imported, report.new, report.rejected_orders) == (True, 1, 1)
    assert [order.code for order in Order.objects.all()] == ["WM-2"]
    assert not Line.objects.filter(title="Lamp").exists()


@pytest.mark.parametrize("broken", ['{"type": "order", "code"', "[1, 2]", '{"type": "odor"}', "7"])
def test_a_record_that_may_belong_to_any_order_keeps_all_out(bring_in, documents, broken):
    report = bring_in([*documents, broken], skip_rejected=True)
    assert not report.imported
    assert report.rejections[0].origin == "orders.jsonl, record 6"
    assert everything() == {model.__name__: [] for model in TABLES}


def test_an_order_told_twice_and_not_the_same_is_refused(bring_in, documents):
    again = deepcopy(documents[3])
    again["zone"] = "Europe/Paris"
    report = bring_in([*documents, again])
    assert not report.imported
    assert "stands twice, and not the same" in report.rejections[0].reason


def test_an_e_mail_of_somebody_else_is_refused(bring_in, documents):
    User.objects.create_user("ann@example.com", name="Another Ann")
    report = bring_in(documents)
    assert not report.imported
    assert "no other account uses" in report.rejections[0].reason
    assert not Order.objects.exists()


def test_a_customer_who_changed_her_e_mail_here_keeps_it(bring_in, documents):
    bring_in(documents)
    User.objects.update(email="ann@elsewhere.example")
    User.objects.create_user("ann@example.com", name="Another Ann")
    assert bring_in(documents).changed_nothing
    assert User.objects.get(customer_code="ANN").email == "ann@elsewhere.example"


def test_other_facts_of_a_known_order_are_refused_by_name(bring_in, documents):
    bring_in(documents)
    before = everything()
    documents[3]["lines"][0]["title"] = "Lantern"
    documents[3]["tenders"][0]["captured"] = "9.00"
    report = bring_in(documents)
    assert report.rejections[0].reason == ("order WM-1 was imported before with other facts: lines, tenders")
    assert everything() == before


def test_a_delivery_that_comes_later_is_added(bring_in, documents):
    bring_in(documents)
    first = everything()
    documents[3]["parcels"].append(
        {
            "code": "P2",
            "supplier": "LI",
            "lines": [2],
            "events": [{"kind": "delivered", "at": "2026-05-09T10:00:00+02:00", "source": "carrier"}],
        }
    )
    documents[4]["marked_delivered_at"] = "2026-05-20T10:00:00Z"
    report = bring_in(documents)
    assert (report.new, report.unchanged, report.new_parcels, report.new_events) == (0, 2, 1, 1)
    assert Line.objects.get(title="Shade").parcels.get().code == "P2"
    assert everything()["Order"] == first["Order"]


def test_new_orders_are_handed_on_within_the_transaction(bring_in, documents):
    taken = []
    bring_in(documents, take_in=taken.extend)
    assert [order.code for order in taken] == ["WM-1", "WM-2"]
    bring_in(documents, take_in=taken.extend)
    assert len(taken) == 2


def test_where_the_next_room_fails_nothing_was_imported(bring_in, documents):
    def fail(orders):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        bring_in(documents, take_in=fail)
    assert everything() == {model.__name__: [] for model in TABLES}
