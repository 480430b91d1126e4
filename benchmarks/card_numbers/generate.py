"""Messages drawn by a seed: numbers that pass as cards in the ways people write them, and look-alikes.

Nothing here is read from the scrubber. Numbers are drawn anew each time and kept nowhere.
"""

import hashlib
import html
import random
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# brand, what its numbers start with, how long they are
ISSUERS = (
    ("Visa", ("4",), 16),
    ("Visa", ("4",), 16),
    ("Mastercard", ("51", "52", "53", "54", "55", "2221", "2345", "2719"), 16),
    ("American Express", ("34", "37"), 15),
    ("Discover", ("6011", "644", "659"), 16),
    ("Diners Club", ("36", "38", "300", "305"), 14),
    ("JCB", ("3528", "3566", "3589"), 16),
    ("UnionPay", ("6217", "6228", "6222"), 16),
    ("UnionPay", ("6217", "6228", "6222"), 19),
    ("Maestro", ("6759", "6304", "5018"), 16),
)
_BEFORE = (
    "",
    "",
    "My card is ",
    "card: ",
    "请退到卡 ",
    "Meu cartão ",
    "Karte: ",
    "Refund it to\n",
    "O-20418, paid by ",
)
_AFTER = ("", "", " please", ".", ", thanks", " 谢谢", " ok?", "\nAnn", "\nthe lamp is broken")


@dataclass(frozen=True, slots=True)
class Message:
    """A text of some kind, the card numbers in it, and what of it must stay."""

    kind: str
    text: str
    cards: tuple[tuple[str, str], ...] = ()
    keep: tuple[str, ...] = ()


