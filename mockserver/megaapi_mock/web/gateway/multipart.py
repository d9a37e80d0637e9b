"""Uploads: a form with files in it, as the bodies of some operations are."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import IO

from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import HTTPException
from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

from ...errors import BadRequest, PayloadTooLarge
from ...handlers.files import UploadedFile
from ...spec.operations import UPLOAD

# More than any client sends; a body of nothing but boundaries has many more.
PARTS_MOST = 100
_TEXTS_MOST = 2**20
_AT_ONCE = 2**20


def read_upload(content: bytes, content_type: str) -> Mapping[str, UploadedFile] | None:
    """The files of a form by the names of their parts, of each name the first.

    None for a body of another type. RequestRejected where it is not a whole form, or too much.
    """
    kind, parameters = parse_options_header(content_type)
    if kind.lower() != UPLOAD:
        return None
    boundary = parameters.get("boundary", "")
    if not boundary:
        raise BadRequest(
            f"Content-Type {UPLOAD} names no boundary: let the client library write this header",
            message="Multipart: Boundary not found",
        )
    parser = MultiPartParser(
        stream_factory=_in_memory,
        max_form_memory_size=_TEXTS_MOST,
        max_form_parts=PARTS_MOST,
        buffer_size=_AT_ONCE,
    )
    try:
        _, files = parser.parse(io.BytesIO(content), boundary.encode("ascii"), len(content))
    except HTTPException as error:
        if error.code == PayloadTooLarge.status:
            raise PayloadTooLarge(
                f"the form has more than {PARTS_MOST} parts, or {_TEXTS_MOST} bytes of text"
            ) from None
        raise BadRequest(
            "a part of the form has no Content-Disposition", message="Unexpected end of form"
        ) from None
    except (ValueError, LookupError) as error:
        raise BadRequest(
            f"the body is not a whole form: {error}", message="Unexpected end of form"
        ) from None
    return {str(name): _uploaded_file(file) for name, file in files.items()}


def _uploaded_file(file: FileStorage) -> UploadedFile:
    return UploadedFile(file.filename or "", file.content_type or "", file.stream.read())


def _in_memory(
    total_content_length: int | None,
    content_type: str | None,
    filename: str | None,
    content_length: int | None = None,
) -> IO[bytes]:
    """The body is in memory already, and is bounded: no part of it goes to a disk."""
    return io.BytesIO()
