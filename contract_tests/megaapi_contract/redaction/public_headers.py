"""Headers whose names, and values whose form, say nothing private."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .vocabulary import Vocabulary

PUBLIC_HEADERS = frozenset(
    "accept accept-encoding accept-language access-control-allow-headers "
    "access-control-allow-methods access-control-allow-origin access-control-expose-headers "
    "allow authorization cache-control connection content-encoding content-length content-type "
    "cookie date etag expires host "
    "keep-alive last-modified location pragma retry-after server set-cookie transfer-encoding "
    "user-agent vary via www-authenticate x-mock-exchange x-mock-reason x-mock-token "
    "x-powered-by x-request-id x-schemathesis-testcaseid".split()
)
_FIXED = frozenset({"close", "keep-alive", "chunked", "*", "Accept-Encoding", "Origin"})
_MEDIA_TYPE = re.compile(r"([a-z*]+/[a-z0-9.+*-]+)(; ?charset=utf-8)?", re.IGNORECASE)
_ENCODINGS = re.compile(r"(?:(?:gzip|deflate|br|zstd|identity)(?:, ?|$))+")
_PROGRAM = re.compile(r"(?:schemathesis|axios|megaapi-contract)/\d+\.\d+\.\d+")
_DATE = re.compile(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")


def is_public(value: str, vocabulary: Vocabulary) -> bool:
    """Whether a value of a standard header can be shown as it is."""
    media_type = _MEDIA_TYPE.fullmatch(value)
    if media_type is not None and media_type[1].lower() in vocabulary.values:
        return True
    if value.isascii() and value.isdigit():
        return len(value) <= 6
    if value in vocabulary.values or value in _FIXED:
        return True
    return any(form.fullmatch(value) for form in (_DATE, _ENCODINGS, _PROGRAM))


def split_value(name: str, value: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """The part of a header's value that can be shown as it is, and the rest, which cannot.

    Of a content type only the parameters are private: what a body is says nothing of a person.
    """
    if name in PUBLIC_HEADERS and is_public(value, vocabulary):
        return value, ""
    media_type, semicolon, parameters = value.partition(";")
    if name == "content-type" and semicolon and is_public(media_type.strip(), vocabulary):
        return f"{media_type.strip()}; ", parameters.strip()
    return "", value


def media_type_of(headers: Iterable[tuple[str, str]]) -> str:
    """The content type without its parameters; empty where none is said."""
    values = (value for name, value in headers if name.lower() == "content-type")
    return next(values, "").partition(";")[0].strip().lower()
