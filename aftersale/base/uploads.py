"""How files of forms are received: in memory alone, for they may hold what must not be written anywhere yet.

A file that is too large is left out and its name remembered, so that the page can say so and lose nothing
else of the form; a form far beyond all files is not read at all.
"""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

MEGABYTE = 1_000_000
_REMEMBERED = "_files_left_out"


def files_of(request: HttpRequest, field: str) -> "list[UploadedFile[Any]]":
    """The files that came under this name."""
    return [file for file in request.FILES.getlist(field) if isinstance(file, UploadedFile)]


def left_out(request: HttpRequest) -> list[str]:
    """The names of files that were too large, or one too many, to be received."""
    request.FILES  # noqa: B018  # reading it receives them
    return list(getattr(request, _REMEMBERED, []))


class MemoryOnly(FileUploadHandler):
    """Receives into memory, each file and all of them together up to what a post may have."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._file, self._size, self._total = BytesIO(), 0, 0

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: str | None = None
    ) -> None:
        if content_length > 4 * self._most_together:
            raise RequestDataTooBig("the form is far larger than what it takes")

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._file, self._size = BytesIO(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        self._size += len(raw_data)
        if self._size > self._most or self._total + self._size > self._most_together:
            remembered = getattr(self.request, _REMEMBERED, [])
            setattr(self.request, _REMEMBERED, [*remembered, self.file_name or ""])
            self._file = BytesIO()
            raise SkipFile
        self._file.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        self._total += self._size
        self._file.seek(0)
        return InMemoryUploadedFile(
            file=self._file,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    @property
    def _most(self) -> int:
        return settings.SUPPORT_FILE_MEGABYTES * MEGABYTE

    @property
    def _most_together(self) -> int:
        return settings.SUPPORT_FILES_A_POST * self._most
