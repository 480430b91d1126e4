"""Of the matrix of who may: the rows of what one is mailed."""

from typing import Any

EXPECTED: dict[str, tuple[int, ...]] = {
    #                       anon cust other  supp other agent fin  owner
    "get_mail_preference": (401, 200, 200,   200, 200,  200,  200, 200),
    "set_mail_preference": (401, 200, 200,   200, 200,  200,  200, 200),
    "confirm_mail_address": (401, 200, 200,  200, 200,  200,  200, 200),
}  # fmt: skip

REQUESTS: dict[str, tuple[str, Any]] = {"set_mail_preference": ("", {"wants_thread_mails": False})}
