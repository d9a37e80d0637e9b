"""Waits: woken by what they asked for alone, and their places come back."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from megaapi_mock.records.delivery import Attempt, end
from megaapi_mock.records.waiter import Waiter
from megaapi_mock.testing.wsgi_server import Served
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.control import lists, places, webhook_routes
from megaapi_mock.web.control.reader_turns import PacedReader
from megaapi_mock.webhooks.http.client import ReceiverAnswer

from ...conftest import MakeApp
from ...control import ControlApi
from ...support import AUTH, KEY, UNLINKED, RecordingTransport

LISTS = ("/exchanges", "/deliveries", "/messages", "/fault-hits")


def until(fact: Callable[[], Any], *, limit: float = 60) -> None:
    deadline, pause = time.monotonic() + limit, threading.Event()
    while not fact():
        assert time.monotonic() < deadline, "it never came"
        pause.wait(0.005)


def waiters(app: MockApp) -> list[Waiter]:
    with app.runtime.records.journal._lock:
        return [
            one for them in app.runtime.records.journal._waiters.topics.values() for one in them
        ]


def is_asleep(waiter: Waiter) -> bool:
    """Whether its thread has looked, found nothing, and waits to be woken."""
    return bool(waiter._wake._cond._waiters)  # type: ignore[attr-defined]


def send(app: MockApp, to: str = "5511900000002") -> str:
    reply = app.test_client().post(
        f"/rest/sendMessage/{KEY}/text",
        json={"messageData": {"to": to, "text": "oi"}},
        headers=AUTH,
    )
    assert reply.status_code == 200
    return str(reply.get_json()["messageData"]["key"]["id"])


@contextmanager
def waiting(app: MockApp, *paths: str) -> Iterator[list[tuple[int, Any]]]:
    """Every path is asked for in a thread of its own; what came, once the block has ended.

    Where the block begins each of them has looked once, and sleeps or has its answer.
    """
    answers: list[tuple[int, Any]] = []

    def ask(path: str) -> None:
        reply = app.test_client().get(f"/_mock{path}")
        answers.append((reply.status_code, reply.get_json()))

    begun = time.monotonic()
    threads = [threading.Thread(target=ask, args=(path,), daemon=True) for path in paths]
    for thread in threads:
        thread.start()

    def sleeping() -> int:
        # Not all of them: an older wait may have had to go for one of these.
        return sum(one.start_time >= begun and is_asleep(one) for one in waiters(app))

    until(lambda: sleeping() + sum(not thread.is_alive() for thread in threads) == len(paths))
    yield answers
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads), "nobody let them go"


@pytest.fixture
def examined(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every record that a list's filter was asked about."""
    seen: list[Any] = []
    real = lists._matching

    def matching(*given: Any) -> Callable[[Any], bool]:
        matches = real(*given)
        return lambda record: (seen.append(record), matches(record))[1]

    monkeypatch.setattr(lists, "_matching", matching)
    return seen


# -- what wakes a wait -------------------------------------------------------------------------


