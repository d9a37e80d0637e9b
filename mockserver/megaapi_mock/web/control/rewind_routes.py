"""The control API's routes around going back: the points there are, and the way to one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request

from ...errors import ControlRefused
from ...runtime import Instances
from ...simulation.rewind import Rewind, take_point
from . import lists
from .record_search import RecordSearch

Json = dict[str, Any]


class RewindRoutes:
    """Routes by subject: one method per route, which returns a document, maybe with a status."""

    def __init__(self, instances: Instances, rewind: Rewind, search: RecordSearch) -> None:
        self._instances, self._rewind, self._search = instances, rewind, search

    def routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """Method, path and view of each route."""
        return [
            ("GET", "/instances/<key>/points", self.points),
            ("POST", "/instances/<key>/points", self.take),
            ("POST", "/instances/<key>/rewind", self.rewind),
        ]

    def points(self, key: str) -> Json:
        """The states an instance can return to; of one chat with ?chat=."""
        self._instances.publisher.look(key, lambda instance: None)
        points = [point.as_json() for point in self._instances.points.of(key)]
        if "chat" in request.args:
            chat = self._search.chat_written(request.args["chat"])
            points = [point for point in points if point["chat"] == chat]
        if lists.newest_first(request.args):
            points.reverse()
        ids, limit = [point["id"] for point in points], lists.limit_of(request.args)
        since = request.args.get("since")
        start = ids.index(since) + 1 if since in ids else 0
        return lists.page(points[start : start + limit + 1], limit=limit)

    def take(self, key: str, body: Json) -> tuple[Json, int]:
        """A point now, with a name."""
        publisher, points = self._instances.publisher, self._instances.points
        return take_point(publisher, points, key, body.get("name")).as_json(), 201

    def rewind(self, key: str, body: Json) -> Json:
        """Return to a point."""
        if ("point" in body) == ("before" in body):
            raise ControlRefused(400, "point: give either `point` or `before`")
        return self._rewind.return_to(
            key,
            point=body.get("point"),
            before=body.get("before"),
            ids=body.get("ids", "new"),
            clock=body.get("clock", "now"),
        )
