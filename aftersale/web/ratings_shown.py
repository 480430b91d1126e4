"""What stands beside a solution: the question for its opener, what was said for our staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aftersale.accounts.models import User
from aftersale.support.models import Content, Rating, Thread
from aftersale.support.queries import Viewer, is_team
from aftersale.support.ratings import can_be_rated, rating_of, ratings_for


@dataclass(frozen=True)
class RatingShown:
    """One thread's solutions for one viewer's eyes."""

    thread: Thread
    viewer: Viewer
    now: datetime

    @property
    def is_asked(self) -> bool:
        is_own = self.thread.opener_id == getattr(self.viewer, "pk", None)
        return is_own and can_be_rated(self.thread, self.now)

    @property
    def given(self) -> Rating | None:
        return rating_of(self.thread)

    @property
    def choices(self) -> list[dict[str, Any]]:
        return rating_choices()

    @property
    def told(self) -> Iterable[Rating]:
        """All that was said of this thread's solutions, for our staff."""
        if not isinstance(self.viewer, User) or not is_team(self.viewer):
            return []
        return ratings_for(self.viewer, self.thread)


def rating_choices() -> list[dict[str, Any]]:
    return [{"value": each.value, "label": str(each.label).capitalize()} for each in Content]
