"""What a mail of a thread follows, so that it stands with the earlier ones in its reader's mail program."""

import re

from aftersale.accounts.models import User
from aftersale.base.models import Notification
from aftersale.support.models import IncomingMail, Thread

THREAD_MAIL = "thread-answered"
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,250}>")
# The first, which opened the conversation, and the last ones: more only makes the header longer.
_LAST = 9


def chain_of(notification: Notification, thread: Thread, person: User) -> tuple[str, ...]:
    """The Message-IDs of what went between this person and us about this thread, the oldest first.

    Nobody's mail but their own, and ours to them, is named: a Message-ID tells of its mail.
    """
    about = notification.key.partition(":")[2].rpartition(":")[0]
    ours = Notification.objects.filter(
        key__startswith=f"{THREAD_MAIL}:{about}:",
        recipient=person.email,
        sent_at__isnull=False,
    ).exclude(pk=notification.pk)
    theirs = IncomingMail.objects.filter(from_address=person.email.lower())
    written = theirs.filter(post__thread=thread) | theirs.filter(conversation__thread=thread)
    dated = [
        *ours.values_list("sent_at", "message_id"),
        *written.distinct().values_list("received_at", "message_id"),
    ]
    named = dict.fromkeys(name for _at, name in sorted(dated) if _MESSAGE_ID.fullmatch(name))
    chain = tuple(named)
    return chain if len(chain) <= _LAST + 1 else (chain[0], *chain[-_LAST:])
