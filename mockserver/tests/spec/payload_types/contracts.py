"""Small contracts with one webhook, and the types of it."""

from __future__ import annotations

from typing import Any

from megaapi_mock.spec.bundle import Bundle
from megaapi_mock.spec.payload_types.message_types import PayloadTypes


def document(**schemas: Any) -> dict[str, Any]:
    return {"components": {"schemas": schemas}}


def contract(schema: Any, **schemas: Any) -> PayloadTypes:
    """The types of a contract with one webhook."""
    content = {"application/json": {"schema": schema}}
    post = {
        "operationId": "webhook_qrcode",
        "x-message-type": "qrcode_update",
        "x-category": "qrCode",
        "x-provenance": {"grade": "inferred", "sources": []},
        "summary": "QR",
        "requestBody": {"content": content},
    }
    whole = {"webhooks": {"qrcode": {"post": post}}, **document(**schemas)}
    return PayloadTypes(Bundle(whole, {"qrcode": "webhooks/qrcode.yaml"}))
