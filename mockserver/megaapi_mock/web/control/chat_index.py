"""Which messages of an instance are in which chat, brought up to date when somebody asks."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections.abc import Collection, Sequence
from itertools import islice

from ...domain.message import Message
from ...domain.undo_table import UndoTable

Messages = UndoTable[str, Message]
# So many of the newest are looked at one by one, before all of them are copied.
FEW = 64
# Where one of so many messages is in the chats asked for, to go through all of them is as fast.
ONE_OF = 8
# Ids of messages that have gone, which are tolerated beside as many as there are messages.
STALE_MOST = 1_000


def messages_after(messages: Messages, arrival: int) -> Sequence[Message]:
    """The messages that arrived after the one numbered so, in their order.

    However many there are, this takes no longer than to copy a list.
    """
    if arrival:
        few = [*islice(messages.newest(), FEW)]
        if few and few[-1].arrival <= arrival:
            return [message for message in reversed(few) if message.arrival > arrival]
    rows = tuple(messages.values())
    return rows[bisect_right(rows, arrival, key=_arrival) :] if arrival else rows


class ChatIndex:
    """Ids of messages by the address of their chat. Thread-safe.

    Searches alone pay for it: `unknown` and `messages` are called while the instance is held, and
    take next to no time; `learn`, between them, need not hold it.
    """

    def __init__(self) -> None:
        self._ids: dict[str, list[str]] = {}
        self._count = self._last = 0
        self._era: object = None
        self._lock = threading.Lock()

    def unknown(self, messages: Messages) -> tuple[int, Sequence[Message]]:
        """The table's era, and the messages of it that are not known yet."""
        with self._lock:
            # Earlier messages have come back, or most of those it knows have gone.
            if self._era != messages.era or self._count > 2 * len(messages) + STALE_MOST:
                self._ids, self._count, self._last = {}, 0, 0
                self._era = messages.era
            return messages.era, messages_after(messages, self._last)

    def learn(self, era: int, messages: Sequence[Message]) -> None:
        """From now on these are known, unless the table was restored meanwhile."""
        with self._lock:
            for message in messages if era == self._era else ():
                if message.arrival > self._last:
                    self._ids.setdefault(message.chat, []).append(message.id)
                    self._last = message.arrival
                    self._count += 1

    def messages(
        self, messages: Messages, chats: Collection[str], arrival: int
    ) -> Sequence[Message]:
        """All that are in one of the chats and arrived after the one numbered so; maybe others."""
        with self._lock:
            ids = [name for chat in chats for name in self._ids.get(chat, ())]
        if len(ids) * ONE_OF > len(messages):
            return messages_after(messages, arrival)
        # An id stands here twice if its message has come again: only the later one is there.
        rows = [message for name in set(ids) if (message := messages.get(name)) is not None]
        rows.sort(key=_arrival)
        return rows[bisect_right(rows, arrival, key=_arrival) :]


def _arrival(message: Message) -> int:
    return message.arrival
