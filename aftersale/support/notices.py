"""Who hears of a new post by mail: who follows the thread and may see it, once in five minutes.

What a mail says is read when it is sent: all posts since, as its reader may see them then.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from aftersale.accounts.models import User
from aftersale.base.card_numbers.telling import removed_told
from aftersale.base.models import Notification, NotificationState
from aftersale.base.ports import Ports
from aftersale.base.services import Fresh, Freshen, post_notification
from aftersale.support.eyes import eyes_for
from aftersale.support.mail.asking_ratings import KIND as RATING_ASKED
from aftersale.support.mail.asking_ratings import asked_anew
from aftersale.support.mail.bouncing import mails_come_back
from aftersale.support.mail.chains import THREAD_MAIL, chain_of
from aftersale.support.mail.reply_tokens import reply_address
from aftersale.support.mail.stopping import readers_by_mail, stop_address
from aftersale.support.markdown import html_of
from aftersale.support.models import TEAM, Post, Thread, Visibility
from aftersale.support.queries import visible_posts
from aftersale.support.titles import title_for

KIND = THREAD_MAIL
_QUIET = timedelta(minutes=5)
_LONGEST_TEXT = 2_000
_MOST_POSTS = 10


def tell_the_followers(post: Post, *, ports: Ports) -> None:
    """Owe each of them a mail about `post`; within the caller's transaction."""
    for person in readers_by_mail(post.thread):
        if person != post.author and visible_posts(person).filter(pk=post.pk).exists():
            _owe(person, post, ports)


def fresh_mails(ports: Ports) -> dict[str, Freshen]:
    """How the mails of threads are read when they are sent."""
    return {KIND: partial(_read_anew, ports=ports), RATING_ASKED: partial(asked_anew, ports=ports)}


def _owe(person: User, post: Post, ports: Ports) -> None:
    now = ports.clock.now()
    earlier = Notification.objects.filter(key__startswith=f"{KIND}:{about(post.thread, person)}:")
    wanted = earlier.filter(state=NotificationState.WANTED)
    # No worker has taken it, and none can while we hold its row: it will tell this post, too.
    waiting = wanted.filter(attempts=0).select_for_update().first()
    if waiting is not None:
        words = waiting.words | {"posts": [*waiting.words["posts"], post.pk]}
        Notification.objects.filter(pk=waiting.pk).update(words=words)
        return
    post_notification(
        ports=ports,
        kind=KIND,
        key=f"{about(post.thread, person)}:{post.number}",
        recipient=person.email,
        language=person.language,
        words={"person": person.pk, "posts": [post.pk]},
        not_before=now + _QUIET if wanted.exists() else _quiet_until(earlier, now),
    )


def told_of(notification: Notification) -> tuple[set[str], Visibility]:
    """Threads that a mail told of, by their references, and for whose eyes an answer to it is."""
    # Erasures once took the posts away.
    told = notification.words.get("posts", [])
    posts = list(Post.objects.filter(pk__in=told).select_related("thread"))
    references = {notification.key.split(":")[1], *(post.thread.reference for post in posts)}
    return references, _ceiling(posts)


def about(thread: Thread, person: User) -> str:
    """What the mails of one thread to one person have in common."""
    return f"{thread.reference}:{person.pk}"


def _quiet_until(earlier: QuerySet[Notification], now: datetime) -> datetime | None:
    last = earlier.filter(sent_at__gt=now - _QUIET).order_by("-sent_at").first()
    return last.sent_at + _QUIET if last is not None and last.sent_at else None


def _read_anew(notification: Notification, *, ports: Ports) -> Fresh | None:
    """What is to be told now; None when its reader wants none of it any more, or may see none of it."""
    person = User.objects.filter(pk=notification.words.get("person")).first()
    posts = _news(person, notification.words["posts"]) if person else []
    if (
        not person
        or not posts
        or mails_come_back(person, ports.clock.now())
        or person.email != notification.recipient
    ):
        return None
    thread = posts[-1].thread
    if not readers_by_mail(thread).filter(pk=person.pk).exists():
        return None
    ceiling = _ceiling(posts)
    may_answer = settings.MAIL_IS_READ and ceiling in eyes_for(thread, person)
    reply_to = ""
    if may_answer:
        reply_to = reply_address(ports=ports, thread=thread, person=person, ceiling=ceiling)
    with translation.override(person.language):
        return Fresh(
            words=_words(person, posts) | {"readers": _who_reads(person, ceiling) if may_answer else ""},
            references=chain_of(notification, thread, person),
            reply_to=reply_to,
            list_unsubscribe=stop_address(ports=ports, thread=thread, person=person),
        )


def _news(person: User, posts: list[int]) -> list[Post]:
    seen = visible_posts(person).filter(pk__in=posts, is_held=False, hidden_at=None)
    return list(seen.exclude(author=person).order_by("posted_at", "pk"))


def _ceiling(posts: list[Post]) -> Visibility:
    """An answer is for no more eyes than what it answers; where these differ, for our staff's alone."""
    eyes = {post.visibility for post in posts}
    return Visibility(eyes.pop()) if len(eyes) == 1 else Visibility.STAFF


def _who_reads(person: User, ceiling: Visibility) -> str:
    """Whom an answer by mail is for, as it is told to who may give it."""
    if ceiling == Visibility.PUBLIC:
        return _("Everybody may read your answer: the thread is public.")
    if person.role not in TEAM:
        return _("Our staff reads your answer.")
    if ceiling == Visibility.PARTICIPANTS:
        return _("The customer reads your answer.")
    if ceiling == Visibility.SUPPLIER:
        return _("The supplier reads your answer; the customer does not.")
    return _("Only our staff reads your answer.")


def _words(person: User, posts: list[Post]) -> dict[str, Any]:
    return {
        "subject": title_for(person, posts[-1].thread),
        "posts": [_told(post) for post in posts[:_MOST_POSTS]],
        "more": max(0, len(posts) - _MOST_POSTS),
        "path": _path(posts[0]),
        "address": settings.MARKETPLACE_MAIL,
    }


def _told(post: Post) -> dict[str, Any]:
    is_long = len(post.body) > _LONGEST_TEXT
    text = post.body[:_LONGEST_TEXT] + ("…" if is_long else "")
    # A link to a page of ours leads nowhere from a mail without the site before it.
    text = removed_told(text).replace("](/", f"]({settings.SITE_ADDRESS}/")
    return {
        "number": post.number,
        "text": text,
        "html": html_of(text),
        "path": _path(post),
    }


def _path(post: Post) -> str:
    return f"/threads/{post.thread.reference}/#post-{post.number}"
