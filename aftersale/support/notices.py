"""Who hears of a new post: who follows the thread and may see it, once in five minutes."""

from datetime import timedelta
from typing import Any

from django.utils import translation

from aftersale.accounts.models import User
from aftersale.base.models import Notification, NotificationState
from aftersale.base.ports import Ports
from aftersale.base.services import post_notification
from aftersale.support.models import Notify, Post
from aftersale.support.queries import visible_posts
from aftersale.support.titles import title_for

KIND = "thread-answered"
_QUIET = timedelta(minutes=5)
_EXCERPT = 400


def tell_the_followers(post: Post, *, ports: Ports) -> None:
    """Owe each of them a mail about `post`, unless one about its thread is on its way already."""
    followers = User.objects.filter(reads__thread=post.thread, reads__notify=Notify.FOLLOWS)
    for person in followers.filter(is_active=True, reads_mail=True):
        if person != post.author and visible_posts(person).filter(pk=post.pk).exists():
            _tell(person, post, ports)


def _tell(person: User, post: Post, ports: Ports) -> None:
    about = f"{KIND}:{post.thread.reference}:{person.pk}:"
    earlier = Notification.objects.filter(key__startswith=about)
    if earlier.filter(state=NotificationState.WANTED).exists():
        return
    now = ports.clock.now()
    last = earlier.filter(sent_at__gt=now - _QUIET).order_by("-pk").first()
    post_notification(
        ports=ports,
        kind=KIND,
        key=f"{post.thread.reference}:{person.pk}:{post.number}",
        recipient=person.email,
        language=person.language,
        words=_words(person, post),
        not_before=last.sent_at + _QUIET if last is not None and last.sent_at else None,
    )


def _words(person: User, post: Post) -> dict[str, Any]:
    with translation.override(person.language):
        subject = title_for(person, post.thread)
    return {
        "reference": post.thread.reference,
        "subject": subject,
        "excerpt": post.body[:_EXCERPT] + ("…" if len(post.body) > _EXCERPT else ""),
        "path": f"/threads/{post.thread.reference}/#post-{post.number}",
    }
