"""Whatever fails once a change is kept: the call is answered, webhooks leave, somebody is told.

PLACES lists everything that runs behind a kept change. Each is made to raise, and each must have
raised. Two places are not in it: `broken_reply.send_broken`, which breaks the answer because a
fault asks for it and releases the webhooks first, and the server's own `start_response`, which
`tests/webhooks/test_release.py` breaks.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from megaapi_mock.commands.console import Lines
from megaapi_mock.commands.output import Output
from megaapi_mock.domain.agenda import Agenda
from megaapi_mock.domain.mailbox import Mailbox
from megaapi_mock.domain.number_registry import NumberRegistry
from megaapi_mock.domain.undo_table import Part, UndoTable
from megaapi_mock.errors import StoreUnavailable
from megaapi_mock.faults.active import ActiveFaults
from megaapi_mock.ids import Ids
from megaapi_mock.profile import default_profile
from megaapi_mock.records.counts import Counts
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.records.feed import Feed
from megaapi_mock.records.journal import Journal
from megaapi_mock.records.log import Log
from megaapi_mock.records.waiter import Waiter
from megaapi_mock.runtime.timers import Timers
from megaapi_mock.simulation import contact_messages
from megaapi_mock.spec.plans import ADMIN_TOKEN, EVERY_PLAN
from megaapi_mock.store.memory import MemoryStore
from megaapi_mock.store.owed import Capacity, OwedInMemory
from megaapi_mock.store.points import Points
from megaapi_mock.testing import Served
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.control import direct_inbound, json_body, webhook_routes
from megaapi_mock.web.gateway import front, pipeline
from megaapi_mock.web.gateway.call_faults import CallFaults
from megaapi_mock.web.gateway.reply import Reply
from megaapi_mock.webhooks import courier, publish
from megaapi_mock.webhooks.chaos import copies
from megaapi_mock.webhooks.chaos.dispatcher import ChaosDispatcher
from megaapi_mock.webhooks.chaos.series import Series
from megaapi_mock.webhooks.courier import Courier
from megaapi_mock.webhooks.http import connection
from megaapi_mock.webhooks.http.client import HttpTransport
from megaapi_mock.webhooks.lanes import Lane, Lanes
from megaapi_mock.webhooks.publish import Publisher
from megaapi_mock.webhooks.render import Renderer
from megaapi_mock.webhooks.trip import RunningAttempt
from megaapi_mock.webhooks.worker_pool import WorkerPool

from ..conftest import MakeApp
from ..support import AUTH, KEY, UNLINKED

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ANA, PEER = "5511900000002", "5511900000003"
PLANTED = "planted in a test"

ERRORS = (RuntimeError(PLANTED), BrokenPipeError(PLANTED))


class Receiver:
    """A bot that answers 200 to every webhook; `texts` are those of the messages it was sent."""

    def __init__(self) -> None:
        self.bodies: list[Any] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.bodies.append(orjson.loads(environ["wsgi.input"].read()))
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]

    @property
    def texts(self) -> list[str]:
        messages = [body["message"] for body in self.bodies if "message" in body]
        return [
            message.get("conversation") or message["extendedTextMessage"]["text"]
            for message in messages
        ]


@pytest.fixture(scope="module")
def bot() -> Iterator[tuple[Receiver, str]]:
    """A receiver on a port of its own, and its URL."""
    receiver = Receiver()
    with Served(receiver) as server:
        yield receiver, f"{server.url}/webhook"


@pytest.fixture
def receiver(bot: tuple[Receiver, str]) -> Receiver:
    bot[0].bodies.clear()
    return bot[0]


class Break:
    """Raises `error` in the place of `real`, for the arguments that fit; `count` says how often."""

    def __init__(
        self, error: Exception, real: Any = None, fits: Callable[..., bool] = lambda *_, **__: True
    ) -> None:
        self.error, self.real, self.fits = error, real, fits
        self.count = 0

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        if not self.fits(*arguments, **named):
            return self.real(*arguments, **named)
        self.count += 1
        raise self.error

    def method(self) -> Callable[..., Any]:
        """A function, so that a class hands over the instance too."""
        return lambda *arguments, **named: self(*arguments, **named)


Holder = Callable[[MockApp], Any]
Around = Callable[[MockApp], AbstractContextManager[Any]]


@dataclass(frozen=True)
class FailurePoint:
    """Something that runs behind a kept change: `name`, of what `holder` finds, is made to raise.

    `loses` says that the webhook depends on it; `in_bugs` that the mock's list of its own bugs has
    it, and not the log alone. `calls` are the kinds of calls that come by here, `fits` the
    arguments that raise (all, unless given), `around` what must be so meanwhile; `seconds` pass
    before it is reached.
    """

    id: str
    holder: Holder
    name: str
    calls: tuple[str, ...] = ("send", "inbound")
    loses: bool = False
    in_bugs: bool = True
    to: str = ANA
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    fits: Callable[..., bool] = lambda *_, **__: True
    around: Around = lambda app: nullcontext()


def of(holder: Any) -> Holder:
    """The same in every app: a class or a module."""
    return lambda app: holder


@contextmanager
def somebody_waits(app: MockApp) -> Iterator[None]:
    """A wait for every kind of record."""
    with ExitStack() as waits:
        for kind in ("exchange", "delivery", "message"):
            waits.enter_context(app.runtime.records.journal.waiting_with(Waiter(kind)))
        yield


@contextmanager
def a_stream_is_open(app: MockApp) -> Iterator[None]:
    with closing(app.runtime.records.journal.feed.read()):
        yield


@contextmanager
def a_peer_is_linked(app: MockApp) -> Iterator[None]:
    assert app.test_client().post(f"/_mock/instances/{UNLINKED}/link").status_code == 200
    yield


@contextmanager
def a_peer_is_broken(app: MockApp) -> Iterator[None]:
    with a_peer_is_linked(app), pytest.MonkeyPatch.context() as patch:
        patch.setattr(Mailbox, "take", Break(RuntimeError(PLANTED)))
        yield


@contextmanager
def chaos_passes(app: MockApp) -> Iterator[None]:
    """Webhooks pass through chaos, and are held for no time."""
    path = f"/_mock/instances/{KEY}/chaos"
    assert app.test_client().post(path, json={"delay": [0, 0]}).status_code < 300
    yield


@contextmanager
def chaos_doubles(app: MockApp) -> Iterator[None]:
    """Each webhook is to leave twice; no longer once this ends."""
    path = f"/_mock/instances/{KEY}/chaos"
    assert app.test_client().post(path, json={"duplicate": 2}).status_code < 300
    yield
    assert app.test_client().delete(path).status_code < 300


def is_copy(_: object, *arguments: object) -> bool:
    """Whether any of these is a copy that chaos has made, or they are several such copies."""
    deliveries = [
        each
        for argument in arguments
        for each in (argument if isinstance(argument, list) else [argument])
        if isinstance(each, Delivery)
    ]
    return any(each.chaos is not None for each in deliveries)


@contextmanager
def time_runs(app: MockApp) -> Iterator[None]:
    """The clock runs, so that what is due later concerns the timers."""
    app.runtime.clock.freeze(False)
    yield
    app.runtime.clock.freeze()


@contextmanager
def nobody_can_log(app: MockApp) -> Iterator[None]:
    """The log's stream has gone, as that of a closed console; and there is something to log."""
    handler = logging.Handler()
    handler.emit = Break(BrokenPipeError("the console has gone"))  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    assert handler.emit.count


