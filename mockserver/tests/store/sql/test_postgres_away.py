"""A mock whose PostgreSQL server goes away: calls answer 503, and nothing is half done."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from megaapi_mock.errors import StoreUnavailable
from megaapi_mock.settings import Settings
from megaapi_mock.store.postgres_url import PostgresUrl
from megaapi_mock.store.sql import postgres
from megaapi_mock.store.sql.postgres_session import Session
from megaapi_mock.store.sql.store import SqlStore
from megaapi_mock.web.app import MockApp, build_app

from ...postgres_server import PASSWORD, PostgresServer
from ...support import RecordingTransport

Json = dict[str, Any]
pytestmark = pytest.mark.postgres
KEY = "megacode-TESTKEY0001"
HEADERS = {"Authorization": "Bearer TESTKEY0001"}


@contextmanager
def mock_on(url: str) -> Iterator[MockApp]:
    app = build_app(settings=Settings(store=url, seed=1), transport=RecordingTransport())
    app.started()
    try:
        yield app
    finally:
        app.stop(60)


@pytest.fixture
def app(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[MockApp]:
    monkeypatch.setattr(postgres, "RECONNECT_AFTER", 0.05)
    with mock_on(postgres_url) as app:
        control(app, "POST", f"/instances/{KEY}/webhook", {"url": "http://127.0.0.1:9/"})
        yield app


def send(app: MockApp, text: str) -> Any:
    body = {"messageData": {"to": "5511900000002", "text": text}}
    path = f"/rest/sendMessage/{KEY}/text"
    return app.test_client().post(path, json=body, headers=HEADERS)


def control(app: MockApp, method: str, path: str, body: Any = None, status: int = 0) -> Any:
    answer = app.test_client().open(f"/_mock{path}", method=method, json=body)
    assert answer.status_code == status if status else answer.status_code < 300
    return answer.get_json()


def state(app: MockApp) -> Json:
    """All that is kept of the instances."""
    saved = control(app, "GET", "/state")["state"]
    return {name: saved[name] for name in ("instances", "media", "faults", "chaos")}


def texts(app: MockApp) -> list[str]:
    items = control(app, "GET", f"/messages?instance={KEY}")["items"]
    return [item["content"]["extendedTextMessage"]["text"] for item in items]


def await_fact(fact: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 60
    while not fact():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def is_settled(store: SqlStore) -> bool:
    try:
        store.settle()
    except StoreUnavailable:
        return False
    return True


def is_ready(app: MockApp) -> bool:
    return app.test_client().get("/_mock/ready").status_code == 200


def test_calls_are_refused_while_the_server_is_away(
    app: MockApp, postgres_server: PostgresServer, postgres_url: str, caplog: Any
) -> None:
    name = PostgresUrl(postgres_url).name
    assert send(app, "before").status_code == 200
    assert app.runtime.webhooks.courier.wait_idle(60)
    before = state(app)
    postgres_server.kill()
    refused = [send(app, f"away {number}") for number in range(3)]
    for answer in refused:
        assert answer.status_code == 503
        assert answer.headers["X-Mock-Reason"].startswith(f"{name} cannot be written: ")
    error = control(app, "POST", "/instances", {"key": "megacode-TESTKEY0003"}, status=503)
    assert "cannot be written" in error["error"]
    assert state(app) == before
    assert texts(app) == ["before"]
    await_fact(lambda: not is_ready(app), "a mock that cannot keep anything says it is ready")
    reason = control(app, "GET", "/ready", status=503)["error"]
    assert name in reason
    postgres_server.start()
    await_fact(lambda: is_ready(app), "the database is back, and the mock is not ready")
    assert send(app, "after").status_code == 200
    assert texts(app) == ["before", "after"]
    assert PASSWORD not in caplog.text
    assert len([each for each in caplog.records if each.levelname == "ERROR"]) == 1
    assert list(app.runtime.records.bugs) == []


def test_all_of_it_is_there_after_the_server_was_away(
    app: MockApp, postgres_server: PostgresServer, postgres_url: str
) -> None:
    send(app, "before")
    postgres_server.kill()
    assert send(app, "away").status_code == 503
    postgres_server.start()
    await_fact(lambda: send(app, "after").status_code == 200, "no change is kept any more")
    assert app.runtime.webhooks.courier.wait_idle(60)
    before = state(app)
    records = control(app, "GET", "/exchanges?limit=1000")["items"]
    app.stop(60)
    with mock_on(postgres_url) as again:
        assert state(again) == before
        assert texts(again) == ["before", "after"]
        assert control(again, "GET", "/exchanges?limit=1000")["items"] == records
        assert {each["response"]["status"] for each in records} == {200, 503}


def test_what_was_owed_goes_out_after_a_stop_without_the_server(
    app: MockApp, postgres_server: PostgresServer, postgres_url: str
) -> None:
    """The attempts happened, and could not be written: they are made again, none is lost."""
    assert send(app, "before").status_code == 200
    postgres_server.kill()
    app.stop(1)
    postgres_server.start()
    with mock_on(postgres_url) as again:
        assert texts(again) == ["before"]
        assert again.runtime.webhooks.courier.wait_idle(60)
        assert control(again, "GET", "/deliveries?status=queued")["items"] == []
        deliveries = control(again, "GET", "/deliveries")["items"]
        assert deliveries and {each["state"] for each in deliveries} == {"delivered"}


def test_what_the_server_has_lost_is_written_anew(
    app: MockApp, postgres_server: PostgresServer, postgres_url: str
) -> None:
    """It said that it was committed, and did not write it down, as one that others replace."""
    store = app.runtime.instances.store
    assert isinstance(store, SqlStore)
    assert isinstance(store.writer.database, postgres.PostgresDatabase)
    store.writer.database._session.execute(b"SET synchronous_commit = off")
    assert send(app, "lost").status_code == 200
    postgres_server.kill()
    postgres_server.start()
    await_fact(lambda: send(app, "after").status_code == 200, "no change is kept any more")
    before = state(app)
    app.stop(60)
    with mock_on(postgres_url) as again:
        assert texts(again) == ["lost", "after"]
        assert json.dumps(state(again)) == json.dumps(before)


def test_a_refused_change_that_was_committed_is_taken_back(
    app: MockApp, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is lost behind the commit: what the caller was told decides."""
    send(app, "before")
    app.runtime.instances.store.settle()
    execute = Session.execute

    def lose_answer(session: Any, query: bytes, *arguments: Any, **options: Any) -> Any:
        answer = execute(session, query, *arguments, **options)
        if query == b"COMMIT":
            session.close()
            raise psycopg.OperationalError("the connection is lost")
        return answer

    store = app.runtime.instances.store
    assert isinstance(store, SqlStore)
    with monkeypatch.context() as patch:
        patch.setattr(Session, "execute", lose_answer)
        refused = send(app, "told that it failed")
        assert refused.status_code == 503
    assert "the connection is lost" in refused.headers["X-Mock-Reason"]
    assert texts(app) == ["before"]
    # Nothing more is sent: it would stand in the same rows.
    await_fact(lambda: is_settled(store), "the database is never written again")
    before = state(app)
    app.stop(60)
    with mock_on(postgres_url) as again:
        assert texts(again) == ["before"]
        assert json.dumps(state(again)) == json.dumps(before)
