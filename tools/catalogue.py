"""Write the Chinese catalogue again: collect every text of code and templates, keep what is translated.

`python -m tools.catalogue` updates aftersale/locale/zh_Hans/LC_MESSAGES/django.{po,mo}; no gettext is needed.
"""

import ast
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "aftersale"
PO = SOURCE / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
# For builders of pages alone.
LEFT_OUT = ("gallery.py", "gallery.html")
ONE = ("_", "gettext", "gettext_lazy", "gettext_noop")
MANY = ("ngettext", "ngettext_lazy")
_CALL = re.compile(r"\b(gettext|ngettext)\(((?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|[\s,]|[\w.]+)*)\)")
_TEXT = re.compile(r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"")

type Message = str | tuple[str, str]


def main() -> int:
    old = catalogue()
    new = Catalog(
        locale="zh_Hans",
        header_comment="# The Simplified Chinese of Aftersale.",
        charset="utf-8",
        fuzzy=False,
    )
    for path, message in sorted(set(messages()), key=lambda found: (found[0], str(found[1]))):
        known = old.get(message)
        # What was one text and has become two is to be translated again.
        is_same = known is not None and isinstance(known.string, str) == isinstance(message, str)
        new.add(message, known.string if known and is_same else None, locations=[(path, 0)])
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(as_po(new))
    MO.write_bytes(as_mo(new))
    missing = untranslated(new)
    print(f"{len(new)} texts, {len(missing)} without a translation", *missing, sep="\n    ")
    return 1 if missing else 0


def catalogue() -> Catalog:
    """The catalogue as it is committed."""
    if not PO.exists():
        return Catalog(locale="zh_Hans")
    with PO.open("rb") as file:
        return read_po(file, locale="zh_Hans")


def untranslated(found: Catalog) -> list[str]:
    """The texts without a translation, or with half of one."""
    return [
        str(message.id)
        for message in found
        if message.id and not (all(message.string) if isinstance(message.string, tuple) else message.string)
    ]


def messages() -> Iterator[tuple[str, Message]]:
    """Every text to be translated, with the file it stands in."""
    for path in sorted(SOURCE.rglob("*")):
        if path.name in LEFT_OUT or "tests" in path.parts or "locale" in path.parts:
            continue
        name = str(path.relative_to(ROOT))
        if path.suffix == ".py":
            yield from ((name, message) for message in _of_code(path.read_text(encoding="utf-8")))
        elif path.suffix in (".html", ".txt") and "templates" in path.parts:
            yield from ((name, message) for message in _of_template(path.read_text(encoding="utf-8")))


def as_po(found: Catalog) -> bytes:
    out = BytesIO()
    write_po(out, found, width=110, include_lineno=False)
    # The header's dates and names would make each run, and each person's, another file.
    header = (
        "POT-Creation-Date|PO-Revision-Date|Last-Translator|Report-Msgid-Bugs-To|Generated-By|Language-Team"
    )
    return re.sub(rf'"({header}): [^\n]*\n'.encode(), b"", out.getvalue())


def as_mo(found: Catalog) -> bytes:
    out = BytesIO()
    compiled = read_po(BytesIO(as_po(found)), locale="zh_Hans")
    compiled.creation_date = compiled.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    write_mo(out, compiled)
    return out.getvalue()


def _of_code(text: str) -> Iterator[Message]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
            strings = [value for value in texts if isinstance(value, str)]
            if node.func.id in ONE and len(strings) == 1:
                yield strings[0]
            elif node.func.id in MANY and len(strings) == 2:
                yield (strings[0], strings[1])


def _of_template(text: str) -> Iterator[Message]:
    for call in _CALL.finditer(templatize(text)):
        strings = [ast.literal_eval(found) for found in _TEXT.findall(call[2])]
        yield strings[0] if call[1] == "gettext" else (strings[0], strings[1])


if __name__ == "__main__":
    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    sys.exit(main())