def messages(seed: int = 20260312, count: int = 50_000) -> Iterator[Message]:
    """`count` messages, half of them with a card number, every style and look-alike in turn."""
    draw = random.Random(seed)
    styles, alikes = list(STYLES.items()), list(ALIKES.items())
    for number in range(count // 2):
        yield _with_card(draw, *styles[number % len(styles)])
        yield _look_alike(draw, *alikes[number % len(alikes)])


def luhn_digit(body: str) -> str:
    """The digit that makes `body` pass Luhn's check."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def _with_card(draw: random.Random, kind: str, write: Callable[[random.Random, str], str]) -> Message:
    brand, starts, length = draw.choice(ISSUERS)
    start = draw.choice(starts)
    body = start + _digits(draw, length - 1 - len(start))
    number = body + luhn_digit(body)
    text = draw.choice(_BEFORE) + write(draw, number) + draw.choice(_AFTER)
    keep = ("O-20418",) if "O-20418" in text else ()
    return Message(kind, text, ((brand, number),), keep)


def _look_alike(draw: random.Random, kind: str, write: Callable[[random.Random], str]) -> Message:
    words = {"order": "order ", "tracking": "tracking ", "phone": "call ", "id": "ref "}
    before = draw.choice(("", "", words.get(kind.split(" ", maxsplit=1)[0], "see "), "请看 ", "Nr. "))
    return Message(kind, before + write(draw) + draw.choice(_AFTER))


def _digits(draw: random.Random, count: int) -> str:
    return "".join(draw.choices("0123456789", k=count))


def groups_of(number: str) -> list[str]:
    """The groups as they are embossed."""
    if len(number) == 15:
        return [number[:4], number[4:10], number[10:]]
    if len(number) == 14:
        return [number[:4], number[4:10], number[10:]]
    return _cut(number, 4)


def _cut(number: str, size: int) -> list[str]:
    return [number[at : at + size] for at in range(0, len(number), size)]


def _joined(between: str) -> Callable[[random.Random, str], str]:
    return lambda _draw, number: between.join(groups_of(number))


def _halves(words: str) -> Callable[[random.Random, str], str]:
    return lambda _draw, number: words.format(" ".join(_cut(number[:8], 4)), " ".join(_cut(number[8:], 4)))


def _shifted(zero: int) -> Callable[[random.Random, str], str]:
    def write(draw: random.Random, number: str) -> str:
        between = draw.choice(("", " ", "-"))
        return between.join(groups_of(number)).translate({48 + i: zero + i for i in range(10)})

    return write


def _mixed(draw: random.Random, number: str) -> str:
    first, *rest = groups_of(number)
    return first + "".join(draw.choice((" ", "-", " - ", ".", " / ", "\n", "\u00a0", "–")) + g for g in rest)


def _letters(draw: random.Random, number: str) -> str:
    """O for 0 and l for 1, in at most a third of the digits."""
    places = [at for at, digit in enumerate(number) if digit in "01" and at]
    chosen = set(draw.sample(places, min(len(places), 5)))
    spelt = "".join(
        ("Oo"[at % 2] if d == "0" else "lI"[at % 2]) if at in chosen else d for at, d in enumerate(number)
    )
    return draw.choice(("", " ")).join(groups_of(spelt))


def _expiry(draw: random.Random) -> str:
    return f"{draw.randint(1, 12):02}/{draw.randint(27, 34)}"


STYLES: dict[str, Callable[[random.Random, str], str]] = {
    "plain": lambda _draw, number: number,
    "spaces": _joined(" "),
    "dashes": _joined("-"),
    "dots": _joined("."),
    "slashes": _joined("/"),
    "underscores": _joined("_"),
    "non-breaking spaces": _joined("\u00a0"),
    "narrow spaces": _joined("\u202f"),
    "full-width spaces": _joined("\u3000"),
    "tabs": _joined("\t"),
    "newlines": _joined("\n"),
    "windows newlines": _joined("\r\n"),
    "quoted lines": _joined("\n> "),
    "en dash": _joined("–"),
    "em dash": _joined(" — "),
    "spaced dashes": _joined(" - "),
    "zero width between groups": _joined("\u200b"),
    "zero width between all": lambda _draw, number: "\u200d".join(number),
    "soft hyphens": _joined("\u00ad"),
    "middle dots": _joined("·"),
    "mixed": _mixed,
    "digits apart": lambda _draw, number: " ".join(number),
    "pairs": lambda _draw, number: " ".join(_cut(number, 2)),
    "eights": lambda _draw, number: " ".join(_cut(number, 8)),
    "six and rest": lambda _draw, number: f"{number[:6]} {number[6:]}",
    "full-width": _shifted(0xFF10),
    "arabic-indic": _shifted(0x0660),
    "persian": _shifted(0x06F0),
    "devanagari": _shifted(0x0966),
    "mathematical": _shifted(0x1D7CE),
    "keycaps": lambda _draw, number: "".join(f"{digit}\ufe0f\u20e3" for digit in number),
    "letters for digits": _letters,
    "entities between": _joined("&nbsp;"),
    "numeric entities between": _joined("&#8211;"),
    "entities all through": lambda _draw, number: "".join(f"&#{ord(digit)};" for digit in number),
    "percent": _joined("%20"),
    "escaped newline": _joined("\\n"),
    "table cells": lambda _draw, number: "".join(f"<td>{group}</td>" for group in groups_of(number)),
    "table rows": lambda _draw, number: "".join(
        f"<tr><td>{group}</td></tr>\n" for group in groups_of(number)
    ),
    "markdown table": lambda _draw, number: "| " + " | ".join(groups_of(number)) + " |",
    "halves with words": _halves("first {} and then {}"),
    "halves in Chinese": _halves("前八位{}，后面是{}"),
    "halves over lines": _halves("{}\nsecond part: {}"),
    "card then expiry and code": lambda draw, number: f"{number} {_expiry(draw)} {_digits(draw, 3)}",
    "groups then expiry and code": lambda draw, n: (
        f"{' '.join(groups_of(n))} {_expiry(draw)} cvc {_digits(draw, 3)}"
    ),
    "after a word": lambda draw, number: (
        draw.choice(("visa", "card", "卡号", "Nr.", "no", "#", "cc:")) + number
    ),
    "in json": lambda draw, number: f'{{"number": "{number}", "cvc": "{_digits(draw, 3)}"}}',
    "in an address": lambda _draw, number: f"https://shop.example/pay?card={number}&ok=1",
    "after an order number": lambda draw, number: f"{draw.randint(10**9, 10**10)} {number}",
    "after a phone": lambda _draw, number: f"+44 20 7946 0958 {' '.join(groups_of(number))}",
    "on a stripe": lambda _draw, number: f";{number}=27121010000000000?",
    "two of them": lambda _draw, number: f"old 4242 4242 4242 4242 new {' '.join(groups_of(number))}",
}


def _iban(draw: random.Random) -> str:
    country, form = draw.choice(
        (("DE", 18), ("AT", 16), ("ES", 20), ("PT", 21), ("IT", 0), ("GB", -1), ("PL", 24))
    )
    if form > 0:
        body = _digits(draw, form)
    else:
        body = ("X" + _digits(draw, 22)) if form == 0 else ("WEST" + _digits(draw, 14))
    as_digits = "".join(str(int(char, 36)) for char in body + country + "00")
    code = f"{country}{98 - int(as_digits) % 97:02}{body}"
    return draw.choice(("", " ")).join(_cut(code, 4))


def _ean13(draw: random.Random) -> str:
    body = draw.choice(("40", "69", "50", "36", "54", "37")) + _digits(draw, 10)
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return body + str(-total % 10)


def _imei(draw: random.Random) -> str:
    body = "35" + _digits(draw, 12)
    return body + luhn_digit(body)


def _moment(draw: random.Random) -> datetime:
    return datetime(2025, 1, 1, tzinfo=UTC) + timedelta(milliseconds=draw.randrange(10**11))


def _citizen(draw: random.Random) -> str:
    region = draw.choice(("110101", "440305", "510104", "370202", "620102", "340104"))
    born = f"{draw.randint(1950, 2010)}{draw.randint(1, 12):02}{draw.randint(1, 28):02}"
    body = f"{region}{born}{_digits(draw, 3)}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def _reference(draw: random.Random) -> str:
    letters = "".join(draw.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=10))
    return f"{draw.choice('RFOT')}{letters[:5]}-{letters[5:]}"


def _usps(draw: random.Random) -> str:
    return draw.choice(("", " ")).join(_cut("94" + _digits(draw, 20), 4))


def _list_of(write: Callable[[random.Random], str], between: str) -> Callable[[random.Random], str]:
    return lambda draw: between.join(write(draw) for _ in range(draw.randint(4, 9)))


def _nonzero(draw: random.Random, count: int) -> str:
    return draw.choice("123456789") + _digits(draw, count - 1)


ALIKES: dict[str, Callable[[random.Random], str]] = {
    **{f"order of {n} digits": (lambda draw, n=n: _nonzero(draw, n)) for n in range(12, 20)},  # type: ignore[misc]
    "order by date": lambda draw: f"{_moment(draw):%Y%m%d}{_digits(draw, draw.choice((4, 6, 8, 10)))}",
    "order with letters": lambda draw: f"O-{_digits(draw, 5)} {_reference(draw)}",
    "order 3-7-7": lambda draw: f"{_nonzero(draw, 3)}-{_digits(draw, 7)}-{_digits(draw, 7)}",
    "tracking UPS": lambda draw: f"1Z{_digits(draw, 3)}{draw.choice('AFWX')}{_digits(draw, 12)}",
    "tracking FedEx 12": lambda draw: _nonzero(draw, 12),
    "tracking FedEx 15": lambda draw: _nonzero(draw, 15),
    "tracking USPS": _usps,
    "tracking DHL 10": lambda draw: _nonzero(draw, 10),
    "tracking DHL 20": lambda draw: draw.choice(("", " ")).join(_cut("0034043" + _digits(draw, 13), 4)),
    "tracking DHL JJD": lambda draw: f"JJD{_digits(draw, 18)}",
    "tracking S10": lambda draw: f"{draw.choice(('RR', 'LX', 'EA', 'CP'))}{_digits(draw, 9)}CN",
    "tracking YunExpress": lambda draw: f"YT{_digits(draw, 16)}",
    "tracking SF": lambda draw: f"SF{_digits(draw, 13)}",
    "tracking Cainiao": lambda draw: f"LP00{_digits(draw, 12)}",
    "phone": lambda draw: (
        f"+{draw.choice((1, 44, 49, 55, 86, 351))} {_nonzero(draw, 3)} {_digits(draw, 4)} {_digits(draw, 4)}"
    ),
    "phone 00": lambda draw: f"00{draw.choice((44, 49, 55, 86))}{_nonzero(draw, 10)}",
    "phone two": lambda draw: (
        f"+1 {_nonzero(draw, 3)} {_digits(draw, 7)}, +1 {_nonzero(draw, 3)} {_digits(draw, 7)}"
    ),
    "id IBAN": _iban,
    "id EAN": _ean13,
    "id IMEI": _imei,
    "id UUID": lambda draw: str(uuid.UUID(int=draw.getrandbits(128), version=4)),
    "id hash": lambda draw: hashlib.sha256(draw.randbytes(8)).hexdigest(),
    "id key": lambda draw: "k" + "".join(draw.choices("0123456789abcdefghjkmnpqrstvwxyz", k=26)),
    "id reference": _reference,
    "id citizen": _citizen,
    "id CNPJ": lambda draw: (
        f"{_digits(draw, 2)}.{_digits(draw, 3)}.{_digits(draw, 3)}/0001-{_digits(draw, 2)}"
    ),
    "moment": lambda draw: _moment(draw).isoformat(),
    "moment in ms": lambda draw: str(int(_moment(draw).timestamp() * 1000)),
    "moment in us": lambda draw: str(int(_moment(draw).timestamp() * 1_000_000)),
    "moment in ns": lambda draw: f"{int(_moment(draw).timestamp() * 1_000_000)}{_digits(draw, 3)}",
    "moment as digits": lambda draw: f"{_moment(draw):%Y%m%d%H%M%S%f}"[:17],
    "dates": _list_of(lambda draw: f"{_moment(draw):%Y-%m-%d}", ", "),
    "dates by slash": _list_of(lambda draw: f"{_moment(draw):%d/%m/%Y}", " "),
    "prices by comma": _list_of(lambda draw: f"{draw.randint(1, 99)}.{_digits(draw, 2)}", ", "),
    "prices by space": _list_of(lambda draw: f"{draw.randint(1, 99)}.{_digits(draw, 2)}", " "),
    "prices German": _list_of(lambda draw: f"{draw.randint(1, 99)},{_digits(draw, 2)}", " "),
    "prices in thousands": _list_of(lambda draw: f"{draw.randint(1, 9)},{_digits(draw, 3)}.00", " "),
    "codes of four digits": _list_of(lambda draw: _nonzero(draw, 4), ", "),
    "years": _list_of(lambda draw: str(draw.randint(1990, 2030)), " "),
    "small numbers": _list_of(lambda draw: str(draw.randint(1, 60)), " "),
    "sizes": _list_of(lambda draw: f"{draw.randint(20, 400)}x{draw.randint(20, 400)}", " "),
    "addresses of machines": _list_of(
        lambda draw: ".".join(str(draw.randint(0, 255)) for _ in range(4)), " "
    ),
    "last four": lambda draw: f"card ending {_digits(draw, 4)}, exp {_expiry(draw)}",
    "masked": lambda draw: f"{_nonzero(draw, 4)} {_digits(draw, 2)}** **** {_digits(draw, 4)}",
    "escaped prose": lambda draw: html.escape(f'<b>{_reference(draw)}</b> & "{_digits(draw, 6)}"'),
}
