"""Prepared answers: written by our staff, each version kept, and sent through the verb of every answer."""

from collections.abc import Collection, Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from aftersale.accounts.models import User
from aftersale.base.errors import BadInput
from aftersale.base.ports import Ports
from aftersale.base.texts import clean_text
from aftersale.support.eyes import refuse_others
from aftersale.support.macros import ACTIONS, ASSIGN, SOLVE, SORTABLE, check_text, version_of
from aftersale.support.models import LONGEST_BODY, EventKind, Macro, MacroVersion, Post, Thread
from aftersale.support.posting import locked, note_event, own_intent, write
from aftersale.support.services.moderating import assign_thread
from aftersale.support.services.writing import reply, solve_thread


@transaction.atomic
def save_macro(
    *,
    ports: Ports,
    by: User,
    name: str,
    texts: Mapping[str, str],
    actions: Collection[str] = (),
    is_active: bool = True,
    macro: Macro | None = None,
) -> Macro:
    """Write a macro, or its next version where anything it says or does has changed.

    Raises NotForYou, and BadInput for a name that is taken, an unknown variable, action or language.
    """
    refuse_others(by)
    name = clean_text(" ".join(name.split()), field="name", longest=80, accepted="1 to 80 characters")
    said = _said(texts)
    wrong = [each for each in actions if each not in ACTIONS]
    if wrong or sum(each.startswith("kind:") for each in set(actions)) > 1:
        raise BadInput("actions", ", ".join(actions), f"of {', '.join(ACTIONS)}, at most one kind")
    done = [each for each in ACTIONS if each in actions]
    macro = Macro.objects.select_for_update().get(pk=macro.pk) if macro else _new(ports)
    macro.name, macro.is_active = name, is_active
    try:
        with transaction.atomic():
            macro.save()
    except IntegrityError:
        raise BadInput("name", name, "a name that no other macro has") from None
    last = macro.versions.last()
    if last is None or (last.texts, last.actions) != (said, done):
        number = last.number + 1 if last else 1
        MacroVersion.objects.create(
            macro=macro, number=number, texts=said, actions=done, by=by, at=ports.clock.now()
        )
    return macro


@transaction.atomic
def reply_with_macro(
    *, ports: Ports, by: User, macro: Macro, actions: Collection[str], thread: Thread, intent: str, **how: Any
) -> Post:
    """Answer, then do what of the macro's `actions` was chosen: all of it, or nothing at all.

    Raises what `reply` and the verbs of the actions raise, and BadInput for an action that it has not.
    """
    refuse_others(by)
    if known := Post.objects.filter(intent=own_intent(by, intent)).first():
        return known
    offered = version_of(macro).actions
    if wrong := [each for each in actions if each not in offered]:
        raise BadInput("actions", wrong[0], f"of {', '.join(offered) or 'none'}")
    post = reply(ports=ports, by=by, thread=thread, intent=intent, **how)
    for action in offered:
        if action in actions:
            _do(action, ports=ports, by=by, thread=post.thread)
    Macro.objects.filter(pk=macro.pk).update(used=F("used") + 1)
    return post


@transaction.atomic
def sort_thread(*, ports: Ports, by: User, thread: Thread, kind: str) -> Thread:
    """Give a thread another kind. Raises NotForYou, BadInput; a claim stays one."""
    refuse_others(by)
    thread = locked(thread)
    accepted = [each.value for each in SORTABLE] if thread.kind in SORTABLE else [thread.kind]
    if kind not in accepted:
        raise BadInput("kind", kind, f"one of {', '.join(accepted)}")
    if kind != thread.kind:
        write(thread, kind=kind)
        note_event(thread, EventKind.SORTED, ports.clock.now(), by, to=thread.get_kind_display())
    return thread


def _do(action: str, *, ports: Ports, by: User, thread: Thread) -> None:
    if action == SOLVE:
        solve_thread(ports=ports, by=by, thread=thread)
    elif action == ASSIGN:
        assign_thread(ports=ports, by=by, thread=thread, to=by)
    else:
        sort_thread(ports=ports, by=by, thread=thread, kind=action.removeprefix("kind:"))


def _said(texts: Mapping[str, str]) -> dict[str, str]:
    """The texts by language, without the empty ones. Raises BadInput."""
    languages = [code for code, _name in settings.LANGUAGES]
    if unknown := [code for code in texts if code not in languages]:
        raise BadInput("texts", unknown[0], f"texts in {', '.join(languages)}")
    said = {}
    for code, text in texts.items():
        field = f"texts.{code}"
        clean = clean_text(text, field=field, longest=LONGEST_BODY)
        check_text(field, clean)
        if clean:
            said[code] = clean
    if not said:
        raise BadInput("texts", "nothing", "a text in at least one language")
    return said


def _new(ports: Ports) -> Macro:
    return Macro(reference=ports.ids.reference("M"))
