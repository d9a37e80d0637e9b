"""The courier: order, fairness, bounds and its end; over a scripted transport and over sockets."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.webhooks import courier as courier_module
from megaapi_mock.webhooks import worker_pool
from megaapi_mock.webhooks.courier import Courier
from megaapi_mock.webhooks.http.client import (
    AddressRefused,
    DeliveryFailed,
    Headers,
    HttpTransport,
    ReceiverAnswer,
    axios_headers,
)
from megaapi_mock.webhooks.lanes import SHARE, SLICE, TURNS, Lanes

LIMIT = 60.0
URL = "http://hook.test/"

# What these couriers carry is only told apart, never read.
pytestmark = pytest.mark.broken_bodies


class FrozenClock:
    frozen = False

    def now(self) -> float:
        return 1_700_000_000.0


class ScriptedTransport:
    """Does what the delivery's URL is scripted to do, and keeps the order of the bodies."""

    def __init__(self, **scripts: Callable[[], ReceiverAnswer]) -> None:
        self.scripts = scripts
        self.bodies: list[bytes] = []
        self.arrived = threading.Event()
        self.closed = 0

    def post(self, url: str, body: bytes, headers: Headers, *, timeout: float) -> ReceiverAnswer:
        self.bodies.append(body)
        self.arrived.set()
        return self.scripts.get(url, lambda: ReceiverAnswer(200))()

    def close(self) -> None:
        self.closed += 1


def failing(error: Exception) -> Callable[[], ReceiverAnswer]:
    def script() -> ReceiverAnswer:
        raise error

    return script


@pytest.fixture
def courier(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Courier]]:
    # A stop waits for threads as long as a slow machine may need.
    monkeypatch.setattr(worker_pool, "JOIN_SECONDS", LIMIT)
    made: list[Courier] = []

    def make(transport: Any, **options: Any) -> Courier:
        options = {"on_change": lambda delivery: None, "headers": axios_headers(), **options}
        made.append(Courier(transport=transport, clock=FrozenClock(), **options))
        return made[-1]

    yield make
    for one in made:
        one.stop(0)
    assert not [t.name for t in threading.enumerate() if t.name.startswith("courier-")]


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Holds back what waits for it, until the test or its end opens it."""
    gate = threading.Event()
    yield gate
    gate.set()


@pytest.fixture
def one_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A single worker stays the only one, however slow the machine is."""
    monkeypatch.setattr(worker_pool, "STUCK", LIMIT)


def delivery(number: int = 1, *, url: str = URL, lane: str = "megacode-TESTKEY0001") -> Delivery:
    return Delivery(
        id=f"{lane}-{number}",
        time=1_700_000_000.0,
        instance=lane.partition("#")[0],
        event="text-plain",
        message_type="conversation",
        url=url,
        body=f"{lane}-{number}".encode(),
        lane=lane,
    )


def ids(deliveries: Iterable[Delivery]) -> list[bytes]:
    return [one.id.encode() for one in deliveries]


# --- one attempt


@pytest.mark.parametrize(
    ("script", "state", "status", "reason"),
    [
        (lambda: ReceiverAnswer(200), "delivered", 200, None),
        (lambda: ReceiverAnswer(299), "delivered", 299, None),
        (lambda: ReceiverAnswer(500), "failed", 500, "receiver answered 500"),
        (
            lambda: ReceiverAnswer(302),
            "failed",
            302,
            "receiver answered 302 (a redirect that was not followed)",
        ),
        (lambda: ReceiverAnswer(101), "failed", 101, "receiver answered 101"),
        (failing(DeliveryFailed("nothing listens")), "failed", None, "nothing listens"),
        (failing(DeliveryFailed("too slow", ReceiverAnswer(200))), "failed", 200, "too slow"),
        (
            failing(AddressRefused("webhook_hosts says no")),
            "refused",
            None,
            "webhook_hosts says no",
        ),
        (failing(KeyError("oops")), "failed", None, "our own bug: KeyError('oops')"),
    ],
)
def test_one_attempt_decides(
    script: Callable[[], ReceiverAnswer],
    state: str,
    status: int | None,
    reason: str | None,
    courier: Callable[..., Courier],
) -> None:
    transport = ScriptedTransport(**{URL: script})
    seen: list[Delivery] = []
    under_test = courier(transport, on_change=seen.append)
    owed = delivery()
    under_test.accept([owed])
    assert under_test.wait_idle(LIMIT)
    assert (owed.state, owed.reason, seen) == (state, reason, [owed])
    [attempt] = owed.attempts
    assert attempt.status == status
    assert attempt.error == (reason if reason and "answered" not in reason else None)
    assert attempt.time == FrozenClock().now()
    assert attempt.duration_ms >= 0
    under_test.accept([delivery(2, url="http://other.test/")])
    assert under_test.wait_idle(LIMIT)
    assert transport.bodies == ids([owed, delivery(2)])


