"""What a message of another instance is called when it arrives, and what in it is turned round."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .message import content_key

Content = dict[str, Any]
# Lists, templates and native flows: only business accounts send them.
FROM_BUSINESSES = "interactive-order"
_EVENTS: Mapping[str, str] = {
    "conversation": "text-plain",
    "imageMessage": "image",
    "videoMessage": "video",
    "ptvMessage": "video-note",
    "documentMessage": "document",
    "documentWithCaptionMessage": "document-with-caption",
    "stickerMessage": "sticker",
    "locationMessage": "location",
    "liveLocationMessage": "live-location",
    "contactMessage": "contact",
    "contactsArrayMessage": "contacts-array",
    "groupInviteMessage": "group-invite",
    "pollCreationMessage": "poll-creation",
    "orderMessage": "order",
    "listResponseMessage": "list-response",
    "buttonsResponseMessage": "buttons-response",
    "templateButtonReplyMessage": "template-button-reply",
    "interactiveResponseMessage": "interactive-response",
    "viewOnceMessage": "view-once",
    "protocolMessage": "deleted",
}


def arrival_event(content: Mapping[str, Any], *, group: bool) -> str:
    """The id of the webhook event that tells of this content."""
    kind = content_key(content) or ""
    if group and kind in ("conversation", "imageMessage"):
        return "group-text" if kind == "conversation" else "group-image"
    # Tests may set anything: a part that is no object has none of the fields.
    part = content.get(kind)
    fields = part if isinstance(part, dict) else {}
    if kind == "audioMessage":
        return "audio-voice-note" if fields.get("ptt") else "audio-file"
    if kind == "extendedTextMessage":
        context = fields.get("contextInfo")
        quotes = isinstance(context, dict) and bool(context.get("quotedMessage"))
        return "text-quoted-reply" if quotes else "text-extended"
    return _EVENTS.get(kind, FROM_BUSINESSES)


def revoked_id(content: Mapping[str, Any]) -> str | None:
    """The message this one takes back; None when it takes back none."""
    part = content.get("protocolMessage")
    if not isinstance(part, dict) or part.get("type") != "REVOKE":
        return None
    key = part.get("key")
    return str(key["id"]) if isinstance(key, dict) and "id" in key else None


def with_revoked_key(content: Mapping[str, Any], key: Content) -> Content:
    """The same, naming the message as its reader does."""
    return {**content, "protocolMessage": {**content["protocolMessage"], "key": key}}


def media_paths(content: Any) -> list[str]:
    """The direct path of every media in a content, however deep."""
    if isinstance(content, list):
        return [path for item in content for path in media_paths(item)]
    if not isinstance(content, dict):
        return []
    own = content.get("directPath")
    found = [own] if isinstance(own, str) else []
    return [*found, *(path for item in content.values() for path in media_paths(item))]
