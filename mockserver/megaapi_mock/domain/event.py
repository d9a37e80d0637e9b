"""Something happened: what a webhook may tell, before anyone has decided how it looks."""

from __future__ import annotations

from dataclasses import dataclass

from .facts import Facts


# Not frozen: that would take three times as long to make, and every send makes four.
@dataclass(slots=True)
class Event:
    """`name` is the webhook's id in the contract; `facts` are what its sample cannot know.

    `happened` is when, where it is told later than that. Nobody changes one.
    """

    name: str
    time: float
    instance: str
    owner_jid: str | None
    owner_lid: str | None
    owner_name: str
    facts: Facts
    happened: float | None = None


@dataclass(frozen=True, slots=True)
class DelayedEvent:
    """What happened while a socket was down; it is told when the socket opens."""

    name: str
    time: float
    facts: Facts


def delayed_bytes(_number: int, event: DelayedEvent) -> int:
    """How much memory it takes."""
    return len(event.name) + len(repr(event.facts))
