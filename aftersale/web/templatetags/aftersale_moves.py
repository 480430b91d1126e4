"""What pages of threads ask about moves."""

from django import template

from aftersale.support.queries import move_to_undo
from aftersale.web.threads_moves import MoveShown
from aftersale.web.threads_shown import ThreadShown

register = template.Library()


@register.simple_tag
def last_move(shown: ThreadShown) -> MoveShown | None:
    """The thread's last move, for our staff, while it can be taken back."""
    move = move_to_undo(shown.thread) if shown.is_team else None
    return MoveShown(move, shown.thread) if move else None
