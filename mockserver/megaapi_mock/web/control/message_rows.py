"""The messages of instances as the control API lists them: copied while held, read afterwards."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from heapq import merge
from typing import Any
from weakref import WeakKeyDictionary

from ...domain.instance import Instance
from ...domain.message import Message
from ...errors import UnknownInstance
from ...store import Store
from ...webhooks.publish import Publisher
from .chat_index import ChatIndex, messages_after

# An instance's key and a message of it.
Entry = tuple[str, Message]
# One for each instance that was searched by chat.
ChatIndexes = WeakKeyDictionary[Instance, ChatIndex]
# Goes through rows, and rests between them.
Paced = Callable[[Iterable[Message]], Iterator[Message]]


class MessageRows:
    """Messages of one instance, or of all, those that `fits` accepts.

    With `chats` only those are looked at that are in one of these chats.
    """

    def __init__(
        self,
        store: Store,
        publisher: Publisher,
        instance: str | None,
        fits: Callable[[Message], bool],
        *,
        chats: Collection[str] | None = None,
        indexes: ChatIndexes,
    ) -> None:
        self._store, self._publisher, self._instance = store, publisher, instance
        self._fits, self._chats, self._indexes = fits, chats, indexes

    def after(self, arrival: int, paced: Paced) -> Iterator[Entry]:
        """Those that came after the one numbered so, in the order they came."""
        return self._merge(lambda key: self._rows(key, arrival), paced)

    def before(self, arrival: int | None, paced: Paced) -> Iterator[Entry]:
        """Those that came before the one numbered so, the latest first; all with None."""

        def older(key: str) -> Iterable[Message]:
            rows = self._rows(key, 0)
            end = len(rows) if arrival is None else bisect_left(rows, arrival, key=_arrival)
            return reversed(rows[:end])

        return self._merge(older, paced, reverse=True)

    def among(self, entries: Iterable[Entry], arrival: int) -> list[Entry]:
        """Those of them that are still there, as they are now, in the order they came."""
        names: dict[str, set[str]] = {}
        for key, message in entries:
            names.setdefault(key, set()).add(message.id)
        rows: list[Entry] = []
        for key, ids in names.items():
            with suppress(UnknownInstance):
                messages = self._publisher.look(key, _with_ids(ids))
                rows += [(key, each) for each in messages if each.arrival > arrival]
        return sorted((row for row in rows if self._fits(row[1])), key=_arrival_of)

    def _merge(
        self, rows_of: Callable[[str], Iterable[Message]], paced: Paced, *, reverse: bool = False
    ) -> Iterator[Entry]:
        by_instance: list[Iterator[Entry]] = []
        for key in self._store.keys() if self._instance is None else [self._instance]:
            try:
                rows = rows_of(key)
            except UnknownInstance:
                if self._instance is not None:
                    raise
                continue
            by_instance.append(self._fitting(key, paced(rows)))
        if len(by_instance) == 1:
            return by_instance[0]
        return merge(*by_instance, key=_arrival_of, reverse=reverse)

    def _fitting(self, key: str, rows: Iterable[Message]) -> Iterator[Entry]:
        fits = self._fits
        return ((key, message) for message in rows if fits(message))

    def _rows(self, key: str, arrival: int) -> Sequence[Message]:
        look, chats = self._publisher.look, self._chats
        if chats is None:
            return look(key, lambda instance: messages_after(instance.messages, arrival))
        indexes = self._indexes

        def unknown(instance: Instance) -> tuple[ChatIndex, int, Sequence[Message]]:
            index = indexes.setdefault(instance, ChatIndex())
            return index, *index.unknown(instance.messages)

        index, era, messages = look(key, unknown)
        index.learn(era, messages)
        return look(
            key,
            lambda instance: indexes.get(instance, index).messages(
                instance.messages, chats, arrival
            ),
        )


def arrival_of(store: Store, publisher: Publisher, instance: str | None, since: str | None) -> int:
    """The arrival of the message that `since` names; 0, before all others, when it is not kept."""
    *key_part, last = (since or "").rsplit("/", 1)
    keys = store.keys() if instance is None else [instance]
    for key in (each for each in keys if last and each in (key_part or (each,))):
        with suppress(UnknownInstance):
            message = publisher.look(key, lambda instance: instance.messages.get(last))
            if message is not None:
                return message.arrival
    return 0


def message_cursor(store: Store, publisher: Publisher, entry: Entry) -> str:
    """The value of `since` that continues after this message: its id, or KEY/ID where needed."""
    key, message = entry
    for other in store.keys():
        if other == key:
            continue
        with suppress(UnknownInstance):
            if publisher.look(other, lambda instance: message.id in instance.messages):
                return f"{key}/{message.id}"
    return message.id


def _with_ids(ids: Iterable[str]) -> Callable[[Instance], list[Message]]:
    def read(instance: Instance) -> list[Message]:
        messages = instance.messages
        return [messages[name] for name in ids if name in messages]

    return read


def _arrival(message: Message) -> int:
    return message.arrival


def _arrival_of(entry: Entry) -> Any:
    return entry[1].arrival
