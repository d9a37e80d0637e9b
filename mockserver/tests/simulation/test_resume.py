"""Going on with what a store has kept: from the start, from a stop, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.errors import ControlRefused, Invalid, SetupError, StoreUnavailable
from megaapi_mock.ids import Ids
from megaapi_mock.settings import Settings
from megaapi_mock.simulation import resume, save_state, snapshot
from megaapi_mock.store.sql import stored_content
from megaapi_mock.store.sql.sqlite import SqliteDatabase
from megaapi_mock.web import use_cases
from megaapi_mock.web.app import MockApp, build_app
from megaapi_mock.webhooks.courier import Courier
from megaapi_mock.worlds.load import read_world

from ..control import ControlApi
from ..support import KEY, START, RecordingTransport
from ..web.control.bot_calls import send_text

HOOK = "http://127.0.0.1:9/hook"
Open = Callable[..., MockApp]


@pytest.fixture
def open_mock(tmp_path: Path) -> Iterator[Open]:
    """Mocks on one database, one after the other; each must end without a bug."""
    apps: list[MockApp] = []

    def do(**parts: Any) -> MockApp:
        settings = Settings(store=f"sqlite:///{tmp_path / 'mock.db'}")
        app = build_app(
            settings=settings,
            transport=RecordingTransport(),
            **{"clock": Clock(START), "ids": Ids(0), **parts},
        )
        apps.append(app)
        return app

    yield do
    for app in apps:
        app.stop(5)
        assert list(app.runtime.records.bugs) == []


def test_a_store_in_memory_keeps_nothing_to_go_on_with(app: MockApp) -> None:
    runtime = app.runtime
    parts, abandon = use_cases.state_parts(runtime), use_cases.lifecycle(runtime).abandon
    assert resume.begin(parts, abandon, runtime.webhooks.courier, world="") is False


def test_an_empty_store_keeps_what_the_mock_starts_with(open_mock: Open) -> None:
    world = read_world({"instances": [{"key": "one", "token": "T"}]})
    open_mock(world=world).stop(0)
    # Another world is not looked at: there is something kept already.
    app = open_mock()
    assert list(app.runtime.instances.store.keys()) == ["one"]
    assert app.runtime.instances.start.world.instances[0].key == "one"


def test_a_state_to_start_with_is_kept_too(app: MockApp, open_mock: Open) -> None:
    message = send_text(app)["key"]["id"]
    state = save_state.save(use_cases.state_parts(app.runtime))
    world = read_world({})
    open_mock(world=type(world)(world.directory, world.instances, world.groups, state)).stop(0)
    with open_mock().runtime.instances.store.read(KEY) as instance:
        assert list(instance.messages) == [message]


def test_everything_that_belongs_to_no_instance_goes_on(open_mock: Open) -> None:
    first = open_mock()
    control_api = ControlApi(first)
    control_api.post("/faults", {"fault": "bad-gateway", "times": 3}, status=201)
    control_api.post(f"/instances/{KEY}/chaos", {"duplicate": 2, "seed": 7})
    control_api.post("/clock", {"advance": 60})
    shown = ("/faults", f"/instances/{KEY}/chaos", "/clock", "/instances")
    before = [control_api.get(path) for path in shown]
    first.runtime.ids.renew(KEY)
    ids = first.runtime.ids.save()
    # What changes without a change of an instance is written with the next one.
    send_text_or_refusal(first)
    first.stop(0)
    second = open_mock(clock=Clock(0.0), ids=Ids(5))
    assert [ControlApi(second).get(path) for path in shown[1:]] == before[1:]
    assert [each["fault"] for each in ControlApi(second).items("/faults")] == ["bad-gateway"]
    assert second.runtime.ids.save()[0] == ids[0]


def send_text_or_refusal(app: MockApp) -> None:
    body = {"messageData": {"to": "5511900000002", "text": "oi"}}
    headers = {"Authorization": "Bearer TESTKEY0001"}
    app.test_client().post(f"/rest/sendMessage/{KEY}/text", json=body, headers=headers)


def test_records_go_on_and_what_is_owed_is_sent(
    open_mock: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = open_mock()
    control_api = ControlApi(first)
    control_api.post(f"/instances/{KEY}/webhook", {"url": HOOK})
    with monkeypatch.context() as patch:
        # As if the machine lost its power before a webhook left.
        patch.setattr(Courier, "accept", lambda *_: None)
        first.runtime.webhooks.chaos_dispatcher._forward = lambda *_: None
        message = control_api.post(f"/instances/{KEY}/inbound", {"text": "oi"}, status=201)
        send_text_or_refusal(first)
        exchanges = control_api.items("/exchanges")
        first.stop(0)
    second = open_mock()
    assert second.runtime.webhooks.courier.wait_idle(60)
    control_api = ControlApi(second)
    assert control_api.items("/exchanges") == exchanges
    deliveries = control_api.items("/deliveries")
    assert {each["state"] for each in deliveries} == {"delivered"}
    assert message["id"] in str(deliveries[0]["payload"])


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ControlRefused(400, "instances: 0: odd"), r"mock\.db.* is damaged: instances: 0: odd"),
        (Invalid("odd"), r"mock\.db.* is damaged: odd"),
        (StoreUnavailable("nobody answers"), "^nobody answers$"),
    ],
    ids=["refused", "invalid", "away"],
)
def test_unusable_content_ends_the_start_and_releases_the_file(
    open_mock: Open, monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str
) -> None:
    open_mock().stop(0)

    def fail(*_: Any, **__: Any) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(snapshot, "load", fail)
        with pytest.raises(SetupError, match=sentence):
            open_mock()
    # Nobody holds it: it can be opened again.
    assert open_mock().runtime.instances.store.keys()


def test_whatever_ends_the_start_stops_what_it_began(
    open_mock: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[SqliteDatabase] = []
    close = SqliteDatabase.close

    def note(self: SqliteDatabase) -> None:
        closed.append(self)
        close(self)

    def fail(_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(SqliteDatabase, "close", note)
        patch.setattr(stored_content, "load", fail)
        with pytest.raises(KeyboardInterrupt):
            open_mock()
    assert len(closed) == 1
