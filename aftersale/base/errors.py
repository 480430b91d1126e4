"""What the world may do wrong, as named errors; our own mistakes are asserts.

AftersaleError
├── BadInput        a field holds something that cannot be accepted; names the field and what could
├── NotYours        it does not exist, or it is another's: the two are never told apart
├── Refused         understood, but a rule forbids it now; each room has its own kinds
└── PortFailed      the world outside did not answer as it should
"""

import traceback


class AftersaleError(Exception):
    """The root of every error that a door turns into an answer for a person or a machine."""


class BadInput(AftersaleError):
    """`field` was given `given`, and `accepted` says what would be accepted."""

    def __init__(self, field: str, given: object, accepted: str) -> None:
        self.field, self.given, self.accepted = field, given, accepted
        super().__init__(f"`{field}` cannot be {_shown(given)}: it takes {accepted}")


class NotYours(AftersaleError):
    """There is no such thing for this person."""


class Refused(AftersaleError):
    """A rule forbids it now: `code` for machines, the message for people."""

    code = "refused"


class PortFailed(AftersaleError):
    """Something outside did not answer as it should; `retry` says whether asking again may help."""

    def __init__(self, message: str, *, retry: bool = True) -> None:
        self.retry = retry
        super().__init__(message)


def place_of(error: Exception) -> str:
    """Where it was raised. A log tells this and its kind alone: a message may hold what people wrote."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{frame.filename}:{frame.lineno}"


def _shown(given: object) -> str:
    text = "nothing" if given is None or given == "" else f"`{given}`"
    return text if len(text) <= 80 else text[:77] + "…`"