def test_an_attempt_holds_the_answer(courier: Callable[..., Courier]) -> None:
    answer = ReceiverAnswer(418, (("X-A", "1"),), b"short and stout", truncated=True)
    under_test = courier(ScriptedTransport(**{URL: lambda: answer}))
    owed = delivery()
    under_test.accept([owed])
    assert under_test.wait_idle(LIMIT)
    [attempt] = owed.attempts
    assert (attempt.status, attempt.headers) == (418, (("X-A", "1"),))
    assert (attempt.body, attempt.truncated) == (b"short and stout", True)


def test_a_raising_listener_does_not_stop_deliveries(courier: Callable[..., Courier]) -> None:
    def changed(delivery: Delivery) -> None:
        raise RuntimeError("journal full")

    under_test = courier(ScriptedTransport(), on_change=changed, outbox_limit=3)
    owed = [delivery(number) for number in range(5)]
    under_test.accept(owed)
    assert under_test.wait_idle(LIMIT)
    assert [one.state for one in owed][:3] == ["delivered"] * 3
    assert under_test.pending == 0


def test_idle_means_that_the_listener_has_heard(
    courier: Callable[..., Courier], gate: threading.Event
) -> None:
    heard = threading.Event()

    def changed(delivery: Delivery) -> None:
        heard.set()
        gate.wait(LIMIT)

    under_test = courier(ScriptedTransport(), on_change=changed)
    under_test.accept([delivery()])
    assert heard.wait(LIMIT)
    assert not under_test.wait_idle(0.02)
    assert under_test.pending == 1
    gate.set()
    assert under_test.wait_idle(LIMIT)


# --- order and fairness


def test_no_thread_before_the_first_delivery(
    courier: Callable[..., Courier], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_pool, "STUCK", LIMIT)  # however slow the machine is
    under_test = courier(ScriptedTransport(), workers=3)
    before = threading.active_count()
    under_test.accept([])
    assert (threading.active_count(), under_test.wait_idle(0)) == (before, True)
    under_test.accept([delivery(1, lane=f"lane-{number}") for number in range(9)])
    assert under_test.wait_idle(LIMIT)
    names = {t.name for t in threading.enumerate() if t.name.startswith("courier-")}
    assert names <= {"courier-1", "courier-2", "courier-3"}
    assert all(t.daemon for t in threading.enumerate() if t.name in names)


def test_a_slow_lane_delays_no_other(
    courier: Callable[..., Courier], gate: threading.Event
) -> None:
    def wait() -> ReceiverAnswer:
        gate.wait(LIMIT)
        return ReceiverAnswer(200)

    transport = ScriptedTransport(**{"http://slow.test/": wait})
    done = threading.Semaphore(0)
    under_test = courier(transport, workers=2, on_change=lambda delivery: done.release())
    slow = [delivery(n, url="http://slow.test/", lane="slow") for n in range(50)]
    fast = [delivery(n, lane=f"fast-{n % 5}") for n in range(50)]
    under_test.accept(slow)
    assert transport.arrived.wait(LIMIT)
    under_test.accept(fast)
    for _ in fast:
        assert done.acquire(timeout=LIMIT)
    assert {one.state for one in fast} == {"delivered"}
    assert {one.state for one in slow} == {"queued"}
    gate.set()
    assert under_test.wait_idle(LIMIT)
    assert [body for body in transport.bodies if body.startswith(b"slow")] == ids(slow)


def held(gate: threading.Event) -> Callable[[], ReceiverAnswer]:
    def wait() -> ReceiverAnswer:
        gate.wait(LIMIT)
        return ReceiverAnswer(200)

    return wait


def couriers() -> int:
    return sum(thread.name.startswith("courier-") for thread in threading.enumerate())


