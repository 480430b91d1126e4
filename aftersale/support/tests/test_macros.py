"""Mia prepares an answer, and sends it with what follows from it."""

from html import unescape

import pytest

from aftersale.base.errors import BadInput
from aftersale.support.errors import NotForYou, Overtaken
from aftersale.support.macros import filled, macros_for, version_of
from aftersale.support.markdown import html_of
from aftersale.support.models import Macro, MacroVersion, Post, Thread
from aftersale.support.services import reply_with_macro, save_macro, solve_thread, sort_thread
from aftersale.support.tests.cast import a_claim, ask, ask_in_public, say

TEXT = "Hello {name}, your order {order} is on its way. {marketplace}"


def save(world, by=None, **wanted):
    told = {"name": "On its way", "texts": {"en": TEXT}} | wanted
    return save_macro(ports=world.ports, by=by or world.mia, **told)


def send(world, macro, thread, *actions, intent="send", **how):
    return reply_with_macro(
        ports=world.ports,
        by=world.mia,
        macro=macro,
        actions=actions,
        thread=thread,
        intent=intent,
        body=filled(version_of(macro), thread),
        **how,
    )


def test_names_in_braces_are_filled_in_the_opener_s_language(world):
    macro = save(world, texts={"en": TEXT, "zh-hans": "{name}，订单 {order} 已发出。"})
    thread = ask(world)
    assert filled(version_of(macro), thread).startswith(f"Hello Ann, your order {thread.order.code} is")
    thread.opener.language = "zh-hans"
    assert filled(version_of(macro), thread) == f"Ann，订单 {thread.order.code} 已发出。"


@pytest.mark.parametrize("text", ["{email}", "{}", "{ name }", "{name.password}", "{% now %}{x}"])
def test_what_is_no_name_of_ours_is_refused_when_it_is_saved(world, text):
    with pytest.raises(BadInput, match=r"texts\.en"):
        save(world, texts={"en": text})
    assert not Macro.objects.exists() and not MacroVersion.objects.exists()


def test_it_is_offered_only_where_all_of_it_can_be_filled(world):
    macro = save(world)
    public = ask_in_public(world)
    assert macros_for(ask(world)) == [macro] and macros_for(public) == []
    with pytest.raises(BadInput, match="order"):
        filled(version_of(macro), public)


def test_in_public_ann_is_called_by_her_handle(world):
    macro = save(world, texts={"en": "Hello {name}"})
    thread = ask_in_public(world)
    assert filled(version_of(macro), thread) == f"Hello {thread.opener.forum_name.name}"


@pytest.mark.parametrize(
    "name",
    [
        "Ann **Keller**",
        "[Ann](https://evil.example)",
        "<https://evil.example>",
        "Ann & _Bob_",
        "&lt;Ann&gt;",
        "- Ann",
        "# Ann",
        "1. Ann",
        "230) Ann",
        "> Ann",
        "+ Ann",
        "~~Ann~~",
        "`Ann`",
        "Ann\\",
        "**Ann",
        "Ann-Marie O'Neil",
    ],
)
def test_a_name_stands_in_an_answer_as_it_is_and_marks_nothing(world, name):
    macro, thread = save(world, texts={"en": "{name}, *hello*."}), ask(world)
    thread.opener.name = name
    html = html_of(filled(version_of(macro), thread))
    assert unescape(html) == f"<p>{name}, <em>hello</em>.</p>\n"
    assert "<a" not in html and "<strong" not in html


def test_a_name_is_told_on_one_line(world):
    macro, thread = save(world, texts={"en": "Hello {name}."}), ask(world)
    thread.opener.name = "Ann\n\n# Keller"
    assert html_of(filled(version_of(macro), thread)) == "<p>Hello Ann # Keller.</p>\n"


def test_each_version_is_kept_and_the_same_text_makes_none(world):
    macro = save(world)
    save(world, macro=macro)
    save(world, macro=macro, texts={"en": "Shorter."}, actions=["solve"])
    assert [(row.number, row.texts["en"], row.by) for row in macro.versions.all()] == [
        (1, TEXT, world.mia),
        (2, "Shorter.", world.mia),
    ]


def test_it_answers_and_does_what_was_chosen_of_it(world):
    macro, thread = save(world, actions=["solve", "assign", "kind:tracking"]), ask(world)
    send(world, macro, thread, "solve", "assign", "kind:tracking")
    thread.refresh_from_db()
    assert (thread.state, thread.assignee, thread.kind) == ("solved", world.mia, "tracking")
    assert Macro.objects.get().used == 1


def test_the_same_submit_twice_answers_once_and_counts_once(world):
    macro, thread = save(world, actions=["solve"]), ask(world)
    post = send(world, macro, thread, "solve")
    say(world, world.ann, thread, "No.")
    assert send(world, macro, thread, "solve") == post
    thread.refresh_from_db()
    assert (thread.state, Macro.objects.get().used) == ("open", 1)


def test_a_refusal_of_what_follows_takes_the_answer_back_too(world):
    macro, claim = save(world, texts={"en": "We look."}, actions=["kind:tracking"]), ask(world)
    case = a_claim(world)
    Thread.objects.filter(pk=claim.pk).update(kind="claim", case=case)
    with pytest.raises(BadInput, match="kind"):
        send(world, macro, claim, "kind:tracking")
    assert not Post.objects.filter(author=world.mia).exists() and Macro.objects.get().used == 0


def test_it_is_not_sent_over_a_later_post_and_does_nothing_it_does_not_offer(world):
    macro, thread = save(world), ask(world)
    say(world, world.ann, thread, "And?")
    with pytest.raises(Overtaken):
        send(world, macro, thread, seen=1)
    with pytest.raises(BadInput, match="actions"):
        send(world, macro, thread, "solve")
    assert not Post.objects.filter(author=world.mia).exists()


def test_macros_are_our_staff_s_and_each_has_its_name(world):
    save(world)
    with pytest.raises(NotForYou):
        save(world, by=world.ann, name="Mine")
    with pytest.raises(BadInput, match="name"):
        save(world)
    with pytest.raises(BadInput, match="actions"):
        save(world, name="Other", actions=["refund"])
    with pytest.raises(NotForYou):
        sort_thread(ports=world.ports, by=world.ann, thread=ask(world), kind="tracking")
    assert Macro.objects.count() == 1


def test_a_retired_macro_is_offered_nowhere(world):
    macro = save(world)
    save(world, macro=macro, is_active=False)
    thread = ask(world)
    assert macros_for(thread) == []
    solve_thread(ports=world.ports, by=world.mia, thread=thread)
