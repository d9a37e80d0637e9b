"""The app over a runtime: what it serves when, whom it tells, and how it begins and ends."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from megaapi_mock.errors import SetupError
from megaapi_mock.profile import default_profile
from megaapi_mock.records.exchange import Exchange
from megaapi_mock.runtime.build import build_runtime
from megaapi_mock.runtime.timers import Timers
from megaapi_mock.settings import Settings
from megaapi_mock.simulation import save_state
from megaapi_mock.web import use_cases
from megaapi_mock.web.app import MockApp, build_app, create_app
from megaapi_mock.web.gateway.pipeline import Pipeline
from megaapi_mock.worlds.load import read_world

from ..conftest import MakeApp
from ..support import AUTH, KEY, RecordingTransport
from .control.bot_calls import send_text

STATUS = f"/rest/instance/{KEY}"


def test_calls_of_the_gateway_need_no_control_api(app: MockApp) -> None:
    rules = len([*app.url_map.iter_rules()])
    assert app.test_client().get(STATUS, headers=AUTH).status_code == 200
    assert len([*app.url_map.iter_rules()]) == rules
    assert app.test_client().get("/_mock/clock").status_code == 200
    assert len([*app.url_map.iter_rules()]) > rules


def test_the_control_api_is_put_together_once_whoever_asks_first(app: MockApp) -> None:
    wholes: list[Any] = []
    start = threading.Barrier(4)

    def ask() -> None:
        start.wait(30)
        wholes.append(app.control.ready())

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(wholes) == 4 and len({id(whole) for whole in wholes}) == 1
    # The front asks nobody on the way any more.
    assert app.control.front.control is wholes[0]


def test_the_pages_and_the_reference_are_behind_the_control_api(app: MockApp) -> None:
    client = app.test_client()
    for path in ("/_mock/ui/", "/docs/", "/docs/reference/pt/index.html"):
        assert client.get(path, follow_redirects=True).status_code == 200, path


def test_whoever_listens_hears_of_calls_of_the_gateway_alone(make_app: MakeApp) -> None:
    calls: list[Exchange] = []
    app = make_app(on_exchange=calls.append)
    client = app.test_client()
    client.get(STATUS, headers=AUTH)
    client.get("/_mock/clock")
    client.get(STATUS)
    assert [(each.operation, each.status) for each in calls] == [
        ("instance_status", 200), ("instance_status", calls[1].status),
    ]  # fmt: skip
    assert calls[1].status >= 400


def test_two_slashes_are_a_path_of_their_own(app: MockApp) -> None:
    reply = app.test_client().get(f"//rest/instance/{KEY}", headers=AUTH)
    # Neither redirected nor understood.
    assert reply.status_code == 404


def test_timers_run_from_the_start(app: MockApp, monkeypatch: pytest.MonkeyPatch) -> None:
    starts: list[Timers] = []
    monkeypatch.setattr(Timers, "start", lambda self: starts.append(self))
    assert starts == []
    app.started()
    assert starts == [app.runtime.instances.timers]
    for thread in threading.enumerate():
        if thread.name == "control API":
            thread.join(60)
    # Nobody who calls now waits for it.
    assert app.control.front.control is not app.control


def test_a_stop_ends_waits_and_counts_what_is_abandoned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seconds: list[float] = []
    app = build_app(profile=default_profile().with_switches({"stop_grace": "3"}))
    stop = type(app.runtime).stop

    def note(self: Any, grace: float) -> int:
        assert app.runtime.records.journal.is_closed and app.pipeline.stopping.is_set()
        seconds.append(grace)
        return stop(self, 0) + 5

    monkeypatch.setattr(type(app.runtime), "stop", note)
    assert app.stop() == 5
    assert app.stop(0.5) == 5
    assert seconds == [3.0, 0.5]


def test_an_app_begins_with_the_state_of_its_world(app: MockApp, make_app: MakeApp) -> None:
    message = send_text(app)["key"]["id"]
    state = save_state.save(use_cases.state_parts(app.runtime))
    other = make_app(world=replace(read_world({}), state=state))
    with other.runtime.instances.store.read(KEY) as instance:
        assert list(instance.messages) == [message]


def test_an_app_can_be_made_of_a_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime = build_runtime(transport=RecordingTransport())
    app = create_app(runtime)
    try:
        assert app.runtime is runtime
        assert isinstance(app.pipeline, Pipeline) and app.pipeline.setup is runtime.setup
        assert app.test_client().get(STATUS, headers=AUTH).status_code == 200
    finally:
        app.stop(0)


@pytest.mark.parametrize(("switch", "fetches"), [("off", False), ("on", True)])
def test_files_are_fetched_where_the_profile_says_so(
    make_app: MakeApp, switch: str, fetches: bool
) -> None:
    app = make_app(switches={"fetch_media": switch})
    assert (app.pipeline.fetcher is not None) == fetches


def test_the_token_of_administration_counts_where_a_plan_has_it(make_app: MakeApp) -> None:
    settings = Settings(admin_token="ADMINTESTTOKEN")
    for plan, counts in (("start", False), ("all", True)):
        app = make_app(settings=settings, profile=default_profile(plan))
        access = app.pipeline.host_calls.access
        assert (access.admin_token == "ADMINTESTTOKEN") == counts, plan


def test_a_store_that_cannot_be_read_ends_the_start(tmp_path: Any) -> None:
    path = tmp_path / "mock.db"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(SetupError, match=r"mock\.db"):
        build_app(settings=Settings(store=f"sqlite:///{path}"))
