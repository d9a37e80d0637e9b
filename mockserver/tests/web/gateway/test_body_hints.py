"""What a client probably meant by a body that does not fit, in the reason of its refusal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.gateway.body_hints import body_hints

from ...support import AUTH, KEY

SEND, GROUP = f"/rest/sendMessage/{KEY}", f"/rest/group/{KEY}/create"
TO, NUMBER = {"to": "5511900000002"}, "5511900000002"
LOCATION = {**TO, "latitude": "-23,5", "longitude": "-46.6"}
ROW = {"title": "A", "id": "a"}
LIST = {**TO, "text": "x", "buttonText": "Abrir", "sections": [{"title": "S", "rows": [ROW]}]}
BUTTONS = {**TO, "text": "x", "buttons": [{"type": "replyButton", "title": "Sim"}]}
HOOK = {"webhookUrl": "http://127.0.0.1:9000/hook", "webhookEnabled": "true"}
MEDIA = {**TO, "mediaUrl": "https://files.example.test/a.jpg", "type": "image"}


def reason_of(app: MockApp, path: str, body: Any, type_: str = "application/json") -> str:
    text = body if isinstance(body, str) else json.dumps(body)
    reply = app.test_client().post(path, data=text, headers={**AUTH, "Content-Type": type_})
    assert reply.status_code == 500
    return reply.headers["X-Mock-Reason"]


def wrapped(data: Any) -> dict[str, Any]:
    return {"messageData": data}


@pytest.mark.parametrize(
    ("path", "body", "hint"),
    [
        (f"{SEND}/text", {**TO, "text": "x"}, "body: 'to', 'text' must stand inside 'messageData'"),
        (
            f"{SEND}/text",
            {**TO, "message": "x"},
            "body: 'to' must stand inside 'messageData'; body: unknown fields 'message'",
        ),
        (
            f"{SEND}/text",
            {"message_data": {**TO, "text": "x"}},
            "body: 'message_data' is called 'messageData' here",
        ),
        (
            f"{SEND}/text",
            wrapped({"To": NUMBER, "txet": "x"}),
            "messageData: 'To' is called 'to' here; messageData: 'txet' is called 'text' here",
        ),
        (
            f"{SEND}/text",
            wrapped({"number": NUMBER, "message": "x"}),
            "messageData: unknown fields 'number', 'message' (known: to, text, linkPreview)",
        ),
        (
            f"{SEND}/text",
            wrapped({"to": 5511900000002, "text": "x"}),
            "messageData/to: write the number in quotes",
        ),
        (
            f"{SEND}/text",
            wrapped(json.dumps({**TO, "text": "x"})),
            "messageData: it is a string that holds JSON: encode it once",
        ),
        (f"{SEND}/location", wrapped(LOCATION), "messageData/latitude: write -23.5"),
        (
            f"{SEND}/listMessage",
            wrapped(LIST),
            "messageData/sections/0/rows/0: unknown fields 'id' (known: title, description, rowId)",
        ),
        (
            f"{SEND}/text",
            {"messageData.to": NUMBER, "messageData.text": "x"},
            "body: 'messageData.to', 'messageData.text' must stand inside 'messageData'",
        ),
        (
            f"{SEND}/text",
            wrapped("[object Object]"),
            "messageData: it is an object turned into text: encode it as JSON",
        ),
        (
            f"{SEND}/mediaBase64",
            wrapped({**TO, "type": "image", "base64": {"type": "Buffer", "data": [1]}}),
            'messageData/base64: it is a Buffer of Node.js: write buffer.toString("base64")',
        ),
        (f"{SEND}/text", wrapped([]), "messageData: write it as an object, {...}"),
        (
            f"{SEND}/listMessage",
            wrapped({**LIST, "sections": {"1": {"title": "S", "rows": []}}}),
            "messageData/sections: write it as a list, [...]",
        ),
        (f"{SEND}/mediaUrl", wrapped(MEDIA), "messageData: 'mediaUrl' is called 'url' here"),
        (GROUP, wrapped({"group_name": "x"}), "body: 'messageData' is called 'group_data' here"),
        (
            f"/rest/webhook/{KEY}/configWebhook",
            wrapped(HOOK),
            "messageData/webhookEnabled: write true without quotes",
        ),
    ],
)
def test_the_reason_names_what_was_meant(app: MockApp, path: str, body: Any, hint: str) -> None:
    assert hint in reason_of(app, path, body)


def test_the_reason_says_that_json_came_as_a_form(app: MockApp) -> None:
    body, form = wrapped({**TO, "text": "x"}), "application/x-www-form-urlencoded"
    reason = reason_of(app, f"{SEND}/text", body, form)
    assert "; it looks like JSON: send it as Content-Type application/json (spec/" in reason


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (wrapped({**TO, "text": None}), "messageData/text: null is not of type 'string'"),
        (wrapped({"to": [True], "text": "x"}), "messageData/to: [true] is not of type 'string'"),
    ],
)
def test_values_stand_in_the_reason_as_in_json(app: MockApp, body: Any, words: str) -> None:
    assert words in reason_of(app, f"{SEND}/text", body)


def test_a_constant_is_named_beside_what_came(app: MockApp) -> None:
    reason = reason_of(app, f"{SEND}/buttonMessage", wrapped(BUTTONS))
    assert "messageData/buttons/0/type: 'reply' was expected, not 'replyButton'" in reason


def test_nothing_is_said_of_what_may_be_there() -> None:
    schema = {
        "required": ["a"],
        "properties": {
            "a": {"type": ["string", "integer"]},
            "b": {"$ref": "#/components/schemas/B"},
        },
    }
    schemas = {"B": {"type": "array", "items": {"type": "boolean"}}}
    assert list(body_hints({"a": 5, "b": [True], "other": 1}, schema, schemas)) == []
    assert list(body_hints({"a": "x", "b": ["true"]}, schema, schemas)) == [
        "b/0: write true without quotes"
    ]
    for odd in (None, [], "x", 5):
        assert list(body_hints(odd, schema, schemas)) == []


def test_many_unknown_fields_are_named_in_part() -> None:
    schema = {"required": ["text"], "properties": {"text": {"type": "string"}}}
    unknown = {f"k{number}": 1 for number in range(2_000)}
    (hint,) = body_hints(unknown, schema, {})
    assert hint == "body: unknown fields 'k0', 'k1', 'k2', 'k3', 'k4', ... (known: text)"
