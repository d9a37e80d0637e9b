"""Contents and addresses that no webhook carries are refused with a reason: no bare 500."""

from __future__ import annotations

from typing import Any

import pytest

from ..conftest import MakeApp
from ..support import AUTH, KEY

ODD: list[dict[str, Any]] = [
    {"extendedTextMessage": "hi"},
    {"conversation": {"text": "hi"}},
    {"extendedTextMessage": {"text": 5}},
    {"imageMessage": 7},
    {"audioMessage": "x"},
]
WRAPPERS = [None, "ephemeralMessage", "viewOnceMessage", "documentWithCaptionMessage"]


def post(app: Any, operation: str, data: dict[str, Any]) -> Any:
    path = f"/rest/sendMessage/{KEY}/{operation}"
    return app.test_client().post(path, headers=AUTH, json={"messageData": data})


@pytest.mark.parametrize("operation", ["forwardMessage", "quoteMessage"])
@pytest.mark.parametrize("wrapper", WRAPPERS)
@pytest.mark.parametrize("content", ODD, ids=str)
def test_odd_content_is_refused_with_a_reason(
    make_app: MakeApp, operation: str, wrapper: str | None, content: dict[str, Any]
) -> None:
    key = {"remoteJid": "5511900000002@s.whatsapp.net", "fromMe": False, "id": "3EB0"}
    message = content if wrapper is None else {wrapper: {"message": content}}
    data = {"to": "5511900000002", "text": "oi", "key": key, "message": message}
    reply = post(make_app(), operation, data)
    assert reply.status_code == 500
    assert reply.headers["X-Mock-Reason"]


@pytest.mark.parametrize("to", ["@lid", "@g.us", "@s.whatsapp.net", "@", ""])
def test_an_address_without_anybody_is_refused_with_a_reason(make_app: MakeApp, to: str) -> None:
    reply = post(make_app(), "text", {"to": to, "text": "oi"})
    assert reply.status_code in (403, 500)
    assert reply.headers["X-Mock-Reason"]
