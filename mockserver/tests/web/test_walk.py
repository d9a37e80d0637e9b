"""How far one call walks: the files of the mock whose functions it runs.

A send visited 35 and an inbound message 34 before the rooms were put in order: half of that is the
bound. With a webhook set they visited 41 and 40, and half of that again is the bound, but for one
file of a send: each of its 21 has something to do for it, and no two that belong together fit into
one. The files beyond those of a call without a webhook make it, keep it until the answer has left,
and queue it. Who makes a call longer sees it here first.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import FrameType
from typing import Any

import megaapi_mock
import pytest
from megaapi_mock.web.app import MockApp

from ..support import AUTH, KEY

HERE = Path(megaapi_mock.__file__).parent
SEND = (
    "POST",
    f"/rest/sendMessage/{KEY}/text",
    {"messageData": {"to": "5511900000002", "text": "oi"}},
    AUTH,
)
INBOUND = ("POST", f"/_mock/instances/{KEY}/inbound", {"from": "5511900000002", "text": "oi"}, {})
HOOK = (
    "POST",
    f"/rest/webhook/{KEY}/configWebhook",
    {"messageData": {"webhookUrl": "http://127.0.0.1:9000/hook", "webhookEnabled": True}},
    AUTH,
)
STATUS = ("GET", f"/rest/instance/{KEY}", None, AUTH)


def files_visited(app: MockApp, call: tuple[str, str, Any, dict[str, str]]) -> set[str]:
    """The files of the mock in which a function was called, by their paths in the package."""
    method, path, body, headers = call
    visited: set[str] = set()

    def look(frame: FrameType, event: str, _: Any) -> None:
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(f"{HERE}/"):
            visited.add(name.removeprefix(f"{HERE}/"))

    client = app.test_client()
    before = sys.getprofile()
    sys.setprofile(look)
    try:
        reply = client.open(path, method=method, json=body, headers=headers)
        reply.get_data()
        reply.close()
    finally:
        sys.setprofile(before)
    assert reply.status_code in (200, 201), reply.text
    return visited


# One of those of an inbound message keeps the state before it, to go back to.
@pytest.mark.parametrize(
    ("call", "bound"), [(SEND, 17), (INBOUND, 14), (STATUS, 19)], ids=["send", "inbound", "status"]
)
def test_a_call_that_comes_again_visits_few_files(
    app: MockApp, call: tuple[str, str, Any, dict[str, str]], bound: int
) -> None:
    files_visited(app, call)
    visited = files_visited(app, call)
    assert len(visited) <= bound, " ".join(sorted(visited))


@pytest.mark.parametrize(
    ("call", "bound", "events"), [(SEND, 21, 4), (INBOUND, 20, 1)], ids=["send", "inbound"]
)
def test_a_call_that_owes_webhooks_visits_few_files_more(
    app: MockApp, call: tuple[str, str, Any, dict[str, str]], bound: int, events: int
) -> None:
    files_visited(app, HOOK)
    files_visited(app, call)
    before = len(app.runtime.records.journal.deliveries)
    visited = files_visited(app, call)
    assert len(app.runtime.records.journal.deliveries) == before + events
    assert len(visited) <= bound, " ".join(sorted(visited))
