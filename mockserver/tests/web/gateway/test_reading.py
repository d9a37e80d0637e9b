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
from megaapi_mock.handlers.registry import discover
from megaapi_mock.resources import root
from megaapi_mock.spec.operations import operations
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.spec.validate import resolved_parameters
from megaapi_mock.store.memory import MemoryStore
from megaapi_mock.web.app import MockApp

from ...support import KEY, UNLINKED

HANDLERS, BUNDLE = discover(), valid_bundle(root("spec"))
TOKENS = {KEY: "TESTKEY0001", UNLINKED: "TESTKEY0002"}
READING = [
    operation.id
    for operation in operations(BUNDLE)
    if operation.effect == "reads"
    # What is about a whole host reads one instance after the other.
    and not operation.is_of_host
    and (mark := mark_of(HANDLERS[operation.address])) is not None
    and not mark.changes
]


def example_of(definition: dict[str, Any]) -> tuple[dict[str, str], Any]:
    """Query and body of the contract's own first example."""
    parameters = resolved_parameters(definition, BUNDLE.document)
    query = {each["name"]: each["example"] for each in parameters if each["in"] == "query"}
    content = definition.get("requestBody", {}).get("content", {}).get("application/json", {})
    bodies = [example["value"] for example in content.get("examples", {}).values()]
    return query, bodies[0] if bodies else None


def written(instance: Instance) -> list[str]:
    """What a change would keep: rows that no commit has taken, events, messages to others."""
    state = instance.state
    fields = {name: getattr(state, name) for name in state.__slots__}
    tables = {name: table for name, table in fields.items() if isinstance(table, UndoTable)}
    rows = [name for name, table in tables.items() if table.writes]
    return [*rows, *map(str, instance._events), *map(str, instance._peer_messages)]


@pytest.mark.parametrize("key", TOKENS)
@pytest.mark.parametrize("operation_id", READING)
def test_a_reading_operation_begins_no_change(
    whole_app: MockApp, monkeypatch: pytest.MonkeyPatch, operation_id: str, key: str
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
    operation = next(each for each in whole_app.runtime.api.operations if each.id == operation_id)
    query, body = example_of(operation.definition)
    reply = whole_app.test_client().open(
        re.sub(r"{.*}", key, operation.path),
        method=operation.method,
        query_string=query,
        json=body,
        headers={"Authorization": f"Bearer {TOKENS[key]}"},
    )
    assert reply.status_code in (200, 403, 404)
    assert reads == [[]]
