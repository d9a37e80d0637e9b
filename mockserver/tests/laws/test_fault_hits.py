"""A fault hit is part of the change it befalls: kept with it, or dropped with it.

What is dropped leaves `times`, `skip`, windows, the journal, the metrics and the streams as they
were before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.errors import StoreUnavailable
from megaapi_mock.faults.kind import FaultTally
from megaapi_mock.settings import Settings
from megaapi_mock.store.memory import MemoryStore
from megaapi_mock.store.sql.store import SqlStore
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..control import ControlApi
from ..support import AUTH, KEY, UNLINKED

ANA = "5511900000002"
TEXT = {"messageData": {"to": ANA, "text": "oi"}}
AWAY = "the store is away"
Refusing = Callable[[], AbstractContextManager[None]]


@pytest.fixture(params=["memory", "sqlite"])
def app(make_app: MakeApp, tmp_path: Path, request: pytest.FixtureRequest) -> MockApp:
    store = "memory" if request.param == "memory" else f"sqlite:///{tmp_path / 'mock.db'}"
    return make_app(settings=Settings(store=store, seed=1))


@pytest.fixture
def refusing(app: MockApp) -> Refusing:
    """Within it, the store keeps no change."""
    store = app.runtime.instances.store

    @contextmanager
    def refuse() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            if isinstance(store, SqlStore):
                connection = store.writer.database._connection  # type: ignore[attr-defined]
                connection.execute("PRAGMA query_only=ON")
            else:
                patch.setattr(MemoryStore, "_write", _away)
            yield
            if isinstance(store, SqlStore):
                connection.execute("PRAGMA query_only=OFF")

    return refuse


def _away(*_: object) -> None:
    raise StoreUnavailable(AWAY)


def send(app: MockApp, fault: str | None = None, **options: Any) -> Any:
    headers = AUTH if fault is None else {**AUTH, "X-Mock-Fault": fault}
    path = f"/rest/sendMessage/{KEY}/text"
    return app.test_client().post(path, headers=headers, **{"json": TEXT, **options})


def counted(app: MockApp, control_api: ControlApi) -> Any:
    """All that is known of faults and their hits."""
    faults = app.runtime.faults
    figures = app.runtime.records.counts.figures()
    memory = faults.memory()
    return (
        control_api.get("/faults"),
        control_api.get("/fault-hits"),
        figures.fault_hits,
        [(fault.seen, _tallies(fault.tallies)) for fault in memory.armed],
        _tallies(memory.header_tallies),
    )


def _tallies(tallies: Mapping[str, FaultTally]) -> dict[str, FaultTally]:
    """Those in which anything was counted."""
    return {key: tally for key, tally in tallies.items() if tally != FaultTally()}


FAULTS: tuple[dict[str, Any], ...] = (
    {"fault": "bad-gateway", "times": 1, "after": True},
    {"fault": "delay", "seconds": 0, "times": 2},
    {"fault": "reply", "status": 500, "skip": 1, "after": True},
    {"fault": "delay", "seconds": 0, "percent": 50},
    {"fault": "rate-limit", "calls": 1, "window": 60},
    {"fault": "accepted-undelivered", "times": 1},
    {"fault": "ban-after", "messages": 2},
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: "-".join(map(str, fault.values())))
def test_call_that_the_store_refuses_leaves_its_faults_as_they_were(
    app: MockApp, control_api: ControlApi, refusing: Refusing, fault: dict[str, Any]
) -> None:
    control_api.post("/faults", fault, status=201)
    before = counted(app, control_api)
    with closing(app.runtime.records.journal.feed.read(kinds={"hit"})):
        feed_before = app.runtime.records.journal.feed._last
        with refusing():
            refused = [send(app) for _ in range(2)]
        shown = [
            entry
            for entry in app.runtime.records.journal.feed._entries
            if entry.number > feed_before and entry.kind == "hit"
        ]
    assert [reply.status_code for reply in refused] == [503, 503]
    assert all("fault" not in reply.headers["X-Mock-Reason"] for reply in refused)
    assert [each["fault"] for each in control_api.items("/exchanges")] == [None, None]
    assert counted(app, control_api) == before
    assert shown == []


def test_fault_that_hit_a_refused_call_hits_the_next_one(
    app: MockApp, control_api: ControlApi, refusing: Refusing
) -> None:
    control_api.post("/faults", {"fault": "bad-gateway", "times": 1, "after": True}, status=201)
    with refusing():
        assert send(app).status_code == 503
    assert [send(app).status_code for _ in range(2)] == [502, 200]
    (fault,) = control_api.items("/faults")
    assert (fault["used"], fault["over"], len(fault["hits"])) == (1, True, 1)
    assert [hit["fault"]["name"] for hit in control_api.items("/fault-hits")] == ["bad-gateway"]
    assert app.runtime.records.counts.figures().fault_hits == {("bad-gateway",): 1}


def test_fault_that_answers_in_the_place_of_the_gateway_needs_no_change(
    app: MockApp, control_api: ControlApi, refusing: Refusing
) -> None:
    control_api.post("/faults", {"fault": "bad-gateway", "times": 1}, status=201)
    with refusing():
        assert [send(app).status_code for _ in range(2)] == [502, 503]
    assert [hit["what"] for hit in control_api.items("/fault-hits")] == ["send_text"]


def test_fault_of_a_header_is_no_hit_of_a_call_that_the_store_refuses(
    app: MockApp, control_api: ControlApi, refusing: Refusing
) -> None:
    before = counted(app, control_api)
    with refusing():
        assert send(app, "bad-gateway; after=true").status_code == 503
        assert send(app, "ban-after; messages=1").status_code == 503
    assert counted(app, control_api) == before
    assert send(app, "bad-gateway").status_code == 502
    assert [hit["fault"]["id"] for hit in control_api.items("/fault-hits")] == [None]


def test_call_that_ends_as_our_own_bug_leaves_its_faults_as_they_were(
    app: MockApp, control_api: ControlApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    control_api.post("/faults", {"fault": "bad-gateway", "times": 1, "after": True}, status=201)
    before = counted(app, control_api)
    with monkeypatch.context() as patch:
        patch.setattr(MemoryStore, "_register_if_changed", _fails)
        assert send(app).status_code == 500
    assert counted(app, control_api) == before
    assert send(app).status_code == 502
    app.runtime.records.bugs.clear()


def _fails(*_: object) -> None:
    raise RuntimeError("planted in a test")


@pytest.mark.parametrize("body", [b"{", b'{"messageData": {}}'])
def test_call_that_the_gateway_refuses_is_hit_all_the_same(
    app: MockApp, control_api: ControlApi, body: bytes
) -> None:
    control_api.post("/faults", {"fault": "delay", "seconds": 0, "times": 1}, status=201)
    reply = send(app, json=None, data=body, content_type="application/json")
    assert reply.status_code >= 400
    assert control_api.items("/faults")[0]["over"]
    (hit,) = control_api.items("/fault-hits")
    (exchange,) = control_api.items("/exchanges")
    assert exchange["fault"] == hit["fault"]


def test_what_a_dropped_change_would_have_swallowed_is_no_hit(
    app: MockApp, control_api: ControlApi, refusing: Refusing
) -> None:
    control_api.post("/faults", {"fault": "zombie-session", "times": 3}, status=201)
    before = counted(app, control_api)
    path = f"/instances/{KEY}/inbound"
    with refusing():
        for body in ({"from": ANA}, {"from": ANA, "event": "presence"}):
            assert app.test_client().post(f"/_mock{path}", json=body).status_code == 503
    assert counted(app, control_api) == before
    control_api.post(path, {"from": ANA}, status=201)
    assert [hit["what"] for hit in control_api.items("/fault-hits")] == [
        f"inbound from {ANA}@s.whatsapp.net"
    ]


def test_phone_that_does_not_link_is_a_hit_unless_the_store_refuses(
    app: MockApp, control_api: ControlApi, refusing: Refusing
) -> None:
    control_api.post("/faults", {"fault": "qr-never-scanned", "times": 1}, status=201)
    before = counted(app, control_api)
    path = f"/instances/{UNLINKED}/link"
    with refusing():
        body = {"number": "5511900000002"}
        assert app.test_client().post(f"/_mock{path}", json=body).status_code == 503
    assert counted(app, control_api) == before
    assert "qr-never-scanned" in control_api.post(path, {}, status=409)["error"]
    assert [hit["what"] for hit in control_api.items("/fault-hits")] == ["link"]
    assert control_api.get(f"/instances/{UNLINKED}")["state"] != "connected"
    control_api.post(path, {})
    assert len(control_api.items("/fault-hits")) == 1


def test_hits_are_in_the_database_with_the_change_they_befell(
    make_app: MakeApp, tmp_path: Path
) -> None:
    settings = Settings(store=f"sqlite:///{tmp_path / 'mock.db'}", seed=1)
    app = make_app(settings=settings)
    control_api = ControlApi(app)
    control_api.post("/faults", {"fault": "bad-gateway", "times": 3, "after": True}, status=201)
    store = app.runtime.instances.store
    assert isinstance(store, SqlStore)
    store.writer.pause()
    send(app)
    rows = store.writer.database._connection.execute(  # type: ignore[attr-defined]
        "SELECT count(*) FROM record WHERE kind = 'fault-hit'"
    ).fetchone()
    store.writer.go_on()
    assert rows == (1,)
    app.stop(60)
    again = make_app(settings=settings)
    assert [hit["what"] for hit in ControlApi(again).items("/fault-hits")] == ["send_text"]
    assert ControlApi(again).items("/faults")[0]["used"] == 1
