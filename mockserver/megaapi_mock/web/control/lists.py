"""Filters, pages and waiting of the control API's lists."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from heapq import merge
from itertools import takewhile
from typing import Any

from ...domain.instance import Instance
from ...domain.message import Message
from ...errors import UnknownInstance
from ...records.delivery import Delivery
from ...records.exchange import BODY_SHOWN, Exchange
from ...records.fault_hit import RecordedHit
from ...store import Store
from ...webhooks.publish import Publisher

LIMIT = 100
# Bytes of records on one page: whoever asks for thousands of large ones gets them on several.
PAGE_BYTES = 16 * 2**20

Arguments = Mapping[str, str]
# Whether a record, or a message with its instance, is one of those asked for.
Matches = Callable[[Any], bool]
Json = dict[str, Any]


def page(items: list[Json], *, limit: int, id_: str = "id") -> Json:
    """At most `limit` items; `next` is the id to continue after, or null."""
    page_items = items[:limit]
    return {"items": page_items, "next": page_items[-1][id_] if len(items) > limit else None}


def fitting(records: Sequence[Any], size_of: Callable[[Any], int], limit: int) -> int:
    """How many of these records a page may hold: all up to its limit, unless they are large."""
    size = 0
    for count, record in enumerate(records):
        # Bodies are shown in part; each record has two, a delivery one for each attempt.
        size += min(size_of(record), 4 * BODY_SHOWN)
        if size > PAGE_BYTES and count:
            return count
    return limit


def keys_after(keys: Sequence[str], since: str | None) -> Sequence[str]:
    """The keys behind `since`; all of them when it has gone already."""
    return keys[keys.index(since) + 1 :] if since in keys else keys


def limit_of(arguments: Arguments) -> int:
    """?limit=, 100 when it is not given."""
    return int(arguments.get("limit", LIMIT))


def newest_first(arguments: Arguments) -> bool:
    """Whether ?order=newest; then `since` and `next` lead to older records."""
    return arguments.get("order") == "newest"


def wait_of(arguments: Arguments) -> float:
    """?wait= in seconds, 0 when it is not given, 60 at most."""
    return float(arguments.get("wait", 0))


def since_of(arguments: Arguments, epoch: int) -> str | None:
    """?since=, which counts for nothing when ?epoch= says that the id is of another one."""
    return arguments.get("since") if arguments.get("epoch", str(epoch)) == str(epoch) else None


def exchange_matches(arguments: Arguments) -> Callable[[Exchange], bool]:
    """Filters ?instance= ?operation= ?status= (of the answer) ?event= (one it caused)."""
    return _matching(
        arguments,
        {
            "instance": lambda exchange, value: value == exchange.instance,
            "operation": lambda exchange, value: value == exchange.operation,
            "status": lambda exchange, value: value == str(exchange.status),
            "event": lambda exchange, value: value in exchange.events,
        },
    )


def delivery_matches(arguments: Arguments) -> Callable[[Delivery], bool]:
    """?instance= ?event= ?status=, the last a state or the receiver's HTTP status."""
    return _matching(
        arguments,
        {
            "instance": lambda delivery, value: value == delivery.instance,
            "event": lambda delivery, value: value == delivery.event,
            "status": lambda delivery, value: value in (delivery.state, _delivery_state(delivery)),
        },
    )


def _delivery_state(delivery: Delivery) -> str:
    return str(delivery.attempts[-1].status if delivery.attempts else None)


def message_matches(arguments: Arguments) -> Callable[[tuple[str, Message]], bool]:
    """?status= is a message's state; ?event= its type; ?from_me= whether the instance wrote it."""
    return _matching(
        arguments,
        {
            "status": lambda entry, value: value == entry[1].state,
            "event": lambda entry, value: value == entry[1].type,
            "from_me": lambda entry, value: value == str(entry[1].from_me).lower(),
        },
    )


def fault_hit_matches(arguments: Arguments) -> Callable[[RecordedHit], bool]:
    """?instance= ?fault=, the last an id or a name."""
    return _matching(
        arguments,
        {
            "instance": lambda record, value: value == record.hit.instance,
            "fault": lambda record, value: value in record.hit.fault,
        },
    )


def _matching(
    arguments: Arguments, known_filters: Mapping[str, Callable[[Any, str], bool]]
) -> Callable[[Any], bool]:
    """Whether a record fits every filter given. Waits ask for each record, so it must be fast."""
    filters = [(fits, arguments[name]) for name, fits in known_filters.items() if name in arguments]

    def matches(record: Any) -> bool:
        for fits, value in filters:
            if not fits(record, value):
                return False
        return True

    return matches


def messages(
    store: Store, publisher: Publisher, instance: str | None, start: int
) -> Iterator[tuple[str, Message]]:
    """Messages in the order they came, after the arrival numbered `start`."""
    by_instance: list[list[tuple[str, Message]]] = []
    for key in store.keys() if instance is None else [instance]:
        try:
            newer = publisher.look(key, lambda instance: _newer(instance, start))
        except UnknownInstance:
            if instance is not None:
                raise
            continue
        by_instance.append([(key, message) for message in newer])
    return merge(*by_instance, key=lambda row: row[1].arrival)


def newest_messages(
    store: Store, publisher: Publisher, instance: str | None, before: int | None
) -> Iterator[tuple[str, Message]]:
    """Messages that arrived before the one numbered so, the latest first; all with None."""
    by_instance: list[list[tuple[str, Message]]] = []
    for key in store.keys() if instance is None else [instance]:
        try:
            rows = publisher.look(key, lambda instance: tuple(instance.messages.values()))
        except UnknownInstance:
            if instance is not None:
                raise
            continue
        end = len(rows) if before is None else bisect_left(rows, before, key=_arrival)
        by_instance.append([(key, message) for message in reversed(rows[:end])])
    return merge(*by_instance, key=lambda row: row[1].arrival, reverse=True)


def _arrival(message: Message) -> int:
    return message.arrival


def _newer(instance: Instance, start: int) -> list[Message]:
    """Messages that arrived after `start`; read from the newest back, as few of many are new."""
    newer = list(takewhile(lambda each: each.arrival > start, instance.messages.newest()))
    newer.reverse()
    return newer


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


def message_cursor(store: Store, publisher: Publisher, entry: tuple[str, Message]) -> str:
    """The value of `since` that continues after this message: its id, or KEY/ID where needed."""
    key, message = entry
    for other in store.keys():
        if other == key:
            continue
        with suppress(UnknownInstance):
            if publisher.look(other, lambda instance: message.id in instance.messages):
                return f"{key}/{message.id}"
    return message.id
