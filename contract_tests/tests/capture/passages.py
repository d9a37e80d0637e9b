"""Passages as a relay notices them, made by hand."""

from __future__ import annotations

import json
from typing import Any

from megaapi_contract.capture.relay import Passage

from ..support import KEY, TOKEN

MESSAGE_ID = "3EB0A1B2C3D4E5F6A7B8C9"
JSON = (("Content-Type", "application/json"),)


def call(text: str = "Bom dia", *, key: str = KEY, token: str = TOKEN, **changes: Any) -> Passage:
    """One send of a text that was taken, or what is said otherwise."""
    request = {"messageData": {"to": "5511900000002", "text": text}}
    sent_key = {"remoteJid": "5511900000002@s.whatsapp.net", "fromMe": True, "id": MESSAGE_ID}
    answer = {
        "error": False,
        "message": "Message sent",
        "messageData": {
            "key": sent_key,
            "message": {"extendedTextMessage": {"text": text}},
            "messageTimestamp": "1767225600",
            "status": "PENDING",
        },
    }
    parts: dict[str, Any] = {
        "method": "POST", "target": f"/rest/sendMessage/{key}/text",
        "request_headers": (*JSON, ("Authorization", f"Bearer {token}")),
        "request_body": json.dumps(request).encode(), "status": 200, "headers": JSON,
        "body": json.dumps(answer).encode(), "time": 1767225600.0, "seconds": 0.01,
    }  # fmt: skip
    return Passage(**parts | changes)


def webhook(payload: Any, **changes: Any) -> Passage:
    """One webhook that its receiver has taken."""
    parts: dict[str, Any] = {
        "method": "POST", "target": "/hook", "request_headers": JSON,
        "request_body": json.dumps(payload).encode(), "status": 200, "headers": (), "body": b"",
        "time": 1767225601.0, "seconds": 0.01,
    }  # fmt: skip
    return Passage(**parts | changes)
