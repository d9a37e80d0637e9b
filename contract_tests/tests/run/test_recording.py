"""The recording proxy fails a test whose run has reached somebody it may not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from megaapi_contract.host.http import Request, request
from megaapi_contract.host.target import HttpTarget
from megaapi_contract.safety.fence import UNKNOWN_KEY, UNKNOWN_ROUTE
from megaapi_mock.testing import MockServer

from ..support import KEY, LISTED, OWN, TOKEN, UNLISTED
from .recording import RecordingProxy

GROUP = "120363000000000001@g.us"
PEOPLE = {KEY: {LISTED, OWN}}


@pytest.fixture
def proxy() -> Iterator[RecordingProxy]:
    with MockServer() as server:
        yield RecordingProxy(HttpTarget(server.url))


def text(to: Any, key: str = KEY) -> Request:
    body = {"messageData": {"to": to, "text": "Oi"}}
    return request("POST", f"/rest/sendMessage/{key}/text", body=body)


def details(jid: str) -> Request:
    return request("GET", f"/rest/group/{KEY}/group", query={"jid": jid})


@pytest.mark.parametrize(
    "one",
    [
        text(LISTED), text(f"{LISTED}@s.whatsapp.net"), text(LISTED.ljust(16, "0")), text(7),
        text(LISTED, UNKNOWN_KEY), details(GROUP), request("GET", UNKNOWN_ROUTE),
        request("GET", f"/rest/instance/{KEY}"), request("GET", "/_mock/health"),
    ],
    ids=str,
)  # fmt: skip
def test_what_may_leave_is_passed(one: Request, proxy: RecordingProxy) -> None:
    proxy.left.append(one)
    proxy.hold(PEOPLE)


@pytest.mark.parametrize(
    "one",
    [
        text(UNLISTED), text([LISTED, UNLISTED]), text({"a": UNLISTED}), text(GROUP),
        text(UNLISTED, UNKNOWN_KEY), text(LISTED, "megacode-TESTKEY0002"),
        request("GET", "/rest/instance/megacode-TESTKEY0002"), request("GET", "/_mock/instances"),
        request("DELETE", f"/rest/group/{KEY}/leaveGroup", query={"jid": GROUP}),
    ],
    ids=str,
)  # fmt: skip
def test_what_may_not_leave_fails(one: Request, proxy: RecordingProxy) -> None:
    proxy.left.append(one)
    with pytest.raises(AssertionError):
        proxy.hold(PEOPLE)


def test_a_group_that_was_made_may_be_written_to(proxy: RecordingProxy) -> None:
    body = {"group_data": {"group_name": "Equipe", "participants": [LISTED]}}
    headers = [("Authorization", f"Bearer {TOKEN}"), ("Content-Type", "application/json")]
    assert proxy.send(request("POST", f"/rest/group/{KEY}/create", body=body, headers=headers))
    (jid,) = proxy.groups
    proxy.left.append(text(jid))
    proxy.hold(PEOPLE)
