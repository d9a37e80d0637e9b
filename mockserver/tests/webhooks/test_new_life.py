"""After a reset, another state, or a new instance under an old key: the old owes nothing more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from megaapi_mock.domain.jid import PERSON, Jid
from megaapi_mock.domain.peer_messages import Envelope, PeerAck
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.resources import root
from megaapi_mock.web.app import MockApp
from megaapi_mock.webhooks.courier import Courier
from megaapi_mock.webhooks.http.client import ReceiverAnswer
from megaapi_mock.webhooks.lanes import SHARE, Lanes
from megaapi_mock.worlds.start import load_start

from ..conftest import MakeApp
from ..support import AUTH, KEY, RecordingTransport

HOOK = "http://127.0.0.1:9/hook"
OTHER = "megacode-TESTKEY0009"


class Gate(RecordingTransport):
    """Keeps the first webhook under way until it is opened."""

    def __init__(self) -> None:
        super().__init__()
        self.reached, self.open = threading.Event(), threading.Event()

    def post(
        self, url: str, body: bytes, headers: Sequence[tuple[str, str]], *, timeout: float
    ) -> ReceiverAnswer:
        if not self.reached.is_set():
            self.reached.set()
            assert self.open.wait(60)
        return super().post(url, body, headers, timeout=timeout)


def reset_all(app: MockApp) -> None:
    assert app.test_client().post("/_mock/reset").status_code == 200


def reset_one(app: MockApp) -> None:
    assert app.test_client().post(f"/_mock/reset?instance={KEY}").status_code == 200


def delete_and_create(app: MockApp) -> None:
    control_api, body = (
        app.test_client(),
        {"key": KEY, "number": "5511900000001", "connected": True},
    )
    assert control_api.delete(f"/_mock/instances/{KEY}").status_code == 200
    assert control_api.post("/_mock/instances", json=body).status_code == 201


def put_all(app: MockApp) -> None:
    control_api = app.test_client()
    state = control_api.get("/_mock/state").get_data()
    assert control_api.put("/_mock/state", data=state).status_code == 200


def put_one(app: MockApp) -> None:
    control_api = app.test_client()
    state = control_api.get(f"/_mock/state?instance={KEY}").get_data()
    assert control_api.put(f"/_mock/state?instance={KEY}", data=state).status_code == 200


WAYS = pytest.mark.parametrize(
    "begin_anew", [reset_all, reset_one, delete_and_create, put_all, put_one]
)


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open.set()


@pytest.fixture
def app(make_app: MakeApp) -> Iterator[MockApp]:
    made = make_app(switches={"acks": "off"})
    point(made)
    yield made


def point(app: MockApp) -> None:
    body = {"url": HOOK}
    assert app.test_client().post(f"/_mock/instances/{KEY}/webhook", json=body).status_code == 200


def send(app: MockApp, text: str, **headers: str) -> None:
    reply = app.test_client().post(
        f"/rest/sendMessage/{KEY}/text",
        json={"messageData": {"to": "5511900000002", "text": text}},
        headers={**AUTH, **headers},
    )
    assert reply.status_code == 200
    reply.get_data()
    reply.close()


def texts(app: MockApp) -> list[str]:
    """What the receiver was told."""
    transport = app.runtime.webhooks.courier._transport
    assert isinstance(transport, RecordingTransport)
    messages = [orjson.loads(body)["message"] for _, body, _ in list(transport.posts)]
    return [message["extendedTextMessage"]["text"] for message in messages]


def owed(app: MockApp) -> list[Delivery]:
    return list(app.runtime.records.journal.deliveries.after(None))


def await_told(app: MockApp, state: str) -> None:
    found = app.test_client().get(f"/_mock/deliveries?status={state}&wait=60").get_json()["items"]
    assert found


@contextmanager
def paused_call(app: MockApp) -> Iterator[None]:
    """A call that is done, and whose answer and webhooks wait for most of a minute."""
    fault = {"X-Mock-Fault": "delay; seconds=50; after=true"}
    caller = threading.Thread(target=send, args=(app, "old"), kwargs=fault)
    caller.start()
    try:
        await_told(app, "queued")
        yield
    finally:
        app.pipeline.stopping.set()
        caller.join(60)


@WAYS
def test_call_that_waits_while_its_instance_begins_anew_does_not_happen(
    app: MockApp, begin_anew: Callable[[MockApp], None]
) -> None:
    replies: list[Any] = []

    def call() -> None:
        body = {"messageData": {"to": "5511900000002", "text": "old"}}
        headers = {**AUTH, "X-Mock-Fault": "delay; seconds=600"}
        path = f"/rest/sendMessage/{KEY}/text"
        replies.append(app.test_client().post(path, json=body, headers=headers))

    caller = threading.Thread(target=call)
    caller.start()
    limit = time.monotonic() + 60
    while not app.runtime.instances.publisher.waiting_calls._waiting:
        assert time.monotonic() < limit, "it waits"
        time.sleep(0.005)
    begin_anew(app)
    point(app)
    # Its time is over.
    app.pipeline.stopping.set()
    caller.join(60)
    app.pipeline.stopping.clear()
    assert replies[0].status_code == 503
    assert "while this call waited" in replies[0].headers["X-Mock-Reason"]
    assert app.test_client().get("/_mock/messages").get_json()["items"] == []
    send(app, "new")
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert texts(app) == ["new"]


@WAYS
def test_webhooks_of_a_paused_call_hold_up_no_new_ones(
    app: MockApp, begin_anew: Callable[[MockApp], None]
) -> None:
    with paused_call(app):
        (old,) = owed(app)
        begin_anew(app)
        point(app)
        send(app, "new")
        assert app.runtime.webhooks.courier.wait_idle(60)
        assert texts(app) == ["new"]
        assert old.state == "abandoned" and old.attempts == []
        assert old.reason and "came before it was sent" in old.reason
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert texts(app) == ["new"]


@WAYS
def test_a_slow_receiver_of_the_old_life_holds_up_no_new_webhooks(
    make_app: MakeApp, gate: Gate, begin_anew: Callable[[MockApp], None]
) -> None:
    app = make_app(transport=gate, switches={"acks": "off"})
    point(app)
    for number in range(20):
        send(app, f"old {number}")
    assert gate.reached.wait(60)
    under_way, *waiting = owed(app)
    begin_anew(app)
    point(app)
    send(app, "new")
    await_told(app, "delivered")
    assert texts(app) == ["new"]
    assert {each.state for each in waiting} == {"abandoned"}
    assert [each.attempts for each in waiting] == [[]] * 19
    assert under_way.state == "queued"
    gate.open.set()
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert texts(app) == ["new", "old 0"]
    assert under_way.state == "delivered"
    send(app, "newer")
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert texts(app) == ["new", "old 0", "newer"]


# A state carries what is held along: see test_state.
@pytest.mark.parametrize("begin_anew", [reset_all, reset_one, delete_and_create])
def test_what_was_held_of_the_old_life_is_abandoned(
    app: MockApp, begin_anew: Callable[[MockApp], None]
) -> None:
    control_api = app.test_client()
    control_api.post(f"/_mock/instances/{KEY}/chaos", json={"delay": [60, 60]})
    send(app, "old")
    (old,) = owed(app)
    begin_anew(app)
    point(app)
    app.runtime.clock.advance(100)
    send(app, "new")
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert texts(app) == ["new"] and old.state == "abandoned"


@pytest.mark.parametrize("begin_anew", [reset_one, delete_and_create, put_one])
def test_other_instances_are_owed_what_they_were(
    make_app: MakeApp, gate: Gate, begin_anew: Callable[[MockApp], None]
) -> None:
    app = make_app(transport=gate, switches={"acks": "off"})
    body = {"key": OTHER, "number": "5511900000020", "connected": True, "webhook_url": HOOK}
    assert app.test_client().post("/_mock/instances", json=body).status_code == 201
    path = f"/_mock/instances/{OTHER}/emit"
    told = {"event": "text-extended", "count": 3, "set": {"message.extendedTextMessage.text": "x"}}
    assert app.test_client().post(path, json=told).status_code == 201
    assert gate.reached.wait(60)
    begin_anew(app)
    gate.open.set()
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert texts(app) == ["x", "x", "x"]


@pytest.mark.parametrize("query", ["", f"?instance={KEY}"])
def test_a_reset_says_how_many_webhooks_it_ended_and_the_stream_which(
    app: MockApp, query: str
) -> None:
    reader = app.runtime.records.journal.feed.read(kinds=("delivery", "reset"))
    with paused_call(app):
        answer = app.test_client().post(f"/_mock/reset{query}").get_json()
    assert answer["abandoned"] == 1
    entries = app.runtime.records.journal.feed.entries_after(0)
    assert entries is not None
    shown = [
        entry.record.state if entry.kind == "delivery" else entry.kind
        for entry in entries
        if entry.kind in ("delivery", "reset")
    ]
    assert "abandoned" in shown[: shown.index("reset")]
    assert "abandoned" not in app.test_client().post(f"/_mock/reset{query}").get_json()
    reader.close()


def test_a_deleted_instance_leaves_records_that_say_so(app: MockApp) -> None:
    with paused_call(app):
        assert app.test_client().delete(f"/_mock/instances/{KEY}").status_code == 200
        (shown,) = app.test_client().get("/_mock/deliveries?status=abandoned").get_json()["items"]
        assert "the end of its instance" in shown["reason"]


def test_a_mock_that_started_in_a_state_comes_back_to_it_without_debts(
    make_app: MakeApp, app: MockApp, tmp_path: Path
) -> None:
    file = tmp_path / "state.json"
    file.write_bytes(app.test_client().get("/_mock/state").get_data())
    again = make_app(world=load_start(str(file), root("fixtures")), switches={"acks": "off"})
    for way in (reset_all, reset_one):
        with paused_call(again):
            (old,) = (each for each in owed(again) if each.state == "queued")
            way(again)
            send(again, "new")
            assert again.runtime.webhooks.courier.wait_idle(60)
            assert old.state == "abandoned"
        again.pipeline.stopping.clear()
        assert again.runtime.webhooks.courier.wait_idle(60)
        assert texts(again)[-1] == "new" and "old" not in texts(again)


def test_what_an_emission_was_to_suffer_ends_with_its_life(app: MockApp) -> None:
    publisher, chaos_dispatcher = (
        app.runtime.instances.publisher,
        app.runtime.webhooks.chaos_dispatcher,
    )
    from megaapi_mock.webhooks.chaos.chaos_options import Chaos

    chaos = Chaos.of({"delay": [5, 5]}, seed=0)
    batches = []
    for early in (True, False):
        with publisher.changing(KEY) as (instance, batch):
            instance.record("text-plain")
        batches.append(batch)
        if early:
            chaos_dispatcher.claim(batch.deliveries, chaos)
        reset_all(app)
        chaos_dispatcher.claim(batch.deliveries, chaos)
        publisher.release(batch)
        point(app)
    assert [each.state for batch in batches for each in batch.deliveries] == ["abandoned"] * 2
    assert chaos_dispatcher._series_of_claim == {}


def test_peer_messages_of_an_old_life_reach_nobody(app: MockApp) -> None:
    publisher, owed = app.runtime.instances.publisher, app.runtime.instances.store.owed
    person = Jid("5511900000003", PERSON)
    for sender, to in ((KEY, OTHER), (OTHER, KEY), (OTHER, "x"), (OTHER, "y")):
        owed.keep_peer_message(Envelope(sender, to, person, 0.0, PeerAck("3EB0", person)))
    publisher.abandon(KEY)
    envelope = owed.claim_peer_message()
    assert envelope is not None and envelope.to == "x"
    publisher.abandon()
    assert owed.claim_peer_message() is None and not owed.has_peer_messages


def delivery(lane: str, body: bytes = b"{}") -> Delivery:
    return Delivery("d1", 0.0, lane.partition("#")[0], "text-plain", "", HOOK, body, lane)


def test_lanes_of_an_old_life_take_nobodys_share() -> None:
    lanes = Lanes()
    for number in range(SHARE + 3):
        lanes.queue(delivery(f"one#{number}"))
    lanes.queue(delivery("two"))
    under_way = lanes.take(0.0)
    lanes.next_of(under_way)
    assert len(lanes.leave("one")) == SHARE + 2
    assert (lanes.ready, lanes.size) == (1, 2)
    assert lanes.queue(delivery("one#0"))
    lanes.close(under_way)
    assert lanes.ready == 2
    taken = [lanes.take(0.0) for _ in range(2)]
    assert sorted(lane.name for lane in taken) == ["one#0", "two"]
    for lane in taken:
        lanes.next_of(lane)
        lanes.close(lane)
    assert (lanes.size, dict(lanes._shares), lanes._lanes) == (0, {}, {})


@pytest.mark.broken_bodies
def test_abandoning_is_counted_and_told(app: MockApp) -> None:
    told: list[Delivery] = []
    transport = Gate()
    courier = Courier(
        transport=transport, clock=app.runtime.clock, on_change=told.append, headers=(), workers=1
    )
    under_way, waiting, other = (delivery(lane) for lane in ("one", "one", "two"))
    courier.accept([under_way, waiting, other])
    assert transport.reached.wait(60)
    courier.abandon("one")
    assert told == [waiting]
    transport.open.set()
    assert courier.wait_idle(60) and courier.pending == 0
    assert [each.state for each in (under_way, waiting, other)] == [
        "delivered", "abandoned", "delivered",
    ]  # fmt: skip
    assert courier.stop(60) == 0


def test_pausing_calls_and_resets_under_load(make_app: MakeApp) -> None:
    """Whatever meets whatever: in the end nothing is queued, and everybody hears what is new."""
    app = make_app(switches={"acks": "off"})
    point(app)
    ended = threading.Event()

    def call() -> None:
        while not ended.is_set():
            app.test_client().post(
                f"/rest/sendMessage/{KEY}/text",
                json={"messageData": {"to": "5511900000002", "text": "old"}},
                headers={**AUTH, "X-Mock-Fault": "delay; seconds=0.02; after=true"},
            ).close()

    callers = [threading.Thread(target=call) for _ in range(4)]
    for caller in callers:
        caller.start()
    for way in (reset_one, put_all, delete_and_create, put_one, reset_all) * 6:
        way(app)
        point(app)
    ended.set()
    for caller in callers:
        caller.join(60)
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert app.runtime.instances.store.owed._waiting == {}  # type: ignore[attr-defined]
    assert {each.state for each in owed(app)} <= {"delivered", "abandoned"}
    send(app, "new")
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert texts(app)[-1] == "new"
