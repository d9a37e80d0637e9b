"""Operations that read begin no change: nothing is written, whoever asks and whatever they ask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.undo_table import UndoTable
from megaapi_mock.handlers.call import mark_of
from megaapi_mock.store.memory import MemoryStore
from megaapi_mock.web.app import MockApp

from ...support import KEY, UNLINKED

TOKENS = {KEY: "TESTKEY0001", UNLINKED: "TESTKEY0002"}
KEYS = {
    "mediaKey": "AAAA",
    "directPath": "/v/t62.7118-24/gone",
    "url": "",
    "mimetype": "image/jpeg",
    "messageType": "image",
}
# Query and body of each operation that reads.
ASKED: dict[str, tuple[dict[str, str], Any]] = {
    "instance_status": ({}, None),
    "is_on_whatsapp": ({"jid": "5511900000002@s.whatsapp.net"}, None),
    "download_media": ({}, {"messageKeys": KEYS}),
    "webhook_settings": ({}, None),
    "config_details": ({}, None),
    "list_groups": ({}, None),
    "group_details": ({"jid": "120363000000000001@g.us"}, None),
}


def written(instance: Instance) -> list[str]:
    """What a change would keep: rows that no commit has taken, events, messages to others."""
    state = instance.state
    fields = {name: getattr(state, name) for name in state.__slots__}
    tables = {name: table for name, table in fields.items() if isinstance(table, UndoTable)}
    rows = [name for name, table in tables.items() if table.writes]
    return [*rows, *map(str, instance._events), *map(str, instance._peer_messages)]


@pytest.mark.parametrize("key", TOKENS)
@pytest.mark.parametrize("operation_id", ASKED)
def test_a_reading_operation_begins_no_change(
    app: MockApp, monkeypatch: pytest.MonkeyPatch, operation_id: str, key: str
) -> None:
    reads: list[list[str]] = []
    real = MemoryStore.read

    @contextmanager
    def read(store: MemoryStore, name: str) -> Iterator[Instance]:
        with real(store, name) as instance:
            before = instance._values()
            try:
                yield instance
            finally:
                assert instance._values() == before
                reads.append(written(instance))

    def change(*_: Any, **__: Any) -> Any:
        raise AssertionError("a change was begun")

    monkeypatch.setattr(MemoryStore, "read", read)
    monkeypatch.setattr(MemoryStore, "change", change)
    operation = next(each for each in app.runtime.operations if each.id == operation_id)
    query, body = ASKED[operation_id]
    reply = app.test_client().open(
        re.sub(r"{.*}", key, operation.path),
        method=operation.method,
        query_string=query,
        json=body,
        headers={"Authorization": f"Bearer {TOKENS[key]}"},
    )
    assert reply.status_code in (200, 403, 404)
    assert reads == [[]]


def test_every_reading_operation_is_tried_above_or_marked(app: MockApp) -> None:
    runtime = app.runtime
    reading = {each.id for each in runtime.operations if each.effect == "reads"}
    marked = {
        each.id
        for each in runtime.operations
        if (mark := mark_of(runtime.handlers[each.address])) is not None and mark.changes
    }
    assert reading == {*ASKED, *marked}
