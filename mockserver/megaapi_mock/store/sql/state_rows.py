"""The state of an instance as rows: those that a change wrote, or all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_origin

from ...domain.instance import Instance
from ...domain.state import BOUNDED, Due
from ...domain.undo_table import UndoTable
from ..serialize import Form, Forms
from ..snapshot import DOCUMENTS, INSTANCE_FIELDS
from .batch import Batch, dumps, dumps_ascii, loads
from .schema import SQL

AGENDA, MESSAGES = "agenda", "messages"
# Tables with rows of a message, which go with it.
_OF_MESSAGES = ("moving", "phone_steps", "held_acks", "awaited")


@dataclass(frozen=True)
class _Columns:
    """How rows of a table are written. Keys `in_order` begin with the number of their message.

    Message ids are random: an index of a hundred thousand of them is written all over.
    """

    key: Form
    value: Form
    in_order: bool = False

    def key_text(self, key: Any, row: Any) -> str:
        """The key of this row in the database: what is not Unicode in JSON."""
        text: str = self.key.written(key)
        if not text.isascii() or text.startswith('"') or "\0" in text:
            text = dumps_ascii(text)
        return f"{row.arrival:012d} {text}" if self.in_order else text

    def row(self, key: Any, row: Any) -> tuple[str, str]:
        """The key and the value of this row in the database."""
        return self.key_text(key, row), dumps(self.value.written(row))

    def key_of(self, text: str) -> str:
        """The key as a saved state has it."""
        text = text.partition(" ")[2] if self.in_order else text
        return str(loads(text)) if text.startswith('"') else text


class StateRows:
    """Writes what changes of instances wrote. Its methods are called with the instance held."""

    def __init__(self) -> None:
        forms = Forms(documents=DOCUMENTS)
        self._tables: Mapping[str, _Columns] = {
            name: _Columns(
                forms.of_key(get_args(type_)[0]), forms.of(get_args(type_)[1]), name == MESSAGES
            )
            for name, type_ in INSTANCE_FIELDS.items()
            if get_origin(type_) is UndoTable
        }
        self._fields: Mapping[str, Form] = {
            name: forms.of(type_)
            for name, type_ in INSTANCE_FIELDS.items()
            if name not in self._tables and name != AGENDA
        }
        self._due = forms.of(Due)
        # The agenda of each instance as it was written last: another list was thinned out.
        self._agendas: dict[str, list[Due]] = {}

    def add_change(self, instance: Instance, batch: Batch) -> None:
        """The rows that a change wrote which is to be accepted next, and those it pushes out."""
        key, state = instance.state.key, instance.state
        for name, columns in self._tables.items():
            table: UndoTable[Any, Any] = getattr(state, name)
            if table.writes:
                _add_writes(key, name, columns, table, batch)
        # Last: a message may go at once, with what the change has written of it elsewhere.
        self._drop_excess(instance, MESSAGES, batch)
        for name in BOUNDED:
            if getattr(state, name).writes:
                self._drop_excess(instance, name, batch)
        agenda = instance.agenda
        if self._agendas.get(key) is not state.agenda:
            batch.add(SQL.drop_field, (key, AGENDA))
            self._add_dues(key, (*state.agenda, *agenda.scheduled), batch)
        else:
            for due in agenda.done:
                batch.add(SQL.drop_row, (key, AGENDA, str(due[1])))
            self._add_dues(key, agenda.scheduled, batch)
        if instance.changes_values:
            batch.add(SQL.set_fields, (self._written_fields(instance), key))

    def _drop_excess(self, instance: Instance, name: str, batch: Batch) -> None:
        """What is beyond the bounds; with a message goes what waits for it."""
        table: UndoTable[Any, Any] = getattr(instance.state, name)
        key = instance.state.key
        attached = instance.attached if name == MESSAGES else ()
        for row_key in table.excess(instance.bounds, attached):
            text = self._tables[name].key_text(row_key, table[row_key])
            batch.add(SQL.drop_row, (key, name, text))
            for other in _OF_MESSAGES if name == MESSAGES else ():
                text = self._tables[other].key_text(row_key, None)
                batch.add(SQL.drop_row, (key, other, text))

    def _add_dues(self, key: str, dues: Iterable[Due], batch: Batch) -> None:
        for due in dues:
            batch.add(SQL.put_row, (key, AGENDA, str(due[1]), dumps(self._due.written(due))))

    def _written_fields(self, instance: Instance) -> str:
        state = instance.state
        return dumps(
            {name: form.written(getattr(state, name)) for name, form in self._fields.items()}
        )

    def add_whole(self, instance: Instance, position: int, batch: Batch) -> None:
        """All rows of an instance, instead of those there were; a change of it may be under way."""
        key, state = instance.state.key, instance.state
        self.add_removal(key, batch)
        batch.add(SQL.put_instance, (key, position, self._written_fields(instance)))
        for name, columns in self._tables.items():
            for row_key, row in getattr(state, name).items():
                batch.add(SQL.put_row, (key, name, *columns.row(row_key, row)))
        self._add_dues(key, (*state.agenda, *instance.agenda.scheduled), batch)
        self.watch(instance)

    def add_removal(self, key: str, batch: Batch) -> None:
        """Nothing of this instance stays."""
        batch.add(SQL.drop_rows, (key,))
        batch.add(SQL.drop_instance, (key,))

    def watch(self, instance: Instance) -> None:
        """Its agenda is written as it is now; another list will be one that was thinned out."""
        self._agendas[instance.state.key] = instance.state.agenda

    def forget(self, key: str) -> None:
        """There is no such instance any more."""
        self._agendas.pop(key, None)

    def add_to(self, document: dict[str, Any], field: str, key: str, text: str) -> None:
        """Put a row of the database into the saved form of its instance."""
        if field == AGENDA:
            document[AGENDA].append(loads(text))
        else:
            document[field][self._tables[field].key_of(key)] = loads(text)

    def document(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """The saved form of an instance with these fields, and nothing in its tables yet."""
        return {**fields, **{name: {} for name in self._tables}, AGENDA: []}


def _add_writes(
    key: str, name: str, columns: _Columns, table: UndoTable[Any, Any], batch: Batch
) -> None:
    before: dict[Any, Any] = {}
    for row_key, row in table.writes:
        before.setdefault(row_key, row)
    at_end = dict.fromkeys(table.rows_at_end())
    for row_key, old in before.items():
        if old is not None and (row_key not in table or row_key in at_end):
            batch.add(SQL.drop_row, (key, name, columns.key_text(row_key, old)))
    for row_key in (*(each for each in before if each not in at_end), *at_end):
        row, old = table.get(row_key), before[row_key]
        if row is None:
            continue
        text, value = columns.row(row_key, row)
        before_text = text if old is None else columns.key_text(row_key, old)
        if before_text == text or row_key in at_end:
            batch.add(SQL.put_row, (key, name, text, value))
        else:
            # Another number, and still the same place among the rows.
            batch.add(SQL.set_row, (text, value, key, name, before_text))
