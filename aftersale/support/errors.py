"""Why a verb of this room refuses.

Refused
└── SupportRefused
    ├── ThreadClosed    a closed thread stays closed: a new one is opened
    ├── NotForYou       it may be read, and this is for others to do
    └── TooMuch         more in so short a time than a person writes
"""

from aftersale.base.errors import Refused


class SupportRefused(Refused):
    code = "support_refused"


class ThreadClosed(SupportRefused):
    code = "thread_closed"


class NotForYou(SupportRefused):
    code = "not_for_you"


class TooMuch(SupportRefused):
    code = "too_much"
