"""Of whoever wrote a card number: which saved card it may be, so that it can be frozen or removed."""

from aftersale.accounts.models import User
from aftersale.payments.models import SavedCard
from aftersale.payments.saved_cards import cards_of
from aftersale.support.models import Post
from aftersale.support.queries import Viewer


def numbers_removed(post: Post) -> list[list[str]]:
    """[brand, last four] of each number taken out of the post, its files and their names."""
    of_files = [pair for file in post.attachments.all() for pair in file.cards_removed]
    return [*post.cards_removed, *of_files]


def cards_written(viewer: Viewer, post: Post) -> list[SavedCard]:
    """The writer's saved cards whose number was taken out; shown to the writer alone."""
    if not isinstance(viewer, User) or post.author_id != viewer.pk:
        return []
    fours = {four for _brand, four in numbers_removed(post)}
    return [card for card in cards_of(viewer) if card.last_four in fours] if fours else []
