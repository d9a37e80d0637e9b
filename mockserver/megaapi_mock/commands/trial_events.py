"""The events of a receiver's trial: what a bot meets, and what of it must be answered."""

from __future__ import annotations

# What a bot meets beside plain texts, each told once. The gateway's own events are among them.
EVERYTHING = (
    *("text-plain-lid", "text-extended", "text-quoted-reply", "text-link-preview", "image"),
    *("audio-voice-note", "video", "document", "sticker", "location", "contact", "reaction"),
    *("list-response", "buttons-response", "template-button-reply", "edited", "deleted"),
    *("group-text", "group-image", "group-participants", "group-update"),
    *("call", "presence", "status-story", "self-chat"),
    *("ack-server", "ack-read", "disconnected", "connected", "qrcode"),
)

# Events whose text can bear a number, and those a bot must answer if it answers anything.
NUMBERED = frozenset({"text-plain", "text-plain-lid"})
MUST_BE_ANSWERED = NUMBERED | {"text-extended", "text-quoted-reply", "text-link-preview"}
# What happens in groups only.
IN_GROUPS = frozenset(
    {"group-text", "group-text-first-of-sender", "group-image", "text-mention"}
    | {"group-participants", "group-update", "ack-group"}
)
