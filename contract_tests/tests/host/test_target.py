"""Hosts: which address may be given, who is real, and what a failure is called."""

from __future__ import annotations

import socket
import ssl
from http.client import IncompleteRead
from types import SimpleNamespace
from typing import Any

import pytest
from megaapi_contract.errors import SetupError, Unusable
from megaapi_contract.host import target as target_module
from megaapi_contract.host.http import Request, request
from megaapi_contract.host.target import HttpTarget, MockTarget, is_vendor

from ..support import answering, read_request, reply


@pytest.mark.parametrize(
    ("host", "vendor"),
    [
        ("megaapi.com.br", True),
        ("apistart01.megaapi.com.br", True),
        ("APINOCODE01.MegaAPI.com.br.", True),
        ("x.mega-api.app.br", True),
        ("notmegaapi.com.br", False),
        ("megaapi.com.br.example.test", False),
        ("127.0.0.1", False),
    ],
)
def test_the_vendors_hosts_are_its_domains_and_those_below(host: str, vendor: bool) -> None:
    assert is_vendor(host) == vendor


@pytest.mark.parametrize(
    ("url", "name", "real"),
    [
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080", False),
        ("http://localhost", "http://localhost", False),
        ("http://[::1]:9", "http://[::1]:9", False),
        ("https://host.example.test", "https://host.example.test", True),
        ("http://192.168.0.1:8080", "http://192.168.0.1:8080", True),
    ],
)
def test_whoever_is_not_this_machine_is_real(url: str, name: str, real: bool) -> None:
    target = HttpTarget(url)
    assert (target.name, target.real) == (name, real)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://a.test:x", "the port is not a number"),
        ("http://a.test:99999", "the port is not a number"),
        ("http://[::1", "this is not an address"),
        ("ftp://a.test", "give `mock`, or an address like"),
        ("a.test", "give `mock`, or an address like"),
        ("http://", "give `mock`, or an address like"),
        ("http://a.test/rest", "give only scheme, host and port"),
        ("http://a.test?x=1", "give only scheme, host and port"),
        ("http://me@a.test", "give only scheme, host and port"),
    ],
)
def test_what_is_no_address_of_a_host_is_refused(url: str, sentence: str) -> None:
    with pytest.raises(SetupError, match=sentence):
        HttpTarget(url)


class Wire:
    """In place of the wire: what it was given, and what comes of it."""

    def __init__(self, outcome: Any) -> None:
        self.outcome = outcome
        self.headers: dict[str, Any] = {}
        self.target = ""

    def exchange(self, *arguments: Any, **_: Any) -> Any:
        _, _, self.target, headers, _ = arguments
        self.headers = dict(headers)
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def answered(body: bytes = b"ok", *, missing: int = 0) -> Any:
    return SimpleNamespace(status=200, headers={"A": "1"}, body=body, missing=missing)


def wired(monkeypatch: pytest.MonkeyPatch, outcome: Any) -> tuple[HttpTarget, Wire]:
    wire = Wire(outcome)
    monkeypatch.setattr(target_module, "exchange", wire.exchange)
    return HttpTarget("http://host.example.test", timeout=5), wire


def test_a_request_goes_out_with_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    target, wire = wired(monkeypatch, answered())
    answer = target.send(request("POST", "/a", body={"a": 1}))
    assert (answer.status, answer.headers, answer.body) == (200, (("A", "1"),), b"ok")
    assert (wire.headers["Host"], wire.headers["Content-Length"]) == ("host.example.test", "7")
    assert wire.headers["Connection"] == "close" and "Accept-Encoding" in wire.headers
    target.send(request("GET", "/a", headers=[("host", "b.test"), ("X", "€")]))
    assert "Host" not in wire.headers and "Content-Length" not in wire.headers
    assert wire.headers["X"] == b"?"
    target.send(request("DELETE", "/a"))
    assert "Content-Length" not in wire.headers


def untrusted() -> ssl.SSLError:
    error = ssl.SSLError(1, "certificate verify failed")
    error.reason = "self-signed"
    return error


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (TimeoutError(), "gave no whole answer within 5 s"),
        (ConnectionRefusedError(), "refuses connections: is the host up"),
        (untrusted(), "no trusted TLS connection .self-signed"),
        (ConnectionResetError(), "cut the connection before its answer was whole"),
        (IncompleteRead(b"", 5), "cut the connection before its answer was whole"),
        (OSError("no route"), "cannot be reached: no route"),
    ],
)
def test_a_failure_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    target, _ = wired(monkeypatch, error)
    with pytest.raises(Unusable, match=sentence):
        target.send(request("GET", "/"))


def test_an_answer_that_is_cut_or_too_large_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    target, _ = wired(monkeypatch, answered(missing=3))
    with pytest.raises(Unusable, match="cut the connection"):
        target.send(request("GET", "/"))
    monkeypatch.setattr(target_module, "MAX_ANSWER", 2)
    target, _ = wired(monkeypatch, answered(b"12"))
    with pytest.raises(Unusable, match="answers with more than"):
        target.send(request("GET", "/"))


def ids_of(seed: int) -> str:
    """The id of the first message of a mock in this process."""
    target = MockTarget(seed=seed)
    body = {"messageData": {"to": "5511900000002", "text": "oi"}}
    path = "/rest/sendMessage/megacode-TESTKEY0001/text"
    try:
        answer = target.send(
            request("POST", path, body=body, headers=[("Authorization", "Bearer TESTKEY0001")])
        )
    finally:
        target.close()
    assert answer.status == 200, answer.body
    return answer.body.partition(b'"id":')[2][:24].decode()


def test_a_mock_of_this_process_makes_its_ids_from_the_seed() -> None:
    first = ids_of(3)
    assert ids_of(3) == first != ids_of(4)


def test_a_mock_of_this_process_reads_paths_and_headers_as_a_server_does() -> None:
    target = MockTarget()
    try:
        answer = target.send(request("GET", "/rest/instance/caf%C3%A9?x=1"))
        health = target.send(request("GET", "/_mock/health"))
    finally:
        target.close()
    assert answer.status in (401, 404) and health.status == 200
    assert answer.seconds >= 0 and dict(answer.headers)["Content-Type"].startswith(
        "application/json"
    )


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
        host = HttpTarget(address, timeout=60)
        assert host.send(Request("GET", target)).status == 200
        host.close()
    assert requests[0].split(b"\r\n")[0].decode() == f"GET {sent} HTTP/1.1"
