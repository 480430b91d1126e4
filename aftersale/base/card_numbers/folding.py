"""A text in plain digits, spaces and dashes, character for character: every position stays what it was."""

import html
import re
import unicodedata

# Stands for a character that nobody sees, and fills up what became shorter.
NOTHING = "\0"
# Stands for what is known to be no card number: nothing is read across it.
BARRIER = "\1"

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")
# Without digits inside, so that a number in an attribute stays in sight.
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,9}(?:\s[^<>0-9]{0,80})?/?>")
_PERCENT = re.compile(
    r"%(?:20|09|0[AaDd]|2[DdEeFf]|3[AaDdBb]|7[Cc]|[Cc]2%[Aa]0|[Ee]2%80%(?:8[0-9AaBb]|9[0-5]|[Aa][Ff]))"
)
_ESCAPE = re.compile(r"\\(?:[nrt]|u[0-9a-fA-F]{4})")
_DIGIT_NAMES = re.compile(
    r"(?<![A-Za-z0-9])(?:[0-9OoIl]{4,19}|(?=[OoIl]{0,2}[0-9])[0-9OoIl]{2,3})(?![A-Za-z0-9])"
)
_LOOKS = str.maketrans("OoIl", "0011")


class _Folding(dict[int, str | int]):
    """What each character counts as, found out the first time it is met."""

    def __missing__(self, code: int) -> str | int:
        self[code] = folded = _fold_one(chr(code))
        return folded


def fold(text: str) -> str:
    """`text` with its digits in ASCII and separators plain; markup, escapes and the unseen are blank."""
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    if "<" in text:
        text = _TAG.sub(lambda tag: _padded(" ", tag[0]), text)
    if "%" in text:
        text = _PERCENT.sub(lambda coded: _padded(" ", coded[0]), text)
    if "\\" in text:
        text = _ESCAPE.sub(_escape, text)
    return text if text.isascii() else text.translate(_FOLDING)


def with_letters_as_digits(folded: str) -> str:
    """O and l as 0 and 1, in words made of nothing else and digits."""
    return _DIGIT_NAMES.sub(lambda word: word[0].translate(_LOOKS), folded)


def _fold_one(char: str) -> str | int:
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me", "Cc") and char not in "\t\n\r\x85":
        return NOTHING
    if category == "Pd" or char in "−⁃˗":
        return "-"
    if category[0] == "Z" or char == "\x85":
        return " "
    if char in "·•・‧∙⋅●、。":
        return "," if char in "、。" else "."
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 else ord(char)


def _entity(found: re.Match[str]) -> str:
    char = html.unescape(found[0])
    return _padded(char, found[0]) if len(char) == 1 else found[0]


def _escape(found: re.Match[str]) -> str:
    char = chr(int("0x" + found[0][2:], 0)) if found[0][1] == "u" else " "
    return _padded(char, found[0])


def _padded(char: str, instead_of: str) -> str:
    return char + NOTHING * (len(instead_of) - 1)


_FOLDING = _Folding({code: code for code in range(1, 128)})