@contextmanager
def calls_are_folded(app: MockApp) -> Iterator[None]:
    """Every call is counted at once, not after some hundreds of them."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (pipeline, direct_inbound):
            patch.setattr(module, "NOTED_MOST", 0)
        yield


SEND = ("send",)
FLASK = ("inbound by Flask",)
DELAY = (("X-Mock-Fault", "delay; seconds=0.001; after=true"),)
PLACES = (
    # The state itself, what it owes, and the ways back.
    FailurePoint("tables", of(UndoTable), "commit"),
    FailurePoint("agenda", of(Agenda), "commit", SEND),
    FailurePoint("shared-room", of(Part), "resize"),
    FailurePoint("due-times", of(MemoryStore), "_note_due"),
    FailurePoint("what-is-owed", of(OwedInMemory), "keep", loses=True),
    FailurePoint("claims", of(OwedInMemory), "claim_deliveries"),
    FailurePoint("ways-back", of(Points), "keep", ("inbound",)),
    # The timers and the peers.
    FailurePoint("timers", of(Timers), "nudge", SEND, in_bugs=False, around=time_runs),
    FailurePoint("peer", of(Mailbox), "take", SEND, to=PEER, seconds=9000, around=a_peer_is_linked),
    FailurePoint(
        "peer-answer",
        of(publish),
        "failed_ack",
        SEND,
        to=PEER,
        seconds=9000,
        around=a_peer_is_broken,
    ),
    # Who waits and who listens.
    FailurePoint("message-waits", of(Journal), "messages_changed", around=somebody_waits),
    FailurePoint("waits", of(Waiter), "show", in_bugs=False, around=somebody_waits),
    FailurePoint("event-streams", of(Feed), "add", in_bugs=False, around=a_stream_is_open),
    FailurePoint("console-lines", of(Lines), "_print", in_bugs=False),
    FailurePoint("console", of(Output), "write", in_bugs=False),
    # The answer of the call.
    FailurePoint("reply-faults", of(CallFaults), "apply", SEND, headers=DELAY),
    FailurePoint(
        "fault-hits",
        lambda app: app.runtime.records.journal.fault_hits,
        "add",
        SEND,
        in_bugs=False,
        headers=DELAY,
    ),
    FailurePoint("contract", of(pipeline.Pipeline), "_hold_to_contract", SEND),
    FailurePoint(
        "contract-without-log",
        of(pipeline.Pipeline),
        "_hold_to_contract",
        SEND,
        around=nobody_can_log,
    ),
    FailurePoint("call-record", of(pipeline), "exchange_of", SEND),
    FailurePoint(
        "call-id", of(Journal), "next_id", SEND, fits=lambda _, prefix, owner: prefix == "x"
    ),
    FailurePoint("call-journal", lambda app: app.runtime.records.journal.exchanges, "add", SEND),
    FailurePoint("call-size", lambda app: app.runtime.records.journal.exchanges, "size_of", SEND),
    FailurePoint("webhook-journal", lambda app: app.runtime.records.journal.deliveries, "add"),
    FailurePoint("webhook-size", lambda app: app.runtime.records.journal.deliveries, "size_of"),
    FailurePoint("call-headers", of(Reply), "headers", SEND),
    FailurePoint("call-counts", of(Counts), "fold_if_long", around=calls_are_folded),
    FailurePoint("control-counts", of(Counts), "note", FLASK, in_bugs=False),
    FailurePoint(
        "control-answer",
        of(direct_inbound.orjson),
        "dumps",
        ("inbound",),
        in_bugs=False,
        fits=lambda document, *_: isinstance(document, dict) and "content" in document,
    ),
    FailurePoint(
        "control-answer-by-flask",
        of(json_body.orjson),
        "dumps",
        FLASK,
        in_bugs=False,
        fits=lambda document, *_: isinstance(document, dict) and "content" in document,
    ),
    FailurePoint("store-settled", of(MemoryStore), "settle", FLASK, in_bugs=False),
    FailurePoint(
        "compression", of(front), "compress", SEND, headers=(("Accept-Encoding", "gzip"),)
    ),
    # The webhook on its way out.
    FailurePoint("rendering-a-webhook", of(Renderer), "render", loses=True),
    FailurePoint(
        "room-for-webhooks",
        of(Capacity),
        "add",
        loses=True,
        fits=lambda _, delivery, sign=1: sign == -1,
    ),
    FailurePoint("chaos", of(Series), "accept", in_bugs=False, around=chaos_passes),
    FailurePoint("hand-over", lambda app: app.runtime.instances.publisher, "_accept", loses=True),
    FailurePoint(
        "hand-over-by-chaos",
        lambda app: app.runtime.webhooks.chaos_dispatcher,
        "_forward",
        loses=True,
        in_bugs=False,
        around=chaos_passes,
    ),
    # The copies that chaos makes of it: the webhook itself leaves without them.
    *[
        FailurePoint(name, of(holder), method, in_bugs=False, fits=fits, around=chaos_doubles)
        for name, holder, method, fits in (
            ("copy", copies, "copy_of", lambda *_, **__: True),
            ("copy-record", Journal, "write_deliveries", is_copy),
            ("copy-shown-to-waits", Journal, "_tell", is_copy),
            ("copy-written-down", Journal, "_write_down", is_copy),
            ("copy-size", Log, "add", is_copy),
        )
    ],
    FailurePoint(
        "turns-of-chaos",
        of(ChaosDispatcher),
        "_run_due",
        loses=True,
        # What came before it has left, and its copies are made.
        fits=lambda *_, by_then=True: by_then,
        around=chaos_doubles,
    ),
    FailurePoint(
        "departure-from-chaos",
        of(ChaosDispatcher),
        "_forward_leaving",
        loses=True,
        around=chaos_doubles,
    ),
    FailurePoint(
        "hand-over-of-copies",
        lambda app: app.runtime.webhooks.chaos_dispatcher,
        "_forward",
        loses=True,
        in_bugs=False,
        around=chaos_doubles,
    ),
    FailurePoint("lanes", of(Lanes), "queue", loses=True),
    FailurePoint("transport", of(HttpTransport), "post", loses=True, in_bugs=False),
    FailurePoint(
        "transport-without-log",
        of(HttpTransport),
        "post",
        loses=True,
        in_bugs=False,
        around=nobody_can_log,
    ),
    FailurePoint("attempt", of(RunningAttempt), "attempt", in_bugs=False),
    FailurePoint("attempt-reason", of(courier), "failure_reason", in_bugs=False),
    FailurePoint(
        "attempt-journal",
        lambda app: app.runtime.records.journal.deliveries,
        "update_size",
        in_bugs=False,
    ),
)
CASES = [
    pytest.param(place, call, id=f"{place.id}-{call}") for place in PLACES for call in place.calls
]


@pytest.fixture
def app(make_app: MakeApp, bot: tuple[Receiver, str], receiver: Receiver) -> Iterator[MockApp]:
    """An app over HTTP whose first instance has the receiver; it may note what was planted."""
    lines = Lines(Output(io.StringIO()))
    app = make_app(
        transport=None,
        switches={"ack_delays": "3600,3601,3602", "webhook_hosts": "loopback"},
        on_exchange=lines.exchange,
        on_delivery=lines.delivery,
    )
    app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(bot[1]))
    yield app
    assert [bug for bug in app.runtime.records.bugs if PLANTED not in bug] == []
    app.runtime.records.bugs.clear()


def send(app: MockApp, text: str, to: str = ANA, headers: Iterable[tuple[str, str]] = ()) -> None:
    """A text by the gateway's API, answered 200 with its message."""
    reply = app.test_client().post(
        f"/rest/sendMessage/{KEY}/text",
        json={"messageData": {"to": to, "text": text}},
        headers={**AUTH, **dict(headers)},
    )
    with reply:
        assert reply.status_code == 200, reply.get_data()
        assert reply.get_json()["messageData"]["key"]["id"]


