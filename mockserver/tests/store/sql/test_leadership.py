"""One process of many leads: the lock, the address, and what happens when a session is lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from megaapi_mock.errors import SetupError
from megaapi_mock.store.open_store import open_database, open_leadership
from megaapi_mock.store.sql import leadership as module
from megaapi_mock.store.sql.leadership import Leadership

from ...postgres_server import PASSWORD, PostgresServer

pytestmark = pytest.mark.postgres
PATIENCE = 20.0
Join = Callable[[], Leadership]


@pytest.fixture
def join(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Join]:
    """One more process that takes part."""
    monkeypatch.setattr(module, "RECONNECT_AFTER", 0.0)
    joined: list[Leadership] = []

    def one_more() -> Leadership:
        joined.append(open_leadership(postgres_url))
        return joined[-1]

    yield one_more
    for each in joined:
        each.close()


def until(question: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not question():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_one_leads_until_it_lets_go(join: Join) -> None:
    first, second = join(), join()
    assert first.take() is True and second.take() is False
    assert first.take() is True and first.keeps() is True
    first.close()
    until(lambda: second.take() is True)
    assert first.take() is False


def test_the_others_know_where_the_leader_answers(join: Join) -> None:
    first, second = join(), join()
    assert second.leader() is None
    first.take()
    assert second.leader() is None
    first.announce("127.0.0.1", 8080)
    assert second.leader() == ("127.0.0.1", 8080)
    first.announce("fe80:1234:5678:9abc:def0:1234:5678:9abc", 65535)
    assert second.leader() == ("fe80:1234:5678:9abc:def0:1234:5678:9abc", 65535)
    assert first.own_host() == "127.0.0.1"
    first.close()
    until(lambda: second.leader() is None)


def test_a_leader_that_only_its_own_machine_reaches_is_refused_elsewhere(
    join: Join, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = join(), join()
    first.take()
    first.announce("127.0.0.1", 8080)
    monkeypatch.setattr(module, "_own_host", lambda session: "192.0.2.7")
    with pytest.raises(SetupError, match="can be reached on its own machine only, "):
        second.leader()


def test_the_store_is_free_while_nobody_serves(join: Join, postgres_url: str) -> None:
    leader = join()
    assert leader.is_store_free() is True
    database = open_database(postgres_url)
    assert leader.is_store_free() is False
    assert " is in use by megaapi-mock, process " in leader.in_use_text()
    database.close()
    until(lambda: leader.is_store_free() is True)


def test_a_session_that_was_lost_leads_again(join: Join, postgres_server: PostgresServer) -> None:
    first, second = join(), join()
    assert first.take() is True and second.take() is False
    postgres_server.kill()
    assert first.keeps() is None and first.take() is None
    assert first.problem is not None and "is away" in first.problem
    assert PASSWORD not in first.problem
    assert second.take() is None
    postgres_server.start()
    until(lambda: first.take() is True)
    assert first.problem is None
    # Whoever did not lead leaves it the time.
    until(lambda: second.take() is False)
    assert not second.may_stand
    until(lambda: second.may_stand)


def test_a_session_that_the_server_still_holds_is_ended(
    join: Join, postgres_server: PostgresServer
) -> None:
    first = join()
    first.take()
    # The server has not noticed that this process has gone from there.
    lost, first._session = first._session, None
    assert lost is not None
    first._lost_process = lost.info.backend_pid
    assert first.take() is None
    until(lambda: first.take() is True)
    lost.close()


def test_who_pauses_leaves_the_lead_to_others(join: Join) -> None:
    first, second = join(), join()
    first.take()
    assert first.may_stand
    first.pause()
    assert not first.may_stand
    until(lambda: second.take() is True)
