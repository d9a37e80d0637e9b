"""JSON bodies read as the gateway reads them, within bounds."""

from __future__ import annotations

import re
from typing import Any

import orjson

JSON_DEPTH = 100


# Lists and objects in one body. Each costs far more memory than its two bytes: eight million of
# them took 450 MB and seconds.
JSON_PARTS = 500_000


# A whole string, or one that never ends: what is in it is no structure.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)


_ALIKE = bytes.maketrans(b"{}", b"[]")


_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class Unreadable(ValueError):
    """Bytes that are no JSON the gateway can read."""


class TooDeep(Unreadable):
    """They nest beyond what the gateway reads."""


class TooManyParts(Unreadable):
    """They hold more lists and objects than anybody sends."""


def parse_json(body: bytes) -> Any:
    """Decode a body; Unreadable when it is not UTF-8, not JSON, or nests beyond 100 levels.

    A byte order mark is dropped, as the gateway's body parser drops it (tsed).
    """
    text = body.removeprefix(b"\xef\xbb\xbf")
    _require_sane(text)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"the body is not JSON: {error}") from None


def _require_sane(text: bytes) -> None:
    """Refuse what nests too deep or has too many parts, before it takes memory."""
    if text.count(b"[") + text.count(b"{") <= JSON_DEPTH:
        return
    brackets = _STRING.sub(b"", text).translate(_ALIKE, _NO_BRACKETS)
    if brackets.count(b"[") > JSON_PARTS:
        raise TooManyParts(f"the body holds more than {JSON_PARTS:,} lists and objects")
    for _ in range(JSON_DEPTH):
        # Each turn takes the innermost level away; what no turn changes is no JSON anyway.
        before, brackets = brackets, brackets.replace(b"[]", b"")
        if len(brackets) in (0, len(before)):
            return
    raise TooDeep(f"the body nests beyond {JSON_DEPTH} levels")
