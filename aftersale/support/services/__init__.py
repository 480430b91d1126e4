"""The verbs of a thread: opening, answering, keeping track of it, and what our staff does with it."""

from aftersale.support.claims import open_threads_for_claims
from aftersale.support.collisions import look_at_thread
from aftersale.support.services.acting import give_rma
from aftersale.support.services.files import remove_attachment
from aftersale.support.services.holding import hold_thread, release_thread
from aftersale.support.services.incidents import (
    answer_incident,
    close_incident,
    link_threads,
    open_incident,
    unlink_thread,
    work_incidents,
)
from aftersale.support.services.macros import reply_with_macro, save_macro, sort_thread
from aftersale.support.services.merging import merge_threads, undo_move
from aftersale.support.services.moderating import (
    assign_thread,
    close_old_threads,
    close_thread,
    dismiss_reports,
    hide_post,
    release_post,
    unhide_post,
)
from aftersale.support.services.rating import rate_by_link, rate_solution
from aftersale.support.services.reading import (
    draft_of,
    forget_draft,
    mark_read,
    notify_about,
    report_post,
    save_draft,
)
from aftersale.support.services.splitting import split_thread
from aftersale.support.services.waiting import end_wait, note_breaches, wait_for
from aftersale.support.services.writing import About, open_thread, reply, solve_thread

__all__ = [
    "About",
    "answer_incident",
    "assign_thread",
    "close_incident",
    "close_old_threads",
    "close_thread",
    "dismiss_reports",
    "draft_of",
    "end_wait",
    "forget_draft",
    "give_rma",
    "hide_post",
    "hold_thread",
    "link_threads",
    "look_at_thread",
    "mark_read",
    "merge_threads",
    "note_breaches",
    "notify_about",
    "open_incident",
    "open_thread",
    "open_threads_for_claims",
    "rate_by_link",
    "rate_solution",
    "release_post",
    "release_thread",
    "remove_attachment",
    "reply",
    "reply_with_macro",
    "report_post",
    "save_draft",
    "save_macro",
    "solve_thread",
    "sort_thread",
    "split_thread",
    "undo_move",
    "unhide_post",
    "unlink_thread",
    "wait_for",
    "work_incidents",
]
