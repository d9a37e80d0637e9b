"""The tables as they are today, and every statement that reads or writes them.

`migrations/` makes them, step by step.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import dialect, insert

TABLES = sa.MetaData()
# Numbers of rows only grow: PostgreSQL's INTEGER ends at two thousand million.
NUMBER_OF_ROW = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# All of an instance that stands in no table of its own; `position` is its place among all.
INSTANCE = sa.Table(
    "instance",
    TABLES,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("position", NUMBER_OF_ROW, nullable=False),
    sa.Column("fields", sa.Text, nullable=False),
)
# A row of a table of an instance, named as the field of InstanceState is.
STATE_ROW = sa.Table(
    "state_row",
    TABLES,
    sa.Column("seq", NUMBER_OF_ROW, primary_key=True),
    sa.Column("instance", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.UniqueConstraint("instance", "field", "key"),
)
# An exchange, a delivery (owed while its state is `queued`), or a fault hit.
RECORD = sa.Table(
    "record",
    TABLES,
    sa.Column("seq", NUMBER_OF_ROW, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("id", sa.Text, nullable=False),
    sa.Column("instance", sa.Text),
    sa.Column("state", sa.Text),
    sa.Column("head", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary),
    sa.Column("answer", sa.LargeBinary),
)
# A message between two instances on its way.
PEER_MESSAGE = sa.Table(
    "peer_message",
    TABLES,
    sa.Column("seq", NUMBER_OF_ROW, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)
# The last number of each kind of id that an owner was given.
NUMBER = sa.Table(
    "number",
    TABLES,
    sa.Column("owner", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("last", NUMBER_OF_ROW, nullable=False),
)
# The bytes of media, by their SHA-256.
BLOB = sa.Table(
    "blob",
    TABLES,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("seq", NUMBER_OF_ROW, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
)
# Everything that belongs to no instance: clock, faults, world, ...
PART = sa.Table(
    "part",
    TABLES,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)


def _text(statement: Any) -> str:
    return str(statement.compile(dialect=dialect()))


def _insert(table: sa.Table, *names: str) -> str:
    """Insert a row of these columns, in this order."""
    return _text(sa.insert(table).values({name: sa.bindparam(name) for name in names}))


def _upsert(table: sa.Table, keys: tuple[str, ...], values: tuple[str, ...]) -> str:
    """The same, or update `values` where there is a row with these keys."""
    row = insert(table).values({name: sa.bindparam(name) for name in (*keys, *values)})
    return _text(
        row.on_conflict_do_update(
            index_elements=keys, set_={name: row.excluded[name] for name in values}
        )
    )


def _delete(table: sa.Table, *names: str) -> str:
    conditions = (table.c[name] == sa.bindparam(name) for name in names)
    return _text(sa.delete(table).where(*conditions))


def _update(table: sa.Table, names: tuple[str, ...], key: str) -> str:
    row = sa.update(table).where(table.c[key] == sa.bindparam("of"))
    return _text(row.values({name: sa.bindparam(name) for name in names}))


def _set_row() -> str:
    """Another key and value for a row of state."""
    row = sa.update(STATE_ROW).where(
        *(STATE_ROW.c[name] == sa.bindparam(f"of_{name}") for name in ("instance", "field", "key"))
    )
    return _text(row.values(key=sa.bindparam("to_key"), value=sa.bindparam("to_value")))


def _select(table: sa.Table, *names: str, by: str) -> str:
    return _text(sa.select(*(table.c[name] for name in names)).order_by(table.c[by]))


@dataclass(frozen=True)
class Statements:
    """SQL with positional parameters, in the order of the names.

    Compiled once: what is executed ten thousand times a second is a cursor's own `execute`.
    """

    put_instance: str = _upsert(INSTANCE, ("key",), ("position", "fields"))
    set_fields: str = _update(INSTANCE, ("fields",), "key")
    drop_instance: str = _delete(INSTANCE, "key")
    put_row: str = _upsert(STATE_ROW, ("instance", "field", "key"), ("value",))
    set_row: str = _set_row()
    drop_row: str = _delete(STATE_ROW, "instance", "field", "key")
    drop_field: str = _delete(STATE_ROW, "instance", "field")
    drop_rows: str = _delete(STATE_ROW, "instance")
    add_record: str = _insert(
        RECORD, "seq", "kind", "id", "instance", "state", "head", "body", "answer"
    )
    set_delivery: str = _update(RECORD, ("state", "head"), "seq")
    drop_record: str = _delete(RECORD, "seq")
    drop_records_of: str = _delete(RECORD, "instance")
    add_peer_message: str = _insert(PEER_MESSAGE, "seq", "value")
    drop_peer_message: str = _delete(PEER_MESSAGE, "seq")
    put_number: str = _upsert(NUMBER, ("owner", "kind"), ("last",))
    drop_numbers_of: str = _delete(NUMBER, "owner")
    put_blob: str = _upsert(BLOB, ("digest",), ("seq", "content"))
    renew_blob: str = _update(BLOB, ("seq",), "digest")
    drop_blob: str = _delete(BLOB, "digest")
    put_part: str = _upsert(PART, ("name",), ("value",))
    instances: str = _select(INSTANCE, "key", "position", "fields", by="position")
    rows: str = _select(STATE_ROW, "instance", "field", "key", "value", by="seq")
    records: str = _select(
        RECORD, "seq", "kind", "id", "instance", "state", "head", "body", "answer", by="seq"
    )
    peer_messages: str = _select(PEER_MESSAGE, "seq", "value", by="seq")
    numbers: str = _select(NUMBER, "owner", "kind", "last", by="owner")
    blobs: str = _select(BLOB, "digest", "seq", "content", by="seq")
    parts: str = _select(PART, "name", "value", by="name")


SQL = Statements()
# Empties every table, whatever stands in it.
CLEAR = tuple(_text(sa.delete(table)) for table in TABLES.sorted_tables)
CLEAR_STATE = (_text(sa.delete(STATE_ROW)), _text(sa.delete(INSTANCE)))
CLEAR_RECORDS = (_text(sa.delete(RECORD)), _text(sa.delete(NUMBER)))
