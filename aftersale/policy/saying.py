"""Says a change of facts to people, in the words of the document and of its translations."""

import re
from typing import NamedTuple

from .change import Change
from .facts import Value, word
from .powers import spoken
from .translate import Telling


class Glue(NamedTuple):
    """What a language puts between the parts of a change, before its end, and for a fact without words."""

    between: str
    before_the_end: str
    before_a_meaning: str
    plain: str
    values: dict[Value, str]


_GLUE = {
    "en": Glue(", ", " and ", ": ", "{meaning}: {to} instead of {was}", {}),
    "zh-hans": Glue("，", "，", "：", "{meaning}：由 {was} 改为 {to}", {True: "是", False: "否", None: "空"}),
}
_OTHER = Glue("; ", ": ", ": ", "{meaning}: {was} → {to}", {})


def told(change: Change, telling: Telling, language: str) -> str:
    """A change in one sentence without its capital letter and full stop."""
    glue = _GLUE.get(language, _OTHER)
    parts = []
    for name, value in change.facts.items():
        words = telling.powers.get(name)
        if words:
            parts.append(spoken(words, change.was[name], value))
        else:
            was, to = (said(one, language) for one in (change.was[name], value))
            parts.append(glue.plain.format(meaning=telling.facts[name], was=was, to=to))
    if after := telling.afterwards.get(change.outcome):
        return glue.between.join(parts) + glue.before_the_end + after
    return glue.between.join(parts) + glue.before_a_meaning + telling.outcomes[change.outcome][0]


def said(value: Value, language: str) -> str:
    """A value in words."""
    is_plain = value is None or isinstance(value, bool)
    return _GLUE.get(language, _OTHER).values.get(value, word(value)) if is_plain else word(value)


def in_short(meaning: str) -> str:
    """What a fact means, without what follows in brackets or after a semicolon."""
    return re.split(r"\s*[;；(（]", meaning, maxsplit=1)[0] or meaning
