"""Which rows of this room the database keeps as they were: see aftersale/ledger/triggers.py."""

from aftersale.ledger.triggers import LEDGER, Guard

PAYMENTS = (
    Guard("payments_tendermoney", ("DELETE",), fixed=("tender_id", "captured_minor")),
    Guard("payments_refund", ("DELETE",), fixed=("key", "reference", "tender_id", "amount_minor")),
    Guard("payments_refundpart", ("UPDATE", "DELETE")),
    Guard("payments_providerrefund", ("DELETE",), fixed=("reference", "tender_id", "amount_minor")),
)
CHARGES = (
    Guard(
        "payments_charge",
        ("DELETE",),
        fixed=("key", "reference", "order_id", "card_id", "amount_minor"),
    ),
)
REDIRECTS = (Guard("payments_redirect", ("DELETE",), fixed=("reference", "refund_id")),)
ALL = (*LEDGER, *PAYMENTS, *CHARGES, *REDIRECTS)
