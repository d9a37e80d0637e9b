"""A host at an address: what is sent to it arrives as bytes of HTTP."""

from __future__ import annotations

import socket

import pytest
from megaapi_contract.host.http import Request
from megaapi_contract.host.target import HttpTarget

from ..support import answering, read_request, reply


@pytest.mark.parametrize(
    ("target", "sent"),
    [
        ("/rest/group/k/group?jid=12%40g.us&x=[1]~'", "/rest/group/k/group?jid=12%40g.us&x=[1]~'"),
        ("/rest/instance/ação/😀", "/rest/instance/a%C3%A7%C3%A3o/%F0%9F%98%80"),
        ("/rest/a b\r\nX-Evil: 1", "/rest/a%20b%0D%0AX-Evil:%201"),
    ],
)
def test_a_target_is_sent_as_ascii(target: str, sent: str) -> None:
    requests: list[bytes] = []

    def take(connection: socket.socket) -> None:
        requests.append(read_request(connection))
        connection.sendall(reply("200 OK", "application/json", b"{}"))

    with answering(take, reads=False) as address:
        host = HttpTarget(address, timeout=5)
        assert host.send(Request("GET", target)).status == 200
        host.close()
    assert requests[0].split(b"\r\n")[0].decode() == f"GET {sent} HTTP/1.1"
