"""What a message of another instance is called when it arrives, and what in it is turned round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .content import KINDS, kind_named
from .message import content_key

Content = dict[str, Any]
# What any other content arrives as: lists, templates and native flows of business accounts.
DEFAULT_EVENT = "interactive-order"
_PROTOCOL: Mapping[str, str] = {
    "MESSAGE_EDIT": "edited",
    "EPHEMERAL_SETTING": "disappearing-setting",
}


def arrival_event(content: Mapping[str, Any], *, group: bool) -> str:
    """The id of the webhook event that tells of this content."""
    kind = content_key(content) or ""
    if group and kind in ("conversation", "imageMessage"):
        return "group-text" if kind == "conversation" else "group-image"
    # Tests may set anything: a part that is not an object has none of the fields.
    part = content.get(kind)
    fields = part if isinstance(part, dict) else {}
    if kind == "protocolMessage":
        return _PROTOCOL.get(str(fields.get("type")), "deleted")
    if kind == "audioMessage":
        return "audio-voice-note" if fields.get("ptt") else "audio-file"
    if kind == "extendedTextMessage":
        context = fields.get("contextInfo")
        quotes = isinstance(context, dict) and bool(context.get("quotedMessage"))
        return "text-quoted-reply" if quotes else "text-extended"
    return kind_named(kind).event or DEFAULT_EVENT


def revoked_id(content: Mapping[str, Any]) -> str | None:
    """The message this one takes back; None when it takes back none."""
    part = content.get("protocolMessage")
    if not isinstance(part, dict) or part.get("type") != "REVOKE":
        return None
    key = part.get("key")
    return str(key["id"]) if isinstance(key, dict) and "id" in key else None


def edit_of(content: Mapping[str, Any]) -> tuple[str, Content] | None:
    """The message this one gives another text, and the edit; None when it edits none."""
    part = content.get("protocolMessage")
    if not isinstance(part, dict) or part.get("type") != "MESSAGE_EDIT":
        return None
    message_id, new_content = referred_id(content), part.get("editedMessage")
    return (
        None
        if message_id is None
        else (message_id, new_content if isinstance(new_content, dict) else {})
    )


def referred_id(content: Mapping[str, Any]) -> str | None:
    """The message this one is about: taken back, edited, reacted to, pinned, voted on."""
    kind = content_key(content) or ""
    part = content.get(kind)
    key = part.get(kind_named(kind).refers or "") if isinstance(part, dict) else None
    return str(key["id"]) if isinstance(key, dict) and "id" in key else None


def with_referred_key(content: Mapping[str, Any], key: Content) -> Content:
    """The same, naming the message it is about as its reader does."""
    kind = content_key(content) or ""
    return {**content, kind: {**content[kind], KINDS[kind].refers: key}}


def media_paths(content: Any) -> list[str]:
    """The direct path of every media in a content, however deep."""
    if isinstance(content, list):
        return [path for item in content for path in media_paths(item)]
    if not isinstance(content, dict):
        return []
    own = content.get("directPath")
    own_paths = [own] if isinstance(own, str) else []
    return [*own_paths, *(path for item in content.values() for path in media_paths(item))]