def test_more_slow_receivers_than_workers_delay_no_other(
    courier: Callable[..., Courier], gate: threading.Event
) -> None:
    done = threading.Event()
    under_test = courier(
        ScriptedTransport(**{"http://slow.test/": held(gate)}),
        workers=2,
        on_change=lambda delivery: done.set() if delivery.lane == "good" else None,
    )
    slow = [delivery(1, url="http://slow.test/", lane=f"slow-{n}") for n in range(300)]
    good = delivery(1, lane="good")
    under_test.accept([*slow, good])
    assert done.wait(LIMIT)
    assert {one.state for one in slow} == {"queued"}
    gate.set()
    assert under_test.wait_idle(LIMIT)
    # Who replaced others goes when there is nothing to do.
    deadline, pause = time.monotonic() + LIMIT, threading.Event()
    while couriers() > 2 and time.monotonic() < deadline:
        pause.wait(0.01)
    assert couriers() == 2


def test_the_lanes_of_one_instance_cannot_use_up_the_pool(
    courier: Callable[..., Courier], gate: threading.Event
) -> None:
    done = threading.Event()
    transport = ScriptedTransport(**{"http://slow.test/": held(gate)})
    under_test = courier(
        transport,
        workers=2,
        on_change=lambda delivery: done.set() if delivery.lane == "good" else None,
    )
    copies = [delivery(n, url="http://slow.test/", lane=f"slow#{n}") for n in range(500)]
    under_test.accept([*copies, delivery(1, lane="good")])
    assert done.wait(LIMIT)
    assert len(transport.bodies) - 1 <= SHARE
    gate.set()
    assert under_test.wait_idle(LIMIT)
    assert {one.state for one in copies} == {"delivered"}
    assert len(transport.bodies) == 501


def test_lanes_beyond_their_share_are_abandoned_like_others(
    courier: Callable[..., Courier], gate: threading.Event
) -> None:
    transport = ScriptedTransport(**{"http://slow.test/": held(gate)})
    transport.close = gate.set  # type: ignore[method-assign]
    under_test = courier(transport, workers=2)
    copies = [delivery(n, url="http://slow.test/", lane=f"slow#{n}") for n in range(100)]
    under_test.accept(copies)
    assert under_test.stop(0) == 100
    assert {one.state for one in copies} == {"abandoned"}


@pytest.mark.usefixtures("one_worker")
def test_a_long_lane_lets_others_have_their_turn(courier: Callable[..., Courier]) -> None:
    transport = ScriptedTransport()
    under_test = courier(transport, workers=1)
    long = [delivery(n, lane="long") for n in range(200)]
    short = [delivery(n, lane="short") for n in range(2)]
    under_test.accept([*long, *short])
    assert under_test.wait_idle(LIMIT)
    assert 0 < transport.bodies.index(b"short-0") <= TURNS
    assert [body for body in transport.bodies if body.startswith(b"long")] == ids(long)


@pytest.mark.usefixtures("one_worker")
def test_who_was_owed_nothing_has_the_next_turn(
    courier: Callable[..., Courier], gate: threading.Event
) -> None:
    """Whatever is owed to others, and whoever of them waits for another turn."""
    busy = 5
    reached = threading.Event()

    def hold_once_all_had_a_turn() -> ReceiverAnswer:
        if len(transport.bodies) == busy * TURNS + 1:
            reached.set()
            gate.wait(LIMIT)
        return ReceiverAnswer(200)

    transport = ScriptedTransport(**{"http://busy.test/": hold_once_all_had_a_turn})
    under_test = courier(transport, workers=1)
    under_test.accept(
        delivery(n, url="http://busy.test/", lane=f"busy-{lane}")
        for lane in range(busy)
        for n in range(100)
    )
    assert reached.wait(LIMIT)
    under_test.accept([delivery(1, lane="idle")])
    gate.set()
    assert under_test.wait_idle(LIMIT)
    assert transport.bodies.index(b"idle-1") <= (busy + 1) * TURNS + 1


@pytest.mark.usefixtures("one_worker")
def test_slow_answers_end_a_turn_early(
    courier: Callable[..., Courier], gate: threading.Event
) -> None:

    def slow() -> ReceiverAnswer:
        gate.wait(2 * SLICE)
        return ReceiverAnswer(200)

    transport = ScriptedTransport(**{URL: slow})
    under_test = courier(transport, workers=1)
    under_test.accept(delivery(n, lane=lane) for lane in ("a", "b", "c") for n in range(4))
    assert under_test.wait_idle(LIMIT)
    assert transport.bodies == [f"{lane}-{n}".encode() for n in range(4) for lane in "abc"]


