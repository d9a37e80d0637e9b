"""Files as a handler meets them: uploaded, or fetched with the switch fetch_media on."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import RequestRejected
from .file_check import is_html


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file in a form, under the name and type that its part has; either may be empty."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file and what its host says it is."""

    content: bytes
    content_type: str

    @property
    def page(self) -> bool:
        """Whether it is an HTML page, by its type or its first words."""
        return self.content_type.startswith("text/html") or is_html(self.content)


class Absent(Exception):
    """A handler needs a file that nobody has downloaded yet."""

    def __init__(self, url: str, limit: int) -> None:
        super().__init__(url)
        self.url, self.limit = url, limit


class Files:
    """The files of one call, downloaded before it holds anything."""

    def __init__(self) -> None:
        self._files: dict[str, FetchedFile | RequestRejected] = {}

    def get(self, url: str, limit: int) -> FetchedFile:
        """The file; Absent when it is still to be downloaded, RequestRejected when it cannot be."""
        if url not in self._files:
            raise Absent(url, limit)
        file = self._files[url]
        if isinstance(file, RequestRejected):
            raise file
        return file

    def put(self, url: str, file: FetchedFile | RequestRejected) -> None:
        """What came of a download."""
        self._files[url] = file
