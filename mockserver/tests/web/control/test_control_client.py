"""The control API as tests call it: pages, waits, and the way back to this machine."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import pytest
from megaapi_mock.errors import SetupError
from megaapi_mock.web.control.control_client import ControlClient, HttpWire, join_path


class Pages:
    """A wire that answers a list of five, two by two."""

    def __init__(self) -> None:
        self.asked: list[dict[str, list[str]]] = []

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        timeout: float,
    ) -> tuple[int, bytes]:
        asked = parse_qs(urlsplit(path).query)
        self.asked.append(asked)
        start = int(asked.get("since", ["0"])[0])
        items = [{"id": str(number)} for number in range(start + 1, min(start + 3, 6))]
        following = items[-1]["id"] if start + 2 < 5 else None
        return 200, json.dumps({"items": items, "next": following}).encode()

    def local_address(self) -> str:
        return "127.0.0.1"


def test_a_list_is_read_to_its_end_and_only_its_beginning_is_waited_for() -> None:
    wire = Pages()
    found = ControlClient(wire, place="-").find("/messages", instance="KEY", wait=9)
    assert [item["id"] for item in found] == ["1", "2", "3", "4", "5"]
    assert [asked.get("since", ["-"])[0] for asked in wire.asked] == ["-", "2", "4"]
    assert ["wait" in asked for asked in wire.asked] == [True, False, False]
    assert all(asked["instance"] == ["KEY"] for asked in wire.asked)


def test_steps_are_quoted() -> None:
    assert (
        join_path("instances", "a/b ?", "contacts", "1@g.us")
        == "/instances/a%2Fb%20%3F/contacts/1@g.us"
    )


def test_the_way_back_is_the_way_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert HttpWire("http://127.0.0.1:9").local_address() == "127.0.0.1"
    off = (9999, socket.SOCK_DGRAM, 0, "", ("2001:db8::1", 9, 0, 0))
    works = (socket.AF_INET, socket.SOCK_DGRAM, 0, "", ("127.0.0.1", 9))
    wire = HttpWire("http://mock.example.test:9")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [off, works])
    assert wire.local_address() == "127.0.0.1"
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [])
    with pytest.raises(
        SetupError, match=r"cannot connect to mock\.example\.test: it has no address"
    ):
        wire.local_address()


def test_an_unknown_host_is_a_sentence() -> None:
    with pytest.raises(SetupError, match=r"cannot connect to mock\.invalid: "):
        HttpWire("http://mock.invalid:9").local_address()


@pytest.mark.parametrize("token", ["“TESTTOKEN1”", "segrêdo", "TESTTOKEN1 "])
def test_control_token_that_cannot_be_sent_is_refused_before_any_call(token: str) -> None:
    with pytest.raises(SetupError, match="has to fit in a header"):
        ControlClient(Pages(), place="here", token=token)
