"""What somebody is seen doing in a chat, as the gateway and its webhooks name it."""

from __future__ import annotations

# What a contact does where a test names nothing comes first.
PRESENCES = ("composing", "recording", "paused", "available", "unavailable")
