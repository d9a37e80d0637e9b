"""Pairs of schemas that lead to one another: each is compared once, however often it is used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .values import Difference, as_text, inside

# So many further places of a shared schema are named.
_NAMED = 2


@dataclass(eq=False, slots=True)
class SchemaNode:
    """Two schemas: what they differ in themselves, and which pairs they lead to, by place."""

    old: Any
    new: Any
    compared: bool = False
    # Whether it or what it leads to differs; None while that is not known.
    differs: bool | None = None
    differences: list[Difference] = field(default_factory=list)
    links: list[tuple[str, SchemaNode]] = field(default_factory=list)
    # Those that lead to it, and by which place.
    users: list[tuple[SchemaNode, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SchemaLink:
    """A place where a pair of schemas stands."""

    place: str
    node: SchemaNode


# How one walk came to each node.
Trail = dict[SchemaNode, tuple[SchemaNode, str] | None]
Compare = Callable[[Any, Any], Iterable[Difference | SchemaLink]]


class Graph:
    """All pairs of two documents. Not thread-safe."""

    def __init__(self, compare: Compare) -> None:
        self._compare = compare
        self._nodes: dict[tuple[str, str], SchemaNode] = {}

    def node(self, old: Any, new: Any) -> SchemaNode:
        """The one of these schemas."""
        key = (as_text(old), as_text(new))
        if key not in self._nodes:
            self._nodes[key] = SchemaNode(old, new)
        return self._nodes[key]

    def differences(self, start: SchemaNode) -> Iterator[Difference]:
        """Of a pair and all that it leads to, each at the nearest place."""
        came = self._walk(start)
        if start.differs is None:
            _settle(came)
        for node in came:
            for each in node.differences:
                message = each.message + _elsewhere(came, node, each.place)
                yield Difference(each.rule, join_places(_place(came, node), each.place), message)

    def _walk(self, start: SchemaNode) -> Trail:
        """The nearest first. What is known not to differ is left out."""
        came: Trail = {start: None}
        nodes = [start]
        for node in nodes:
            self._complete(node)
            for place, other in node.links:
                if other not in came and other.differs is not False:
                    came[other] = (node, place)
                    nodes.append(other)
        return came

    def _complete(self, node: SchemaNode) -> None:
        if not node.compared:
            node.compared = True
            for each in self._compare(node.old, node.new):
                if isinstance(each, SchemaLink):
                    node.links.append((each.place, each.node))
                else:
                    node.differences.append(each)


def _place(came: Trail, node: SchemaNode) -> str:
    """Where it stands, by the nearest way."""
    places = []
    while (step := came[node]) is not None:
        node, place = step
        places.append(place)
    result = ""
    for place in reversed(places):
        result = join_places(result, place)
    return result


def _elsewhere(came: Trail, node: SchemaNode, rest: str) -> str:
    """Where else that is, outside of the schema itself: the first places."""
    while (step := came[node]) is not None:
        own = _place(came, node)
        places = [
            join_places(_place(came, user), place)
            for user, place in node.users
            if user in came and (user, place) != step
        ]
        outside = [place for place in places if not place.startswith(own)]
        if outside:
            names = ", ".join(join_places(place, rest) for place in outside[:_NAMED])
            more = len(outside) - _NAMED
            return f" (also at {names}{f' and {more} more' if more > 0 else ''})"
        node, place = step
        rest = join_places(place, rest)
    return ""


def join_places(place: str, inner: str) -> str:
    """A place inside of a place."""
    return place + inner if not inner or inner[0] in "[{" else inside(place, inner)


def _settle(came: Trail) -> None:
    """Say of each whether something differs in it, and keep the links to those alone."""
    fresh = [node for node in came if node.differs is None]
    users: dict[SchemaNode, list[SchemaNode]] = defaultdict(list)
    for node in fresh:
        for _, other in node.links:
            users[other].append(node)
    waiting = [node for node in came if node.differences or node.differs]
    for node in fresh:
        node.differs = bool(node.differences)
    while waiting:
        for user in users[waiting.pop()]:
            if not user.differs:
                user.differs = True
                waiting.append(user)
    for node in fresh:
        node.links = [(place, other) for place, other in node.links if other.differs]
        for place, other in node.links:
            other.users.append((node, place))
