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
from megaapi_mock.settings import Settings
from megaapi_mock.web.app import MockApp

from ..histories import History, keys, open_mock

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
