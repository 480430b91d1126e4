"""Pictures drawn anew: only their pixels are kept, turned the right way up."""

import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from threading import Lock
from typing import Any

from django.conf import settings
from PIL import Image, ImageCms, ImageOps

PICTURES = {"jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif"}
THUMBNAIL_KIND = "image/webp"
# A label's small print can still be read; more than a screen shows is not kept.
_LONGEST_SIDE = 4096
_THUMBNAIL_SIDE = 480
# So that a picture of noise, which is what takes longest, takes a few seconds.
_WRITTEN: dict[str, dict[str, Any]] = {
    "jpeg": {"quality": 88, "optimize": True},
    "webp": {"quality": 82, "method": 0},
    "png": {"compress_level": 3},
}
# Not those whose numbers are of a palette.
_SHRINK_WELL = ("L", "LA", "RGB", "RGBA", "CMYK")
# What Pillow raises on bytes that are no whole picture.
_BROKEN = (
    OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError,
    EOFError, MemoryError, RuntimeError, NotImplementedError, struct.error, zlib.error,
)  # fmt: skip
# One picture at a time in a process: a large one takes some hundred megabytes while it is drawn.
_DRAWING = Lock()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept."""

    kind: str
    content: bytes
    width: int
    height: int
    thumbnail: bytes


class PictureRefused(Exception):
    """It cannot be drawn; `accepted` says what could."""

    def __init__(self, reason: str, accepted: str) -> None:
        self.reason, self.accepted = reason, accepted
        super().__init__(accepted)


def drawn_anew(content: bytes) -> Picture:
    """The first frame of a picture, in at most 4096 pixels a side. Raises PictureRefused."""
    with _DRAWING:
        try:
            return _drawn(content)
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise _too_many_pixels() from None
        except _BROKEN:
            raise PictureRefused("picture", "a picture that is whole") from None


def _drawn(content: bytes) -> Picture:
    with Image.open(BytesIO(content), formats=("JPEG", "PNG", "WEBP", "GIF")) as opened:
        pixels = opened.width * opened.height
        if pixels > settings.SUPPORT_PICTURE_MEGAPIXELS * 1_000_000:
            raise _too_many_pixels()
        kind = {"MPO": "jpeg", "GIF": "png"}.get(opened.format or "", (opened.format or "").lower())
        # A JPEG is read at a fraction of its size where that is enough.
        opened.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
        opened.load()
        # Made small before anything else, for each step holds all of it once more.
        if opened.mode in _SHRINK_WELL:
            opened.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
        picture = _plain(_upright(opened))
    picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    kind, kept = _kept(picture, kind)
    small = picture.copy()
    small.thumbnail((_THUMBNAIL_SIDE, _THUMBNAIL_SIDE))
    return Picture(kind, kept, picture.width, picture.height, _saved(small, "webp"))


def _too_many_pixels() -> PictureRefused:
    accepted = f"a picture of at most {settings.SUPPORT_PICTURE_MEGAPIXELS} megapixels"
    return PictureRefused("pixels", accepted)


def _upright(opened: Image.Image) -> Image.Image:
    """As the camera was held; a camera's note that cannot be read turns nothing."""
    try:
        return ImageOps.exif_transpose(opened)
    except _BROKEN:
        return opened


def _plain(picture: Image.Image) -> Image.Image:
    """Colours and, where there is any, transparency; nothing else that the file told."""
    mode = "RGBA" if picture.has_transparency_data else "RGB"
    plain = _in_usual_colours(picture, mode).convert(mode)
    plain.info = {}
    return plain


def _in_usual_colours(picture: Image.Image, mode: str) -> Image.Image:
    """Colours of a phone's or a printer's own profile as every screen knows them, if it can be read."""
    profile = picture.info.get("icc_profile")
    if not profile:
        return picture
    try:
        known = ImageCms.ImageCmsProfile(BytesIO(profile))
        usual = ImageCms.createProfile("sRGB")
        told = picture.convert(mode) if picture.mode in ("P", "PA") else picture
        done = ImageCms.profileToProfile(told, known, usual, outputMode=mode)
    except (ImageCms.PyCMSError, *_BROKEN):
        return picture
    return done or picture


def _kept(picture: Image.Image, kind: str) -> tuple[str, bytes]:
    if kind == "jpeg" and picture.mode != "RGB":
        kind = "webp"
    saved = _saved(picture, kind)
    if len(saved) > settings.SUPPORT_FILE_MEGABYTES * 1_000_000:
        kind, saved = "webp", _saved(picture, "webp")
    return kind, saved


def _saved(picture: Image.Image, kind: str) -> bytes:
    written = BytesIO()
    picture.save(written, kind.upper(), **_WRITTEN[kind])
    return written.getvalue()
