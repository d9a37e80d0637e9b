"""Filters, pages and waiting of the side door's lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..domain.message import Message
from ..errors import ControlRefused
from ..journal import Exchange
from ..store import Store
from ..webhooks.delivery import Delivery

KEY = re.compile(r"[A-Za-z0-9._-]{1,100}")
LIMIT = 100
LIMIT_MOST = 5_000
WAIT_MOST = 60.0

Arguments = Mapping[str, str]
Json = dict[str, Any]


def page(items: list[Json], *, limit: int) -> Json:
    """At most `limit` items; `next` is the id to continue after, or null."""
    shown = items[:limit]
    more = len(items) > limit
    return {"items": shown, "next": shown[-1].get("id", shown[-1].get("key")) if more else None}


def limit_of(arguments: Arguments) -> int:
    """?limit=, 100 when it is not given."""
    text = arguments.get("limit", str(LIMIT))
    if not text.isdecimal() or not 1 <= int(text) <= LIMIT_MOST:
        raise ControlRefused(400, f"limit: {text!r} must be a number from 1 to {LIMIT_MOST}")
    return int(text)


def wait_of(arguments: Arguments) -> float:
    """?wait= in seconds, 0 when it is not given, 60 at most."""
    text = arguments.get("wait", "0")
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= WAIT_MOST:
        raise ControlRefused(400, f"wait: {text!r} must be seconds from 0 to {WAIT_MOST:.0f}")
    return seconds


def exchange_matches(arguments: Arguments) -> Callable[[Exchange], bool]:
    """?instance= ?operation= ?status= ?event=."""

    def matches(exchange: Exchange) -> bool:
        return (
            _same(arguments, "instance", exchange.instance)
            and _same(arguments, "operation", exchange.operation)
            and _same(arguments, "status", exchange.status)
            and ("event" not in arguments or arguments["event"] in exchange.events)
        )

    return matches


def delivery_matches(arguments: Arguments) -> Callable[[Delivery], bool]:
    """?instance= ?event= ?status=, the last a state or the receiver's HTTP status."""

    def matches(delivery: Delivery) -> bool:
        status = delivery.attempts[-1].status if delivery.attempts else None
        wanted = arguments.get("status")
        return (
            _same(arguments, "instance", delivery.instance)
            and _same(arguments, "event", delivery.event)
            and (wanted is None or wanted in (delivery.state, str(status)))
        )

    return matches


def message_matches(arguments: Arguments) -> Callable[[tuple[str, Message]], bool]:
    """?status= is a message's state; ?event= its type."""

    def matches(found: tuple[str, Message]) -> bool:
        return _same(arguments, "status", found[1].state) and _same(
            arguments, "event", found[1].type
        )

    return matches


def messages(store: Store, arguments: Arguments) -> Iterator[tuple[str, Message]]:
    """Messages by instance, oldest first; after `since` when that one is still kept."""
    wanted = arguments.get("instance")
    for key in [wanted] if wanted else store.keys():
        with store.change(key) as instance:
            kept = list(instance.messages.values())
        since = arguments.get("since")
        ids = [message.id for message in kept]
        start = ids.index(since) + 1 if since in ids else 0
        yield from ((key, message) for message in kept[start:])


def _same(arguments: Arguments, name: str, value: Any) -> bool:
    return name not in arguments or arguments[name] == str(value)
