"""Whatever fails once a change is kept: it is answered as kept, and its webhooks leave."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.domain.acknowledgements import Acknowledgements
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.mailbox import Mailbox
from megaapi_mock.faults.kinds.reply import ChosenReply
from megaapi_mock.records.journal import Journal
from megaapi_mock.runtime import timers
from megaapi_mock.store.memory import MemoryStore
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.gateway.pipeline import Pipeline
from megaapi_mock.webhooks.chaos.dispatcher import ChaosDispatcher
from megaapi_mock.webhooks.chaos.series import Series
from megaapi_mock.webhooks.courier import Courier
from megaapi_mock.webhooks.render import Renderer

from ..conftest import MakeApp
from ..support import AUTH, KEY, UNLINKED, RecordingTransport

HOOK = "http://127.0.0.1:9/hook"
PEER = "5511900000003"
Break = Callable[[pytest.MonkeyPatch, type, str], None]


class MadeUp(Exception):
    """What the tests let fail."""


def failing(*arguments: Any, **named: Any) -> Any:
    raise MadeUp


@pytest.fixture
def transport() -> RecordingTransport:
    return RecordingTransport()


@pytest.fixture
def hooked(make_app: MakeApp, transport: RecordingTransport) -> MockApp:
    """An app whose first instance has a webhook; no acks beside what is sent."""
    app = make_app(transport=transport, switches={"acks": "off"})
    app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(HOOK))
    return app


@pytest.fixture
def broken(hooked: MockApp) -> Iterator[MockApp]:
    """The same for tests that make it note a bug of its own: each must have noted one."""
    yield hooked
    assert [bug for bug in hooked.runtime.records.bugs if "MadeUp" not in bug] == []
    assert hooked.runtime.records.bugs
    hooked.runtime.records.bugs.clear()


def send(app: MockApp, text: str, to: str = "5511900000002", **headers: str) -> Any:
    """One text; its reply, handed over."""
    reply = app.test_client().post(
        f"/rest/sendMessage/{KEY}/text",
        json={"messageData": {"to": to, "text": text}},
        headers={**AUTH, **{name.replace("_", "-"): value for name, value in headers.items()}},
    )
    reply.get_data()
    reply.close()
    return reply


def arrived(app: MockApp, transport: RecordingTransport) -> list[str]:
    """The texts told so far."""
    assert app.runtime.webhooks.courier.wait_idle(60)
    messages = [orjson.loads(body)["message"] for _, body, _ in transport.posts]
    return [message["extendedTextMessage"]["text"] for message in messages]


@pytest.mark.parametrize(
    ("holder", "name"),
    [
        (Journal, "add_exchange"),
        (Journal, "messages_changed"),
        (Pipeline, "_hold_to_contract"),
        (Courier, "accept"),
        (Renderer, "render"),
    ],
)
def test_a_message_is_answered_as_kept_whatever_fails_after_it(
    broken: MockApp,
    transport: RecordingTransport,
    monkeypatch: pytest.MonkeyPatch,
    holder: type,
    name: str,
) -> None:
    with monkeypatch.context() as patch:
        if holder is Courier:
            patch.setattr(broken.runtime.instances.publisher, "_accept", failing)
        else:
            patch.setattr(holder, name, failing)
            # Somebody waits for messages: only then is anyone told of them.
            patch.setattr(broken.runtime.records.journal, "topics", {"message": KEY})
            patch.setattr(Journal, "awaits_messages", lambda *_: True)
        assert send(broken, "kept").status_code == 200
    assert send(broken, "later").status_code == 200
    told = ["kept", "later"] if holder in (Journal, Pipeline) else ["later"]
    assert arrived(broken, transport) == told
    look = broken.runtime.instances.publisher.look(KEY, lambda instance: len(instance.messages))
    assert look == 2
    states = [each.state for each in broken.runtime.records.journal.deliveries.after(None)]
    assert "queued" not in states


def test_an_exchange_without_an_id_is_answered_all_the_same(
    broken: MockApp, transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Journal.next_id

    def next_id(journal: Journal, prefix: str, owner: str | None) -> str:
        return failing() if prefix == "x" else real(journal, prefix, owner)

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "next_id", next_id)
        reply = send(broken, "kept")
    assert reply.status_code == 200 and "X-Mock-Exchange" not in reply.headers
    assert arrived(broken, transport) == ["kept"]


def test_listeners_that_fail_are_nobodys_trouble(
    make_app: MakeApp, transport: RecordingTransport
) -> None:
    app = make_app(
        transport=transport, switches={"acks": "off"}, on_exchange=failing, on_delivery=failing
    )
    app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(HOOK))
    app.test_client().post(f"/_mock/instances/{KEY}/chaos", json={"drop": 1})
    assert send(app, "dropped").status_code == 200
    app.test_client().delete(f"/_mock/instances/{KEY}/chaos")
    assert send(app, "kept").status_code == 200
    assert arrived(app, transport) == ["kept"]


def test_a_delivery_that_no_journal_takes_is_sent(
    hooked: MockApp, transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooked.runtime.records.journal.deliveries, "update_size", failing)
    send(hooked, "one")
    send(hooked, "two")
    assert arrived(hooked, transport) == ["one", "two"]


def test_what_another_instance_cannot_take_is_no_trouble_of_the_sender(
    broken: MockApp, transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    control_api = broken.test_client()
    control_api.post(f"/_mock/instances/{UNLINKED}/link")
    with monkeypatch.context() as patch:
        patch.setattr(Mailbox, "_receive", failing)
        assert send(broken, "lost", to=PEER).status_code == 200
        broken.runtime.clock.advance(60)
        typed: dict[str, Any] = {
            "event": "from-me-phone",
            "to": PEER,
            "set": {"message": {"audioMessage": {}}},
        }
        assert control_api.post(f"/_mock/instances/{KEY}/inbound", json=typed).status_code == 201
    assert send(broken, "later", to=PEER).status_code == 200
    broken.runtime.clock.advance(60)
    assert broken.runtime.webhooks.courier.wait_idle(60)
    assert len(transport.posts) == 3
    lost = control_api.get(f"/_mock/messages?instance={KEY}").get_json()["items"][0]
    assert "could not take it" in lost["reason"]
    taken = control_api.get(f"/_mock/messages?instance={UNLINKED}").get_json()["items"]
    assert [message["content"] for message in taken] == [{"extendedTextMessage": {"text": "later"}}]


@pytest.mark.parametrize("kind", ["audioMessage", "extendedTextMessage", "imageMessage"])
@pytest.mark.broken_bodies
def test_a_content_that_is_no_object_arrives_at_another_instance(
    hooked: MockApp, kind: str
) -> None:
    control_api = hooked.test_client()
    control_api.post(f"/_mock/instances/{UNLINKED}/link")
    typed: dict[str, Any] = {"event": "from-me-phone", "to": PEER, "force": True}
    typed["set"] = {"message": {kind: "x"}}
    assert control_api.post(f"/_mock/instances/{KEY}/inbound", json=typed).status_code == 201
    taken = control_api.get(f"/_mock/messages?instance={UNLINKED}").get_json()["items"]
    assert [message["content"] for message in taken] == [{kind: "x"}]


def test_a_reply_fault_that_cannot_be_made_is_ignored_with_a_reason(
    hooked: MockApp, transport: RecordingTransport
) -> None:
    deep = f"reply; after=true; body={'[' * 300}{']' * 300}"
    reply = send(hooked, "kept", X_Mock_Fault=deep)
    assert (reply.status_code, arrived(hooked, transport)) == (200, ["kept"])
    assert "body: must be any JSON value, at most 230 levels deep" in reply.headers["X-Mock-Reason"]


@pytest.mark.parametrize(
    "raw", [b"[" * 90 + b"1" + b"0" * 30 + b"]" * 90, b"[" * 90 + b"1e999" + b"]" * 90]
)
def test_an_armed_reply_of_what_json_cannot_hold_is_refused_or_shown(
    hooked: MockApp, raw: bytes
) -> None:
    control_api = hooked.test_client()
    armed = control_api.post("/_mock/faults", data=b'{"fault": "reply", "body": ' + raw + b"}")
    assert armed.status_code in (201, 400)
    assert control_api.get("/_mock/faults").status_code == 200
    assert send(hooked, "hit").status_code == (500 if armed.status_code == 201 else 200)


@pytest.mark.parametrize("after", ["true", "false"])
def test_a_reply_that_fails_in_the_making(
    broken: MockApp,
    transport: RecordingTransport,
    monkeypatch: pytest.MonkeyPatch,
    after: str,
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(ChosenReply, "answer", failing)
        reply = send(broken, "hit", X_Mock_Fault=f"reply; after={after}")
    kept = after == "true"
    assert reply.status_code == (200 if kept else 500)
    send(broken, "later")
    assert arrived(broken, transport) == (["hit", "later"] if kept else ["later"])


@pytest.mark.parametrize("before", ["before", "after"])
def test_a_server_that_cannot_send_the_answer(
    make_app: MakeApp, transport: RecordingTransport, before: str
) -> None:
    app = make_app(transport=transport, switches={"acks": "off", "webhook_release": before})
    app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(HOOK))
    body = orjson.dumps({"messageData": {"to": "5511900000002", "text": "kept"}})
    from werkzeug.test import EnvironBuilder

    environ = EnvironBuilder(
        f"/rest/sendMessage/{KEY}/text", method="POST", headers=AUTH, data=body,
        content_type="application/json",
    ).get_environ()  # fmt: skip
    with pytest.raises(MadeUp):
        app(environ, failing)
    send(app, "later")
    assert arrived(app, transport) == ["kept", "later"]


def test_a_change_that_cannot_be_recorded_is_kept_and_told(
    broken: MockApp, transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Journal.add_deliveries

    def half(journal: Journal, deliveries: Any) -> None:
        real(journal, deliveries)
        raise MadeUp

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "add_deliveries", half)
        assert send(broken, "kept").status_code == 200
    send(broken, "later")
    assert arrived(broken, transport) == ["kept", "later"]
    states = [each.state for each in broken.runtime.records.journal.deliveries.after(None)]
    assert states == ["delivered", "delivered"]


def test_an_undone_change_leaves_nothing_on_record(
    broken: MockApp, transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(MemoryStore, "_write", failing)
        assert send(broken, "undone").status_code == 500
    journal = broken.runtime.records.journal
    assert list(journal.deliveries.after(None)) == []
    assert [(each.status, each.events) for each in journal.exchanges.after(None)] == [(500, ())]
    assert not broken.runtime.instances.store.owed.has_peer_messages


def test_a_change_that_cannot_be_kept_holds_up_nobody(
    broken: MockApp, transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = broken.runtime.instances.publisher
    with publisher.changing(KEY) as (instance, first):
        instance.record("text-plain")
    with monkeypatch.context() as patch:
        patch.setattr(MemoryStore, "_write", failing)
        send(broken, "undone")
    send(broken, "later")
    transport.posts.clear()
    publisher.release(first)
    assert broken.runtime.webhooks.courier.wait_idle(60)
    bodies = [body for _, body, _ in transport.posts]
    assert len(bodies) == 2 and b"undone" not in bodies[1] and b"later" in bodies[1]


@pytest.mark.parametrize("name", ["accept", "run_turn"])
def test_what_chaos_cannot_handle_leaves_without_chaos(
    hooked: MockApp, transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    hooked.test_client().post(f"/_mock/instances/{KEY}/chaos", json={"delay": [5, 5]})
    monkeypatch.setattr(Series, name, failing)
    send(hooked, "one")
    send(hooked, "two")
    hooked.runtime.clock.advance(10)
    assert arrived(hooked, transport) == ["one", "two"]


def test_an_emission_whose_chaos_fails_leaves(
    hooked: MockApp, transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(ChaosDispatcher, "claim", failing)
        body = {"event": "text-extended", "chaos": {"delay": [5, 5]}}
        reply = hooked.test_client().post(f"/_mock/instances/{KEY}/emit", json=body)
        assert reply.status_code == 201
    send(hooked, "later")
    assert len(arrived(hooked, transport)) == 2
    (bug,) = hooked.runtime.records.bugs
    assert "there is no chaos for what" in bug
    hooked.runtime.records.bugs.clear()


def test_reading_an_instance_begins_no_change(
    app: MockApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(app, "one")
    app.runtime.clock.advance(10)
    control_api = app.test_client()
    with monkeypatch.context() as patch:
        patch.setattr(Instance, "begin", None)
        assert control_api.get(f"/_mock/instances/{KEY}").get_json()["key"] == KEY
        assert len(control_api.get(f"/_mock/messages?instance={KEY}").get_json()["items"]) == 1
    assert send(app, "two").status_code == 200


def test_what_is_due_and_fails_is_due_no_more(
    make_app: MakeApp, transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app(transport=transport, switches={"ack_delays": "1,2,3"})
    app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(HOOK))
    real, failed = Acknowledgements.acknowledge, []

    def once(acknowledgements: Acknowledgements, message_id: str, step: str, *more: str) -> None:
        if step == "delivered" and not failed:
            failed.append(step)
            raise MadeUp
        real(acknowledgements, message_id, step, *more)

    monkeypatch.setattr(Acknowledgements, "acknowledge", once)
    send(app, "one")
    app.runtime.clock.advance(10)
    assert send(app, "two").status_code == 200
    app.runtime.clock.advance(10)
    assert app.runtime.webhooks.courier.wait_idle(60)
    told = [orjson.loads(body) for _, body, _ in transport.posts]
    updates = [each["update"]["status"] for each in told if "update" in each]
    # WhatsApp reads nothing that was not delivered: the first message stays where it was.
    assert failed and updates == [2, 2, 3, 4]
    assert [bug.partition(":")[0] for bug in app.runtime.records.bugs] == [
        f"{KEY} could not do what was due"
    ]
    app.runtime.records.bugs.clear()


def test_a_change_is_kept_where_no_thread_can_be_started(
    make_app: MakeApp, transport: RecordingTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    switches = {"ack_delays": "0.01,0.02,0.03"}
    app = make_app(transport=transport, clock=Clock(), switches=switches)
    app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(HOOK))

    class NoThread(threading.Thread):
        def start(self) -> None:
            raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(timers.threading, "Thread", NoThread)
        assert send(app, "kept").status_code == 200
    app.started()
    assert send(app, "later").status_code == 200
    reply = app.test_client().get("/_mock/messages?status=read&wait=60").get_json()
    assert reply["items"]
    assert app.runtime.webhooks.courier.wait_idle(60)