@pytest.mark.parametrize("path", LISTS)
def test_forty_waits_on_another_instance_cost_senders_nothing(
    app: MockApp, control_api: ControlApi, examined: list[Any], path: str
) -> None:
    """Not one is woken, and no filter is asked once, whatever happens elsewhere."""
    control_api.post(f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9/hook"})
    control_api.post("/faults", {"fault": "reply", "status": 200, "instance": KEY}, status=201)
    with waiting(app, *[f"{path}?instance={UNLINKED}&wait=60"] * 40) as answers:
        them = waiters(app)
        examined.clear()
        for _ in range(50):
            app.test_client().post(
                f"/rest/sendMessage/{KEY}/text",
                json={"messageData": {"to": "5511900000002", "text": "oi"}},
                headers=AUTH,
            ).close()
        assert app.runtime.webhooks.courier.wait_idle(60)
        assert [one.wake_count for one in them] == [one.examined_count for one in them] == [0] * 40
        assert examined == []
        app.close_streams()
    assert {status for status, _ in answers} == {200}


def test_a_wait_for_another_operation_sleeps_on(app: MockApp, examined: list[Any]) -> None:
    """No other call is judged for it, and the list is read when the one asked for comes."""
    for _ in range(30):
        send(app)
    last = ControlApi(app).items(f"/exchanges?instance={KEY}")[-1]["id"]
    query = f"instance={KEY}&operation=instance_status&since={last}"
    with waiting(app, f"/exchanges?{query}&wait=60") as answers:
        (waiter,) = waiters(app)
        examined.clear()
        for _ in range(20):
            send(app)
        assert (waiter.wake_count, waiter.examined_count, len(examined)) == (0, 0, 0)
        app.test_client().get(f"/rest/instance/{KEY}", headers=AUTH).close()
    assert (waiter.wake_count, waiter.examined_count) == (1, 1)
    # As it came, and again when the list was read: never the thirty before.
    assert len(examined) == 2
    assert [item["operation"] for item in answers[0][1]["items"]] == ["instance_status"]


def test_a_wait_for_messages_is_woken_by_what_it_asked_for_alone(make_app: MakeApp) -> None:
    """Messages of the same instance in another state wake nobody, nor do those before `since`."""
    app = make_app(switches={"ack_delays": "1,2,3"})
    first = send(app)
    query = f"instance={KEY}&since={first}&status=read"
    with waiting(app, f"/messages?{query}&wait=60") as answers:
        (waiter,) = waiters(app)
        app.runtime.clock.advance(600)
        assert waiter.wake_count == 0 and waiter.examined_count > 0
        second = send(app)
        assert waiter.wake_count == 0
        app.runtime.clock.advance(600)
    assert waiter.wake_count == 1
    assert [item["id"] for item in answers[0][1]["items"]] == [second]


def test_a_delivery_that_comes_further_is_not_newer_by_that(
    app: MockApp, control_api: ControlApi
) -> None:
    control_api.post(f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9/hook"})
    send(app)
    assert app.runtime.webhooks.courier.wait_idle(60)
    journal = app.runtime.records.journal
    (*_, old) = journal.deliveries.after(None)
    with waiting(app, f"/deliveries?instance={KEY}&since={old.id}&wait=60") as answers:
        (waiter,) = waiters(app)
        old.attempts.append(Attempt(0.0, 200, 1.0, None, (), b"", False))
        journal.delivery_changed(old)
        assert (waiter.wake_count, waiter.examined_count) == (0, 1)
        send(app)
    assert old.id not in [item["id"] for item in answers[0][1]["items"]]


def test_a_wait_for_one_delivery_sleeps_while_others_leave(
    app: MockApp, control_api: ControlApi
) -> None:
    control_api.post(f"/instances/{KEY}/chaos", {"delay": [1000, 1000]})
    control_api.post(f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9/hook"})
    send(app)
    journal = app.runtime.records.journal
    first, *_ = journal.deliveries.after(None)
    with waiting(app, f"/deliveries/{first.id}?wait=60") as answers:
        (waiter,) = waiters(app)
        for _ in range(5):
            send(app)
        assert waiter.wake_count == 0
        end(first, "dropped", "enough")
        journal.delivery_changed(first)
    assert answers[0][1]["state"] == "dropped"
    app.runtime.webhooks.chaos_dispatcher.clear()


def test_a_list_after_a_record_reads_no_older_one(app: MockApp, examined: list[Any]) -> None:
    for _ in range(30):
        send(app)
    ids = [item["id"] for item in ControlApi(app).items(f"/exchanges?instance={KEY}")]
    messages = [item["id"] for item in ControlApi(app).items(f"/messages?instance={KEY}")]
    examined.clear()
    assert len(ControlApi(app).items(f"/exchanges?since={ids[-4]}")) == 3
    assert len(examined) == 3
    examined.clear()
    assert len(ControlApi(app).items(f"/messages?since={messages[-4]}")) == 3
    assert len(examined) == 3


# -- instances that go -------------------------------------------------------------------------


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("way", ["delete", "reset", "state"])
def test_a_wait_on_an_instance_that_goes_is_404(app: MockApp, path: str, way: str) -> None:
    raw = app.test_client().get("/_mock/state").get_data()
    control_api = ControlApi(app)
    control_api.post("/instances", {"key": "megacode-GONE"}, status=201)
    with waiting(app, f"{path}?instance=megacode-GONE&wait=60") as answers:
        if way == "delete":
            control_api.delete("/instances/megacode-GONE")
        elif way == "reset":
            control_api.post("/reset")
        else:
            assert app.test_client().put("/_mock/state", data=raw).status_code == 200
    ((status, told),) = answers
    assert status == 404 and "megacode-GONE" in told["error"]


@pytest.mark.parametrize("path", ["/exchanges", "/deliveries", "/fault-hits"])
def test_records_of_an_instance_that_has_gone_stay_readable(app: MockApp, path: str) -> None:
    ControlApi(app).post("/instances", {"key": "megacode-GONE"}, status=201)
    ControlApi(app).delete("/instances/megacode-GONE")
    assert ControlApi(app).get(f"{path}?instance=megacode-GONE&wait=0.01")["items"] == []


# -- places ------------------------------------------------------------------------------------


def test_waits_that_nobody_reads_do_not_lock_others_out(
    app: MockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server may not know that clients have left: the oldest wait is answered early."""
    monkeypatch.setattr(places, "PLACE_KEPT", 0.0)
    left = "/exchanges?wait=60&instance=left"
    with waiting(app, left) as oldest, waiting(app, *[left] * (places.PLACES - 1)) as others:
        with waiting(app, f"/exchanges?wait=60&instance={KEY}") as newest:
            until(lambda: len(oldest) == 1)
            assert oldest[0][0] == 200 and oldest[0][1]["items"] == []
            send(app)
        assert len(newest[0][1]["items"]) == 1
        assert others == []
        app.close_streams()


def test_a_wait_keeps_its_place_for_a_while(app: MockApp, monkeypatch: pytest.MonkeyPatch) -> None:
    """Too many who are still there would do nothing but answer each other."""
    monkeypatch.setattr(places, "PLACE_KEPT", 1000.0)
    with waiting(app, *["/exchanges?wait=60"] * places.PLACES) as answers:
        assert "try again later" in ControlApi(app).refusal("GET", "/exchanges?wait=1", status=503)
        assert answers == []
        app.close_streams()


def test_a_client_that_has_left_frees_its_place_where_the_server_knows(app: MockApp) -> None:
    with Served(app) as served:
        host, port = served.url.removeprefix("http://").split(":")
        line = b"GET /_mock/exchanges?wait=60&instance=%s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        clients = []
        for key in (b"leaves", b"stays"):
            clients.append(socket.create_connection((host, int(port))))
            clients[-1].sendall(line % key)
        until(lambda: app.runtime.records.journal.waiting == 2)
        clients[0].close()
        until(lambda: app.runtime.records.journal.waiting == 1)
        (left,) = waiters(app)
        assert left.instance == "stays"
        app.close_streams()
        assert clients[1].recv(12) == b"HTTP/1.1 200"
        clients[1].close()


class Silent(RecordingTransport):
    """A receiver that says nothing until it may."""

    def __init__(self) -> None:
        super().__init__()
        self.may = threading.Event()

    def post(self, *given: Any, **named: Any) -> ReceiverAnswer:
        self.may.wait(60)
        return super().post(*given, **named)


def test_a_verdict_that_waits_takes_a_place_and_a_stop_ends_it(make_app: MakeApp) -> None:
    receiver = Silent()
    app = make_app(transport=receiver)
    control_api = ControlApi(app)
    control_api.post(f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9/hook"})
    control_api.post(f"/instances/{KEY}/inbound", {}, status=201)
    answers: list[Any] = []
    body = {"instance": KEY, "wait": 60}
    thread = threading.Thread(
        target=lambda: answers.append(ControlApi(app).post("/deliveries/verdict", body)),
        daemon=True,
    )
    thread.start()
    until(lambda: app.runtime.records.journal.waiting)
    app.close_streams()
    thread.join(30)
    receiver.may.set()
    assert [answer["outcome"] for answer in answers] == ["undecided"]


def test_a_verdict_that_waits_gives_way_to_calls_before_each_look(
    app: MockApp, control_api: ControlApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look reads everything there is: forty verdicts took all the time of those they judged."""
    steps: list[str] = []
    real_judge = webhook_routes.judge

    def judge(*some: Any, **more: Any) -> Any:
        steps.append("look")
        return real_judge(*some, **more)

    def rest(_: PacedReader) -> None:
        steps.append("rest")
        if steps.count("rest") == 3:
            app.close_streams()

    monkeypatch.setattr(webhook_routes, "judge", judge)
    monkeypatch.setattr(PacedReader, "rest", rest)
    monkeypatch.setattr(webhook_routes, "VERDICT_LOOK", 0.001)
    monkeypatch.setattr(webhook_routes, "VERDICT_LOOK_MOST", 0.001)
    control_api.post("/clock", {"freeze": False})
    control_api.post(f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9/hook"})
    control_api.post(f"/instances/{KEY}/inbound", {}, status=201)
    body = {"instance": KEY, "wait": 60, "patience": 3600, "quiet": 3600}
    assert control_api.post("/deliveries/verdict", body)["outcome"] == "undecided"
    assert steps == ["look", *["rest", "look"] * 3]
