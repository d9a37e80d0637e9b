"""What stands around a state in its file: whose it is, how it is written, and that it is whole."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import orjson

from ..codec import has_more_parts
from ..errors import Conflict, Invalid

FORMAT, VERSION = "megaapi-mock-state", 1
_MARK = b"\xef\xbb\xbf"
# A state has ten bytes for each of its names and values. What has fewer than these, and is large,
# is none, and would take many times its size once it is read.
_BYTES_A_PART, _SMALL = 5, 1_000_000

Json = dict[str, Any]


def seal(state: Json) -> bytes:
    """The file of a state: one line of JSON, the checksum over the state alone."""
    body = orjson.dumps(state)
    head = {"format": FORMAT, "version": VERSION, "checksum": _checksum(body)}
    return orjson.dumps(head)[:-1] + b',"state":' + body + b"}\n"


def unseal(raw: bytes) -> Json:
    """The state in a file; white space may be another by now, nothing else.

    Raises Impossible for what is not a state, a newer one, or damaged.
    """
    if has_more_parts(raw, max(_SMALL, len(raw) // _BYTES_A_PART)):
        raise Invalid(
            f"this is not a state file: {len(raw)} bytes hold more names and values than a state "
            "of that size has; send the whole answer of GET /_mock/state",
        )
    try:
        document = orjson.loads(raw.removeprefix(_MARK))
    except orjson.JSONDecodeError as error:
        raise Invalid(
            f"this is not a state file: {len(raw)} bytes that are not JSON ({error}); "
            "a file cut short ends like this: save it again with GET /_mock/state",
        ) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        actual_format = (
            document.get("format") if isinstance(document, dict) else type(document).__name__
        )
        raise Invalid(
            f"this is not a state file: its format is {actual_format!r}, not {FORMAT!r}; "
            "send the whole answer of GET /_mock/state",
        )
    _require_version(document.get("version"))
    state = document.get("state")
    if not isinstance(state, dict):
        raise Invalid(
            "this state has no content: `state` must be an object; "
            "send the whole answer of GET /_mock/state",
        )
    if document.get("checksum") != _checksum(orjson.dumps(state)):
        raise Invalid(
            "this state is damaged: `state` does not fit its checksum; "
            "it was cut or edited: save it again with GET /_mock/state",
        )
    return state


def is_sealed(raw: bytes) -> bool:
    """Whether a file begins like a state."""
    start = raw[:200].removeprefix(_MARK).lstrip()
    return start.startswith(b"{") and FORMAT.encode() in start


def _require_version(version: Any) -> None:
    if type(version) is not int or version < 1:
        raise Invalid(
            f"this state has no version: {version!r} is not a whole number; "
            "send the whole answer of GET /_mock/state",
        )
    if version > VERSION:
        raise Conflict(
            f"this state has version {version} and this mock reads up to {VERSION}: "
            "load it with the megaapi-mock that wrote it, or a newer one than this",
        )


def _checksum(body: bytes) -> str:
    return f"sha256:{sha256(body).hexdigest()}"
