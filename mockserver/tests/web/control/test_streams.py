"""Streams and waits hold threads, so there is a bound, and places come back."""

from __future__ import annotations

import itertools
import socket
import time

from megaapi_mock.testing.wsgi_server import Served
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.control.places import PLACES

from ...support import AUTH, KEY


def test_streams_are_bounded_and_give_their_place_back(app: MockApp) -> None:
    client = app.test_client()
    streams = [client.get("/_mock/stream", buffered=False) for _ in range(PLACES)]
    assert {stream.status_code for stream in streams} == {200}
    refused = client.get("/_mock/stream")
    assert refused.status_code == 503
    assert "close some" in refused.get_json()["error"]
    assert client.get("/_mock/exchanges?wait=1").status_code == 503
    assert client.get("/_mock/exchanges").status_code == 200
    streams.pop().close()
    again = client.get("/_mock/stream", buffered=False)
    assert again.status_code == 200
    for stream in (*streams, again):
        stream.close()
    assert client.get("/_mock/exchanges?wait=0.01").status_code == 200


def test_a_stream_whose_client_has_left_frees_its_place_when_it_is_needed(app: MockApp) -> None:
    """Something is sent on every stream, by which the server notices."""
    with Served(app, threads=PLACES + 4) as served:
        host, port = served.url.removeprefix("http://").split(":")
        clients = []
        for _ in range(PLACES):
            clients.append(socket.create_connection((host, int(port))))
            clients[-1].sendall(b"GET /_mock/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        for client in clients:
            assert client.recv(12) == b"HTTP/1.1 200"
        begun = time.monotonic()
        for client in clients:
            client.close()
        asked = app.test_client()
        while asked.get("/_mock/exchanges?wait=0.01").status_code == 503:
            assert time.monotonic() - begun < 10, "before the usual sign of life, after 15 s"
        app.close_streams()


def test_streams_that_are_read_keep_their_places(app: MockApp) -> None:
    client = app.test_client()
    streams = [client.get("/_mock/stream", buffered=False) for _ in range(PLACES)]
    for _ in range(3):
        assert client.get("/_mock/stream").status_code == 503
    app.test_client().get(f"/rest/instance/{KEY}", headers=AUTH).close()
    for stream in streams:
        told = b"".join(itertools.islice(stream.iter_encoded(), 3))
        assert b"event: exchange" in told
        stream.close()
