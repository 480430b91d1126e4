"""What stands in a macro's braces, and what may follow it: a list of names, and no language of its own."""

import re
from collections.abc import Collection, Mapping

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format

from aftersale.base.errors import BadInput, NotYours
from aftersale.support.markdown import as_text
from aftersale.support.models import Kind, Macro, MacroVersion, Thread

VARIABLES = ("name", "order", "reference", "marketplace", "due")
# What follows the answer, each through its own verb. Kinds that a thread is given by hand.
SOLVE, ASSIGN = "solve", "assign"
SORTABLE = tuple(kind for kind in Kind if kind != Kind.CLAIM)
ACTIONS = (SOLVE, ASSIGN, *(f"kind:{kind.value}" for kind in SORTABLE))
_BRACES = re.compile(r"\{([^{}\n]*)\}")


def check_text(field: str, text: str) -> None:
    """Raises BadInput for a name in braces that is none of ours."""
    unknown = [name for name in _BRACES.findall(text) if name not in VARIABLES]
    if unknown:
        accepted = "in braces only " + ", ".join(f"{{{name}}}" for name in VARIABLES)
        raise BadInput(field, f"{{{unknown[0]}}}", accepted)


def macro_called(reference: str) -> Macro:
    """The macro of this name; for our staff. Raises NotYours."""
    found = Macro.objects.filter(reference=reference).first()
    if found is None:
        raise NotYours(f"there is no macro {reference}")
    return found


def version_of(macro: Macro) -> MacroVersion:
    """What the macro says now."""
    found = macro.versions.last()
    assert found is not None, "a macro is made with its first version"
    return found


def text_for(version: MacroVersion, language: str) -> str:
    """The text in a person's language, or in the first of ours that it has."""
    texts: dict[str, str] = version.texts
    ours = (language, *(code for code, _name in settings.LANGUAGES))
    return next(texts[code] for code in ours if texts.get(code))


def filled(version: MacroVersion, thread: Thread) -> str:
    """The text for the thread's opener. Raises BadInput where the thread has not what a name stands for."""
    text, values = text_for(version, thread.opener.language), values_of(thread)
    missing = [name for name in _BRACES.findall(text) if name not in values]
    if missing:
        raise BadInput("insert", version.macro.name, f"a thread with {{{missing[0]}}}")
    return _BRACES.sub(lambda found: values[found[1]], text)


def values_of(thread: Thread) -> dict[str, str]:
    """What each name stands for in this thread, as text and no Markdown; in public a handle is the name."""
    opener = thread.opener
    handle = getattr(opener, "forum_name", None)
    name = (handle.name if handle else "") if thread.is_public else opener.name
    values = {"name": name, "reference": thread.reference, "marketplace": settings.MARKETPLACE_NAME}
    if thread.order is not None:
        values["order"] = thread.order.code
    if thread.due_at is not None:
        with translation.override(opener.language):
            values["due"] = date_format(timezone.localtime(thread.due_at), "DATETIME_FORMAT")
    return {key: as_text(value) for key, value in values.items() if value}


def macros_for(thread: Thread) -> list[Macro]:
    """The active macros that can be filled in this thread, by name."""
    values = values_of(thread)
    rows = Macro.objects.filter(is_active=True).prefetch_related("versions")
    return [row for row in rows if _fits(row, thread, values)]


def _fits(macro: Macro, thread: Thread, values: Mapping[str, str] | Collection[str]) -> bool:
    version = max(macro.versions.all(), key=lambda each: each.number)
    return all(name in values for name in _BRACES.findall(text_for(version, thread.opener.language)))
