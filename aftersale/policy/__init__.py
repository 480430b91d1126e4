"""The policy room: one readable document decides returns and explains itself. Plain Python."""

from .change import Change
from .decision import Decision, Open, Pays, Reason
from .document import Clause, Example
from .errors import (
    ConflictError,
    DocumentError,
    FactsError,
    GapError,
    PolicyError,
    TranslationError,
    UndecidedError,
)
from .examples import Failure, run_examples
from .facts import Fact, Value
from .outcomes import Outcome
from .policy import Policy
from .promises import Promise
from .why_not import WhyNot

__all__ = [
    "Change",
    "Clause",
    "ConflictError",
    "Decision",
    "DocumentError",
    "Example",
    "Fact",
    "FactsError",
    "Failure",
    "GapError",
    "Open",
    "Outcome",
    "Pays",
    "Policy",
    "PolicyError",
    "Promise",
    "Reason",
    "TranslationError",
    "UndecidedError",
    "Value",
    "WhyNot",
    "run_examples",
]
