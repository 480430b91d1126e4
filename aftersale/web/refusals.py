"""Why something was refused, in the reader's words: each named error of the rooms below has its sentence."""

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersale.accounts.proving import NotProven, TooManyProofs
from aftersale.base.errors import BadInput, Refused
from aftersale.cards.errors import RemovalRefused, TooManyCodes
from aftersale.orders.errors import EventRefused
from aftersale.payments.errors import (
    CardNotChargeable,
    CardNotSetUp,
    ChargeUnderWay,
    NotAgain,
    NothingOwed,
    PaymentRefused,
    PointlessCard,
    SamePerson,
    TooOften,
    TryLater,
)
from aftersale.returns.errors import NotNow, ReturnRefused, RmaBarred, RmaTaken, UnitsTaken
from aftersale.support.errors import (
    CannotMove,
    CannotPublish,
    CannotRate,
    IncidentOver,
    MailSettled,
    NotForYou,
    NotOverYet,
    Overtaken,
    SupportRefused,
    TakenBack,
    ThreadClosed,
    TooMuch,
)
from aftersale.support.safe_files import FileRefused, accepted_endings

# The nearest class of an error's own order of classes counts.
_REFUSALS: dict[type[Refused], Promise] = {
    UnitsTaken: gettext_lazy("Fewer units are left than you chose. Nothing was sent; please look again."),
    NotNow: gettext_lazy(
        "That is not possible any more: something happened meanwhile. See where it stands now."
    ),
    RmaBarred: gettext_lazy(
        "The marketplace's policy gives an RMA number no effect on this return, so none was recorded."
    ),
    RmaTaken: gettext_lazy("You have used this RMA number before; each number is used once."),
    ReturnRefused: gettext_lazy("This cannot be done with the return now."),
    TooManyCodes: gettext_lazy(
        "No further code was mailed: one was sent just now, or five today. Look for it in the mail."
    ),
    RemovalRefused: gettext_lazy("This cannot be done with the card now. See where it stands."),
    PointlessCard: gettext_lazy(
        "This is the card whose payment failed: adding it again cannot help, so it was not saved."
    ),
    CardNotChargeable: gettext_lazy("This card cannot be charged: it is frozen or removed."),
    NothingOwed: gettext_lazy("Nothing is to be paid for this order any more."),
    ChargeUnderWay: gettext_lazy("A payment for this order is still under way. Do not pay again meanwhile."),
    TooOften: gettext_lazy(
        "This card was tried as often as its card network allows. Use another one, or a bank transfer."
    ),
    TryLater: gettext_lazy("This card cannot be tried again yet. Its payment's page says when."),
    NotAgain: gettext_lazy("This card cannot help for this order. Use another one, or a bank transfer."),
    CardNotSetUp: gettext_lazy("No card was saved: the payment provider has none for you from this page."),
    EventRefused: gettext_lazy("This cannot have happened to the parcel at that moment."),
    PaymentRefused: gettext_lazy("This cannot be done with the refund now."),
    SamePerson: gettext_lazy("You approved it yourself: another person of finance releases it."),
    NotProven: gettext_lazy("This could not be proved. Look at what you typed, or wait and try again."),
    TooManyProofs: gettext_lazy("A code was mailed a moment ago, or too many were today. Please wait."),
    ThreadClosed: gettext_lazy("This thread is closed. Open a new one if there is more to say."),
    NotForYou: gettext_lazy("This is not yours to do here."),
    TooMuch: gettext_lazy("That is a lot in a short time. Wait a little; what you typed is still here."),
    IncidentOver: gettext_lazy("This incident is closed. Open a new one if it happens again."),
    CannotMove: gettext_lazy(
        "These stay apart: threads are put together where one person asked about one matter, for the same"
        " eyes. One of which a copy is or may be public takes the other in. A later move is taken back first."
    ),
    CannotPublish: gettext_lazy(
        "This cannot be made public now: it is not solved, or it is decided already."
    ),
    CannotRate: gettext_lazy("There is no solution to rate here, or no longer."),
    TakenBack: gettext_lazy("Its writer took this verdict back: it stays hidden."),
    Overtaken: gettext_lazy(
        "Somebody wrote here meanwhile. Read what is new above; your text is kept, and can be sent anyway."
    ),
    NotOverYet: gettext_lazy("Something is under way: it ends first."),
    MailSettled: gettext_lazy("Somebody was faster: this mail has its place already."),
    SupportRefused: gettext_lazy("This cannot be done with the thread now."),
    Refused: gettext_lazy("This cannot be done now."),
}
_FIELDS: dict[str, Promise] = {
    "language": gettext_lazy("Choose one of the languages of this site."),
    "insert": gettext_lazy("Choose a macro that fits this thread."),
    "actions": gettext_lazy("The macro was changed meanwhile: insert it again."),
    "texts": gettext_lazy("Write the text in at least one language."),
    "texts.en": gettext_lazy("In the English text a name in braces is none of those listed."),
    "texts.zh-hans": gettext_lazy("In the Chinese text a name in braces is none of those listed."),
    "numbers": gettext_lazy(
        "Choose posts that may go: the first one stays, and the thread's opener reads one of them and one of"
        " those that stay."
    ),
    "into": gettext_lazy("Choose a thread of the same person, or type its number."),
    "thread": gettext_lazy("There is no thread of this number."),
    "threads": gettext_lazy("Link a thread first."),
    "units": gettext_lazy(
        "Give how many units: from 0 to what this return holds, and at least 1 of what is missing."
    ),
    "units_found": gettext_lazy("Give how many units were found: from 0 to what was sent."),
    "line": gettext_lazy("This item does not belong to this part of the order."),
    "lines": gettext_lazy("Choose at least one unit to send back."),
    "reason": gettext_lazy("Choose a reason from the list."),
    "note": gettext_lazy("Your note is too long: 2000 characters at most."),
    "received_on": gettext_lazy("Give the day on which you received it: from the purchase to today."),
    "handed_over_at": gettext_lazy("Give the day of the handing over: from the delivery to today."),
    "number": gettext_lazy("An RMA number has letters and digits, at most 64 of them."),
    "expires_on": gettext_lazy("The last day of the number lies between today and a year from now."),
    "answer": gettext_lazy("Say why, in 1 to 1000 characters. The customer reads it."),
    "condition": gettext_lazy("The condition is too long: 500 characters at most."),
    "why": gettext_lazy("Say why, in 1 to 500 characters. The customer reads it."),
    "target": gettext_lazy("Choose a bank account or your stored balance."),
    "holder": gettext_lazy("Give the name of the account's holder, in at most 140 characters."),
    "iban": gettext_lazy("This is no IBAN: one of its signs is wrong or missing. Look at it once more."),
    "agreed": gettext_lazy("Say that you want the money there and not on the card."),
    "bank_reference": gettext_lazy("Give the bank's own reference of the transfer, in 1 to 64 characters."),
    "subject": gettext_lazy("Give the thread a title, in 200 characters at most."),
    "body": gettext_lazy(
        "Write something, of 20000 characters at most; before a first order with few links."
    ),
    "kind": gettext_lazy("Choose what it is about."),
    "content": gettext_lazy("Choose one of the three."),
    "comment": gettext_lazy("Your comment is too long: 1000 characters at most."),
    "question": gettext_lazy("Write the question, of 20000 characters at most."),
    "solution": gettext_lazy("Write what solved it, of 20000 characters at most."),
    "version": gettext_lazy("The text was changed meanwhile: read it again before you decide."),
    "visibility": gettext_lazy(
        "Choose who reads it; a supplier only in a thread about one supplier's goods."
    ),
    "whom": gettext_lazy("Choose for whom: the supplier, the courier or the bank."),
    "until": gettext_lazy("Choose a day within the next 90 days."),
    "forum_name": gettext_lazy("Take 3 to 20 letters, digits and dashes that nobody else has."),
    "supplier": gettext_lazy("This supplier has no part in the order."),
    "files": gettext_lazy("A file that was to be sent is not kept here any more. Choose it again."),
}


