"""A port that can be had, and the sentences that say why one cannot."""

from __future__ import annotations

import socket

import pytest
from megaapi_mock.errors import SetupError
from megaapi_mock.serving import ports


def test_probe_finds_a_free_port_and_lets_it_go() -> None:
    port = ports.probe("127.0.0.1", 0)
    assert ports.probe("127.0.0.1", port) == port > 0


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_probe_says_who_is_in_the_way(host: str) -> None:
    family = socket.AF_INET6 if host == "::1" else socket.AF_INET
    with socket.create_server((host, 0), family=family) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(SetupError, match=f"^port {port} on {host} is taken: .* --port$"):
            ports.probe(host, port)


@pytest.mark.parametrize(
    ("host", "port", "sentence"),
    [
        ("127.0.0.1", 65536, "^port 65536 does not exist: .* with --port$"),
        ("nobody.invalid", 0, "^host nobody.invalid is not known here: .* with --host$"),
        ("x" * 64 + ".test", 0, "^host x+.test is not known here: .* with --host$"),
        ("192.0.2.1", 0, "^host 192.0.2.1 cannot be listened on .* with --host$"),
    ],
)
def test_probe_says_what_cannot_be(host: str, port: int, sentence: str) -> None:
    with pytest.raises(SetupError, match=sentence):
        ports.probe(host, port)