def inbound(app: MockApp, text: str, to: str = ANA, headers: Iterable[Any] = ()) -> None:
    """A text of a contact by the control API, answered 201 with its message."""
    body = {"from": to, "set": {"message.conversation": text}}
    path = f"/_mock/instances/{KEY}/inbound"
    reply = app.test_client().post(path, json=body, headers=dict(headers))
    with reply:
        assert reply.status_code == 201, reply.get_data()
        assert reply.get_json()["content"]["conversation"] == text


def inbound_by_flask(app: MockApp, text: str, to: str = ANA, headers: Iterable[Any] = ()) -> None:
    """The same, from a page: the short way does not know who may use the control API."""
    inbound(app, text, to, [("Origin", "http://localhost"), *headers])


CALLS = {"send": send, "inbound": inbound, "inbound by Flask": inbound_by_flask}


def kept(app: MockApp) -> list[str]:
    """The texts of the instance's messages, by the control API."""
    items = app.test_client().get(f"/_mock/messages?instance={KEY}").get_json()["items"]
    contents = [item["content"] for item in items]
    return [
        content.get("conversation") or content["extendedTextMessage"]["text"]
        for content in contents
    ]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(("place", "call"), CASES)
def test_a_failure_behind_a_kept_change_loses_no_message(
    app: MockApp,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    place: FailurePoint,
    call: str,
    error: Exception,
) -> None:
    with place.around(app), monkeypatch.context() as patch:
        holder = place.holder(app)
        broken = Break(error, getattr(holder, place.name), place.fits)
        patch.setattr(holder, place.name, broken.method())
        CALLS[call](app, "kept", place.to, place.headers)
        if place.seconds:
            app.runtime.clock.advance(place.seconds)
        assert app.runtime.webhooks.courier.wait_idle(60), "a webhook is stuck"
    assert broken.count, f"{place.id} was not reached"
    CALLS[call](app, "later", place.to)
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert kept(app) == ["kept", "later"]
    assert receiver.texts == ([] if place.loses else ["kept"]) + ["later"]
    states = {delivery.state for delivery in app.runtime.records.journal.deliveries.after(None)}
    assert "queued" not in states
    assert PLANTED in caplog.text
    assert bool(app.runtime.records.bugs) == place.in_bugs


