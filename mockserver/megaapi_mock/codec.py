"""JSON and other bodies: read within bounds, written to be kept, and as they are shown."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Any

import orjson

# Deeper JSON is read by nobody: it is refused wherever it comes from.
JSON_DEPTH = 100
# Names and values in one body: a message with a list has a hundred, a large group some thousands.
# Each takes far more memory and time than its bytes: seven million short strings held everybody
# else up for seconds.
JSON_PARTS = 200_000
# What a host may answer, a list of all groups say: nobody else waits for whoever judges it.
ANSWER_PARTS = 5_000_000
_FIRST = 2 * 2**20

_ALIKE = bytes.maketrans(b"{}", b"[]")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
# How much of a body that is not JSON at all its refusal shows.
BEGINNING_SHOWN = 12
_WORD = re.compile(r"[A-Za-z]+")
# What people, and editors of texts, write in place of a double quote.
_ODD_QUOTES = frozenset("'`\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}")

# More of a body is not shown.
BODY_SHOWN = 64 * 2**10


class Unreadable(ValueError):
    """Bytes that are not JSON the gateway can read."""


class TooDeep(Unreadable):
    """They nest beyond what the gateway reads."""


class TooManyParts(Unreadable):
    """They hold more names and values than anybody sends."""


def parse_json(body: bytes, *, parts: int = JSON_PARTS) -> Any:
    """Decode a body; Unreadable when it is not UTF-8, not JSON, or nests beyond 100 levels.

    Also when it holds more than `parts` names and values. A byte order mark is dropped, as the
    gateway's body parser drops it (tsed).
    """
    text = body.removeprefix(b"\xef\xbb\xbf")
    _require_sane(text, parts)
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"the body is not JSON: {_problem(text, error)}") from None


def _problem(text: bytes, error: orjson.JSONDecodeError) -> str:
    """What keeps a body from being JSON, and for what people often do, how it is written."""
    try:
        letters = text.decode("utf-8")
    except UnicodeDecodeError as failure:
        return f"byte {failure.start} of it is {text[failure.start]:#04x}, which is not UTF-8"
    rest = letters[error.pos :]
    if "control character" in error.msg:
        return f"{error}; a line break inside a string is written \\n"
    if rest[:1] in _ODD_QUOTES:
        return f'{error}; a string stands in double quotes, "'
    if letters.startswith("[object "):
        return f"{error}; it is an object turned into text: encode it as JSON"
    if "expected ','" in error.msg:
        return f'{error}; a comma is missing, or a quote inside a string is not written \\"'
    word = _WORD.match(rest)
    if "expected a JSON value" in error.msg and error.pos:
        problem = f"{word[0][:BEGINNING_SHOWN]} is not JSON" if word else "there is no value"
        return f"{error}; {problem}"
    if error.pos == 0 and rest:
        return f"{error}; it begins with {rest[:BEGINNING_SHOWN]!r}"
    return str(error)


def dumps(document: Any) -> bytes:
    """Compact JSON in bytes that may be kept for long, keys in the order given.

    orjson leaves some 4 KiB of buffer behind every result however short (measured: 574 MB
    instead of 154 MB after 100,000 sends); a copy lets it go.
    """
    return bytes(memoryview(orjson.dumps(document)))


def shown_body(body: bytes) -> dict[str, Any]:
    """`body` as JSON where the gateway could read it, else text, else base64.

    Cut at 64 KiB and marked.
    """
    is_cut = len(body) > BODY_SHOWN
    if is_cut:
        text = body[:BODY_SHOWN].decode("utf-8", "replace")
        return {"body": text, "cut": True, "size": len(body)}
    try:
        return {"body": parse_json(body) if body else None}
    except Unreadable:
        pass
    try:
        return {"body": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"body": b64encode(body).decode("ascii"), "encoding": "base64"}


def has_more_parts(text: bytes, most: int) -> bool:
    """Whether JSON holds more than `most` names and values.

    A comma, a colon or an opened bracket comes before each but one. Takes milliseconds for tens of
    megabytes, where parsing takes seconds.
    """
    if len(text) <= most:
        return False
    # What is dense is so from the start.
    return any(
        _parts_in(part) > most and _parts_in(_structure(part, most)) > most
        for part in (text[:_FIRST], text)
    )


def _require_sane(text: bytes, parts: int) -> None:
    """Refuse what nests too deep or has too many parts, before it takes memory."""
    if has_more_parts(text, parts):
        raise TooManyParts(f"the body holds more than {parts:,} names and values")
    if text.count(b"[") + text.count(b"{") <= JSON_DEPTH:
        return
    brackets = _structure(text, parts).translate(_ALIKE, _NO_BRACKETS)
    for _ in range(JSON_DEPTH):
        # Each turn takes the innermost level away; what no turn changes is not JSON anyway.
        before, brackets = brackets, brackets.replace(b"[]", b"")
        if len(brackets) in (0, len(before)):
            return
    raise TooDeep(f"the body nests beyond {JSON_DEPTH} levels")


def _parts_in(structure: bytes) -> int:
    return sum(structure.count(mark) for mark in (b"[", b"{", b",", b":"))


def _structure(text: bytes, parts: int) -> bytes:
    """The text without its strings; a string that never ends goes too.

    Of more strings than `parts`, so many commas: they are not looked at one by one.
    """
    # Escaped backslashes first: what is left of them before a quote escapes it.
    plain = text.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in text else text
    if plain.count(b'"') > 2 * parts:
        return b"," * (parts + 1)
    return b"".join(plain.split(b'"')[::2])
