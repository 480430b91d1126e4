"""The rules of the two documents written by hand: early returns, in the order in which one would tell them.

This is what the compiled policy is measured against. Each returns the outcome and the clause.
"""

from collections.abc import Mapping
from typing import Any

type Answer = tuple[str, str]


def marketplace(facts: Mapping[str, Any]) -> Answer:  # noqa: C901, PLR0912 -- that is what such a ladder looks like
    """`policies/marketplace.md`."""
    tender = facts["tender"]
    reason = facts["reason"]
    days = facts["days"]
    late = days is not None and days > 60
    over = late or facts["marked_delivered"]
    mainland = facts["mainland_supplier"]
    rma = facts["rma"]
    if tender == "balance":
        return ("claim", "balance-missing") if reason == "missing" else ("deny", "balance")
    if rma and mainland:
        if tender == "card":
            return "refund", "rma-card"
        if reason == "missing" and not late:
            return "refund", "rma-bank-missing"
    if reason == "missing":
        if tender == "bank_transfer" and late:
            return "claim", "missing-bank-late"
        if not mainland or facts["units_with_customer"] < 1:
            return "claim", "missing-claim"
        if facts["units_returned"] < facts["units_with_customer"]:
            return "return_all", "together"
        return "ask_supplier", "missing-rma"
    if tender == "bank_transfer":
        if reason == "unwanted":
            return "deny", "bank-unwanted"
        return ("deny", "bank-late") if late else ("refund", "bank-faulty")
    if not over:
        if reason == "unwanted" and facts["supplier_terms"] == "defective_or_wrong":
            return ("refund", "rma-elsewhere") if rma else ("ask_supplier", "card-supplier-terms")
        return "refund", "card-in-time"
    if reason == "unwanted":
        return "deny", "card-unwanted-over"
    if rma:
        return "refund", "rma-elsewhere"
    if reason == "wrong" and mainland and facts["units_returned"] < facts["units_with_customer"]:
        return "return_all", "together"
    return "ask_supplier", "card-faulty-over"


def fifteen(facts: Mapping[str, Any]) -> Answer:  # noqa: C901, PLR0912 -- the same
    """`fifteen.md`."""
    category = facts["category"]
    days = facts["days"]
    fault = facts["fault"]
    dispute = facts["dispute"]
    rma = facts["rma"]
    late = days is not None and days > 60
    if facts["consumer"] and category == "goods" and not facts["used"] and days is not None and days <= 14:
        return "refund", "withdrawal"
    if dispute == "open":
        return "ask_person", "dispute-open"
    if dispute == "lost":
        return "deny", "dispute-lost"
    if facts["payment"] == "balance":
        return "deny", "balance"
    if fault == "missing":
        return "claim", "missing"
    if fault != "none":
        if facts["paid"] <= 1000:
            return "refund", "small-fault"
        if rma:
            return "refund", "rma"
        if late:
            mainland = facts["supplier_region"] == "mainland"
            return ("ask_person", "fault-late") if mainland else ("deny", "fault-late-elsewhere")
        if category == "digital":
            return "exchange", "fault-digital"
        if fault == "wrong" and facts["items_returned"] < facts["items_ordered"]:
            return "return_all", "together"
        return "refund", "fault"
    if category in ("digital", "perishable") and facts["opened"]:
        return "deny", "opened"
    if category == "made_to_order":
        return "deny", "made-to-order"
    if late or facts["confirmed"]:
        return "deny", "too-late"
    if facts["supplier_terms"] == "defective_or_wrong":
        return "ask_person", "terms"
    return ("partial", "used") if facts["used"] else ("refund", "any-reason")
