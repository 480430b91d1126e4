"""Files with posts and drafts; what they hold goes in base64."""

from base64 import b64encode

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from aftersale.api.fields import PLAIN, Shape
from aftersale.support.models import Attachment, AttachmentBytes

_FILE: JsonDict = {
    "reference": "A7K2M9-XQD41",
    "name": "crack.jpg",
    "kind": "image/jpeg",
    "size": 181244,
    "width": 1600,
    "height": 1200,
    "is_removed": False,
}


class File(Shape):
    """A file as it is kept: a picture drawn anew, a text without card numbers."""

    model_config = ConfigDict(json_schema_extra={"examples": [_FILE]})

    reference: str
    name: str
    kind: str = Field(description="its media type, by what it holds")
    size: int = Field(description="bytes")
    width: int | None = Field(description="pixels, of a picture")
    height: int | None
    is_removed: bool = Field(description="by the staff, for good; then it cannot be read")


class FileHeld(File):
    """A file and what it holds."""

    model_config = ConfigDict(json_schema_extra={"examples": [_FILE | {"content": "/9j/4AAQSkZJRg=="}]})

    content: str = Field(description="base64")


class NewFile(Shape):
    """A file by its name, whose ending says what it is, and what it holds."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "note.txt", "content": "SXQgZmxpY2tlcnMu"}]}
    )

    name: str = Field(pattern=PLAIN, max_length=1000)
    content: str = Field(pattern=PLAIN, description="base64")


class WhyRemoved(Shape):
    """Why a file is removed, in 1 to 500 characters."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "A passport."}]})

    reason: str = Field(pattern=PLAIN)


def told_file(row: Attachment) -> File:
    return File(**_told(row))


def told_held(stored: AttachmentBytes) -> FileHeld:
    return FileHeld(**_told(stored.attachment), content=b64encode(bytes(stored.content)).decode())


def _told(row: Attachment) -> dict[str, object]:
    return {
        "reference": row.reference,
        "name": row.name,
        "kind": row.kind,
        "size": row.size,
        "width": row.width,
        "height": row.height,
        "is_removed": row.removed_at is not None,
    }
