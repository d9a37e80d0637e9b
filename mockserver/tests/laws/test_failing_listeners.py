"""Whatever a listener raises: each call is answered, no webhook is left behind, and it is noted.

`pytest.fail` and SystemExit are no `Exception`: where only those were caught, a call was lost with
the webhooks of all that it had kept. Ctrl-C alone ends a program, wherever it comes.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.settings import Settings
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..support import AUTH, KEY, RecordingTransport

ANA = "5511900000002"
PLANTED = "planted in a test"
HOOK = "http://127.0.0.1:9/hook"
# The last one as code raises it; whoever presses Ctrl-C meets the main thread.
ENDS = (pytest.fail.Exception(PLANTED), SystemExit(PLANTED), KeyboardInterrupt(PLANTED))


class Listener:
    """Raises what it is given for, at every delivery or exchange, once it is `on`."""

    def __init__(self, error: BaseException) -> None:
        self.error, self.on, self.count = error, True, 0

    def __call__(self, record: object) -> None:
        if self.on:
            self.count += 1
            raise self.error


def send(app: MockApp) -> int:
    """The status of the answer, once the caller has all of it: what it causes leaves then."""
    body = {"messageData": {"to": ANA, "text": "kept"}}
    path = f"/rest/sendMessage/{KEY}/text"
    with app.test_client().post(path, json=body, headers=AUTH) as reply:
        return reply.status_code


def control(app: MockApp, path: str, body: Any = None, method: str = "POST") -> int:
    with app.test_client().open(f"/_mock{path}", method=method, json=body) as reply:
        return reply.status_code


def start_chaos(app: MockApp, **chaos: Any) -> None:
    assert control(app, f"/instances/{KEY}/chaos", chaos) == 200


def send_into_drops(app: MockApp) -> int:
    start_chaos(app, drop=0.5)
    return send(app)


def inbound_into_drops(app: MockApp) -> int:
    start_chaos(app, drop=1)
    body = {"from": ANA, "set": {"message.conversation": "kept"}}
    return control(app, f"/instances/{KEY}/inbound", body)


def emit_into_drops(app: MockApp) -> int:
    body = {"event": "text-plain", "count": 4, "chaos": {"drop": 0.5}}
    return control(app, f"/instances/{KEY}/emit", body)


def send_into_a_full_outbox(app: MockApp) -> int:
    app.runtime.webhooks.courier._outbox_limit = 1
    return send(app)


def resend_into_a_full_outbox(app: MockApp) -> int:
    assert send(app) == 200
    assert app.runtime.webhooks.courier.wait_idle(60)
    app.runtime.webhooks.courier._outbox_limit = 0
    first = next(iter(app.runtime.records.journal.deliveries.after(None)))
    return control(app, f"/deliveries/{first.id}/resend")


def reset_what_is_held(app: MockApp) -> int:
    start_chaos(app, delay=[60, 60])
    assert send(app) == 200
    return control(app, f"/reset?instance={KEY}")


def delete_what_is_held(app: MockApp) -> int:
    start_chaos(app, delay=[60, 60])
    assert send(app) == 200
    return control(app, f"/instances/{KEY}", method="DELETE")


def advance_into_drops(app: MockApp) -> int:
    """By the timers: the acknowledgements are due later."""
    start_chaos(app, drop=0.5)
    assert send(app) == 200
    return control(app, "/clock", {"advance": 9000})


WAYS = (
    send_into_drops,
    inbound_into_drops,
    emit_into_drops,
    send_into_a_full_outbox,
    resend_into_a_full_outbox,
    reset_what_is_held,
    delete_what_is_held,
    advance_into_drops,
)


def in_thread(do: Callable[[], int]) -> int:
    """What it returns, called in a thread that is not the main one."""
    results: list[int] = []
    thread = threading.Thread(target=lambda: results.append(do()), daemon=True)
    thread.start()
    thread.join(60)
    assert results, "the call is not answered"
    return results[0]


def deliveries(app: MockApp) -> list[Delivery]:
    return list(app.runtime.records.journal.deliveries.after(None))


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return "memory" if request.param == "memory" else f"sqlite:///{tmp_path / 'mock.db'}"


Listening = Callable[..., MockApp]


@pytest.fixture
def listening(make_app: MakeApp, store: str) -> Iterator[Listening]:
    """An app whose first instance has a webhook; what was planted may be noted."""
    apps: list[MockApp] = []

    def make(**listeners: Listener) -> MockApp:
        app = make_app(settings=Settings(store=store, seed=0), **listeners)
        app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(HOOK))
        apps.append(app)
        return app

    yield make
    for app in apps:
        assert [bug for bug in app.runtime.records.bugs if PLANTED not in bug] == []
        app.runtime.records.bugs.clear()


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("error", ENDS, ids=lambda error: type(error).__name__)
def test_webhook_listener_that_raises_loses_no_answer_and_no_webhook(
    listening: Listening, way: Callable[[MockApp], int], error: BaseException
) -> None:
    listener = Listener(error)
    app = listening(on_delivery=listener)
    assert in_thread(lambda: way(app)) in (200, 201)
    assert listener.count
    assert app.runtime.webhooks.courier.wait_idle(60), "a webhook is stuck"
    assert "queued" not in {delivery.state for delivery in deliveries(app)}
    assert any(PLANTED in bug for bug in app.runtime.records.bugs)
    if control(app, f"/instances/{KEY}", method="GET") == 200:
        listener.on = False
        assert send(app) == 200
        assert app.runtime.webhooks.courier.wait_idle(60), "a webhook is stuck"


@pytest.mark.parametrize("error", ENDS, ids=lambda error: type(error).__name__)
def test_call_listener_that_raises_loses_no_answer_and_no_webhook(
    listening: Listening, error: BaseException
) -> None:
    listener = Listener(error)
    app = listening(on_exchange=listener)
    assert in_thread(lambda: send(app)) == 200
    assert listener.count
    assert app.runtime.webhooks.courier.wait_idle(60), "a webhook is stuck"
    assert {delivery.state for delivery in deliveries(app)} == {"delivered"}
    assert "on_exchange failed" in app.runtime.records.bugs[0]


@pytest.mark.parametrize("name", ["on_exchange", "on_delivery"])
def test_ctrl_c_during_a_listener_ends_the_program(listening: Listening, name: str) -> None:
    listener = Listener(KeyboardInterrupt(PLANTED))
    app = listening(**{name: listener})
    with pytest.raises(KeyboardInterrupt, match=PLANTED):
        inbound_into_drops(app) if name == "on_delivery" else send(app)
    listener.on = False
    assert app.runtime.webhooks.courier.wait_idle(60)
    assert not app.runtime.records.bugs


@pytest.mark.parametrize("error", ENDS, ids=lambda error: type(error).__name__)
def test_listener_that_ends_the_process_ends_no_thread_of_the_courier(
    listening: Listening, error: BaseException
) -> None:
    app = listening(on_delivery=Listener(error))
    for _ in range(2):
        assert send(app) == 200
        assert app.runtime.webhooks.courier.wait_idle(60), "a webhook is stuck"
    assert {delivery.state for delivery in deliveries(app)} == {"delivered"}


@pytest.mark.parametrize("error", ENDS, ids=lambda error: type(error).__name__)
def test_transport_that_raises_anything_fails_its_own_webhook_alone(
    make_app: MakeApp, error: BaseException
) -> None:
    def answer(*_: Any) -> Any:
        raise error

    transport = RecordingTransport()
    real, transport.post = transport.post, answer  # type: ignore[method-assign]
    app = make_app(transport=transport)
    app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(HOOK))
    assert send(app) == 200
    assert app.runtime.webhooks.courier.wait_idle(60), "a webhook is stuck"
    assert {delivery.state for delivery in deliveries(app)} == {"failed"}
    transport.post = real  # type: ignore[method-assign]
    count = len(deliveries(app))
    assert send(app) == 200
    assert app.runtime.webhooks.courier.wait_idle(60), "a webhook is stuck"
    assert {delivery.state for delivery in deliveries(app)[count:]} == {"delivered"}
