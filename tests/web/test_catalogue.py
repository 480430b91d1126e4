"""Every text of the pages and mails has its Chinese; what is compiled is what is written."""

import re

from django.utils import translation

from aftersale.web import words
from tools.catalogue import MO, as_mo, catalogue, messages, untranslated

_FILL = re.compile(r"%\((\w+)\)[sd]|%%")


def test_no_text_is_without_a_translation():
    known = catalogue()
    missing = sorted({f"{path}: {message}" for path, message in messages() if known.get(message) is None})
    assert not missing, "run python -m tools.catalogue and translate:\n" + "\n".join(missing)
    assert not untranslated(known)


def test_the_compiled_catalogue_is_the_written_one():
    assert MO.read_bytes() == as_mo(catalogue())


def test_a_translation_fills_in_what_its_text_fills_in():
    for message in catalogue():
        if message.id:
            text = message.id[-1] if isinstance(message.id, tuple) else message.id
            told = message.string[-1] if isinstance(message.string, tuple) else message.string
            assert set(_FILL.findall(str(text))) == set(_FILL.findall(str(told))), message.id


def test_the_translation_is_found_at_run_time():
    with translation.override("zh-hans"):
        assert words.party("customer") == "客户"
        assert words.fact_value("days", 3) == "3 天"
