"""Foreign webhook traffic: which event is this, and where does it break the contract?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .bundle import Bundle
from .operations import WebhookEvent, webhook_events
from .validate import Compiler, Violation


@dataclass(frozen=True)
class Recognised:
    """The nearest event; no event at all when its messageType is unknown."""

    event: WebhookEvent | None
    violations: tuple[Violation, ...]

    @property
    def fits(self) -> bool:
        """Whether the payload keeps the contract."""
        return self.event is not None and not self.violations


class Recogniser:
    """A receiver sees messageType only: every event of that type is tried."""

    def __init__(self, bundle: Bundle) -> None:
        compiler = Compiler(bundle.document)
        self._candidates = [
            (event, compiler.compile(_schema(event))) for event in webhook_events(bundle)
        ]

    def recognise(self, payload: Any) -> Recognised:
        """The event that fits, else the one with the fewest violations."""
        if not isinstance(payload, dict):
            return Recognised(None, (Violation("body", "type", "is not a JSON object"),))
        kind = payload.get("messageType")
        best: Recognised | None = None
        for event, validator in self._candidates:
            if event.message_type != kind:
                continue
            tried = Recognised(event, tuple(_violations(validator, payload)))
            if tried.fits:
                return tried
            if best is None or len(tried.violations) < len(best.violations):
                best = tried
        return best or Recognised(
            None, (Violation("messageType", "enum", f"{kind!r} is no known messageType"),)
        )


def _schema(event: WebhookEvent) -> Mapping[str, Any]:
    content = event.definition["requestBody"]["content"]["application/json"]
    schema: Mapping[str, Any] = content["schema"]
    return schema


def _violations(validator: Any, payload: Any) -> list[Violation]:
    if validator.is_valid(payload):
        return []
    return [
        Violation("/".join(map(str, error.instance_path)) or "body", "schema", error.message)
        for error in validator.iter_errors(payload)
    ]
