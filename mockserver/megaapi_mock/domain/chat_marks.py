"""What an instance keeps of a chat or a person beside messages: pinned, blocked."""

from __future__ import annotations

from typing import TypeVar

from ..errors import Unusable
from .change import Change
from .jid import Jid
from .state import jid_row_bytes
from .undo_table import UndoTable

V = TypeVar("V")
# So many chats are pinned, and people blocked: no phone has a tenth of it.
MARKS_MOST = 10_000


def set_mark(change: Change, table: UndoTable[Jid, V], jid: Jid, value: V | None) -> None:
    """Keep the value, or with None nothing any more. Unusable where no more can be kept."""
    if value is None:
        if jid in table:
            table.remove(jid)
        return
    is_full = len(table) >= MARKS_MOST or not change.has_room(table, jid_row_bytes(jid, value))
    if jid not in table and is_full:
        raise Unusable(f"{change.state.key} remembers {len(table):,} of these: let some go")
    table.put(jid, value)
