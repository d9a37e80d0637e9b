"""/_mock/ready: whether the mock can be used, which is more than that it answers."""

from __future__ import annotations

import threading
from pathlib import Path

from megaapi_mock.errors import StoreUnavailable
from megaapi_mock.settings import Settings
from megaapi_mock.store.sql.store import SqlStore
from megaapi_mock.testing import MockServer
from megaapi_mock.web.app import MockApp

from ...conftest import MakeApp
from ...control import ControlApi
from .test_waits import until


def reason(app: MockApp) -> str:
    """Why it is not ready."""
    document = ControlApi(app).call("GET", "/ready", status=503)
    return str(document["error"])


def test_a_started_mock_is_ready() -> None:
    with MockServer(listen=False) as mock:
        assert ControlApi(mock.app).get("/ready")["status"] == "ready"


def test_a_mock_without_timers_is_alive_and_not_ready(
    app: MockApp, control_api: ControlApi
) -> None:
    assert control_api.get("/health")["status"] == "ok"
    assert "timers" in reason(app)


def test_a_mock_whose_courier_has_ended_is_not_ready(app: MockApp) -> None:
    app.started()
    app.runtime.webhooks.courier.stop(0)
    assert reason(app) == "the courier has ended: webhooks are not sent any more"


def test_a_mock_that_loads_a_state_is_not_ready_and_nobody_waits(app: MockApp) -> None:
    app.started()
    loads, may_end = threading.Event(), threading.Event()

    def load() -> None:
        with app.runtime.instances.start.loading:
            loads.set()
            may_end.wait(60)

    thread = threading.Thread(target=load)
    thread.start()
    try:
        assert loads.wait(60)
        assert "a state is being loaded" in reason(app)
    finally:
        may_end.set()
        thread.join()
    assert ControlApi(app).get("/ready")["status"] == "ready"


def test_a_mock_that_stops_is_not_ready(app: MockApp) -> None:
    app.started()
    app.close_streams()
    assert reason(app) == "the mock is stopping"


def test_a_mock_whose_database_cannot_be_written_is_not_ready(
    make_app: MakeApp, tmp_path: Path
) -> None:
    app = make_app(settings=Settings(store=f"sqlite:///{tmp_path / 'mock.db'}", seed=0))
    app.started()
    store = app.runtime.instances.store
    assert isinstance(store, SqlStore)
    assert ControlApi(app).get("/ready")["status"] == "ready"
    write = store.writer.database.write

    def refuse(*_: object) -> None:
        raise StoreUnavailable("the disk is full")

    store.writer.database.write = refuse  # type: ignore[method-assign, assignment]
    app.test_client().get("/rest/nothing").close()
    assert store.writer.failing.wait(60)
    assert "cannot be written" in reason(app)
    store.writer.database.write = write  # type: ignore[method-assign]
    until(lambda: not store.writer.failing.is_set())
    assert ControlApi(app).get("/ready")["status"] == "ready"
