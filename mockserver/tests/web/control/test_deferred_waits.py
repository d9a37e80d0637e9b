"""Waits on a server that answers later: they keep every promise, and hold no thread."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from megaapi_mock.records.delivery import end
from megaapi_mock.serving.bodies import Limits
from megaapi_mock.serving.calls import WatchedApp
from megaapi_mock.serving.deferred import ANSWER_LATER, WORKERS, DeferredAnswer, size_of
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.control import places
from megaapi_mock.web.control.record_routes import RecordRoutes
from werkzeug.test import EnvironBuilder

from ...conftest import MakeApp
from ...control import ControlApi
from ...support import AUTH, KEY, UNLINKED
from .test_waits import LISTS, send, until, waiters


class Client:
    """One call, and what came of it."""

    def __init__(self, path: str, **headers: str) -> None:
        builder = EnvironBuilder(f"/_mock{path}", base_url="http://127.0.0.1/", headers=headers)
        self.environ: dict[str, Any] = {**builder.get_environ(), ANSWER_LATER: self}
        self.came = threading.Event()
        self.status, self.body, self.count = 0, b"", 0

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes, /) -> None:
        self.status, self.body = status, body
        self.count += 1
        self.came.set()

    def answer(self) -> tuple[int, Any]:
        assert self.came.wait(30), "no answer came"
        assert self.count == 1
        return self.status, json.loads(self.body)

    def start(self, status: str, headers: Any, error: Any = None) -> Any:
        self.status = int(status[:3])


class Server:
    """A server that answers later."""

    def __init__(self, app: MockApp) -> None:
        self.watched = WatchedApp(app, Limits())

    def ask(self, path: str, **headers: str) -> Client:
        """A call that waits."""
        client = Client(path, **headers)
        answer = self.watched(client.environ, client.start)
        assert isinstance(answer, DeferredAnswer), b"".join(answer)
        return client

    def get(self, path: str) -> tuple[int, Any]:
        """A call that is answered at once."""
        client = Client(path)
        answer = self.watched(client.environ, client.start)
        assert not isinstance(answer, DeferredAnswer)
        return client.status, json.loads(b"".join(answer))


@pytest.fixture
def server(app: MockApp) -> Iterator[Server]:
    server = Server(app)
    yield server
    app.close_streams()
    until(lambda: len(server.watched.deferred) == 0)
    assert app.runtime.records.journal.waiting == 0
    server.watched.deferred.close()


def ids(answer: tuple[int, Any]) -> list[str]:
    assert answer[0] == 200
    return [item["id"] for item in answer[1]["items"]]


def test_a_thousand_waits_hold_no_thread_and_each_gets_its_own(
    app: MockApp, server: Server
) -> None:
    threads = threading.active_count()
    mine = [server.ask(f"/exchanges?instance={KEY}&wait=60") for _ in range(500)]
    others = [server.ask(f"/{name}?instance={UNLINKED}&wait=60") for name in (
        "exchanges", "deliveries", "messages", "fault-hits"
    ) for _ in range(125)]  # fmt: skip
    assert threading.active_count() - threads <= WORKERS
    them = waiters(app)
    send(app)
    for client in mine:
        assert [item["operation"] for item in client.answer()[1]["items"]] == ["send_text"]
    still = waiters(app)
    assert len(still) == 500 and {one.instance for one in still} == {UNLINKED}
    assert sum(one.wake_count for one in them) == 500
    assert not any(client.count for client in others)
    app.close_streams()
    assert {(status, len(body["items"])) for status, body in map(Client.answer, others)} == {
        (200, 0)
    }


def test_what_is_there_is_answered_at_once(app: MockApp, server: Server) -> None:
    message = send(app)
    assert ids(server.get(f"/messages?instance={KEY}&wait=60")) == [message]
    assert waiters(app) == []


@pytest.mark.parametrize("path", LISTS)
def test_at_its_deadline_a_wait_is_answered_empty(server: Server, path: str) -> None:
    begun = time.monotonic()
    assert ids(server.ask(f"{path}?instance={KEY}&wait=0.2").answer()) == []
    assert time.monotonic() - begun >= 0.2


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("way", ["delete", "reset"])
def test_a_wait_on_an_instance_that_goes_is_404(
    app: MockApp, server: Server, path: str, way: str
) -> None:
    control_api = ControlApi(app)
    control_api.post("/instances", {"key": "megacode-GONE"}, status=201)
    client = server.ask(f"{path}?instance=megacode-GONE&wait=60")
    other = server.ask(f"{path}?instance={KEY}&wait=60")
    if way == "delete":
        control_api.delete("/instances/megacode-GONE")
    else:
        control_api.post("/reset")
    status, body = client.answer()
    assert status == 404 and "megacode-GONE" in body["error"]
    assert other.count == 0


def test_after_a_reset_a_wait_goes_on_with_the_records_that_come(
    app: MockApp, server: Server
) -> None:
    """It is called again, finds nothing, and what comes then is new, whatever came before."""
    last = send(app)
    client = server.ask(f"/messages?instance={KEY}&since={last}&wait=60")
    (waiter,) = waiters(app)
    ControlApi(app).post("/reset")
    until(lambda: waiter.wake_count == 1)
    message = send(app)
    assert ids(client.answer()) == [message]


def test_a_wait_for_messages_looks_at_what_it_asked_for_alone(make_app: MakeApp) -> None:
    app = make_app(switches={"ack_delays": "1,2,3"})
    server = Server(app)
    first = send(app)
    client = server.ask(f"/messages?instance={KEY}&since={first}&status=read&wait=60")
    (waiter,) = waiters(app)
    app.runtime.clock.advance(600)
    assert waiter.wake_count == 0 and waiter.examined_count > 0
    second = send(app)
    app.runtime.clock.advance(600)
    assert ids(client.answer()) == [second]
    assert waiter.wake_count == 1
    server.watched.deferred.close()


def test_one_delivery_is_answered_though_the_journal_forgot_it(
    app: MockApp, server: Server
) -> None:
    control_api = ControlApi(app)
    control_api.post(f"/instances/{KEY}/chaos", {"delay": [1000, 1000]})
    control_api.post(f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9/hook"})
    send(app)
    journal = app.runtime.records.journal
    delivery, *_ = journal.deliveries.after(None)
    client = server.ask(f"/deliveries/{delivery.id}?wait=60")
    journal.deliveries.drop(lambda _: False)
    end(delivery, "dropped", "enough")
    journal.delivery_changed(delivery)
    assert client.answer()[1]["state"] == "dropped"
    app.runtime.webhooks.chaos_dispatcher.clear()


def test_a_wait_is_counted_once_when_it_is_answered(app: MockApp, server: Server) -> None:
    def count() -> int:
        figures = app.runtime.records.counts.figures()
        return sum(n for names, n in figures.control_calls.items() if "GET /exchanges" in names)

    before = count()
    client = server.ask(f"/exchanges?instance={KEY}&wait=60")
    assert count() == before
    send(app)
    client.answer()
    assert count() == before + 1


def test_a_bug_while_it_looks_again_frees_its_place(
    app: MockApp, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = server.ask(f"/exchanges?instance={KEY}&wait=60")

    def fail(*_: Any) -> Any:
        raise RuntimeError("a made-up bug")

    monkeypatch.setattr(RecordRoutes, "_require_operation", fail)
    send(app)
    assert client.came.wait(30) and client.status == 500
    assert waiters(app) == []


# -- places ------------------------------------------------------------------------------------


def test_the_oldest_wait_makes_room_in_a_full_house(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "PLACE_KEPT", 0.0)
    monkeypatch.setattr(places.Places.__init__, "__kwdefaults__", {
        "deferred_most": 3, "deferred_bytes": 2**20
    })  # fmt: skip
    app = make_app()
    server = Server(app)
    path = f"/exchanges?instance={KEY}&wait=60"
    first, *others = [server.ask(path) for _ in range(4)]
    assert ids(first.answer()) == []
    assert not any(client.count for client in others)
    app.close_streams()
    assert [ids(client.answer()) for client in others] == [[], [], []]
    server.watched.deferred.close()


def test_with_its_app_the_threads_of_waits_end(app: MockApp, server: Server) -> None:
    client = server.ask(f"/exchanges?instance={KEY}&wait=60")
    app.stop(0)
    assert client.answer()[0] == 200
    until(lambda: not any(each.name.startswith("deferred-") for each in threading.enumerate()))


def test_waits_are_bounded_in_bytes(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "PLACE_KEPT", 0.0)
    path = f"/exchanges?instance={KEY}&wait=60"
    monkeypatch.setattr(places.Places.__init__, "__kwdefaults__", {
        "deferred_most": 100, "deferred_bytes": 3 * size_of(Client(path).environ)
    })  # fmt: skip
    app = make_app()
    server = Server(app)
    clients = [server.ask(path) for _ in range(3)]
    clients.append(
        server.ask(path, Large="x" * (size_of(Client(path).environ) - len("HTTP_LARGE")))
    )
    assert ids(clients[0].answer()) == ids(clients[1].answer()) == []
    assert [client.count for client in clients[2:]] == [0, 0]
    app.close_streams()
    clients[3].answer()
    server.watched.deferred.close()


def test_waits_that_keep_their_places_refuse_others(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "PLACE_KEPT", 1000.0)
    monkeypatch.setattr(places, "PATIENCE", 0.02)
    monkeypatch.setattr(places, "BEAT", 0.005)
    monkeypatch.setattr(places.Places.__init__, "__kwdefaults__", {
        "deferred_most": 1, "deferred_bytes": 2**20
    })  # fmt: skip
    app = make_app()
    server = Server(app)
    path = f"/exchanges?instance={KEY}&wait=60"
    client = server.ask(path)
    status, body = server.get(path)
    assert status == 503 and "1 streams and waits are open" in body["error"]
    # One with a thread has a place of its own.
    assert app.test_client().get("/_mock/exchanges?wait=0.01").status_code == 200
    app.test_client().get(f"/rest/instance/{KEY}", headers=AUTH).close()
    client.answer()
    server.watched.deferred.close()
