"""Streams and waits hold threads, so there is a bound, and places come back."""

from __future__ import annotations

from megaapi_mock.web.app import MockApp
from megaapi_mock.web.places import PLACES


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
