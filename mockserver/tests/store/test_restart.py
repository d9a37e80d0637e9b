"""A mock on a database that stops, or is killed, goes on as if nothing had happened."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from megaapi_mock.records import numbers
from megaapi_mock.settings import Settings
from megaapi_mock.store.open_store import open_database
from megaapi_mock.store.owed import OwedInMemory
from megaapi_mock.store.sql.schema import SQL
from megaapi_mock.web import use_cases
from megaapi_mock.web.app import MockApp

from ..histories import History, keys, open_mock
from ..support import RecordingTransport

Json = dict[str, Any]
RECORDS = ("exchanges", "deliveries", "fault-hits", "messages", "instances", "faults")


@contextmanager
def mock_on(store: str, seed: int = 7) -> Iterator[MockApp]:
    app = open_mock(seed=seed, settings=Settings(store=store))
    try:
        yield app
    finally:
        app.stop(60)


def control(app: MockApp, path: str, method: str = "GET", body: Any = None) -> Any:
    answer = app.test_client().open(f"/_mock{path}", method=method, json=body)
    assert answer.status_code < 300, answer.get_data(as_text=True)
    return answer.get_json()


def everything(app: MockApp) -> Json:
    """All that the control API shows, and the state that decides what comes next."""
    assert app.runtime.webhooks.courier.wait_idle(60)
    shown = {name: control(app, f"/{name}?limit=1000")["items"] for name in RECORDS}
    state = control(app, "/state")["state"]
    instances = {
        f"{saved['key']} {name}": value
        for saved in state.pop("instances")
        for name, value in saved.items()
    }
    return {**shown, **state, **instances}


def differences(one: Json, other: Json) -> Json:
    """What is not the same in both, order included."""
    names = one.keys() | other.keys()
    pairs = {name: (json.dumps(one.get(name)), json.dumps(other.get(name))) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def live(app: MockApp, seed: int, calls: int = 60) -> None:
    """Two instances that write to each other, call after call."""
    one, other = keys(2)
    histories = [History(app, key, Random(f"{seed} {key}"), chaos=False) for key in (one, other)]
    for history in histories:
        history.begin()
        history.people = (*history.people, "5511900000020", "5511900000021")
    for _ in range(calls // 5):
        for history in histories:
            history.go_on(5)
        control(app, "/clock", "POST", {"advance": Random(seed).choice((1, 30))})


@pytest.mark.parametrize("seed", range(6))
def test_a_stopped_mock_comes_back_with_everything(store_url: str, seed: int) -> None:
    with mock_on(store_url) as app:
        live(app, seed)
        before = everything(app)
    # Another seed on the command line: the ids go on as the file began them.
    with mock_on(store_url, seed=99) as app:
        assert differences(everything(app), before) == {}
        live(app, seed + 100, calls=20)


@pytest.mark.parametrize("seed", range(6))
def test_a_killed_mock_comes_back_with_every_change(tmp_path: Path, seed: int) -> None:
    with mock_on(f"sqlite:///{tmp_path / 'mock.db'}") as app:
        live(app, seed)
        # What a process leaves behind that ends right now.
        for file in tmp_path.glob("mock.db*"):
            shutil.copy(file, tmp_path / file.name.replace("mock", "copy"))
        before = everything(app)
    with mock_on(f"sqlite:///{tmp_path / 'copy.db'}") as app:
        after = everything(app)
    # What changed nothing is written a moment later, and how far deliveries have come.
    written_later = {"exchanges", "deliveries", "fault-hits", "numbers"}
    assert not differences(after, before).keys() - written_later
    assert [each["id"] for each in after["deliveries"]] == [
        each["id"] for each in before["deliveries"]
    ]


def test_chaos_goes_on_after_an_orderly_stop_until_it_is_ended(store_url: str) -> None:
    (key,) = keys(1)
    with mock_on(store_url) as app:
        started = control(app, f"/instances/{key}/chaos", "POST", {"delay": [5, 9], "seed": 3})
        control(app, f"/instances/{key}/webhook", "POST", {"url": "http://127.0.0.1:9000/hook"})
        control(app, f"/instances/{key}/inbound", "POST", {"text": "oi"})
        assert app.runtime.webhooks.chaos_dispatcher.held_deliveries(key)
    with mock_on(store_url) as app:
        assert control(app, f"/instances/{key}/chaos")["chaos"] == started["chaos"]
        control(app, f"/instances/{key}/inbound", "POST", {"text": "oi"})
        assert app.runtime.webhooks.chaos_dispatcher.held_deliveries(key)
        control(app, f"/instances/{key}/chaos", "DELETE")
    with mock_on(store_url) as app:
        assert control(app, f"/instances/{key}/chaos")["chaos"] is None


@pytest.mark.parametrize("state", ["dropped", "abandoned"])
def test_webhook_that_could_not_be_owed_has_ended_for_good(
    store_url: str, state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("planted")

    (key,) = keys(1)
    with mock_on(store_url) as app:
        control(app, f"/instances/{key}/webhook", "POST", {"url": "http://127.0.0.1:9000/hook"})
        with monkeypatch.context() as patch:
            if state == "dropped":
                patch.setattr(app.runtime.webhooks.owed_room, "limit", -1)
            else:
                patch.setattr(OwedInMemory, "keep", broken)
            control(app, f"/instances/{key}/inbound", "POST", {"text": "oi"})
        before = everything(app)["deliveries"]
        assert {each["state"] for each in before} == {state}
        counted = app.runtime.records.counts.figures().webhooks
        assert {names[1] for names in counted} == {state}
        assert counted.total() == len(before)
        app.runtime.records.bugs.clear()
    with mock_on(store_url) as app:
        assert everything(app)["deliveries"] == before
        transport = app.runtime.webhooks.courier._transport
        assert isinstance(transport, RecordingTransport) and transport.posts == []


def test_files_of_one_size_take_no_more_room_than_they_may(store_url: str) -> None:
    settings = Settings(store=store_url, media_bytes=5_000)
    app = open_mock(settings=settings)
    (key,) = keys(1)
    store = app.runtime.instances.store
    for number in range(20):
        store_file(app, key, bytes([number]) * 1_000)
        store.settle()
    app.stop(60)
    database = open_database(store_url)
    files = [content for _, _, content in database.read(SQL.blobs)]
    database.close()
    assert files == [bytes([number]) * 1_000 for number in range(16, 20)]


def store_file(app: MockApp, key: str, content: bytes) -> None:
    """A customer sends a file."""
    app.runtime.instances.publisher.change(
        key, lambda instance: instance.keep_media("document", "text/plain", content)
    )


def test_counters_of_deleted_instances_take_bounded_room(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(numbers, "OWNERS_MOST", 4)
    with mock_on(store_url) as app:
        for number in range(12):
            key = f"megacode-TESTKEY01{number:02}"
            control(app, "/instances", "POST", {"key": key, "connected": True})
            control(app, f"/instances/{key}/inbound", "POST", {"text": "oi"})
            control(app, f"/instances/{key}", "DELETE")
        app.runtime.instances.store.settle()
        remembered = app.runtime.records.journal.last_numbers()
    database = open_database(store_url)
    rows = {f"{kind}.{owner}": last for owner, kind, last in database.read(SQL.numbers)}
    database.close()
    assert rows == remembered
    assert len({name.partition(".")[2] for name in rows}) == 4


def test_made_up_names_go_on_and_take_no_instance_away(store_url: str) -> None:
    made: list[str] = []
    for _ in range(3):
        with mock_on(store_url) as app:
            made += [control(app, "/instances", "POST", {})["key"]]
            made += [use_cases.running_host(app.runtime).create(None, "", enabled=False)]
            listed = [each["key"] for each in control(app, "/instances?limit=1000")["items"]]
            assert set(made) <= set(listed)
    assert len(set(made)) == 6
