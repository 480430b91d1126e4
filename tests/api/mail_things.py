"""Of the matrix of who may: the rows of mails, on one that waits and one that is held."""

from typing import Any

from aftersale.returns.tests.cast import World
from aftersale.support.models import MailConversation
from aftersale.support.tests.letters import write_in

EXPECTED: dict[str, tuple[int, ...]] = {
    #                        anon cust other  supp other agent fin  owner
    "get_mail_desk":         (401, 403, 403,   403, 403,  200,  200, 403),
    "list_held_mails":       (401, 403, 403,   403, 403,  200,  200, 403),
    "get_conversation":      (401, 403, 403,   403, 403,  200,  200, 403),
    "answer_conversation":   (401, 403, 403,   403, 403,  201,  201, 403),
    "close_conversation":    (401, 403, 403,   403, 403,  200,  200, 403),
    "release_mail":          (401, 403, 403,   403, 403,  200,  200, 403),
    "drop_mail":             (401, 403, 403,   403, 403,  200,  200, 403),
    # Whoever holds the link that was mailed.
    "open_thread_from_mail": (401, 200, 200,   200, 200,  200,  200, 200),
    "take_next":             (401, 403, 403,   403, 403,  200,  200, 403),
}  # fmt: skip

REQUESTS: dict[str, tuple[str, Any]] = {
    "get_conversation": ("{conversation}", None),
    "answer_conversation": ("{conversation}", {"body": "Press it for ten seconds."}),
    "close_conversation": ("{conversation}", None),
    "release_mail": ("{held_mail}", {"to": "slow_lane"}),
    "drop_mail": ("{held_mail}", None),
    "open_thread_from_mail": ("", {"token": "{mail_token}"}),
}


def mail_things(world: World) -> dict[str, Any]:
    write_in(world)
    conversation = MailConversation.objects.get()
    held = write_in(world, List_Id="<news.shop.example>")
    return {
        "conversation": conversation.reference,
        "held_mail": held.pk,
        "mail_token": conversation.token,
    }
