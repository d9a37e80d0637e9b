"""A database that cannot be written: calls answer 503 with a reason, and nothing is half done."""

from __future__ import annotations

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.settings import Settings
from megaapi_mock.store.sql import writer
from megaapi_mock.store.sql.batch import Batch
from megaapi_mock.store.sql.state_rows import StateRows
from megaapi_mock.store.sql.store import SqlStore
from megaapi_mock.web.app import MockApp, build_app

from ...support import RecordingTransport

Json = dict[str, Any]
ONE, TWO = "megacode-TESTKEY0001", "megacode-TESTKEY0002"
TEXT = {"messageData": {"to": "5511900000002", "text": "oi " * 2000}}


@contextmanager
def mock_on(path: Path) -> Iterator[MockApp]:
    app = build_app(
        settings=Settings(store=f"sqlite:///{path}", seed=1), transport=RecordingTransport()
    )
    try:
        yield app
    finally:
        app.stop(60)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[MockApp]:
    with mock_on(tmp_path / "mock.db") as app:
        control(app, "POST", f"/instances/{TWO}/link", {"number": "5511900000003"})
        body = {"messageData": {"webhookUrl": "http://127.0.0.1:9/", "webhookEnabled": True}}
        headers = {"Authorization": "Bearer TESTKEY0001"}
        path = f"/rest/webhook/{ONE}/configWebhook"
        assert app.test_client().post(path, json=body, headers=headers).status_code == 200
        yield app


def connection_of(app: MockApp) -> sqlite3.Connection:
    store = app.runtime.instances.store
    assert isinstance(store, SqlStore)
    return store.writer.database._connection


@contextmanager
def full_disk(app: MockApp) -> Iterator[None]:
    """Not one page more fits into the file, and none that it has is free."""
    connection = connection_of(app)
    app.runtime.instances.store.settle()
    connection.execute("VACUUM")
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count={pages}")
    try:
        yield
    finally:
        connection.execute("PRAGMA max_page_count=1073741823")


@contextmanager
def read_only(app: MockApp) -> Iterator[None]:
    connection = connection_of(app)
    connection.execute("PRAGMA query_only=ON")
    try:
        yield
    finally:
        connection.execute("PRAGMA query_only=OFF")


def send(app: MockApp, body: Json = TEXT, key: str = ONE) -> Any:
    path, token = f"/rest/sendMessage/{key}/text", key.partition("-")[2]
    headers = {"Authorization": f"Bearer {token}"}
    return app.test_client().post(path, json=body, headers=headers)


def control(app: MockApp, method: str, path: str, body: Any = None, status: int = 0) -> Any:
    answer = app.test_client().open(f"/_mock{path}", method=method, json=body)
    assert answer.status_code == status if status else answer.status_code < 300
    return answer.get_json()


def state(app: MockApp) -> Json:
    saved = control(app, "GET", "/state")["state"]
    del saved["numbers"], saved["clock"]
    return dict(saved)


@pytest.mark.parametrize(
    ("fails", "why"),
    [(full_disk, "database or disk is full"), (read_only, "attempt to write a readonly database")],
)
def test_a_change_that_cannot_be_written_did_not_happen(
    app: MockApp, tmp_path: Path, fails: Any, why: str
) -> None:
    app.runtime.webhooks.courier.wait_idle(60)
    before = state(app)
    with fails(app):
        refused = [send(app) for _ in range(3)]
        seen = state(app)
        reads = app.test_client().get(f"/rest/instance/{ONE}")
    for answer in refused:
        assert answer.status_code == 503
        assert answer.get_json() == {
            "name": "SERVICE_UNAVAILABLE",
            "message": "Service Unavailable",
            "statusCode": 503,
        }
        assert answer.headers["X-Mock-Reason"] == f"{tmp_path / 'mock.db'} cannot be written: {why}"
    assert reads.status_code == 401
    assert seen == before
    assert len(app.runtime.records.journal.deliveries.numbers_and_records()) == 0
    # The number of a message that was never sent is the next one's.
    sent = send(app)
    assert sent.status_code == 200
    assert sent.get_json()["messageData"]["key"]["id"] == app.runtime.ids.message(ONE, 1)
    assert list(app.runtime.records.bugs) == []


