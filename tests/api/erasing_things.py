"""Of the matrix of who may: the rows of erasing. Ann has returns under way; Bob has nothing, and no code."""

from typing import Any

EXPECTED: dict[str, tuple[int, ...]] = {
    #                     anon cust other  supp other agent fin  owner
    "get_erasure":       (401, 200, 200,   403, 403,  403,  403, 403),
    "mail_erasure_code": (401, 200, 200,   403, 403,  403,  403, 403),
    "erase_me":          (401, 409, 409,   403, 403,  403,  403, 403),
    "erase_customer":    (401, 403, 403,   403, 403,  200,  403, 403),
}  # fmt: skip

REQUESTS: dict[str, tuple[str, Any]] = {
    "erase_me": ("", {"given": "123456", "keep_public": True}),
    "erase_customer": ("", {"person": "bob@example.com", "keep_public": True}),
}
