"""No card number in a log: a processor for structlog, and a filter for the standard library's handlers."""

import logging
from collections.abc import MutableMapping
from typing import Any

from aftersale.base.card_numbers.scrubbing import scrub

# Where structlog has put its own words, which are no person's.
_OURS = frozenset({"level", "timestamp"})
_LEAST = 10**11


def scrub_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The event with every value scrubbed; it stands right before what renders the line."""
    for key, value in event.items():
        if key not in _OURS:
            event[key] = _scrubbed(value)
    return event


class CardNumberFilter(logging.Filter):
    """Scrubs every record that a handler is about to write, its traceback too."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = scrub(record.getMessage()).text, None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = scrub(record.exc_text).text
        return True


def _scrubbed(value: Any) -> Any:
    match value:
        case str():
            return scrub(value).text
        case bool() | None | float():
            return value
        case int():
            return value if abs(value) < _LEAST else _number(value)
        case dict():
            return {_scrubbed(key): _scrubbed(each) for key, each in value.items()}
        case list() | tuple():
            return [_scrubbed(each) for each in value]
        case _:
            # The renderer would write its repr.
            return scrub(repr(value)).text


def _number(value: int) -> int | str:
    done = scrub(str(value))
    return done.text if done.found else value
