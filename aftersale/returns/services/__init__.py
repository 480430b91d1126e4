"""The verbs of a return. Each is one transaction; none asks anything of the world outside the database."""

from aftersale.returns.services.answering import issue_rma, refuse_rma, revoke_rma
from aftersale.returns.services.asking import request_return, withdraw_return
from aftersale.returns.services.deadlines import complete_due_orders, complete_order, keep_deadlines
from aftersale.returns.services.intake import take_in_orders
from aftersale.returns.services.sending import Finding, hand_over, inspect_return, receive_return
from aftersale.returns.services.settling import close_settled_returns
from aftersale.returns.wishes import Wish

__all__ = [
    "Finding",
    "Wish",
    "close_settled_returns",
    "complete_due_orders",
    "complete_order",
    "hand_over",
    "inspect_return",
    "issue_rma",
    "keep_deadlines",
    "receive_return",
    "refuse_rma",
    "request_return",
    "revoke_rma",
    "take_in_orders",
    "withdraw_return",
]
