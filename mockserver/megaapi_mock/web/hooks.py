"""The side door's routes around webhooks: torment, emit, send again, judge who gets them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from flask import Response

from ..domain.instance import Instance
from ..errors import ControlRefused, UnknownInstance
from ..journal import delivery_json
from ..webhooks.judge import judge
from ..webhooks.torment import Torment
from ..webhooks.verdict import Verdict
from . import emit
from .plain import body_of

if TYPE_CHECKING:
    from .app import Parts

Json = dict[str, Any]
# A verdict's forms, with their media types.
_FORMS = {"json": "application/json", "table": "text/plain", "junit": "application/xml"}


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
            ("POST", "/instances/<key>/webhook", self.point),
            ("POST", "/deliveries/<id>/resend", self.resend),
            ("POST", "/deliveries/verdict", self.verdict),
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

    def point(self, key: str) -> Json:
        """Another URL, or none, without a call that the journal would show."""
        body = body_of({"url": str, "enabled": bool})
        if not body:
            raise ControlRefused(400, 'say where to: {"url": "http://127.0.0.1:9000/hook"}')

        def change(instance: Instance) -> None:
            before = instance.webhook
            url, enabled = body.get("url", before.url), body.get("enabled", True)
            instance.set_webhook(url, enabled=enabled)

        self._parts.publisher.change(key, change)
        return self._parts.publisher.look(key, lambda instance: instance.as_json())

    def resend(self, id: str) -> tuple[Json, int]:
        """One delivery again."""
        body = body_of({"body": dict})
        return delivery_json(emit.resend(self._parts, id, body.get("body"))), 201

    def verdict(self) -> Json | Response:
        """How the receiver of one instance did."""
        body = body_of({"instance": str, "since": str, "within": float, "format": str})
        key, form = body.get("instance"), body.get("format", "json")
        if key is None:
            raise ControlRefused(400, "instance: say whose webhooks are to be judged")
        if form not in _FORMS:
            raise ControlRefused(400, f"format: {form!r} is none of {', '.join(_FORMS)}")
        verdict = self._judged(key, body.get("since"), body.get("within", 5.0))
        if form == "json":
            return verdict.as_json()
        text = verdict.as_table() if form == "table" else verdict.as_junit()
        return Response(text, mimetype=_FORMS[form])

    def _judged(self, key: str, since: str | None, within: float) -> Verdict:
        parts = self._parts
        messages = parts.publisher.look(key, lambda instance: list(instance.messages.values()))
        kept = parts.journal.deliveries.after(since)
        return judge(
            [delivery for delivery in kept if delivery.instance == key],
            messages,
            instance=key,
            now=parts.clock.now(),
            within=within,
            held=parts.tormentor.held(key),
        )

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
