"""What contacts do: the sample of an event becomes a message of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..domain.instance import Instance
from ..domain.jid import Jid
from ..domain.message import Message, content_key
from ..errors import ControlRefused
from ..handlers import uploads
from ..spec.validate import JSON_DEPTH
from ..webhooks.render import put_at

if TYPE_CHECKING:
    from .app import Parts

# What a key holds in a group, for paths that lead into it.
_GROUP_KEY = ("remoteJid", "fromMe", "id", "participant", "participantLid")

_KINDS = {
    "imageMessage": "image",
    "videoMessage": "video",
    "audioMessage": "audio",
    "documentMessage": "document",
    "stickerMessage": "sticker",
}


def receive(parts: Parts, key: str, body: Mapping[str, Any]) -> Message:
    """A contact's message reaches the instance; its webhook leaves at once.

    `set` takes dotted paths into the payload; `media` is base64 or a data URI.
    Raises ControlRefused with a sentence for whatever cannot happen.
    """
    event = _event(parts, body)
    payload = parts.samples.payload(event)
    if "group" in body:
        payload["key"] = dict.fromkeys(_GROUP_KEY, "")
    overrides = body.get("set", {})
    for path, value in overrides.items():
        _require_path(path)
        put_at(payload, path, value)
    if not isinstance(payload["message"], dict) or content_key(payload["message"]) is None:
        raise ControlRefused(400, "set: message must stay an object with content")
    jid = Jid.parse(body.get("from", "5511900000002"))
    sender = parts.world.directory.person(jid)
    if sender is None:
        raise ControlRefused(400, f"from: {jid} has no WhatsApp account in this world")
    group = Jid.parse(body["group"]) if "group" in body else None
    outside = {path: value for path, value in overrides.items() if not _in_message(path)}
    inside = {path: value for path, value in overrides.items() if path.startswith("message.")}

    kept: list[Message] = []

    def do(instance: Instance) -> None:
        content = _with_media(parts, instance, payload["message"], body.get("media"), inside)
        kept.append(instance.chats.receive(event, sender, content, group=group, overrides=outside))

    parts.publisher.change(key, do)
    return kept[0]


def _event(parts: Parts, body: Mapping[str, Any]) -> str:
    event = str(body.get("event", "text-plain"))
    inbound = [name for name in parts.samples.names() if _is_inbound(parts, name)]
    if event not in inbound:
        raise ControlRefused(
            400, f"event: {event!r} is nothing a contact does; there are {', '.join(inbound)}"
        )
    return event


def _is_inbound(parts: Parts, event: str) -> bool:
    payload = parts.samples.payload(event)
    key = payload.get("key")
    return isinstance(key, dict) and key.get("fromMe") is False and "message" in payload


def _require_path(path: str) -> None:
    """Refuse what no payload can hold: steps without a name, and nesting beyond JSON's bounds."""
    steps = path.split(".")
    if not all(steps) or len(steps) > JSON_DEPTH:
        raise ControlRefused(
            400, f"set: {path[:80]!r} must be names joined by dots, at most {JSON_DEPTH}"
        )


def _in_message(path: str) -> bool:
    return path == "message" or path.startswith("message.")


def _with_media(
    parts: Parts,
    instance: Instance,
    content: dict[str, Any],
    given: str | None,
    inside: Mapping[str, Any],
) -> dict[str, Any]:
    """Made keys that downloadMediaMessage honours, in place of the sample's.

    What `inside` sets on the media itself wins: a test may want keys that lead nowhere.
    """
    name = content_key(content)
    kind = _KINDS.get(name or "")
    if name is None or kind is None or not isinstance(content[name], dict):
        if given is not None:
            raise ControlRefused(400, f"media: {name} carries none")
        return content
    part, mimetype = content[name], content[name].get("mimetype")
    data = parts.samples.media(kind)
    if given is not None:
        data, named = uploads.decode_base64(given)
        mimetype = named or mimetype
        if not uploads.require_size(data):
            raise ControlRefused(400, "media: give base64, or a data URI with ;base64")
    media = instance.keep_media(kind, uploads.mimetype_of(kind, mimetype), data)
    keys = uploads.described(media)
    if kind == "sticker":
        # Milliseconds for stickers, seconds for all others (vendor's own example).
        keys["mediaKeyTimestamp"] = f"{keys['mediaKeyTimestamp']}000"
    filled = {**content, name: {**part, **keys}}
    for path, value in inside.items():
        if path.startswith(f"message.{name}."):
            put_at(filled, path.removeprefix("message."), value)
    return filled
