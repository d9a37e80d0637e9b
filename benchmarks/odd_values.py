"""Good JSON made odd: one place of a document gets another value, another type, or goes."""

from __future__ import annotations

import json
from random import Random
from typing import Any

_DEEP: Any = "bottom"
for _ in range(90):
    _DEEP = [_DEEP]
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**63, 10**30, 0.5, -0.0, 1e308, 1e-308),
    *("", " ", "0", "x" * 3_000, "\x00", "\r\n", "😀", "\ud800", "null", "undefined", "../../x"),
    *("@lid", "@g.us", "@s.whatsapp.net", "5511900000002@lid", "100000000000002@lid"),
    *("status@broadcast", "120363000000000001@g.us", "5511900000002", "5511900000003"),
    *("megacode-TESTKEY0001", "megacode-TESTKEY0002", "data:image/png;base64,@@@@", "AAAA"),
    *("text-plain", "ack-read", "connected", "message.conversation", "key.remoteJid", "a.b.c"),
    *([], {}, [[]], [{}], {"": ""}, {"a": {"b": {}}}, [None], ["5511900000002"], _DEEP),
    *({"message": {"conversation": "oi"}}, {"key": {"id": 5}}, {"text": 5}),
    *({"extendedTextMessage": "hi"}, {"ephemeralMessage": {"message": []}}, {"imageMessage": 7}),
)


def made_odd(document: Any, draw: Random) -> Any:
    """A copy with one to three odd places."""
    for _ in range(draw.choice([1, 1, 1, 2, 3])):
        # A copy each time: a value that stands in two places would change in both.
        document = _changed(json.loads(json.dumps(document)), draw)
    return document


def _changed(document: Any, draw: Random) -> Any:
    places = list(_places(document))
    if not places:
        return draw.choice(ODD)
    holder, name = draw.choice(places)
    value = holder[name]
    how = draw.randrange(8)
    if how < 3:
        holder[name] = draw.choice(ODD)
    elif how == 3:
        del holder[name]
    elif how == 4:
        holder[name] = [value, value]
    elif how == 5:
        holder[name] = str(value) if not isinstance(value, str) else {"x": value}
    elif how == 6 and isinstance(holder, dict):
        holder[draw.choice(["x", "", "message", "key", "id", "set", str(value)[:40]])] = value
    elif isinstance(value, str) and value:
        at = draw.randrange(len(value))
        holder[name] = (
            value[:at] + draw.choice(["", "@", "-", "é", " ", ".", "0"]) + value[at + 1 :]
        )
    else:
        holder[name] = draw.choice(ODD)
    return document


def _places(node: Any) -> Any:
    """Every (holder, name or index) in a document."""
    items = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for name, value in list(items):
        yield node, name
        yield from _places(value)


def raw_of(document: Any, draw: Random) -> bytes:
    """The document as bytes, one time in six damaged."""
    raw = b"" if document is None else json.dumps(document).encode()
    damage = draw.randrange(24)
    if damage == 0:
        return raw[: draw.randint(0, len(raw))]
    if damage == 1:
        at = draw.randint(0, len(raw))
        return raw[:at] + draw.randbytes(draw.randint(1, 4)) + raw[at:]
    if damage == 2:
        return b"\xef\xbb\xbf" + raw
    if damage == 3:
        return draw.choice([b"", b"[]", b"null", b"5", b'"x"', b"{", b"[" * 200, b"\xff\xfe"])
    return raw
