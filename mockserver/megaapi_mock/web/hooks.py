"""The side door's routes around webhooks: torment them, emit them, send them again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from ..errors import ControlRefused, UnknownInstance
from ..journal import delivery_json
from ..webhooks.torment import Torment
from . import emit
from .plain import body_of

if TYPE_CHECKING:
    from .app import Parts

Json = dict[str, Any]


class Hooks:
    """One method per route, as in the rest of the side door."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """Method, path and view of each."""
        return [
            ("GET", "/instances/<key>/torment", self.torment),
            ("POST", "/instances/<key>/torment", self.start_torment),
            ("DELETE", "/instances/<key>/torment", self.end_torment),
            ("POST", "/instances/<key>/emit", self.emit),
            ("POST", "/deliveries/<id>/resend", self.resend),
        ]

    def torment(self, key: str) -> Json:
        """What is done to this instance's webhooks."""
        return self._tormented(key)

    def start_torment(self, key: str) -> Json:
        """From now on; an earlier torment ends."""
        self._require(key)
        wishes = body_of({field.name: object for field in fields(Torment)})
        if not wishes:
            raise ControlRefused(
                400, 'say what is to happen: {"duplicate": 3}; DELETE ends a torment'
            )
        torment = Torment.of(wishes, seed=self._parts.ids.seed)
        return self._tormented(key, released=self._parts.tormentor.start(key, torment))

    def end_torment(self, key: str) -> Json:
        """What is held leaves now."""
        self._require(key)
        return self._tormented(key, released=self._parts.tormentor.end(key))

    def emit(self, key: str) -> tuple[Json, int]:
        """Any event by name."""
        body = body_of({"event": str, "set": dict, "count": float, "torment": dict})
        deliveries, reason = emit.emit(self._parts, key, body)
        return {"deliveries": [delivery.id for delivery in deliveries], "reason": reason}, 201

    def resend(self, id: str) -> tuple[Json, int]:
        """One delivery again."""
        body = body_of({"body": dict})
        return delivery_json(emit.resend(self._parts, id, body.get("body"))), 201

    def _tormented(self, key: str, *, released: int = 0) -> Json:
        self._require(key)
        torment = self._parts.tormentor.torment_of(key)
        return {
            "instance": key,
            "torment": torment.as_json() if torment else None,
            "held": len(self._parts.tormentor.held(key)),
            "released": released,
        }

    def _require(self, key: str) -> None:
        if key not in self._parts.store.keys():
            raise UnknownInstance(f"no instance has the key {key!r}")
