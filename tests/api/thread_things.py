"""Of the matrix of who may: the rows of threads, and one of Ann's where Mia answered and Li was asked."""

from typing import Any

from aftersale.returns.tests.cast import World
from aftersale.support.publishing import offer_public_answer
from aftersale.support.services import solve_thread
from aftersale.support.tests.cast import ask, say, with_file

EXPECTED: dict[str, tuple[int, ...]] = {
    #                     anon cust other  supp other agent fin  owner
    "list_threads":      (401, 200, 200,   200, 200,  200,  200, 200),
    "get_thread":        (401, 200, 404,   200, 404,  200,  200, 404),
    "list_posts":        (401, 200, 404,   200, 404,  200,  200, 404),
    "get_thread_facts":  (401, 200, 404,   403, 403,  200,  200, 403),
    "find_related_threads": (401, 200, 422, 403, 403, 403,  403, 403),
    "publish_review":    (401, 201, 404,   403, 403,  403,  403, 403),
    "withdraw_review":   (401, 409, 404,   403, 403,  403,  403, 403),
    "open_thread":       (401, 201, 422,   403, 403,  403,  403, 403),
    "write_post":        (401, 201, 404,   201, 404,  201,  201, 403),
    "solve_thread":      (401, 200, 404,   409, 404,  200,  200, 403),
    "rate_solution":     (401, 200, 404,   403, 403,  403,  403, 403),
    "list_ratings":      (401, 200, 404,   403, 403,  200,  200, 403),
    "offer_public_answer":  (401, 403, 403, 403, 403, 200,  200, 403),
    "get_public_answer":    (401, 200, 404, 403, 403, 200,  200, 403),
    "decide_public_answer": (401, 200, 404, 403, 403, 403,  403, 403),
    "notify_about":      (401, 200, 404,   200, 404,  200,  200, 404),
    "mark_read":         (401, 200, 404,   200, 404,  200,  200, 404),
    "get_thread_draft":  (401, 200, 200,   403, 403,  403,  403, 403),
    "keep_thread_draft": (401, 200, 200,   403, 403,  403,  403, 403),
    "get_answer_draft":  (401, 200, 404,   200, 404,  200,  200, 403),
    "keep_answer_draft": (401, 200, 404,   200, 404,  200,  200, 403),
    "add_thread_file":   (401, 201, 201,   403, 403,  403,  403, 403),
    "add_answer_file":   (401, 201, 404,   201, 404,  201,  201, 403),
    "get_file":          (401, 200, 404,   404, 404,  200,  200, 404),
    "drop_file":         (401, 404, 404,   404, 404,  404,  404, 403),
    "remove_file":       (401, 403, 403,   403, 403,  200,  200, 403),
    "get_forum_name":    (401, 200, 200,   403, 403,  403,  403, 403),
    "choose_name":       (401, 200, 200,   403, 403,  403,  403, 403),
    "get_threads_desk":  (401, 403, 403,   403, 403,  200,  200, 403),
    "assign_thread":     (401, 403, 403,   403, 403,  200,  200, 403),
    "wait_for":          (401, 403, 403,   403, 403,  200,  200, 403),
    "end_wait":          (401, 403, 403,   403, 403,  200,  200, 403),
    "get_contact":       (200, 200, 200,   200, 200,  200,  200, 200),
    "close_thread":      (401, 403, 403,   403, 403,  200,  200, 403),
    # What is reported here is Mia's, who does not report herself.
    "report_post":       (401, 201, 404,   404, 404,  409,  201, 403),
    "hide_post":         (401, 403, 403,   403, 403,  200,  200, 403),
    "unhide_post":       (401, 403, 403,   403, 403,  200,  200, 403),
    "release_post":      (401, 403, 403,   403, 403,  200,  200, 403),
    "dismiss_reports":   (401, 403, 403,   403, 403,  200,  200, 403),
}  # fmt: skip

_OFFER = {"subject": "Which bulb fits?", "question": "It flickers.", "solution": "One with E14."}
REQUESTS: dict[str, tuple[str, Any]] = {
    "get_thread": ("{thread}", None),
    "list_posts": ("{thread}", None),
    "get_thread_facts": ("{thread}", None),
    "find_related_threads": ("", {"text": "Which bulb fits the lamp?", "order": "{order}"}),
    "publish_review": ("{review}", {"subject": "A fine lamp", "body": "It is bright."}),
    "withdraw_review": ("{review}", None),
    "open_thread": ("", {"subject": "It hums", "body": "Why?", "order": "{order}"}),
    "write_post": ("{thread}", {"body": "I see."}),
    "solve_thread": ("{thread}", {}),
    "rate_solution": ("{solved}", {"content": "good"}),
    "list_ratings": ("{solved}", None),
    "offer_public_answer": ("{solved}", _OFFER | {"subject": "Which bulb fits the lamp?"}),
    "get_public_answer": ("{solved}", None),
    "decide_public_answer": ("{solved}", {"agreed": True, "version": 1}),
    "notify_about": ("{thread}", {"notify": "muted"}),
    "mark_read": ("{thread}", {}),
    "keep_thread_draft": ("", {"subject": "", "body": "Half a thought"}),
    "get_answer_draft": ("{thread}", None),
    "keep_answer_draft": ("{thread}", {"subject": "", "body": "Half a thought"}),
    "add_thread_file": ("", {"name": "note.txt", "content": "SXQgZmxpY2tlcnMu"}),
    "add_answer_file": ("{thread}", {"name": "note.txt", "content": "SXQgZmxpY2tlcnMu"}),
    "get_file": ("{file}", None),
    "drop_file": ("{file}", None),  # it was sent
    "remove_file": ("{file}", {"reason": "A passport."}),
    "choose_name": ("", {"name": "Lampenfreundin"}),
    "assign_thread": ("{thread}", {"to": "mia@example.com"}),
    "wait_for": ("{thread}", {"whom": "bank", "until": "2026-06-04T09:00:00Z"}),
    "end_wait": ("{thread}", None),
    "close_thread": ("{thread}", None),
    "report_post": ("{thread}", {"reason": "It is rude."}),
    "hide_post": ("{thread}", {"reason": "It is rude."}),
    "unhide_post": ("{thread}", None),
    "release_post": ("{thread}", None),
    "dismiss_reports": ("{thread}", None),
}


def thread_things(world: World) -> dict[str, Any]:
    """The second post is Mia's, for Ann; the third is for Li."""
    thread = ask(world)
    say(world, world.mia, thread, "We look into it.")
    say(world, world.mia, thread, "Do you issue a number?", "supplier")
    note = with_file(world, thread.posts.get(number=1))
    review, solved = ask(world, kind="review"), ask(world)
    solve_thread(ports=world.ports, by=world.mia, thread=solved)
    offer_public_answer(ports=world.ports, by=world.mia, thread=solved, **_OFFER)
    named: dict[str, Any] = {"thread": thread, "file": note, "review": review, "solved": solved}
    return {name: thing.reference for name, thing in named.items()}
