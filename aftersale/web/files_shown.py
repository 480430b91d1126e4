"""A file, as a page shows it."""

from dataclasses import dataclass

from aftersale.support.models import Attachment
from aftersale.support.queries import Viewer, is_team

# What a post gives a picture, in pixels of the page.
_WIDEST, _HIGHEST = 240, 180


@dataclass(frozen=True)
class FileShown:
    """One file: a picture in a frame of a known size, another as a row with its name."""

    file: Attachment
    viewer: Viewer

    @property
    def width(self) -> int:
        return self._side(self.file.width or 1)

    @property
    def height(self) -> int:
        return self._side(self.file.height or 1)

    @property
    def ending(self) -> str:
        return self.file.name.rpartition(".")[2].upper()[:5]

    @property
    def is_team(self) -> bool:
        return is_team(self.viewer)

    @property
    def can_be_removed(self) -> bool:
        return self.is_team and self.file.removed_at is None

    def _side(self, pixels: int) -> int:
        wide, high = self.file.width or 1, self.file.height or 1
        return max(1, round(pixels * min(1, _WIDEST / wide, _HIGHEST / high)))
