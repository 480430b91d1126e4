"""The cards that the sandbox's page offers. None has a number: one picks a card instead of typing it."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aftersale.payments.providers import Declined


class Course(StrEnum):
    """What happens when a trial card is charged."""

    PAYS = "pays"
    DECLINES = "declines"
    ASKS_CUSTOMER = "asks_customer"  # the bank's page must be confirmed; without the customer it declines
    ANSWER_LOST = "answer_lost"  # it pays, and nobody hears of it until asked again
    REQUEST_LOST = "request_lost"  # the first request never arrives
    PAYS_LATER = "pays_later"  # taken on; paid an hour later
    DECLINES_LATER = "declines_later"  # taken on; declined an hour later


@dataclass(frozen=True, slots=True)
class TrialCard:
    """A card of the sandbox's bank; the same name is the same physical card, whoever saves it.

    `same_as` names the card that it physically is, entered rightly or renewed; `times` is how many charges
    of one saved card go as `course` says before it pays.
    """

    name: str
    brand: str
    last_four: str
    expiry_month: int
    expiry_year: int
    what: Promise
    course: Course = Course.PAYS
    decline: Declined | None = None
    times: int | None = None
    same_as: str = ""

    @property
    def physical(self) -> str:
        return self.same_as or self.name


def _declines(
    name: str, last_four: str, what: Promise, decline: Declined, *, times: int | None = None, year: int = 2031
) -> TrialCard:
    brand = name.partition("-")[0]
    return TrialCard(name, brand, last_four, 9, year, what, Course.DECLINES, decline, times)


_GOOD = (
    TrialCard("visa-good", "visa", "4242", 8, 2031, _("pays")),
    TrialCard("mastercard-good", "mastercard", "4444", 11, 2030, _("pays")),
    TrialCard("unionpay-good", "unionpay", "0005", 4, 2032, _("pays")),
    TrialCard("amex-good", "amex", "8431", 2, 2029, _("pays")),
    TrialCard("visa-refused", "visa", "0002", 6, 2030, _("is not taken by its bank when it is saved")),
)
_SECRET = (
    _declines("visa-lost", "9987", _("was lost"), Declined("lost_card", network_code="41")),
    _declines("visa-stolen", "9979", _("was stolen"), Declined("stolen_card", network_code="43")),
    _declines("visa-fraud", "0019", _("looks like fraud"), Declined("fraudulent", network_code="59")),
    _declines(
        "visa-closed", "0046", _("its account is closed"), Declined("invalid_account", network_code="46")
    ),
    _declines(
        "mastercard-pickup",
        "5904",
        _("is to be kept by the shop"),
        Declined("pickup_card", "do_not_try_again", "04", "03"),
    ),
)
_REVOKED = (
    _declines(
        "visa-revoked",
        "0106",
        _("its owner took the permission back"),
        Declined("revocation_of_authorization", "do_not_try_again", "R1"),
    ),
    _declines(
        "mastercard-revoked",
        "5921",
        _("its owner took every permission back"),
        Declined("revocation_of_all_authorizations", "do_not_try_again", "R1", "21"),
    ),
)
_FUNDS = (
    _declines(
        "visa-funds", "9995", _("has not enough money"), Declined("insufficient_funds", network_code="51")
    ),
    _declines(
        "mastercard-funds-hour",
        "5924",
        _("has not enough money, and has it an hour later"),
        Declined("insufficient_funds", "try_again_later", "51", "24"),
        times=1,
    ),
    _declines(
        "mastercard-funds-ten-days",
        "5930",
        _("has not enough money for ten days"),
        Declined("insufficient_funds", "try_again_later", "51", "30"),
        times=1,
    ),
    _declines(
        "visa-limit",
        "6975",
        _("is over its limit"),
        Declined("card_velocity_exceeded", "try_again_later", "61"),
    ),
)
_TYPING = (
    _declines(
        "visa-wrong-code",
        "0127",
        _("was given with a wrong security code"),
        Declined("incorrect_cvc", "confirm_card_data", "N7"),
    ),
    TrialCard(
        "visa-right-code",
        "visa",
        "0127",
        9,
        2031,
        _("the one with the wrong security code, given rightly"),
        same_as="visa-wrong-code",
    ),
    _declines("visa-wrong-number", "4241", _("was given with a wrong number"), Declined("incorrect_number")),
    _declines(
        "visa-wrong-postcode",
        "0036",
        _("was given with a wrong postcode"),
        Declined("incorrect_zip", "confirm_card_data"),
    ),
)
_UPDATE = (
    _declines(
        "visa-expired", "0069", _("has expired"), Declined("expired_card", network_code="54"), year=2027
    ),
    TrialCard(
        "visa-renewed",
        "visa",
        "0069",
        9,
        2033,
        _("the expired one, with its new date"),
        same_as="visa-expired",
    ),
    _declines(
        "mastercard-replaced",
        "5901",
        _("was replaced"),
        Declined("new_account_information_available", "confirm_card_data", "54", "01"),
    ),
)
_AUTHENTICATE = (
    TrialCard(
        "visa-confirm",
        "visa",
        "3155",
        9,
        2031,
        _("its bank wants every payment confirmed"),
        Course.ASKS_CUSTOMER,
        Declined("authentication_required", network_code="1A"),
    ),
)
_SILENT = (
    _declines("visa-declined", "0003", _("is declined without a reason"), Declined("generic_decline")),
    _declines("visa-not-honoured", "0005", _("is not honoured"), Declined("do_not_honor", network_code="05")),
    _declines(
        "visa-not-permitted",
        "0057",
        _("may not be used so, ever"),
        Declined("transaction_not_allowed", "do_not_try_again", "57"),
    ),
    _declines(
        "mastercard-not-honoured",
        "5903",
        _("is not honoured, and never will be"),
        Declined("do_not_honor", "do_not_try_again", "05", "03"),
    ),
)
_TECHNICAL = (
    _declines(
        "visa-trouble",
        "0119",
        _("meets technical trouble each time"),
        Declined("processing_error", "try_again_later", "96"),
    ),
    _declines(
        "visa-trouble-once",
        "0118",
        _("meets technical trouble once, and pays then"),
        Declined("processing_error", "try_again_later", "96"),
        times=1,
    ),
    _declines(
        "visa-bank-away",
        "0091",
        _("its bank does not answer its network twice"),
        Declined("issuer_not_available", "try_again_later", "91"),
        times=2,
    ),
)
_UNSUPPORTED = (
    _declines(
        "visa-unsupported", "0040", _("is of a kind that is not taken"), Declined("card_not_supported")
    ),
    _declines(
        "visa-currency", "0041", _("does not pay in this currency"), Declined("currency_not_supported")
    ),
)
_DUPLICATE = (
    _declines(
        "visa-duplicate",
        "0094",
        _("seems to pay twice"),
        Declined("duplicate_transaction", network_code="94"),
    ),
)
_UNKNOWN = (
    TrialCard(
        "visa-answer-lost", "visa", "0504", 9, 2031, _("pays, and the answer is lost"), Course.ANSWER_LOST
    ),
    TrialCard(
        "visa-request-lost",
        "visa",
        "0503",
        9,
        2031,
        _("pays; the first request is lost"),
        Course.REQUEST_LOST,
    ),
    TrialCard("visa-slow", "visa", "0202", 9, 2031, _("pays an hour later"), Course.PAYS_LATER),
    TrialCard(
        "visa-slow-declined",
        "visa",
        "0203",
        9,
        2031,
        _("is declined an hour later"),
        Course.DECLINES_LATER,
        Declined("insufficient_funds", network_code="51"),
    ),
)
# As the page shows them: what they have in common, and the cards.
TRIAL_GROUPS: tuple[tuple[Promise, tuple[TrialCard, ...]], ...] = (
    (_("Cards that pay, and one that its bank does not let be saved"), _GOOD),
    (_("Their bank must be asked to confirm"), _AUTHENTICATE),
    (_("Want of money"), _FUNDS),
    (_("Typed wrongly"), _TYPING),
    (_("Expired or replaced"), _UPDATE),
    (_("The bank gives no reason"), _SILENT),
    (_("The bank never wants to be asked again; the customer is not told"), (*_SECRET, *_REVOKED)),
    (_("Technical trouble, and answers that are late or lost"), (*_TECHNICAL, *_UNKNOWN)),
    (_("Not for this payment"), (*_UNSUPPORTED, *_DUPLICATE)),
)
TRIAL_CARDS = {card.name: card for _title, cards in TRIAL_GROUPS for card in cards}
# The bank says no already on the provider's page.
REFUSED_AT_SET_UP = {"visa-refused": "card_declined"}
