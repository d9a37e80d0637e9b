"""Whether a database can be read, without starting a mock on it: a sentence for each problem."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.domain.contacts import Directory
from megaapi_mock.domain.fault_effects import FaultHit
from megaapi_mock.domain.gateway import InstanceSeed
from megaapi_mock.domain.world import World
from megaapi_mock.errors import SetupError
from megaapi_mock.records.delivery import Delivery
from megaapi_mock.records.exchange import Exchange
from megaapi_mock.records.fault_hit import RecordedHit
from megaapi_mock.store.serialize import Forms
from megaapi_mock.store.snapshot import DOCUMENTS, save_instance, save_world
from megaapi_mock.store.sql import check as check_module
from megaapi_mock.store.sql.check import check
from megaapi_mock.store.sql.stored_content import StoredContent

from ...domain.conftest import add_message, make_instance

KEY = "megacode-TESTKEY0001"
FORMS = Forms(documents=DOCUMENTS)


class Checked:
    """A database whose file has these problems."""

    def __init__(self, *problems: str) -> None:
        self.problems = [*problems]

    def check(self) -> list[str]:
        return self.problems


def content(**changes: Any) -> StoredContent:
    instance = make_instance(connected=True)
    add_message(instance, "ONE")
    instance.commit()
    world = World(Directory(), (InstanceSeed(KEY, "TESTKEY0001"),))
    delivery = Delivery(f"d1.{KEY}", 1.0, KEY, "text-plain", "", "http://a", b"{}", KEY)
    records = [
        (1, Exchange(f"x1.{KEY}", 1.0, KEY, "send_text", "POST", "/a", [], b"")),
        (2, delivery),
        (3, RecordedHit(f"s1.{KEY}", FaultHit(1.0, KEY, ("f1", "slow"), "send_text"))),
    ]
    values = {
        "parts": {"world": save_world(world, FORMS)}, "positions": {KEY: 1},
        "instances": [save_instance(instance, FORMS)], "media": [b"a", b"b"], "numbers": {},
        "records": records, "peer_messages": [], "last": 3,
    }  # fmt: skip
    return StoredContent(**{**values, **changes})


def checked(
    monkeypatch: pytest.MonkeyPatch, stored: StoredContent | Exception | None, *problems: str
) -> tuple[list[str], dict[str, int]]:
    def load(_: object) -> StoredContent | None:
        if isinstance(stored, Exception):
            raise stored
        return stored

    monkeypatch.setattr(check_module, "load", load)
    return check(Checked(*problems))  # type: ignore[arg-type]


def test_a_whole_database_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checked(monkeypatch, content()) == ([], {
        "instances": 1, "messages": 1, "media": 2,
        "exchanges": 1, "deliveries": 1, "owed deliveries": 1,
    })  # fmt: skip


def test_an_empty_database_has_nothing_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checked(monkeypatch, None, "page 3 is torn") == (["page 3 is torn"], {})


def test_what_cannot_be_loaded_is_said_beside_what_is_wrong_with_the_file(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    problems, counts = checked(monkeypatch, SetupError("mock.db is damaged"), "page 3 is torn")
    assert (problems, counts) == (["page 3 is torn", "mock.db is damaged"], {})


def test_a_world_that_cannot_be_read_hides_its_instances(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = content(parts={"world": {}}, instances=[{"key": KEY, "messages": {}}])
    problems, _ = checked(monkeypatch, wrong)
    assert len(problems) == 1 and problems[0].startswith("world: ")


def test_each_instance_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    good = content().instances[0]
    bad = {**good, "name": 5, "key": "megacode-TESTKEY0002"}
    nameless = {name: value for name, value in good.items() if name != "key"}
    keys = [KEY, "megacode-TESTKEY0002", "megacode-TESTKEY0003"]
    stored = content(
        instances=[good, bad, nameless], positions=dict(zip(keys, (1, 2, 3), strict=True))
    )
    problems, _ = checked(monkeypatch, stored)
    assert problems == [
        "instance megacode-TESTKEY0002: name: must be a string, not 5",
        "instance megacode-TESTKEY0003: key is missing",
    ]


def test_what_no_mock_starts_on_is_said_where_nothing_else_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(check_module, "load", lambda _: content())
    asked: list[StoredContent] = []

    def refusal(stored: StoredContent) -> str:
        asked.append(stored)
        return "clock: must be an object"

    for problems in ((), ("page 7 is torn",)):
        database: Any = Checked(*problems)
        told, counts = check(database, refusal)
        assert told == [*(problems or ["clock: must be an object"])]
        assert counts["instances"] == 1
    assert len(asked) == 1
