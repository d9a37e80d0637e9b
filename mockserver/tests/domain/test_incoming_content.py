"""What a content of another instance arrives as, and which message it is about."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.domain.incoming_content import (
    DEFAULT_EVENT,
    arrival_event,
    edit_of,
    media_paths,
    referred_id,
    revoked_id,
    with_referred_key,
)

TARGET = {"remoteJid": "5511900000002@s.whatsapp.net", "fromMe": False, "id": "3EB0A1"}
QUOTE = {"extendedTextMessage": {"contextInfo": {"quotedMessage": {"conversation": "oi"}}}}


def protocol(type_: Any, **fields: Any) -> dict[str, Any]:
    return {"protocolMessage": {"type": type_, "key": TARGET, **fields}}


@pytest.mark.parametrize(
    ("content", "group", "event"),
    [
        ({"conversation": "oi"}, False, "text-plain"),
        ({"conversation": "oi"}, True, "group-text"),
        ({"imageMessage": {}}, True, "group-image"),
        ({"audioMessage": {"ptt": True}}, True, "audio-voice-note"),
        ({"audioMessage": {}}, False, "audio-file"),
        ({"audioMessage": "odd"}, False, "audio-file"),
        ({"extendedTextMessage": {"text": "oi"}}, False, "text-extended"),
        ({"extendedTextMessage": {"contextInfo": "odd"}}, False, "text-extended"),
        (QUOTE, False, "text-quoted-reply"),
        (protocol("REVOKE"), False, "deleted"),
        (protocol("MESSAGE_EDIT"), False, "edited"),
        (protocol(["odd"]), False, "deleted"),
        ({"unheardOfMessage": {}}, False, DEFAULT_EVENT),
        ({}, True, DEFAULT_EVENT),
    ],
)
def test_content_arrives_as_the_event_of_its_kind(
    content: dict[str, Any], group: bool, event: str
) -> None:
    assert arrival_event(content, group=group) == event


@pytest.mark.parametrize(
    ("content", "message_id"),
    [
        (protocol("REVOKE"), "3EB0A1"),
        (protocol("REVOKE", key={}), None),
        (protocol("REVOKE", key="3EB0A1"), None),
        (protocol("MESSAGE_EDIT"), None),
        ({"protocolMessage": 5}, None),
        ({}, None),
    ],
)
def test_revoked_message_is_named_by_a_revoke_alone(
    content: dict[str, Any], message_id: str | None
) -> None:
    assert revoked_id(content) == message_id


@pytest.mark.parametrize(
    ("content", "edit"),
    [
        (protocol("MESSAGE_EDIT", editedMessage={"conversation": "x"}),
         ("3EB0A1", {"conversation": "x"})),
        (protocol("MESSAGE_EDIT", editedMessage="x"), ("3EB0A1", {})),
        (protocol("MESSAGE_EDIT", key=None, editedMessage={}), None),
        (protocol("REVOKE"), None),
    ],
)  # fmt: skip
def test_edit_names_its_message_and_its_new_content(
    content: dict[str, Any], edit: tuple[str, dict[str, Any]] | None
) -> None:
    assert edit_of(content) == edit


def test_reaction_is_about_the_message_of_its_key() -> None:
    assert referred_id({"reactionMessage": {"key": TARGET, "text": "ok"}}) == "3EB0A1"
    assert referred_id({"reactionMessage": {"key": {}}}) is None
    assert referred_id({"conversation": "oi"}) is None


def test_referred_key_is_replaced_in_a_copy() -> None:
    content = {"reactionMessage": {"key": TARGET, "text": "ok"}}
    other = {**TARGET, "fromMe": True}
    assert with_referred_key(content, other) == {"reactionMessage": {"key": other, "text": "ok"}}
    assert content["reactionMessage"]["key"] is TARGET


@pytest.mark.parametrize(
    ("content", "paths"),
    [
        ({"imageMessage": {"directPath": "/a"}}, ["/a"]),
        ({"imageMessage": {"directPath": 5}}, []),
        ({"viewOnce": {"message": [{"directPath": "/a"}, {"x": {"directPath": "/b"}}]}},
         ["/a", "/b"]),
        ("text", []),
        (None, []),
    ],
)  # fmt: skip
def test_media_paths_are_listed_however_deep(content: Any, paths: list[str]) -> None:
    assert media_paths(content) == paths