@pytest.mark.parametrize("name", ["read_head", "body_pieces"])
def test_an_answer_that_our_own_bug_cannot_read_strands_no_webhook(
    app: MockApp, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Only what the network does not raise itself: that is a failure of the receiver's."""
    with monkeypatch.context() as patch:
        broken = Break(RuntimeError(PLANTED))
        patch.setattr(connection, name, broken)
        send(app, "kept")
        assert app.runtime.webhooks.courier.wait_idle(60), "a webhook is stuck"
    assert broken.count
    send(app, "later")
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert receiver.texts == kept(app) == ["kept", "later"]
    first, *_, last = app.runtime.records.journal.deliveries.after(None)
    assert (first.state, last.state) == ("failed", "delivered")
    assert PLANTED in str(first.reason)


# Before the change is kept, it is asked twice whether anybody listens: what fails then undoes it.
@pytest.mark.parametrize(("name", "before"), [("keeps", 2), ("add", 0)])
def test_a_change_of_a_group_that_no_stream_can_show_is_kept_and_told(
    app: MockApp, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, name: str, before: int
) -> None:
    calls = count()
    client = app.test_client()
    group = client.get(f"/_mock/instances/{KEY}/groups").get_json()["items"][0]
    change = {"event": "group-update", "from": ANA, "group": group["jid"]}
    with a_stream_is_open(app), monkeypatch.context() as patch:
        real = getattr(Feed, name)
        broken = Break(RuntimeError(PLANTED), real, lambda *_: next(calls) >= before)
        patch.setattr(Feed, name, broken.method())
        assert client.post(f"/_mock/instances/{KEY}/inbound", json=change).status_code == 201
        assert app.runtime.webhooks.courier.wait_idle(60), "a webhook is stuck"
    assert broken.count
    send(app, "later")
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert len(receiver.bodies) == 2 and receiver.texts == ["later"]


def test_a_lane_that_cannot_be_made_holds_up_no_later_webhook(
    app: MockApp, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        broken = Break(RuntimeError(PLANTED))
        patch.setattr(Lane, "owner", property(broken.method()))
        send(app, "kept")
    assert broken.count
    send(app, "later")
    assert app.runtime.webhooks.courier.wait_idle(60), "a webhook is stuck"
    assert kept(app) == ["kept", "later"] and receiver.texts == ["later"]
    assert app.runtime.webhooks.courier.waiting_bytes == 0


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_inbound_message_that_cannot_be_shown_is_answered_with_its_id(
    app: MockApp, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(contact_messages, "message_json", Break(error))
        body = {"from": ANA, "set": {"message.conversation": "kept"}}
        reply = app.test_client().post(f"/_mock/instances/{KEY}/inbound", json=body)
    assert app.runtime.webhooks.courier.wait_idle(60)
    shown = app.test_client().get(f"/_mock/messages?instance={KEY}").get_json()["items"]
    assert (reply.status_code, reply.get_json()) == (201, {"instance": KEY, "id": shown[0]["id"]})
    assert receiver.texts == kept(app) == ["kept"]
    assert PLANTED in app.runtime.records.bugs[0]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(
    ("holder", "name"),
    [(NumberRegistry, "register"), (MemoryStore, "_write"), (Journal, "next_id")],
)
def test_a_failure_before_a_change_is_kept_undoes_all_of_it(
    app: MockApp, monkeypatch: pytest.MonkeyPatch, holder: type, name: str, error: Exception
) -> None:
    """The bare 500 of our own bug, and nothing has happened; the next call works."""
    client, path = app.test_client(), f"/_mock/instances/{UNLINKED}"
    publisher = app.runtime.instances.publisher
    publisher.change(UNLINKED, lambda instance: instance.set_webhook("http://127.0.0.1:9/"))
    before = client.get(path).get_json()
    registry = app.runtime.instances.store.gateway.number_registry
    linked_before = registry.linked
    broken = Break(error)
    with monkeypatch.context() as patch:
        patch.setattr(holder, name, broken.method())
        assert client.post(f"{path}/link").status_code == 500
    assert broken.count
    assert client.get(path).get_json() == before
    assert registry.linked == linked_before, "others would write to it as to a linked instance"
    assert client.post(f"{path}/link").status_code == 200
    assert client.get(path).get_json()["state"] == "connected"
    assert app.runtime.webhooks.courier.wait_idle(60)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_what_could_not_be_tidied_up_is_not_undone_with_a_later_change(
    app: MockApp, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(UndoTable, "commit", Break(error))
        send(app, "kept")
    with monkeypatch.context() as patch:
        patch.setattr(MemoryStore, "_write", Break(error))
        path, body = f"/rest/sendMessage/{KEY}/text", {"messageData": {"to": ANA, "text": "undone"}}
        with app.test_client().post(path, json=body, headers=AUTH) as reply:
            assert reply.status_code == 500
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert kept(app) == receiver.texts == ["kept"]


# -- bounds of threads and of listeners ----------------------------------------------------------


@pytest.fixture
def prompt_app(
    make_app: MakeApp, bot: tuple[Receiver, str], receiver: Receiver
) -> Iterator[MockApp]:
    """The same with acknowledgements at once, as they are by default."""
    app = make_app(transport=None, switches={"webhook_hosts": "loopback"})
    app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(bot[1]))
    yield app
    assert [bug for bug in app.runtime.records.bugs if PLANTED not in bug] == []
    app.runtime.records.bugs.clear()


def states(app: MockApp) -> list[str]:
    """The states of all webhooks, each once."""
    return sorted(
        {delivery.state for delivery in app.runtime.records.journal.deliveries.after(None)}
    )


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize(
    ("name", "peer"),
    [("claim_peer_message", a_peer_is_linked), ("keep_peer_message", a_peer_is_broken)],
)
def test_message_that_cannot_be_carried_to_a_peer_does_not_fail_its_send(
    prompt_app: MockApp, monkeypatch: pytest.MonkeyPatch, name: str, peer: Around, error: Exception
) -> None:
    app = prompt_app
    with peer(app), monkeypatch.context() as patch:
        broken = Break(error)
        patch.setattr(OwedInMemory, name, broken.method())
        send(app, "kept", PEER)
        assert broken.count
        assert app.runtime.webhooks.courier.wait_idle(60)
    assert kept(app)[:1] == ["kept"]
    assert states(app) == ["delivered"]
    # What waited for a peer goes with the next change, whoever causes it.
    send(app, "later")
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert not app.runtime.instances.store.owed.has_peer_messages
    assert states(app) == ["delivered"]


def test_peer_message_the_database_refused_once_goes_with_the_next_change(
    prompt_app: MockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = prompt_app
    with a_peer_is_linked(app), monkeypatch.context() as patch:
        broken = Break(StoreUnavailable(PLANTED))
        patch.setattr(publish.Publisher, "_deliver", broken.method())
        send(app, "kept", PEER)
        assert broken.count and app.runtime.instances.store.owed.has_peer_messages
    send(app, "later")
    assert not app.runtime.instances.store.owed.has_peer_messages
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert states(app) == ["delivered"]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_acknowledgements_of_a_failed_agenda_outlive_a_later_change(
    app: MockApp, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(Agenda, "commit", Break(error))
        send(app, "kept")
    with monkeypatch.context() as patch:
        patch.setattr(MemoryStore, "_write", Break(error))
        path, body = f"/rest/sendMessage/{KEY}/text", {"messageData": {"to": ANA, "text": "undone"}}
        with app.test_client().post(path, json=body, headers=AUTH) as reply:
            assert reply.status_code == 500
    app.runtime.clock.advance(9000)
    assert app.runtime.webhooks.courier.wait_idle(60)
    acks = [body["update"]["status"] for body in receiver.bodies if "update" in body]
    assert acks == [2, 3, 4]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_webhook_sent_again_that_nobody_took_is_not_left_queued(
    app: MockApp, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    send(app, "kept")
    assert app.runtime.webhooks.courier.wait_idle(60)
    delivery = next(iter(app.runtime.records.journal.deliveries.after(None)))
    with monkeypatch.context() as patch:
        patch.setattr(app.runtime.webhooks.courier, "accept", Break(error))
        reply = app.test_client().post(f"/_mock/deliveries/{delivery.id}/resend")
    copy = reply.get_json()
    assert (reply.status_code, copy["state"]) == (201, "abandoned")
    assert PLANTED in copy["reason"]
    assert states(app) == ["abandoned", "delivered"]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_what_is_emitted_leaves_where_there_can_be_no_chaos(
    app: MockApp, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(app.runtime.webhooks.chaos_dispatcher, "claim", Break(error))
        body = {"event": "text-plain", "chaos": {"duplicate": 2}}
        reply = app.test_client().post(f"/_mock/instances/{KEY}/emit", json=body)
    assert reply.status_code == 201, reply.text
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert len(receiver.bodies) == 1
    assert states(app) == ["delivered"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"{UNLINKED}/link", {}),
        (f"{KEY}/unlink", {}),
        (f"{KEY}/contacts/{ANA}", {"state": "phone_off"}),
        (f"{KEY}/webhook", {"url": "http://127.0.0.1:9/"}),
        (f"{UNLINKED}/qr", {}),
        (f"{UNLINKED}/pairing-code", {"number": "5511900000001"}),
    ],
)
def test_answer_of_a_change_is_made_before_it_is_kept(
    app: MockApp, monkeypatch: pytest.MonkeyPatch, path: str, body: dict[str, str]
) -> None:
    client = app.test_client()
    with monkeypatch.context() as patch:
        patch.setattr(publish.Publisher, "look", Break(RuntimeError(PLANTED)))
        patch.setattr(MemoryStore, "read", Break(RuntimeError(PLANTED)))
        reply = client.post(f"/_mock/instances/{path}", json=body)
    assert reply.status_code == 200, reply.text
    shown = reply.get_json()
    if not path.endswith("/qr"):
        place = path.rpartition("/")[0] if "contacts" not in path else path
        assert client.get(f"/_mock/instances/{place}").get_json() == shown
    assert app.runtime.webhooks.courier.wait_idle(60)


@dataclass(frozen=True)
class ControlPlace:
    """Something that runs behind what a call of the control API has done, and is made to raise."""

    name: str
    holder: Any
    method: str
    path: str
    body: Any = None

    def __str__(self) -> str:
        return f"{self.method} {self.path}: {self.holder.__name__}.{self.name}"


def all_of(method: str, path: str, *names: tuple[Any, str], body: Any = None) -> list[ControlPlace]:
    return [ControlPlace(name, holder, method, path, body) for holder, name in names]


_ENDS = ((Publisher, "abandon"), (ChaosDispatcher, "clear"), (Courier, "abandon"))
CONTROL_PLACES = (
    *all_of(
        "DELETE",
        f"/instances/{KEY}",
        *_ENDS,
        (Points, "forget"),
        (ActiveFaults, "reset"),
        (Journal, "keep_count"),
        (Journal, "instance_gone"),
    ),
    *all_of(
        "POST",
        "/reset",
        *_ENDS,
        (Points, "forget"),
        (ActiveFaults, "reset"),
        (Journal, "forget"),
        (Ids, "renew"),
    ),
    *all_of("POST", f"/reset?instance={KEY}", *_ENDS, (Journal, "forget"), (Ids, "renew")),
    *all_of(
        "PUT",
        "/state",
        *_ENDS,
        (Points, "forget"),
        (Journal, "recount"),
        (ChaosDispatcher, "put_back"),
        (Journal, "write_deliveries"),
        (ActiveFaults, "put_back"),
    ),
    *all_of(
        "POST",
        f"/instances/{KEY}/rewind",
        *_ENDS,
        (Points, "forget_after"),
        (Ids, "renew"),
        (MemoryStore, "next_due"),
        body={"point": "p1"},
    ),
    *all_of("POST", "/clock", (MemoryStore, "next_due"), body={"advance": 5}),
    *all_of("DELETE", f"/instances/{KEY}/chaos", (Series, "flush")),
)


@pytest.mark.parametrize("place", CONTROL_PLACES, ids=str)
def test_failure_after_a_control_call_is_done_does_not_fail_the_call(
    app: MockApp,
    receiver: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    place: ControlPlace,
) -> None:
    client = app.test_client()
    options: dict[str, Any] = {"json": place.body}
    if place.path == "/state":
        options = {"data": client.get("/_mock/state").get_data()}
    assert client.post(f"/_mock/instances/{KEY}/points", json={}).status_code == 201
    if place.path.endswith("/chaos"):
        chaos = client.post(f"/_mock/instances/{KEY}/chaos", json={"delay": [60, 60]})
        assert chaos.status_code == 200
    send(app, "kept")
    with monkeypatch.context() as patch:
        broken = Break(RuntimeError(PLANTED))
        patch.setattr(place.holder, place.name, broken.method())
        reply = client.open(f"/_mock{place.path}", method=place.method, **options)
    assert broken.count, f"{place} was not reached"
    assert reply.status_code == 200, reply.text
    assert PLANTED in caplog.text
    assert app.runtime.webhooks.courier.wait_idle(60)
    states = {delivery.state for delivery in app.runtime.records.journal.deliveries.after(None)}
    assert "queued" not in states


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_webhook_sent_again_that_cannot_be_shown_is_answered_with_its_id(
    app: MockApp, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    send(app, "kept")
    assert app.runtime.webhooks.courier.wait_idle(60)
    delivery = next(iter(app.runtime.records.journal.deliveries.after(None)))
    with monkeypatch.context() as patch:
        patch.setattr(webhook_routes, "delivery_json", Break(error))
        reply = app.test_client().post(f"/_mock/deliveries/{delivery.id}/resend")
    assert (reply.status_code, list(reply.get_json())) == (201, ["id"])
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert states(app) == ["delivered"]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_webhook_sent_again_that_is_in_no_journal_is_not_left_queued(
    app: MockApp, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    send(app, "kept")
    assert app.runtime.webhooks.courier.wait_idle(60)
    delivery = next(iter(app.runtime.records.journal.deliveries.after(None)))
    recorder = Break(error)
    with monkeypatch.context() as patch:
        patch.setattr(app.runtime.records.journal, "_tell", recorder)
        reply = app.test_client().post(f"/_mock/deliveries/{delivery.id}/resend")
        assert recorder.count
    assert reply.status_code == 201, reply.text
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert "queued" not in states(app)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_reply_of_the_host_that_cannot_be_checked_is_sent(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    app = make_app(profile=default_profile(EVERY_PLAN))
    headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    with monkeypatch.context() as patch:
        patch.setattr(pipeline.Pipeline, "_hold_to_contract", Break(error))
        reply = app.test_client().delete(f"/rest/instance/{KEY}/delete", headers=headers)
    assert (reply.status_code, reply.get_json()["error"]) == (200, False)
    assert KEY not in app.runtime.instances.store.keys()
    assert PLANTED in app.runtime.records.bugs[0]
    app.runtime.records.bugs.clear()


def test_store_that_cannot_settle_refuses_no_message_that_it_has_kept(
    app: MockApp, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(MemoryStore, "settle", Break(StoreUnavailable(PLANTED)))
        inbound_by_flask(app, "kept")
        assert app.test_client().post("/_mock/clock", json={"freeze": True}).status_code == 503
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert receiver.texts == kept(app) == ["kept"]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("name", ["take", "next_of", "close"])
def test_courier_thread_that_fails_with_its_lane_leaves_it_to_the_next(
    prompt_app: MockApp, monkeypatch: pytest.MonkeyPatch, name: str, error: Exception
) -> None:
    app = prompt_app
    broken = Break(error, getattr(Lanes, name), lambda *_: not broken.count)
    monkeypatch.setattr(Lanes, name, broken.method())
    for text in ("kept", "later"):
        send(app, text)
        assert app.runtime.webhooks.courier.wait_idle(60), "a webhook is stuck"
    assert broken.count
    assert states(app) == ["delivered"]


def test_pool_that_cannot_grow_carries_what_it_accepted(
    prompt_app: MockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = prompt_app
    with monkeypatch.context() as patch:
        broken = Break(RuntimeError(PLANTED))
        patch.setattr(WorkerPool, "_grow", broken.method())
        send(app, "kept")
        assert broken.count
        # They wait for a thread; nobody gives them up.
        assert states(app) == ["queued"]
        assert not app.runtime.records.bugs
    send(app, "later")
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert states(app) == ["delivered"]
