"""How our long-running processes tell what they do."""

import logging
import sys

import structlog

from aftersale.base.card_numbers.logs import scrub_event


def log_as_lines() -> None:
    """One line of JSON for each event, to standard error."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            scrub_event,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
