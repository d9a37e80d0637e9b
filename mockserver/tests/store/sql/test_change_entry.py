"""What a change wrote, as one text: applied elsewhere the instance is the same there."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.records.outcome import Outcome
from megaapi_mock.store.memory import MemoryStore
from megaapi_mock.store.serialize import Forms
from megaapi_mock.store.snapshot import DOCUMENTS, load_instance, save_instance
from megaapi_mock.store.sql.batch import Batch
from megaapi_mock.store.sql.change_entry import entry_of, follow
from megaapi_mock.store.sql.state_rows import StateRows

from ...histories import History, keys, open_mock

FORMS = Forms(documents=DOCUMENTS)


def texts(instance: Instance) -> dict[str, str]:
    """Each field as a state file has it: the order of rows counts."""
    return {name: json.dumps(value) for name, value in save_instance(instance, FORMS).items()}


class Writing(MemoryStore):
    """Remembers what each of its changes has written."""

    def __init__(self, *parts: Any, **others: Any) -> None:
        self.rows = StateRows()
        self.entries: list[tuple[str, str]] = []
        super().__init__(*parts, **others)

    def _write(self, instance: Instance, outcome: Outcome | None) -> None:
        batch = Batch()
        self.rows.add_change(instance, batch)
        entry = entry_of(instance.key, batch.finish())
        if entry is not None:
            self.entries.append((instance.key, entry))

    def _accept(self, instance: Instance) -> None:
        self.rows.watch(instance)
        super()._accept(instance)


def copies_of(store: Writing) -> dict[str, Instance]:
    """Every instance once more."""
    with store.hold() as instances:
        return {
            each.key: load_instance(save_instance(each, FORMS), store.gateway, FORMS)
            for each in instances
        }


@pytest.mark.parametrize("seed", range(3))
def test_who_follows_every_change_has_the_same_instance(seed: int) -> None:
    stores: list[Writing] = []

    def make(*parts: Any, **others: Any) -> Writing:
        stores.append(Writing(*parts, **others))
        return stores[-1]

    app = open_mock(seed=seed, store=make)
    try:
        [store] = stores
        histories = [History(app, key, Random(f"{seed} {key}"), chaos=False) for key in keys(2)]
        for history in histories:
            history.begin()
        copies, rows = copies_of(store), StateRows()
        store.entries.clear()
        for _ in range(12):
            for history in histories:
                history.go_on(5)
            app.runtime.clock.advance(Random(seed).choice((1, 30)))
        assert len(store.entries) > 50
        for key, entry in store.entries:
            follow(copies[key], entry, rows)
        with store.hold() as instances:
            for instance in instances:
                copy = copies[instance.key]
                assert texts(copy) == texts(instance)
                for name in ("messages", "media", "group_table"):
                    assert getattr(copy.state, name).size == getattr(instance.state, name).size
    finally:
        app.stop(5)
