"""Values that are compared with names, or quoted in a reason: however long, cheap and cut."""

from __future__ import annotations

import json
from typing import Any

import pytest
from megaapi_mock.errors.names import LENGTH_MOST, quoted
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.gateway.request import REASON_MOST

from ...support import AUTH, KEY

LONG = "x" * 300_000
ANA = "5511900000002"
SENDS: dict[str, tuple[str, Any]] = {
    "option of a presence": (
        f"chat/{KEY}/presenceUpdateChat",
        {"to": ANA, "option": LONG},
    ),
    "type of a media link": (
        f"sendMessage/{KEY}/mediaUrl",
        {"messageData": {"to": ANA, "url": "https://a.example.test/a.png", "type": LONG}},
    ),
    "type of a file": (
        f"sendMessage/{KEY}/mediaBase64",
        {"messageData": {"to": ANA, "base64": "AAAA", "type": LONG, "fileName": "a.png"}},
    ),
    "base64 of a file": (
        f"sendMessage/{KEY}/mediaBase64",
        {"messageData": {"to": ANA, "base64": "#" + LONG, "type": "image", "fileName": "a.png"}},
    ),
    "mediaType of a template": (
        f"sendMessage/{KEY}/templateButtonsWithMedia",
        {"messageData": {"to": ANA, "text": "oi", "mediaType": LONG, "imageUrl": "https://a.test"}},
    ),
    "recipient": (f"sendMessage/{KEY}/text", {"messageData": {"to": LONG, "text": "oi"}}),
}
CONTROLS: dict[str, tuple[str, Any]] = {
    "event": (f"instances/{KEY}/inbound", {"from": ANA, "event": LONG}),
    "author": (f"instances/{KEY}/inbound", {"from": LONG, "text": "oi"}),
    "channel": (f"instances/{KEY}/inbound", {"from": f"{LONG}@newsletter", "event": "newsletter"}),
    "option of a call": (f"instances/{KEY}/inbound", {"event": "call", "option": LONG}),
    "field": (f"instances/{KEY}/inbound", {"from": ANA, "text": "oi", "set": {LONG: 1}}),
    "file": (f"instances/{KEY}/inbound", {"from": ANA, "event": "image", "media": "#" + LONG}),
    "event of an emission": (f"instances/{KEY}/emit", {"event": LONG}),
    "fault": ("faults", {"fault": LONG}),
    "operation of a fault": ("faults", {"fault": "delay", "seconds": 1, "operation": LONG}),
    "key": ("instances", {"key": LONG}),
    "number": ("instances", {"key": "megacode-NEW", "number": LONG}),
    "state of a contact": (f"instances/{KEY}/contacts/{ANA}", {"state": LONG}),
    "pairing code": (f"instances/{KEY}/link", {"code": LONG}),
}


@pytest.mark.parametrize(("path", "body"), SENDS.values(), ids=SENDS)
def test_a_long_value_of_a_call_is_quoted_in_part(app: MockApp, path: str, body: Any) -> None:
    reply = app.test_client().post(f"/rest/{path}", json=body, headers=AUTH)
    (exchange,) = app.runtime.records.journal.exchanges.after(None)
    assert exchange.id == reply.headers["X-Mock-Exchange"]
    assert "x" * 200 not in (exchange.reason or "")
    assert len(reply.headers.get("X-Mock-Reason", "")) <= 400


@pytest.mark.parametrize(("path", "body"), CONTROLS.values(), ids=CONTROLS)
def test_a_long_value_of_the_control_api_is_quoted_in_part(
    app: MockApp, path: str, body: Any
) -> None:
    reply = app.test_client().post(f"/_mock/{path}", json=body)
    assert 400 <= reply.status_code < 500
    assert len(json.dumps(reply.get_json())) < 5_000, reply.get_json()["error"][:200]


def test_no_reason_on_record_is_long(app: MockApp) -> None:
    """Also of a place where somebody forgets to cut what it quotes."""
    url = f"/rest/sendMessage/{KEY}/" + "y" * 5_000
    app.test_client().post(url, json={}, headers=AUTH)
    (exchange,) = app.runtime.records.journal.exchanges.after(None)
    assert exchange.reason is not None and len(exchange.reason) <= REASON_MOST


@pytest.mark.parametrize("length", [0, 1, LENGTH_MOST])
def test_a_short_value_is_quoted_whole(length: int) -> None:
    assert quoted("x" * length) == repr("x" * length)
    assert quoted({"a": [length]}) == repr({"a": [length]})


def test_a_long_one_is_quoted_with_its_length() -> None:
    assert quoted("x" * 1_000) == f"'{'x' * LENGTH_MOST}'... of 1,000 characters"
    assert len(quoted(["x"] * 1_000)) == 2 * LENGTH_MOST + 3