_FILES: dict[str, Promise] = {
    "empty": gettext_lazy("%(name)s is empty. Choose it again."),
    "size": gettext_lazy("%(name)s is too large, or too many were sent. A file has at most %(most)s MB."),
    "kind": gettext_lazy("%(name)s is none of these, or not what its name says: %(endings)s."),
    "picture": gettext_lazy("%(name)s cannot be read as a picture. Open it and save it again."),
    "pixels": gettext_lazy("%(name)s has too many pixels. Save the picture smaller."),
    "document": gettext_lazy("%(name)s holds macros or is damaged. Save it as a PDF."),
    "card": gettext_lazy("%(name)s holds a card number. Take it out first; we never need it."),
    "text": gettext_lazy("%(name)s holds no text that can be read."),
    "long": gettext_lazy("%(name)s is too long for a text file: 2 MB at most. Send the part that matters."),
    "count": gettext_lazy("One post has at most %(most_files)s files."),
}


def told_refusal(error: BadInput | Refused) -> str:
    """The sentence for people; the error's own message is for machines and logs."""
    if isinstance(error, FileRefused):
        known = {"most": settings.SUPPORT_FILE_MEGABYTES, "most_files": settings.SUPPORT_FILES_A_POST}
        return str(_FILES[error.reason]) % {"name": error.given, "endings": accepted_endings(), **known}
    if isinstance(error, BadInput):
        return str(_FIELDS.get(error.field) or _("What was sent cannot be accepted. Nothing was changed."))
    return str(next(_REFUSALS[kind] for kind in type(error).__mro__ if kind in _REFUSALS))
