"""The categories of webhook events, as an instance's filter and the contract name them."""

from __future__ import annotations

# Only four of these names were ever seen; the rest follow their pattern (inferred).
CATEGORIES = (
    "qrCode",
    "connectionStatus",
    "messagesInput",
    "messagesOutput",
    "messagesReaction",
    "messagesStatus",
    "groups",
    "presence",
    "calls",
)
