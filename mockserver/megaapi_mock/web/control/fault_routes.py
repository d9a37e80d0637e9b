"""The control API's routes around faults: arm, list, clear, and which kinds there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request

from ...faults.armed_fault import SCOPE
from ...runtime import Runtime
from . import lists
from .json_body import object_of

Json = dict[str, Any]


class FaultRoutes:
    """One method per route, as in the rest of the control API."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime, self._faults = runtime, runtime.faults

    def routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """Method, path and view of each."""
        return [
            ("GET", "/faults", self.armed),
            ("POST", "/faults", self.arm),
            ("DELETE", "/faults", self.clear),
            ("GET", "/faults/kinds", self.kinds),
            ("DELETE", "/faults/<id>", self.clear_one),
        ]

    def armed(self) -> Json:
        """Every fault that was not cleared, spent ones included; with ?instance= that one's."""
        key, limit = request.args.get("instance"), lists.limit_of(request.args)
        found = [one.as_json() for one in self._faults.items() if key in (None, one.instance)]
        ids = [one["id"] for one in found]
        since = request.args.get("since")
        start = ids.index(since) + 1 if since in ids else 0
        return lists.page(found[start : start + limit + 1], limit=limit)

    def arm(self) -> tuple[Json, int]:
        """From now on, until it is over or cleared."""
        wishes = object_of()
        key = wishes.get("instance")
        if not isinstance(key, str):
            return self._faults.arm(wishes).as_json(), 201
        # While the instance is held: what is armed for it does not outlive it.
        return self._runtime.publisher.look(key, lambda _: self._faults.arm(wishes).as_json()), 201

    def clear(self) -> Json:
        """All of them, or those of one instance alone."""
        key = request.args.get("instance")
        gone = self._faults.clear() if key is None else self._faults.clear_instance(key)
        return {"cleared": gone}

    def clear_one(self, id: str) -> Json:
        """One of them."""
        return {"cleared": self._faults.clear(id)}

    def kinds(self) -> Json:
        """What can be armed, and how."""
        items = [listed.as_json() for listed in self._faults.kinds.values()]
        return {"items": items, "next": None, "scope": [one.as_json() for one in SCOPE]}
