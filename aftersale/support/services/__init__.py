"""The verbs of a thread: opening, answering, keeping track of it, and what our staff does with it."""

from aftersale.support.claims import open_threads_for_claims
from aftersale.support.services.moderating import (
    assign_thread,
    close_old_threads,
    close_thread,
    dismiss_reports,
    hide_post,
    release_post,
    unhide_post,
)
from aftersale.support.services.reading import (
    draft_of,
    forget_draft,
    mark_read,
    notify_about,
    report_post,
    save_draft,
)
from aftersale.support.services.writing import About, open_thread, reply, solve_thread

__all__ = [
    "About",
    "assign_thread",
    "close_old_threads",
    "close_thread",
    "dismiss_reports",
    "draft_of",
    "forget_draft",
    "hide_post",
    "mark_read",
    "notify_about",
    "open_thread",
    "open_threads_for_claims",
    "release_post",
    "reply",
    "report_post",
    "save_draft",
    "solve_thread",
    "unhide_post",
]
