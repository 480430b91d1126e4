"""Why the door itself does not let a request through; what lies behind it has errors of its own.

AftersaleError
└── NotAdmitted
    ├── KeyRefused      there is no such living key: unknown, expired and revoked are never told apart
    ├── ScopeMissing    the key was made without the scope that the operation needs
    ├── RoleForbidden   the key's user has no business at this operation, whatever it is about
    ├── TooMany         more requests in this minute than the key may make
    ├── WrongMedia      the body is not JSON
    ├── BodyUnwanted    a body where none is read
    ├── Malformed       the body cannot be read as JSON
    ├── KeyReused       the idempotency key stands for another request
    └── StillRunning    the first request with this idempotency key has not been answered yet
"""

from typing import ClassVar

from aftersale.base.errors import AftersaleError


class NotAdmitted(AftersaleError):
    """`status` is the answer's, `code` is for machines, the message for people."""

    status: ClassVar[int]
    code: ClassVar[str]
    field: ClassVar[str] = ""
    accepted: str = ""

    def __init__(self, message: str, *, retry_after: int = 0) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class KeyRefused(NotAdmitted):
    status, code = 401, "key_refused"


class ScopeMissing(NotAdmitted):
    status, code = 403, "scope_missing"


class RoleForbidden(NotAdmitted):
    status, code = 403, "role_forbidden"


class TooMany(NotAdmitted):
    status, code = 429, "too_many_requests"


class WrongMedia(NotAdmitted):
    status, code, field, accepted = 415, "wrong_media_type", "Content-Type", "application/json"


class BodyUnwanted(NotAdmitted):
    status, code, field, accepted = 400, "body_unwanted", "body", "nothing: this operation reads no body"


class Malformed(NotAdmitted):
    status, code, field, accepted = 400, "malformed_json", "body", "one JSON object, encoded in UTF-8"


class KeyReused(NotAdmitted):
    status, code, field = 422, "idempotency_key_reused", "Idempotency-Key"
    accepted = "a fresh key for each different request"


class StillRunning(NotAdmitted):
    status, code = 409, "idempotency_key_in_use"
