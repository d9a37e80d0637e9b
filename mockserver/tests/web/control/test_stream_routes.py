"""Streams and waits hold threads, so there is a bound, and places come back."""

from __future__ import annotations

import itertools
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any

import orjson
import pytest
from megaapi_mock.records import feed
from megaapi_mock.settings import Settings
from megaapi_mock.testing.wsgi_server import Served
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.control import stream_routes
from megaapi_mock.web.control.places import PLACES

from ...conftest import MakeApp
from ...control import ControlApi
from ...support import AUTH, KEY, UNLINKED
from .test_waits import until


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


def test_a_stream_whose_client_has_left_frees_its_place_when_it_is_needed(
    app: MockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something is sent on every stream, by which the server notices, before it usually is."""
    monkeypatch.setattr(feed, "HEARTBEAT", 600.0)
    with Served(app, threads=PLACES + 4) as served:
        host, port = served.url.removeprefix("http://").split(":")
        clients = []
        for _ in range(PLACES):
            clients.append(socket.create_connection((host, int(port))))
            clients[-1].sendall(b"GET /_mock/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        for client in clients:
            assert client.recv(12) == b"HTTP/1.1 200"
        for client in clients:
            client.close()
        asked = app.test_client()
        until(lambda: asked.get("/_mock/exchanges?wait=0.01").status_code != 503)
        app.close_streams()


@pytest.mark.parametrize("how", ["closed", "reset", "half-closed and gone"])
def test_stream_whose_client_has_left_frees_its_place_early(
    how: str, app: MockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "HEARTBEAT", 3600.0)
    with Served(app, threads=2) as served:
        host, port = served.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), 60) as client:
            client.sendall(b"GET /_mock/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            assert client.recv(12) == b"HTTP/1.1 200"
            readers = app.runtime.records.journal.feed
            assert readers.readers == 1
            if how == "reset":
                linger = struct.pack("ii", 1, 0)
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            elif how == "half-closed and gone":
                client.shutdown(socket.SHUT_WR)
        deadline = time.monotonic() + 60
        while readers.readers:
            assert time.monotonic() < deadline, "it keeps its place"
            time.sleep(0.05)
        app.close_streams()


def test_streams_that_are_read_keep_their_places(app: MockApp) -> None:
    client = app.test_client()
    streams = [client.get("/_mock/stream", buffered=False) for _ in range(PLACES)]
    for _ in range(3):
        assert client.get("/_mock/stream").status_code == 503
    app.test_client().get(f"/rest/instance/{KEY}", headers=AUTH).close()
    for stream in streams:
        told = b"".join(itertools.islice(stream.iter_encoded(), 2))
        assert b"event: exchange" in told
        stream.close()


# -- what is shown -----------------------------------------------------------------------------


class Stream:
    """One stream, read event by event; `until` reads on to one of a kind."""

    def __init__(self, app: MockApp, path: str = "/_mock/stream", **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._reply = app.test_client().get(path, headers=named, buffered=False)
        self._frames = self._split(self._reply.iter_encoded())
        assert next(self._frames) == b": here"
        self.last_id = ""

    @staticmethod
    def _split(chunks: Iterator[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            yield from chunk.removesuffix(b"\n\n").split(b"\n\n")

    def next(self) -> tuple[str, Any]:
        lines = next(self._frames).decode().splitlines()
        fields = dict(line.split(": ", 1) for line in lines if line)
        self.last_id = fields["id"]
        return fields["event"], orjson.loads(fields["data"])

    def until(self, kind: str) -> Any:
        """What the next event of this kind says; at most 50 may come before."""
        for _ in range(50):
            event, document = self.next()
            if event == kind:
                return document
        raise AssertionError(f"no {kind}")

    def close(self) -> None:
        self._reply.close()


def test_what_a_contact_writes_and_does_is_shown(app: MockApp, control_api: ControlApi) -> None:
    with closing(Stream(app)) as stream:
        text = {"from": "5511900000002", "text": "oi"}
        sent = control_api.post(f"/instances/{KEY}/inbound", text, status=201)
        shown = stream.until("message")
        assert shown == {**sent, "place": shown["place"]}
        typing = {"from": "5511900000002", "event": "presence", "option": "recording"}
        control_api.post(f"/instances/{KEY}/inbound", typing, status=201)
        shown = stream.until("presence")
        assert (shown["chat"], shown["option"]) == ("5511900000002@s.whatsapp.net", "recording")
        control_api.post(f"/instances/{KEY}/contacts/5511900000002", {"state": "phone_off"})
        assert stream.until("contact")["state"] == "phone_off"


def test_a_message_is_shown_as_it_is_by_then(make_app: MakeApp) -> None:
    app = make_app(switches={"ack_delays": "1,2,3"})
    control_api = ControlApi(app)
    with closing(Stream(app, "/_mock/stream?kinds=message")) as stream:
        body = {"messageData": {"to": "5511900000002", "text": "Bom dia"}}
        app.test_client().post(f"/rest/sendMessage/{KEY}/text", json=body, headers=AUTH)
        control_api.post("/clock", {"advance": 60})
        assert stream.until("message")["state"] == "read"
        assert stream.next()[1] == control_api.items("/messages?order=newest")[0]


def test_a_record_has_the_place_that_it_has_in_lists(app: MockApp, control_api: ControlApi) -> None:
    with closing(Stream(app, "/_mock/stream?kinds=exchange,delivery")) as stream:
        app.test_client().get(f"/rest/instance/{KEY}", headers=AUTH)
        assert stream.until("exchange") == control_api.items("/exchanges?order=newest")[0]
        control_api.post(
            f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9/", "enabled": True}
        )
        control_api.post(f"/instances/{KEY}/emit", {"event": "text-plain"}, status=201)
        shown = stream.until("delivery")
        assert shown["place"] == control_api.items("/deliveries?order=newest")[0]["place"]


def test_what_happens_to_an_instance_is_shown(app: MockApp, control_api: ControlApi) -> None:
    with closing(Stream(app, "/_mock/stream?kinds=instance,instance-removed,groups")) as stream:
        app.test_client().get(f"/rest/instance/{KEY}", headers=AUTH)
        control_api.post(f"/instances/{KEY}/unlink", {"by": "phone"})
        assert stream.next()[1] == control_api.get(f"/instances/{KEY}")
        made = control_api.post("/instances", {}, status=201)
        assert stream.next() == ("instance", made)
        control_api.post(f"/instances/{made['key']}/link")
        assert stream.next()[1]["state"] == "connected"
        control_api.post(f"/instances/{made['key']}/groups", status=201)
        assert stream.next() == ("groups", {"instance": made["key"]})
        control_api.delete(f"/instances/{made['key']}")
        assert stream.next() == ("instance-removed", {"instance": made["key"]})


def test_levers_are_shown(app: MockApp, control_api: ControlApi) -> None:
    with closing(Stream(app)) as stream:
        fault = control_api.post("/faults", {"fault": "bad-gateway", "times": 1}, status=201)
        assert stream.next() == ("faults", {"armed": 1})
        app.test_client().get(f"/rest/instance/{KEY}", headers=AUTH)
        assert stream.until("fault-hit")["fault"]["id"] == fault["id"]
        control_api.delete(f"/faults/{fault['id']}")
        assert stream.until("faults") == {"armed": 0}
        control_api.post(f"/instances/{KEY}/chaos", {"duplicate": 2})
        assert stream.until("chaos")["chaos"]["duplicate"] == 2
        control_api.delete(f"/instances/{KEY}/chaos")
        assert stream.until("chaos")["chaos"] is None
        moved = control_api.post("/clock", {"advance": 5})
        assert stream.until("clock") == moved


def test_a_reset_and_a_state_are_shown(app: MockApp, control_api: ControlApi) -> None:
    state = app.test_client().get("/_mock/state").data
    with closing(Stream(app, "/_mock/stream?kinds=message")) as stream:
        control_api.post(f"/reset?instance={KEY}")
        assert stream.next() == ("reset", {"reason": "reset", "instance": KEY})
        control_api.post("/reset")
        assert stream.next() == ("reset", {"reason": "reset", "instance": None})
        app.test_client().put("/_mock/state", data=state)
        assert stream.next() == ("reset", {"reason": "reset", "instance": None})


def test_a_reader_who_comes_back_misses_nothing(app: MockApp, control_api: ControlApi) -> None:
    with closing(Stream(app)) as stream:
        control_api.post("/clock", {"advance": 1})
        stream.until("clock")
    control_api.post("/clock", {"advance": 1})
    now = control_api.get("/clock")
    for back in (
        Stream(app, Last_Event_ID=stream.last_id),
        Stream(app, f"/_mock/stream?since={stream.last_id}"),
    ):
        with closing(back):
            assert back.next() == ("clock", now)


def test_a_reader_of_another_server_is_told(app: MockApp) -> None:
    with closing(Stream(app, Last_Event_ID="0badcafe-7")) as stream:
        assert stream.next() == ("reset", {"reason": "restart", "instance": None})


def test_a_stream_of_one_instance_shows_no_other(app: MockApp, control_api: ControlApi) -> None:
    with closing(Stream(app, f"/_mock/stream?instance={UNLINKED}")) as stream:
        control_api.post(f"/instances/{KEY}/unlink", {})
        control_api.post(f"/instances/{UNLINKED}/link", {})
        assert stream.next()[1]["key"] == UNLINKED


def test_beyond_loopback_a_stream_needs_the_token(make_app: MakeApp) -> None:
    app = make_app(settings=Settings(host="0.0.0.0", control_token="TESTTOKEN"))
    assert app.test_client().get("/_mock/stream").status_code == 403
    Stream(app, X_Mock_Token="TESTTOKEN").close()


def test_a_frame_is_made_once_for_all_who_read_it(
    app: MockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[Any] = []
    real = stream_routes.delivery_json
    monkeypatch.setattr(
        stream_routes, "delivery_json", lambda record: (rendered.append(record), real(record))[1]
    )
    ControlApi(app).post(f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9/hook"})
    with ExitStack() as stack:
        path = f"/_mock/stream?kinds=delivery&instance={KEY}"
        streams = [stack.enter_context(closing(Stream(app, path))) for _ in range(40)]
        ControlApi(app).post(f"/instances/{KEY}/emit", {"event": "text-plain"}, status=201)
        assert app.runtime.webhooks.courier.wait_idle(20)
        shown = [[stream.next() for _ in range(2)] for stream in streams]
    assert shown == [shown[0]] * 40
    assert [document["state"] for _, document in shown[0]] == ["delivered"] * 2
    assert len(rendered) == 2


def test_a_stream_writes_what_has_gathered_at_once(app: MockApp) -> None:
    reply = app.test_client().get(f"/_mock/stream?kinds=exchange&instance={KEY}", buffered=False)
    chunks = reply.iter_encoded()
    assert next(chunks) == b": here\n\n"
    for _ in range(30):
        app.test_client().get(f"/rest/instance/{KEY}", headers=AUTH).close()
    assert next(chunks).count(b"event: exchange") == 30
    reply.close()


def test_frames_of_a_reset_are_not_mixed_up(app: MockApp, control_api: ControlApi) -> None:
    """One reader is behind, and is told so under a number that another reads as a record."""
    with (
        closing(Stream(app)) as first,
        closing(Stream(app, "/_mock/stream?since=00000000-1")) as second,
    ):
        assert second.next()[1]["reason"] == "restart"
        control_api.post("/clock", {"advance": 1})
        assert [first.next()[0], second.next()[0]] == ["clock", "clock"]
