"""What a database holds, read and checked: the state as `snapshot` loads it, and the records."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from ...domain.peer_messages import Envelope
from ...errors import SetupError
from ...records.delivery import Delivery
from ..serialize import Forms, Misfit, inside
from ..snapshot import DOCUMENTS
from .batch import loads
from .database import Database
from .record_rows import Record, record_of
from .schema import SQL
from .state_rows import AGENDA, StateRows

Json = dict[str, Any]
# What is kept beside instances and records: a store without one of them is damaged.
PARTS = frozenset({"profile", "clock", "world", "start", "faults", "ids", "chaos"})
_IDS = tuple[int, int, dict[str, int], dict[str, int], tuple[int, int, int]]
_NO_LAST_SERIES = [0, 0, 0]


@dataclass(frozen=True)
class StoredContent:
    """`instances` are saved states, `last` the highest number of a row; all else in order."""

    parts: Mapping[str, Any]
    instances: Sequence[Json]
    positions: Mapping[str, int]
    media: Sequence[bytes]
    numbers: Mapping[str, int]
    records: Sequence[tuple[int, Record]]
    peer_messages: Sequence[tuple[int, Envelope]]
    last: int

    @property
    def owed(self) -> list[Delivery]:
        """Deliveries that have not come to their end."""
        return [
            record
            for _, record in self.records
            if isinstance(record, Delivery) and record.state == "queued"
        ]

    def as_state(self) -> Json:
        """The state as a state file has it, without the chaos at work."""
        parts = self.parts
        return {
            "instance": None,
            "seed": parts["ids"][0],
            **{name: parts[name] for name in ("profile", "clock", "world", "start")},
            "numbers": dict(self.numbers),
            "instances": list(self.instances),
            "media": [b64encode(content).decode() for content in self.media],
            "chaos": [],
            "faults": parts["faults"],
        }


def load(database: Database) -> StoredContent | None:
    """All there is; None for a database in which nothing was ever kept. SetupError if damaged."""
    try:
        return _load(database)
    except Misfit as misfit:
        raise SetupError(database.damage_text(str(misfit))) from None
    except (ValueError, TypeError, KeyError, IndexError) as error:
        why = f"a row cannot be read ({error})"
        raise SetupError(database.damage_text(why)) from None


def _with_last_series(ids: Any) -> Any:
    """The saved ids; databases of earlier versions say nothing of the last series."""
    return [*ids, _NO_LAST_SERIES] if isinstance(ids, list) and len(ids) == 4 else ids


def _load(database: Database) -> StoredContent | None:
    parts = {name: loads(text) for name, text in database.read(SQL.parts)}
    if not parts:
        return None
    if missing := sorted(PARTS - parts.keys()):
        raise Misfit(f"{', '.join(missing)} is missing")
    instances, positions = _instances(database)
    blobs = database.read(SQL.blobs)
    for digest, _, content in blobs:
        if not isinstance(content, bytes) or sha256(content).digest() != digest:
            raise Misfit("the bytes of a file are not those that were kept")
    forms = Forms(documents=DOCUMENTS)
    with inside("ids"):
        parts["ids"] = forms.of(_IDS).decode(_with_last_series(parts["ids"]))
    form = forms.of(Envelope)
    records = [(row[0], record_of(row)) for row in database.read(SQL.records)]
    peers = [(seq, form.decode(loads(text))) for seq, text in database.read(SQL.peer_messages)]
    last = max(
        (*positions.values(), *(row[1] for row in blobs), *(each[0] for each in records + peers)),
        default=0,
    )
    return StoredContent(
        parts=parts,
        instances=instances,
        positions=positions,
        media=[row[2] for row in blobs],
        numbers=_numbers(database),
        records=records,
        peer_messages=peers,
        last=last,
    )


def _instances(database: Database) -> tuple[list[Json], dict[str, int]]:
    rows, documents, positions = StateRows(), {}, {}
    for key, position, fields in database.read(SQL.instances):
        documents[key], positions[key] = rows.document(loads(fields)), position
    for key, field, row_key, text in database.read(SQL.rows):
        rows.add_to(documents[key], field, row_key, text)
    for document in documents.values():
        # A sorted list is a heap.
        document[AGENDA].sort()
    return list(documents.values()), positions


def _numbers(database: Database) -> dict[str, int]:
    return {f"{kind}.{owner}": last for owner, kind, last in database.read(SQL.numbers)}
