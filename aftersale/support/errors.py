"""Why a verb of this room refuses.

Refused
└── SupportRefused
    ├── ThreadClosed    a closed thread stays closed: a new one is opened
    ├── MailRefused     more than a mail of a person has, or none that can be read
    ├── MailSettled     this mail, or this conversation, has become something else already
    ├── NotOverYet      something of the person's is under way: that ends first
    ├── NotForYou       it may be read, and this is for others to do
    ├── IncidentOver    a closed incident takes in nothing more
    ├── CannotMove      these threads, or these posts, stay where they are
    ├── CannotWait      an ended thread waits for nobody
    ├── CannotPublish   it is not solved, or who asked has decided
    ├── CannotRate      there is no solution to rate, or no longer
    ├── TakenBack       its writer took a published review back, for good
    ├── Overtaken       somebody wrote after what the writer had read; look, and send again
    └── TooMuch         more in so short a time than a person writes
"""

from aftersale.base.errors import Refused


class SupportRefused(Refused):
    code = "support_refused"


class ThreadClosed(SupportRefused):
    code = "thread_closed"


class NotForYou(SupportRefused):
    code = "not_for_you"


class NotOverYet(SupportRefused):
    code = "not_over_yet"


class TooMuch(SupportRefused):
    code = "too_much"


class MailRefused(SupportRefused):
    code = "mail_refused"


class MailSettled(SupportRefused):
    code = "mail_settled"


class IncidentOver(SupportRefused):
    code = "incident_over"


class CannotMove(SupportRefused):
    code = "cannot_move"


class CannotWait(SupportRefused):
    code = "cannot_wait"


class CannotPublish(SupportRefused):
    code = "cannot_publish"


class CannotRate(SupportRefused):
    code = "cannot_rate"


class TakenBack(SupportRefused):
    code = "taken_back"


class Overtaken(SupportRefused):
    code = "overtaken"
