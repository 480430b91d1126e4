"""What looks like a card number and is known to be something else: it is set aside before looking."""

import re

from aftersale.base.card_numbers.folding import BARRIER

_UUID = r"[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}(?![0-9A-Za-z])"
_HEX = r"[0-9A-Fa-f]{24,128}(?![0-9A-Za-z])"
_UPS = r"1Z(?: ?[0-9A-Z]){16}(?![0-9A-Za-z])"
_IBAN = r"[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]){11,30}"
_MOMENT = r"[12][0-9]{3}-[01][0-9]-[0-3][0-9][T ][0-2][0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,9})?)?"
# A parcel of the United States: 22 digits, with its ZIP code before it or not.
_USPS = r"(?:420 ?[0-9]{5} ?)?9[1-5][0-9]{2}(?: ?[0-9]{4}){4} ?[0-9]{2}(?![0-9])"
_PHONE = r"\+ ?(?:[0-9][ ()\-./]{0,2}){9,13}[0-9](?![0-9]|[ \-.]?[0-9])"
_CITIZEN = r"[1-8][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9A-Za-z])"
_FORMS = re.compile(
    r"(?<![0-9A-Za-z])(?=[0-9A-Za-z+])"
    f"(?:(?P<uuid>{_UUID})|(?P<ups>{_UPS})|(?P<iban>{_IBAN})|(?P<moment>{_MOMENT})|(?P<usps>{_USPS})"
    f"|(?P<phone>{_PHONE})|(?P<citizen>{_CITIZEN})|(?P<hex>{_HEX}))"
)
_LENGTHS = (
    "AD24 AE23 AT20 BE16 BG22 BR29 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GI23 GR27 HR21 HU28 IE22"
    " IL23 IS26 IT27 LI21 LT20 LU20 LV21 MC27 MT31 NL18 NO15 PL28 PT25 RO24 RS22 SA24 SE24 SI19 SK24 SM27"
    " TR26 UA29"
)
_IBAN_LENGTHS = {each[:2]: int(each[2:]) for each in _LENGTHS.split()}
_CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def set_aside(folded: str) -> str:
    """`folded` with barriers where UUIDs, hashes, parcels, accounts, phones and moments stand."""
    return _FORMS.sub(_aside, folded)


def _aside(found: re.Match[str]) -> str:
    text = found[0]
    match found.lastgroup:
        case "iban":
            length = _iban_within(text)
        case "citizen":
            length = len(text) if _is_citizen(text) else 0
        case "hex":
            length = len(text) if _is_hash(text) else 0
        case _:
            length = len(text)
    return BARRIER * length + text[length:]


def _iban_within(text: str) -> int:
    """How many characters of `text` are an account number whose check digits hold; 0 for none."""
    wanted = _IBAN_LENGTHS.get(text[:2], 0)
    places = [at for at, char in enumerate(text) if char != " "]
    if not wanted or len(places) < wanted:
        return 0
    end = places[wanted - 1] + 1
    plain = text[:end].replace(" ", "")
    as_digits = "".join(str(int(char, 36)) for char in plain[4:] + plain[:4])
    return end if int(as_digits) % 97 == 1 else 0


def _is_citizen(text: str) -> bool:
    """Whether it is a Chinese identity number: a day of birth in it, and its check character right."""
    month, day = int(text[10:12]), int(text[12:14])
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _CITIZEN_WEIGHTS, strict=True))
    return 1 <= month <= 12 and 1 <= day <= 31 and "10X98765432"[total % 11] == text[17].upper()


def _is_hash(text: str) -> bool:
    return sum(char.isalpha() for char in text) >= 4 and not re.search(r"[0-9]{16}", text)
