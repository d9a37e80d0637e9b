"""Filters, pages and waiting of the control API's lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...codec import BODY_SHOWN
from ...domain.message import Message
from ...records.delivery import Delivery
from ...records.exchange import Exchange
from ...records.fault_hit import RecordedHit

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
            "instance": lambda value: lambda exchange: value == exchange.instance,
            "operation": lambda value: lambda exchange: value == exchange.operation,
            "status": lambda value: lambda exchange: value == str(exchange.status),
            "event": lambda value: lambda exchange: value in exchange.events,
        },
    )


def delivery_matches(arguments: Arguments) -> Callable[[Delivery], bool]:
    """?instance= ?event= ?status=, the last a state or the receiver's HTTP status."""
    return _matching(
        arguments,
        {
            "instance": lambda value: lambda delivery: value == delivery.instance,
            "event": lambda value: lambda delivery: value == delivery.event,
            "status": lambda value: lambda delivery: value in delivery_statuses(delivery),
        },
    )


def delivery_statuses(delivery: Delivery) -> tuple[str, str]:
    """What ?status= may be: its state, and the receiver's HTTP status."""
    return delivery.state, str(delivery.attempts[-1].status if delivery.attempts else None)


def message_matches(arguments: Arguments) -> Callable[[Message], bool]:
    """?status= is a message's state; ?event= its type; ?from_me= whether the instance wrote it."""
    return _matching(
        arguments,
        {
            "status": lambda value: lambda message: value == message.state,
            "event": lambda value: lambda message: value == message.type,
            "from_me": lambda value: lambda message: value == str(message.from_me).lower(),
        },
    )


def fault_hit_matches(arguments: Arguments) -> Callable[[RecordedHit], bool]:
    """?instance= ?fault=, the last an id or a name."""
    return _matching(
        arguments,
        {
            "instance": lambda value: lambda record: value == record.hit.instance,
            "fault": lambda value: lambda record: value in record.hit.fault,
        },
    )


def _matching(
    arguments: Arguments, known_filters: Mapping[str, Callable[[str], Matches]]
) -> Matches:
    """Whether a record fits every filter given."""
    return all_of(
        [
            filter_of(arguments[name])
            for name, filter_of in known_filters.items()
            if name in arguments
        ]
    )


def everything(_: Any) -> bool:
    """No record is left out."""
    return True


def all_of(checks: Sequence[Matches]) -> Matches:
    """Whether a record passes them all. Every wait asks for every record: it must be fast."""
    checks = [check for check in checks if check is not everything]
    if len(checks) < 2:
        return checks[0] if checks else everything
    first, *others = checks
    if len(others) == 1:
        (second,) = others
        return lambda record: first(record) and second(record)
    return lambda record: first(record) and all(check(record) for check in others)
