"""Addresses of the forum, of threads, and of their desk."""

from django.urls import path

from aftersale.web import (
    threads,
    threads_desk,
    threads_feed,
    threads_files,
    threads_moves,
    threads_related,
)

urlpatterns = [
    path("threads/", threads.threads, name="threads"),
    path("threads/feed.atom", threads_feed.forum, name="threads_feed"),
    path("threads/<str:reference>/feed.atom", threads_feed.thread, name="thread_feed"),
    path("threads/ask/", threads.ask, name="thread_ask"),
    path("threads/related/", threads_related.related, name="thread_related"),
    path("threads/name/", threads.name, name="forum_name"),
    path("threads/<str:reference>/", threads.thread_page, name="thread"),
    path("threads/<str:reference>/fresh/", threads.fresh, name="thread_fresh"),
    path("threads/<str:reference>/answer/", threads.answer, name="thread_answer"),
    path("threads/<str:reference>/solve/", threads.solve, name="thread_solve"),
    path("threads/<str:reference>/notify/", threads.notify, name="thread_notify"),
    path("threads/<str:reference>/assign/", threads_desk.assign, name="thread_assign"),
    path("threads/<str:reference>/close/", threads_desk.close, name="thread_close"),
    path("threads/<str:reference>/<int:number>/report/", threads.report, name="post_report"),
    path("threads/<str:reference>/<int:number>/<str:step>/", threads_desk.moderate, name="post_moderate"),
    path("threads/<str:reference>/moves/", threads_moves.moves, name="thread_moves"),
    path("threads/<str:reference>/merge/", threads_moves.merge, name="thread_merge"),
    path("threads/<str:reference>/split/", threads_moves.split, name="thread_split"),
    path("threads/<str:reference>/hold/", threads_moves.hold, name="thread_hold"),
    path("threads/<str:reference>/release/", threads_moves.release, name="thread_release"),
    path("threads/<str:reference>/here/", threads_moves.here, name="thread_here"),
    path("desk/thread-moves/<str:reference>/undo/", threads_moves.undo, name="thread_move_undo"),
    path("desk/threads/", threads_desk.threads, name="desk_threads"),
    path("files/<str:reference>/", threads_files.file, name="file"),
    path("files/<str:reference>/small/", threads_files.thumbnail, name="file_small"),
    path("files/<str:reference>/remove/", threads_files.remove, name="file_remove"),
]
