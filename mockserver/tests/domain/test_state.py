"""Every field of an instance's state takes part in its changes, whoever adds it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, cast

import pytest
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.state import SIZED, TABLES, InstanceState
from megaapi_mock.domain.undo_table import UndoTable

from .conftest import make_instance

NAMES = [field.name for field in fields(InstanceState)]
# What no change writes, and what takes back its own.
OTHERWISE = ("key", "agenda")
# Rows of these are counted in bytes, which takes rows of the right type.
COUNTED = SIZED


@pytest.fixture
def instance() -> Instance:
    """An instance between two changes."""
    return make_instance()


def table(instance: Instance, name: str) -> UndoTable[str, Any]:
    """One of the tables of its state."""
    return cast("UndoTable[str, Any]", getattr(instance.state, name))


def test_every_field_that_is_a_table_counts_as_one(instance: Instance) -> None:
    state = instance.state
    assert [name for name in NAMES if isinstance(getattr(state, name), UndoTable)] == [*TABLES]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in OTHERWISE])
def test_a_change_that_fails_takes_back_every_field(instance: Instance, name: str) -> None:
    before = getattr(instance.state, name)
    rows = dict(before) if name in TABLES else None
    instance.begin()
    if name in TABLES:
        table(instance, name).put("x", object())
    else:
        setattr(instance.state, name, object())
    instance.rollback()
    assert getattr(instance.state, name) is before
    if rows is not None:
        assert before == rows
        assert before.writes == []


@pytest.mark.parametrize("name", [name for name in TABLES if name not in COUNTED])
def test_a_change_that_goes_well_accepts_every_table(instance: Instance, name: str) -> None:
    row = object()
    instance.begin()
    table(instance, name).put("x", row)
    instance.commit()
    assert table(instance, name)["x"] is row
    assert table(instance, name).writes == []


@pytest.mark.parametrize("name", [name for name in NAMES if name not in (*OTHERWISE, *TABLES)])
def test_a_change_knows_of_every_other_field(instance: Instance, name: str) -> None:
    instance.begin()
    assert not instance.changes_values
    setattr(instance.state, name, object())
    assert instance.changes_values
    assert instance.changes_what_is_shown == (name != "order")


def test_every_table_that_others_write_into_counts_towards_the_bytes() -> None:
    """A new table is in `SIZED`, unless callers can neither fill it nor make its rows long."""
    assert set(TABLES) - set(SIZED) == {"counters", "generations", "moving"}
