"""The reading of the rules, written by hand from its seven sentences and not from the document."""

from collections.abc import Mapping

RANKS = {"deny": 1, "claim": 2, "return_all": 3, "ask_supplier": 4, "refund": 5}


def outcome_of(facts: Mapping[str, object]) -> str:
    """What the seven sentences say of these facts."""
    before_rma = _without_rma(facts)
    if not facts["rma"]:
        return _all_together(facts, before_rma)
    if facts["mainland_supplier"]:  # 7, first sentence
        if facts["tender"] == "card":
            return "refund"
        if facts["tender"] == "bank_transfer" and facts["reason"] == "missing" and not _late(facts):
            return "refund"
        return _all_together(facts, before_rma)
    if before_rma == "ask_supplier" and facts["reason"] != "missing":  # 7, second sentence: of 3 or 4
        return "refund"
    return before_rma


def _late(facts: Mapping[str, object]) -> bool:
    days = facts["days"]
    return isinstance(days, int) and days > 60


def _without_rma(facts: Mapping[str, object]) -> str:
    """Sentences 1 to 5."""
    tender, reason, late = facts["tender"], facts["reason"], _late(facts)
    missing = reason == "missing"
    faulty = reason in ("defective", "wrong")
    if tender == "balance":  # 1
        return "claim" if missing else "deny"
    if tender == "bank_transfer" and not missing:  # 2
        return "refund" if faulty and not late else "deny"
    if tender == "card" and not missing and not late and not facts["marked_delivered"]:  # 3
        narrow = facts["supplier_terms"] == "defective_or_wrong"
        return "ask_supplier" if narrow and reason == "unwanted" else "refund"
    if tender == "card" and not missing:  # 4
        return "ask_supplier" if faulty else "deny"
    if tender == "bank_transfer" and late:  # 5, last sentence
        return "claim"
    units = facts["units_with_customer"]
    assert isinstance(units, int)
    return "ask_supplier" if facts["mainland_supplier"] and units >= 1 else "claim"  # 5


def _all_together(facts: Mapping[str, object], outcome: str) -> str:
    """Sentence 6."""
    returned, with_customer = facts["units_returned"], facts["units_with_customer"]
    assert isinstance(returned, int)
    assert isinstance(with_customer, int)
    applies = (
        facts["mainland_supplier"] and facts["reason"] in ("wrong", "missing") and returned < with_customer
    )
    return "return_all" if outcome == "ask_supplier" and applies else outcome
