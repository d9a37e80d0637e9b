"""The control API's routes around faults: arm, list, clear, and which kinds there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import request

from ...faults.active import ActiveFaults
from ...faults.armed_fault import SCOPE
from ...records.journal import Journal
from ...webhooks.publish import Publisher
from . import lists

Json = dict[str, Any]


class FaultRoutes:
    """Routes by subject: one method per route, which returns a document, maybe with a status."""

    def __init__(self, faults: ActiveFaults, publisher: Publisher, journal: Journal) -> None:
        self._faults, self._publisher, self._journal = faults, publisher, journal

    def routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """Method, path and view of each route."""
        return [
            ("GET", "/faults", self.list_armed),
            ("POST", "/faults", self.arm),
            ("DELETE", "/faults", self.clear),
            ("GET", "/faults/kinds", self.kinds),
            ("DELETE", "/faults/<id>", self.clear_one),
        ]

    def list_armed(self) -> Json:
        """Every fault that was not cleared, spent ones included; with ?instance= only its own."""
        key, limit = request.args.get("instance"), lists.limit_of(request.args)
        faults = [each.as_json() for each in self._faults.items() if key in (None, each.instance)]
        ids = [fault["id"] for fault in faults]
        since = request.args.get("since")
        start = ids.index(since) + 1 if since in ids else 0
        return lists.page(faults[start : start + limit + 1], limit=limit)

    def arm(self, body: Json) -> tuple[Json, int]:
        """Arm a fault; it hits until it is over or cleared."""
        key = body.get("instance")
        if key is None:
            fault = self._faults.arm(body).as_json()
        else:
            # While the instance is locked: a fault that is armed for it does not outlive it.
            fault = self._publisher.look(key, lambda _: self._faults.arm(body).as_json())
        self._show()
        return fault, 201

    def clear(self) -> Json:
        """All of them; with ?instance= only those that were armed for it."""
        key = request.args.get("instance")
        count = self._faults.clear() if key is None else self._faults.clear_instance(key)
        self._show()
        return {"cleared": count}

    def clear_one(self, id: str) -> Json:
        """Clear one fault by its id."""
        count = self._faults.clear(id)
        self._show()
        return {"cleared": count}

    def _show(self) -> None:
        count = sum(1 for _ in self._faults.items())
        self._journal.show("faults", None, {"armed": count})

    def kinds(self) -> Json:
        """What can be armed, and how."""
        items = [kind.as_json() for kind in self._faults.kinds.values()]
        return {"items": items, "next": None, "scope": [parameter.as_json() for parameter in SCOPE]}
