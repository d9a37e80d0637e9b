"""Odd content forwarded, quoted and emitted: refused with a reason, or answered as promised."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from megaapi_mock.resources import root
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..support import AUTH, KEY

PEOPLE = ("5511900000002", "5511900000002@s.whatsapp.net", "120363000000000001@g.us")
ODD: tuple[Any, ...] = (
    *(None, True, 0, -1, 1e300, 2**63, "", "x", "@lid", "a\r\nb", "\x00", "9" * 3000),
    *([], {}, [None], ["x"], {"a": 1}, {"text": 5}, [[]], {"": {}}),
)
WRAPPERS = (
    *("ephemeralMessage", "viewOnceMessage", "viewOnceMessageV2", "documentWithCaptionMessage"),
    *("editedMessage", "protocolMessage", "deviceSentMessage", "buttonsMessage", "listMessage"),
)


def contents() -> list[Any]:
    """Every message content that stands in a sample of a webhook."""
    found = []
    for path in sorted((root("fixtures") / "webhooks").rglob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        payload = document.get("payload", document)
        if isinstance(payload.get("message"), dict):
            found.append(payload["message"])
    return found


def made_odd(document: Any, draw: Random) -> Any:
    """A copy with one odd place, perhaps wrapped in what messages are wrapped in."""
    document = json.loads(json.dumps(document))
    for _ in range(draw.choice([0, 0, 1, 2])):
        document = {draw.choice(WRAPPERS): draw.choice([{"message": document}, document])}
    places = list(_places(document))
    if places and draw.random() < 0.85:
        holder, name = draw.choice(places)
        if draw.random() < 0.2:
            del holder[name]
        else:
            holder[name] = draw.choice(ODD)
    return document


def _places(node: Any) -> Any:
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for name, value in list(items):
        yield node, name
        if isinstance(value, dict | list):
            yield from _places(value)


def calls(content: Any, draw: Random) -> list[tuple[str, Any]]:
    """The operations that take somebody's message, given this one."""
    key = {"remoteJid": draw.choice(PEOPLE), "fromMe": draw.choice([True, False]), "id": "ABC"}
    to = draw.choice(PEOPLE)
    around = draw.choice([{"key": key, "message": content}, {"message": content}, content])
    return [
        ("forwardMessage", {"messageData": {"to": to, "key": key, "message": content}}),
        ("quoteMessage", {"messageData": {"to": to, "text": "x", "key": key, "message": content}}),
        ("forwardMessage", {"messageData": {"to": to, **_object(around)}}),
        ("quoteMessage", {"messageData": {"to": to, "text": "x", **_object(around)}}),
    ]


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"message": value}


@pytest.mark.broken_bodies
@pytest.mark.parametrize("seed", range(4))
def test_odd_content_is_refused_with_a_reason_or_answered_as_promised(
    seed: int, make_app: MakeApp
) -> None:
    app, statuses = make_app(), set()
    client = app.test_client()
    samples = contents()
    assert len(samples) > 20, "where are the samples?"
    for number in range(60):
        draw = Random(f"{seed} {number}")
        content = made_odd(draw.choice(samples), draw)
        for action, body in calls(content, draw):
            reply = client.post(f"/rest/sendMessage/{KEY}/{action}", headers=AUTH, json=body)
            statuses.add(reply.status_code)
            assert reply.status_code < 500 or reply.headers.get("X-Mock-Reason"), (action, body)
            assert list(app.runtime.records.bugs) == [], (action, body)
    assert {200, 500} <= statuses, "either nothing or everything was refused"
    look_at_everything(app)


def look_at_everything(app: MockApp) -> None:
    """What was kept can be shown, saved, put back and waited for."""
    client = app.test_client()
    for path in ("messages", "deliveries", "exchanges", "instances"):
        assert client.get(f"/_mock/{path}").status_code == 200
    assert client.post("/_mock/clock", json={"advance": 3600}).status_code == 200
    state = client.get("/_mock/state").data
    again = client.put("/_mock/state", data=state)
    assert again.status_code == 200, again.get_json()
