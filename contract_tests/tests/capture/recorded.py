"""Records of captures, made by hand: calls and webhooks of the instance `<key 1>`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from megaapi_contract.capture.mock_replay import replay
from megaapi_contract.judging.contract import Contract

Json = dict[str, Any]
Record = Json


def call(number: int, operation: str, path: str, status: int, body: Any, **sent: Any) -> Record:
    """A recorded call of the instance `<key 1>`."""
    return {
        "kind": "call", "number": number, "time": 1767225600.0 + number, "seconds": 0.01,
        "operation": operation, "method": "POST" if sent else "GET", "path": path,
        "request_headers": [["Authorization", "Bearer <token 1>"],
                            *([["Content-Type", "application/json"]] if sent else [])],
        "request_body": {"json": sent} if sent else None, "status": status,
        "headers": [["Content-Type", "application/json; charset=utf-8"]], "body": {"json": body},
    }  # fmt: skip


def send_text(number: int, to: str, status: int, body: Any) -> Record:
    sent = {"to": to, "text": "<text 1>"}
    path = "/rest/sendMessage/<key 1>/text"
    return call(number, "send_text", path, status, body, messageData=sent)


def refusal(message: str) -> Json:
    return {"name": "FORBIDDEN", "message": message, "statusCode": 403}


def webhook(number: int, event: str, payload: Json) -> Record:
    """A recorded webhook of the instance `<key 1>`."""
    own = {"instance_key": "<key 1>", "jid": "<number 1>@s.whatsapp.net"}
    return {
        "kind": "webhook", "number": number, "time": 1767225600.0 + number, "event": event,
        "request_headers": [], "request_body": {"json": own | payload}, "answered": 200,
    }  # fmt: skip


SENT = {
    "error": False,
    "message": "Message sent",
    "messageData": {
        "key": {"remoteJid": "<number 2>@s.whatsapp.net", "fromMe": True, "id": "<id 1>"},
        "message": {"extendedTextMessage": {"text": "<text 1>"}},
        "messageTimestamp": "<time 1>",
        "status": "PENDING",
    },
}


def named(
    records: Sequence[Record], every_plan: Contract, **options: Any
) -> list[tuple[str, str, str]]:
    """What a replay of these records says, without its sentences."""
    comparison = replay(lambda: records, every_plan, **options)
    return [(each.about, each.kind, each.path) for each in comparison.drifts]
