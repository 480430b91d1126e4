"""The policy's rows of the matrix: what each of PEOPLE gets, and a request that its owner can make now."""

from typing import Any

from aftersale.accounts.models import Role, User
from aftersale.config.ports import system_ports
from aftersale.returns.backtests import ask_backtest
from aftersale.returns.models import PolicyVersion
from aftersale.returns.tests.test_correcting import BETTER
from aftersale.returns.tests.test_publishing import CHINESE, TEXT, days

_EVERYBODY = (401, 200, 200, 200, 200, 200, 200, 200)
_OWNER = (401, 403, 403, 403, 403, 403, 403, 200)

EXPECTED: dict[str, tuple[int, ...]] = {
    #                          anon cust other  supp other agent fin  owner
    "get_order_rights":       (401, 200, 404,   403, 403,  200,  403, 403),
    "get_current_policy":      _EVERYBODY,
    "list_versions":           _EVERYBODY,
    "get_version":             _EVERYBODY,
    "get_version_page":        _EVERYBODY,
    "decide_by_policy":        _EVERYBODY,
    "ask_what_matters":        _EVERYBODY,
    "explain_why_not":         _EVERYBODY,
    "get_rights":             (200, 200, 200,   200, 200,  200,  200, 200),
    "get_draft":               _OWNER,
    "keep_draft":              _OWNER,
    "throw_draft_away":        _OWNER,
    "review_text":             _OWNER,
    "complete_examples":       _OWNER,
    "publish_version":        (401, 403, 403,   403, 403,  403,  403, 201),
    "correct_version":         _OWNER,
    "get_version_checks":      _OWNER,
    "get_version_diff":        _OWNER,
    "list_version_examples":   _OWNER,
    "get_version_publication": _OWNER,
    "get_history":             _OWNER,
    "start_backtest":         (401, 403, 403,   403, 403,  403,  403, 201),
    "list_backtests":          _OWNER,
    "get_backtest":            _OWNER,
}  # fmt: skip

_FACTS = {
    "tender": "card",
    "reason": "unwanted",
    "days": 10,
    "marked_delivered": False,
    "supplier_terms": "any_reason",
    "mainland_supplier": False,
    "rma": False,
    "units_with_customer": 1,
    "units_returned": 1,
}
_STRICTER, _TOLD = days(45)

REQUESTS: dict[str, tuple[str, Any]] = {
    "get_order_rights": ("{order}", None),
    "get_version": ("{version}", None),
    "get_version_page": ("{version}", None),
    "decide_by_policy": ("", {"facts": _FACTS}),
    "ask_what_matters": ("", {"facts": {"tender": "card"}}),
    "explain_why_not": ("", {"facts": _FACTS, "clause": "balance"}),
    "keep_draft": ("", {"text": "# Mine"}),
    "review_text": ("", {"text": TEXT, "translations": CHINESE}),
    "complete_examples": ("", {"text": TEXT}),
    "publish_version": (
        "",
        {"text": _STRICTER, "translations": _TOLD, "in_force_from": "2026-06-10"},
    ),
    "start_backtest": ("", {"text": TEXT}),
    "get_backtest": ("{backtest}", None),
    "correct_version": ("{version}", {"translations": BETTER}),
    "get_version_checks": ("{version}", None),
    "get_version_diff": ("{version}", None),
    "list_version_examples": ("{version}", None),
    "get_version_publication": ("{version}", None),
}


def policy_things() -> dict[str, Any]:
    version = PolicyVersion.objects.get()
    pat = User.objects.create_user("pat@example.com", name="Pat", role=Role.POLICY_OWNER)
    tried = ask_backtest(ports=system_ports(), by=pat, text=TEXT, name=version.name, against=version)
    return {"version": version.hash, "backtest": tried.reference}