@pytest.mark.usefixtures("one_worker")
def test_a_dead_receiver_is_paced_and_yields_to_others(
    courier: Callable[..., Courier], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier_module, "PAUSE", LIMIT)
    dead_url = "http://dead.test/"
    transport = ScriptedTransport(**{dead_url: failing(DeliveryFailed("nothing listens"))})
    done = threading.Event()

    def changed(delivery: Delivery) -> None:
        if delivery.lane == "alive":
            done.set()

    under_test = courier(transport, workers=1, on_change=changed)
    dead = [delivery(n, url=dead_url, lane="dead") for n in range(5000)]
    under_test.accept([*dead, delivery(1, lane="alive")])
    assert done.wait(LIMIT)
    assert transport.bodies.index(b"alive-1") <= TURNS
    began = time.monotonic()
    assert under_test.stop(0) > 4000
    assert time.monotonic() - began < LIMIT, "a stop waits for no pause"
    assert [body for body in transport.bodies if body != b"alive-1"] == ids(
        dead[: len(transport.bodies) - 1]
    )


# --- bounds and the end


def test_a_full_outbox_drops_the_new(
    courier: Callable[..., Courier], gate: threading.Event
) -> None:
    def wait() -> ReceiverAnswer:
        gate.wait(LIMIT)
        return ReceiverAnswer(200)

    seen: list[Delivery] = []
    under_test = courier(ScriptedTransport(**{URL: wait}), on_change=seen.append, outbox_limit=3)
    owed = [delivery(number) for number in range(5)]
    under_test.accept(owed)
    assert [one.state for one in owed[3:]] == ["dropped", "dropped"]
    assert owed[3].reason == "the outbox is full: 3 deliveries wait already"
    assert owed[3].attempts == []
    assert seen == owed[3:]
    gate.set()
    assert under_test.wait_idle(LIMIT)
    assert [one.state for one in owed[:3]] == ["delivered"] * 3


def test_delivery_that_no_lane_takes_ends_alone(
    courier: Callable[..., Courier], monkeypatch: pytest.MonkeyPatch
) -> None:
    def queue(lanes: Lanes, one: Delivery) -> bool:
        if one is owed[1]:
            raise RuntimeError("planted")
        return real(lanes, one)

    real = Lanes.queue
    seen: list[Delivery] = []
    under_test = courier(ScriptedTransport(), on_change=seen.append)
    owed = [delivery(number) for number in range(3)]
    monkeypatch.setattr(Lanes, "queue", queue)
    under_test.accept(owed)
    assert under_test.wait_idle(LIMIT)
    assert [one.state for one in owed] == ["delivered", "abandoned", "delivered"]
    assert owed[1].reason == "our own bug: RuntimeError('planted')"
    assert sorted(ids(seen)) == sorted(ids(owed))


def test_a_full_outbox_is_full_in_bytes_too(
    courier: Callable[..., Courier], gate: threading.Event
) -> None:
    def wait() -> ReceiverAnswer:
        gate.wait(LIMIT)
        return ReceiverAnswer(200)

    def forget(_delivery: Delivery) -> None:
        return None

    under_test = courier(ScriptedTransport(**{URL: wait}), on_change=forget, outbox_bytes=100_000)
    owed = [delivery(number) for number in range(20)]
    for one in owed:
        one.body = bytes(30_000)
        under_test.accept([one])
    # Three wait, and one is under way as soon as a thread has it.
    states = [one.state for one in owed]
    assert states[:3] == ["queued"] * 3
    assert states.count("queued") <= 4 and states.count("dropped") >= 16
    gate.set()
    assert under_test.wait_idle(LIMIT)
    assert under_test._lanes.size == 0
    large = delivery(99)
    large.body = bytes(200_000)
    under_test.accept([large])
    assert under_test.wait_idle(LIMIT)
    assert large.state == "delivered"


def test_stop_drains_within_its_grace(courier: Callable[..., Courier]) -> None:
    transport = ScriptedTransport()
    under_test = courier(transport)
    owed = [delivery(number, lane=f"lane-{number % 3}") for number in range(300)]
    under_test.accept(owed)
    assert under_test.stop(LIMIT) == 0
    assert {one.state for one in owed} == {"delivered"}
    assert transport.closed == 1


