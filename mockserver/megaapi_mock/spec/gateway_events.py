"""The webhook events that the gateway causes by itself, and no contact."""

from __future__ import annotations

from collections.abc import Mapping

# How to make the gateway cause each of them.
CAUSED_BY_GATEWAY: Mapping[str, str] = {
    "connected": "POST /_mock/instances/{key}/link",
    "disconnected": "POST /_mock/instances/{key}/unlink",
    "disconnected-logout-variant": "set disconnect_text=logout, POST /_mock/instances/{key}/unlink",
    "connection-closed-temporary": "the gateway does not announce it: POST .../{key}/emit",
    "qrcode": "GET /rest/instance/qrcode/{key} while unlinked",
    "from-me-api-echo": "send something, POST /rest/sendMessage/{key}/text",
    "ack-server": "send something, POST /rest/sendMessage/{key}/text",
    "ack-delivered": "send something to a reachable contact, POST /rest/sendMessage/{key}/text",
    "ack-read": "send something; the switch ack_delays says when it is read",
    "ack-played": "send a voice note (type ptt), POST /rest/sendMessage/{key}/mediaBase64",
    "ack-group": "set group_acks=each and send something to a group",
    "ack-error": "the gateway was never seen to send it: POST .../{key}/emit",
}  # fmt: skip
