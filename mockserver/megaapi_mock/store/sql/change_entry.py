"""What a change wrote of an instance, as one text, for whoever keeps it too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...domain.instance import Instance
from ...domain.undo_table import UndoTable
from .batch import dumps, loads
from .database import Statement
from .schema import SQL
from .state_rows import AGENDA, StateRows

# A step of an entry: what it does, then its values.
PUT, MOVE, DROP, CLEAR, FIELDS, COUNT = "put", "move", "drop", "clear", "fields", "count"


def entry_of(key: str, statements: Iterable[Statement]) -> str | None:
    """The entry of a change of this instance, from what is written of it; None for none."""
    steps = [
        step
        for sql, rows in statements
        if sql in _STEPS
        for row in rows
        for owner, step in [_STEPS[sql](*row)]
        if owner == key
    ]
    return dumps(steps) if steps else None


def follow(instance: Instance, entry: str, rows: StateRows) -> dict[str, int]:
    """Let an instance be as it was after this change, which somebody else made and kept.

    It was as it was before that change, and no change of it is under way. The result is how far
    its records have been numbered by it, by the first letter of their ids.
    """
    numbers: dict[str, int] = {}
    agenda = {due[1]: due for due in instance.state.agenda}
    for step, *values in loads(entry):
        if step == COUNT:
            numbers[values[0]] = values[1]
        elif step == FIELDS:
            for name, value in rows.fields_of(values[0]).items():
                setattr(instance.state, name, value)
        elif values[0] != AGENDA:
            _follow_row(getattr(instance.state, values[0]), step, values, rows)
        elif step == PUT:
            agenda[int(values[1])] = rows.due_of(values[2])
        elif step == DROP:
            agenda.pop(int(values[1]), None)
        else:
            agenda.clear()
    # A sorted list is a heap; the list stays the same one, which who writes it next looks at.
    instance.state.agenda[:] = sorted(agenda.values())
    return numbers


def _follow_row(table: UndoTable[Any, Any], step: str, values: list[str], rows: StateRows) -> None:
    field, text, *others = values
    key = rows.key_of(field, text)
    if step == DROP:
        table.follow(key, None)
    else:
        table.follow(key, rows.value_of(field, others[0]))


# Of each statement, the instance that it is about, and the step. The key of a row that is moved
# within the database stays the same in memory: only its number is another one.
_STEPS: dict[str, Any] = {
    SQL.put_row: lambda owner, field, key, value: (owner, (PUT, field, key, value)),
    SQL.set_row: lambda key, value, owner, field, before: (owner, (MOVE, field, key, value)),
    SQL.drop_row: lambda owner, field, key: (owner, (DROP, field, key)),
    SQL.drop_field: lambda owner, field: (owner, (CLEAR, field)),
    SQL.put_number: lambda owner, kind, last: (owner, (COUNT, kind, last)),
    SQL.set_fields: lambda fields, owner: (owner, (FIELDS, fields)),
}
