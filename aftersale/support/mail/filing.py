"""What becomes of a mail that was read: each way is one change of its row."""

from typing import Any

from django.conf import settings

from aftersale.accounts.models import User
from aftersale.base.errors import AftersaleError, BadInput
from aftersale.base.moving import change_state
from aftersale.base.ports import Ports
from aftersale.support.attachments import give_to_post
from aftersale.support.mail.quoting import split_quoted
from aftersale.support.models import (
    LONGEST_BODY,
    IncomingMail,
    MailConversation,
    MailState,
    Post,
    Reason,
    Thread,
)
from aftersale.support.posting import take_turn, write_post

_WAYS: dict[str, tuple[str, ...]] = {
    MailState.STORED: (MailState.POSTED, MailState.CONVERSATION, MailState.HELD, MailState.NOTED),
    MailState.HELD: (MailState.POSTED, MailState.CONVERSATION, MailState.DROPPED),
    # One that waits in the slow lane becomes a post when its sender opens the thread.
    MailState.CONVERSATION: (MailState.POSTED,),
}


def hold(mail: IncomingMail, reason: Reason, error: AftersaleError | None = None) -> None:
    """Our staff is to look at it."""
    _file(mail, MailState.HELD, reason=reason, refusal=_told(error)[:200] if error else "")


def note(mail: IncomingMail, reason: Reason) -> None:
    """It is kept, and changes nothing."""
    _file(mail, MailState.NOTED, reason=reason)


def file_as_post(mail: IncomingMail, post: Post) -> None:
    """It became this post, with its files."""
    give_to_post(mail=mail, post=post)
    if mail.cards_removed:
        # They were taken out before the post was written; whoever reads it is told all the same.
        post.cards_removed = mail.cards_removed
        post.save(update_fields=["cards_removed"])
    _file(mail, MailState.POSTED, post=post, thread=post.thread)


def write_as_posts(
    *, ports: Ports, thread: Thread, author: User, text: str, visibility: str, name: str, **how: Any
) -> Post:
    """A text of any length as one post after another, each named for what it was; the first of them."""
    posts = [
        write_post(
            ports=ports,
            thread=thread,
            author=author,
            body=piece,
            visibility=visibility,
            intent=f"{name}:{number}",
            **how,
        )
        for number, piece in enumerate(_in_pieces(text), 1)
    ]
    for post in posts:
        take_turn(post)
    return posts[0]


def file_in(mail: IncomingMail, conversation: MailConversation) -> None:
    """It waits in the slow lane."""
    _file(mail, MailState.CONVERSATION, conversation=conversation)


def drop(mail: IncomingMail) -> None:
    _file(mail, MailState.DROPPED)


def fresh_words(mail: IncomingMail) -> str:
    """What the sender wrote anew, without what they answer; all of it where nothing else is there."""
    own = {settings.MARKETPLACE_MAIL, mail.recipient}
    fresh = split_quoted(mail.text, own, settings.MARKETPLACE_NAME).fresh.strip()
    return fresh or mail.text.strip() or ("📎" if mail.attachments.exists() else "—")


def _in_pieces(text: str, longest: int = LONGEST_BODY) -> list[str]:
    """A text as posts can hold it, cut between two lines where there are some."""
    pieces = []
    while len(text) > longest:
        end = text.rfind("\n", longest // 2, longest)
        end = end if end > 0 else longest
        pieces.append(text[:end].strip())
        text = text[end:].strip()
    return [*(piece for piece in pieces if piece), *([text] if text or not pieces else [])]


def _file(mail: IncomingMail, state: MailState, **written: Any) -> None:
    written.setdefault("thread", mail.thread)
    is_changed = change_state(mail, state, _WAYS, **written)
    assert is_changed, f"mail {mail.pk} was locked, and is filed once"


def _told(error: AftersaleError) -> str:
    # A message that quotes what was written would keep it a second time.
    return f"{error.field}: {error.accepted}" if isinstance(error, BadInput) else str(error)