def test_what_comes_during_the_drain_is_counted_with_the_abandoned(
    courier: Callable[..., Courier], gate: threading.Event
) -> None:
    transport = ScriptedTransport(**{URL: held(gate)})
    under_test = courier(transport)
    under_test.accept([delivery(1)])
    assert transport.arrived.wait(LIMIT)
    counts: list[int] = []
    stopping = threading.Thread(target=lambda: counts.append(under_test.stop(LIMIT)))
    stopping.start()
    deadline, late = time.monotonic() + LIMIT, delivery(2, lane="late")
    while under_test._accepting and time.monotonic() < deadline:
        stopping.join(0.01)
    under_test.accept([late])
    gate.set()
    stopping.join(LIMIT)
    assert (late.state, counts) == ("abandoned", [1])


def test_stop_abandons_what_is_left_and_counts_it(
    courier: Callable[..., Courier], gate: threading.Event
) -> None:
    def wait() -> ReceiverAnswer:
        gate.wait(LIMIT)
        return ReceiverAnswer(200)

    transport = ScriptedTransport(**{URL: wait})
    transport.close = gate.set  # type: ignore[method-assign]
    seen: list[Delivery] = []
    under_test = courier(transport, on_change=seen.append)
    owed = [delivery(number) for number in range(4)]
    under_test.accept(owed)
    assert transport.arrived.wait(LIMIT)
    assert under_test.stop(0.05) == 4
    assert under_test.stop(0) == 4
    assert {one.state for one in owed} == {"abandoned"}
    assert all(one.reason for one in owed)
    assert [len(one.attempts) for one in owed] == [1, 0, 0, 0]
    assert "abandoned" in str(owed[0].attempts[0].error)
    assert owed[0].attempts[0].status is None
    assert (seen, under_test.pending, under_test.wait_idle(0)) == (owed, 0, True)


def test_what_comes_after_the_stop_is_abandoned(courier: Callable[..., Courier]) -> None:
    seen: list[Delivery] = []
    under_test = courier(ScriptedTransport(), on_change=seen.append)
    assert under_test.stop(0) == 0
    late = delivery()
    under_test.accept([late])
    assert (late.state, late.reason) == ("abandoned", "the courier had been stopped")
    assert seen == [late]


def test_a_transport_that_does_not_close_does_not_hinder_the_stop(
    courier: Callable[..., Courier],
) -> None:
    transport = ScriptedTransport()
    transport.close = failing(RuntimeError("stuck"))  # type: ignore[assignment, method-assign]
    under_test = courier(transport)
    under_test.accept([delivery()])
    assert under_test.stop(LIMIT) == 0


# --- over real sockets


class Hook(ThreadingHTTPServer):
    """A receiver as people write it; holds paths that start with /slow until its gate opens."""

    daemon_threads = False
    request_queue_size = 64

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HookHandler)
        self.received: dict[str, list[bytes]] = defaultdict(list)
        self.slow_arrived = threading.Event()
        self.gate = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_port}"


class HookHandler(BaseHTTPRequestHandler):
    server: Hook
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.received[self.path].append(body)
        if self.path.startswith("/slow"):
            self.server.slow_arrived.set()
            self.server.gate.wait(LIMIT)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as hook:
        thread = threading.Thread(target=hook.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield hook
        hook.gate.set()
        hook.shutdown()
        thread.join(LIMIT)


@pytest.mark.parametrize("keep_alive", [False, True])
def test_lanes_stay_in_order_under_load(
    keep_alive: bool, hook: Hook, courier: Callable[..., Courier]
) -> None:
    under_test = courier(HttpTransport(keep_alive=keep_alive), timeout=LIMIT)
    owed = [delivery(n, url=f"{hook.url}/{n % 6}", lane=f"lane-{n % 6}") for n in range(300)]
    for start in range(0, 300, 7):
        under_test.accept(owed[start : start + 7])
    assert under_test.wait_idle(LIMIT)
    assert {one.reason for one in owed} == {None}
    for lane in range(6):
        assert hook.received[f"/{lane}"] == ids(owed[lane::6])
    assert under_test.stop(0) == 0


def test_stop_cuts_a_post_that_is_under_way(hook: Hook, courier: Callable[..., Courier]) -> None:
    under_test = courier(HttpTransport(), timeout=60)
    owed = delivery(url=f"{hook.url}/slow")
    under_test.accept([owed])
    assert hook.slow_arrived.wait(LIMIT)
    assert under_test.stop(0.01) == 1
    assert (owed.state, len(owed.attempts)) == ("abandoned", 1)
    assert not [t for t in threading.enumerate() if t.name.startswith("courier-")]