def test_messages_to_other_instances_wait_for_the_database(app: MockApp) -> None:
    to_two = {"messageData": {"to": "5511900000003", "text": "entre nos"}}
    connection = connection_of(app)
    # The receiver's table alone: what the sender wrote is kept, what arrives is not.
    connection.execute(
        f"CREATE TEMP TRIGGER closed BEFORE INSERT ON main.state_row WHEN NEW.instance = '{TWO}' "
        "BEGIN SELECT RAISE(ABORT, 'not now'); END"
    )
    assert send(app, to_two).status_code == 200
    assert control(app, "GET", f"/messages?instance={TWO}")["items"] == []
    assert app.runtime.instances.store.owed.has_peer_messages
    control(app, "POST", "/reset", {}, status=503)
    connection.execute("DROP TRIGGER closed")
    # The next thing that waits for everybody to be at rest carries it over.
    control(app, "GET", "/state")
    (message,) = control(app, "GET", f"/messages?instance={TWO}")["items"]
    assert message["content"] == {"extendedTextMessage": {"text": "entre nos"}}
    assert not app.runtime.instances.store.owed.has_peer_messages
    assert list(connection.execute("SELECT * FROM peer_message")) == []


def test_an_instance_that_cannot_be_written_does_not_exist(app: MockApp) -> None:
    with read_only(app):
        answer = control(app, "POST", "/instances", {"key": "megacode-TESTKEY0003"}, status=503)
        assert "cannot be written" in answer["error"]
        control(app, "GET", "/instances/megacode-TESTKEY0003", status=404)
    control(app, "POST", "/instances", {"key": "megacode-TESTKEY0003"})


def test_a_reset_that_cannot_be_written_is_written_later(
    app: MockApp, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    send(app)
    with read_only(app):
        control(app, "POST", "/reset", {}, status=503)
        # Until the file holds what memory does, nothing new comes to either.
        assert "is being rewritten" in send(app).headers["X-Mock-Reason"]
    app.runtime.instances.store.close()
    # The writer may have tried meanwhile, and says so.
    told = [record.getMessage() for record in caplog.records]
    assert [each for each in told if not each.endswith("changes are refused until it can")] == []
    with mock_on(tmp_path / "mock.db") as again:
        assert control(again, "GET", "/messages")["items"] == []
        assert control(again, "GET", f"/instances/{ONE}")["state"] == "connected"


def test_what_waits_is_written_once_the_database_can_be(
    app: MockApp, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = app.runtime.instances.store
    assert isinstance(store, SqlStore)
    with read_only(app), caplog.at_level(logging.ERROR):
        app.test_client().get(f"/rest/instance/{ONE}")
        assert store.writer.failing.wait(60)
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert caplog.records[0].getMessage().endswith("changes are refused until it can")
    app.stop(60)
    with mock_on(tmp_path / "mock.db") as again:
        last = control(again, "GET", "/exchanges")["items"][-1]
        assert last["request"]["path"] == f"/rest/instance/{ONE}"


# -- what fails is our own ---------------------------------------------------------------------


def test_a_record_that_cannot_be_written_holds_up_no_change(
    app: MockApp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(delivery: object) -> str:
        raise RuntimeError("planted")

    with monkeypatch.context() as patch:
        patch.setattr(writer, "delivery_head", broken)
        for _ in range(4):
            with send(app) as reply:
                assert reply.status_code == 200
            # The webhooks have left, and where they arrived is to be written.
            assert app.runtime.webhooks.courier.wait_idle(60)
        app.runtime.instances.store.settle()
    assert "planted" in caplog.text
    assert {"a record is not in the database: RuntimeError('planted')"} == set(
        app.runtime.records.bugs
    )
    with send(app) as reply:
        assert reply.status_code == 200


@pytest.mark.parametrize(
    ("holder", "name"), [(StateRows, "watch"), (Batch, "run_after"), (Instance, "commit")]
)
def test_a_failure_behind_the_transaction_takes_nothing_back(
    holder: Any,
    name: str,
    app: MockApp,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("planted")

    with monkeypatch.context() as patch:
        patch.setattr(holder, name, broken)
        reply = send(app, {"messageData": {"to": "5511900000002", "text": "kept"}})
        assert reply.status_code == 200
    assert "planted" in caplog.text
    end = time.monotonic() + 60
    while send(app, {"messageData": {"to": "5511900000002", "text": "later"}}).status_code == 503:
        assert time.monotonic() < end, "the database is never written again"
    items = control(app, "GET", f"/messages?instance={ONE}")["items"]
    assert [item["content"]["extendedTextMessage"]["text"] for item in items] == ["kept", "later"]
    app.runtime.records.bugs.clear()
    app.stop(60)
    with mock_on(tmp_path / "mock.db") as again:
        assert control(again, "GET", f"/messages?instance={ONE}")["items"] == items
