"""International bank account numbers: read as people type them, checked by their own checksum (ISO 13616)."""

import re

from aftersale.base.errors import BadInput

_FORM = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
# How long an IBAN of a country is, where many customers are; of others only the checksum is known.
_LENGTHS = {
    "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24,
    "FI": 18, "FR": 27, "GB": 22, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26, "IT": 27, "LI": 21,
    "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25, "RO": 24,
    "SE": 24, "SI": 19, "SK": 24,
}  # fmt: skip
_ACCEPTED = "an IBAN such as DE89 3704 0044 0532 0130 00; look for a mistyped sign"


def read_iban(given: str) -> str:
    """The IBAN without spaces, in capitals. Raises BadInput, which does not repeat it."""
    text = "".join(given.split()).upper()
    if not _FORM.fullmatch(text) or len(text) != _LENGTHS.get(text[:2], len(text)) or not _adds_up(text):
        raise BadInput("iban", "…", _ACCEPTED)
    return text


def shown_iban(iban: str) -> str:
    """Enough to know one's own by: the country and the last four signs."""
    return f"{iban[:2]} •••• {iban[-4:]}"


def _adds_up(iban: str) -> bool:
    digits = "".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])
    return int(digits) % 97 == 1
