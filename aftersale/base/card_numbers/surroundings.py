"""What stands around digits: a word that says card, or letters that make them a part of something longer."""

import re

_CARD_WORDS = re.compile(
    r"card|visa|master|amex|express|maestro|discover|diners|jcb|union ?pay|hipercard|\belo\b|debit|credit"
    r"|\bpan\b|\bcc\b|\bcv[cv]|kart|kredit|cart[aã]o|tarjeta|carte|卡|银联|信用|カード",
    re.IGNORECASE,
)
_CARD_SYLLABLES = (
    "card visa master amex express maestro discover diners jcb union hiper elo debit credit pan cc cv kart"
    " kredit cart tarjeta 卡 银联 信用 カード"
).split()
_LETTERS_BEFORE = re.compile(r"([0-9]?)([A-Za-z]+)\0*$")
# Letters of a hash, or letters that stand for digits: the number goes on behind them.
_GOES_ON = re.compile(r"[a-fA-FOoIl]{1,2}[0-9]")
# Letters that stand right before a parcel's or an order's digits, even in small letters.
_BEFORE_OTHERS = frozenset(
    "yt lp sf jd jjd gm tba rr rb lx ly ea cp un zto sto yd s f d a b c e k r o t".split()
)
_BEFORE_CARDS = frozenset(
    "VISA MC CC CARD AMEX JCB PAN NO NR NUM NUMBER KARTE CARTAO MASTERCARD MAESTRO B DINERS DISCOVER".split()
)


def says_card(folded: str, start: int, end: int) -> bool:
    """Whether a word near this place speaks of a card."""
    return _CARD_WORDS.search(folded, max(0, start - 48), end + 24) is not None


def may_say_card(folded: str) -> bool:
    """Whether it can be worth while to look for such words at all."""
    small = folded.lower()
    return any(syllable in small for syllable in _CARD_SYLLABLES)


def is_within_another(folded: str, start: int, end: int) -> bool:
    """Whether letters that touch it make it a part of something longer: a parcel's number, a hash."""
    before = _LETTERS_BEFORE.search(folded[max(0, start - 24) : start])
    if before:
        digit, letters = before.groups()
        if digit or (letters not in _BEFORE_CARDS and (letters.isupper() or letters in _BEFORE_OTHERS)):
            return True
    return _GOES_ON.match(folded, end) is not None
