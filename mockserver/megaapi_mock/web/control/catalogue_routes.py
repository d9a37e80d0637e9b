"""The control API's routes to the contract: operations and webhook events, with their evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from ...errors import ControlRefused
from ...resources.samples import Samples
from ...runtime import Api
from ...simulation.contact_events import NON_MESSAGE_EVENTS
from ...spec.gateway_events import CAUSED_BY_GATEWAY
from ...spec.json_pointer import target_of
from ...spec.operations import Operation, WebhookEvent

Json = dict[str, Any]
# References are followed so deep; what lies below shows as anything.
DEEPEST = 12


class CatalogueRoutes:
    """Routes by subject: one method per route, which returns a document, maybe with a status."""

    def __init__(self, api: Api, samples: Samples) -> None:
        self._api, self._samples = api, samples

    def routes(self) -> list[tuple[str, str, Callable[..., Any]]]:
        """Method, path and view of each route."""
        return [
            ("GET", "/operations", self.operations),
            ("GET", "/events", self.events),
            ("GET", "/events/<name>", self.event),
        ]

    def operations(self) -> Json:
        """The operations of this profile's plan."""
        return {"items": [_operation_json(each) for each in self._api.operations], "next": None}

    def events(self) -> Json:
        """Every webhook event."""
        return {"items": [_event_json(each) for each in self._events.values()], "next": None}

    def event(self, name: str) -> Json:
        """One webhook event with its sample and its schema."""
        event = self._events.get(name)
        if event is None:
            raise ControlRefused(404, f"there is no event {name!r}: see /_mock/events")
        content = event.definition["requestBody"]["content"]["application/json"]
        return {
            **_event_json(event),
            "sample": self._samples.payload(name),
            "schema": resolve_references(content["schema"], self._api.description.document),
        }

    @cached_property
    def _events(self) -> Mapping[str, WebhookEvent]:
        return {event.name: event for event in self._api.description.events}


def resolve_references(schema: Any, document: Mapping[str, Any], depth: int = 0) -> Any:
    """The schema with what it refers to in the place of each reference, down to DEEPEST."""
    if isinstance(schema, list):
        return [resolve_references(each, document, depth) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    reference = schema.get("$ref")
    if isinstance(reference, str):
        if depth >= DEEPEST:
            return {}
        return resolve_references(target_of(reference, document), document, depth + 1)
    return {name: resolve_references(value, document, depth) for name, value in schema.items()}


def _operation_json(operation: Operation) -> Json:
    definition = operation.definition
    return {
        "id": operation.id,
        "controller": operation.controller,
        "method": operation.method,
        "path": operation.path,
        "summary": definition["summary"],
        "summary_pt": definition["x-summary-pt"],
        "effect": operation.effect,
        "plans": list(operation.plans),
        "spec_file": f"spec/{operation.spec_file}",
        **_evidence(definition),
        "responses": {
            status: response.get("x-provenance", {}).get("grade")
            for status, response in definition["responses"].items()
        },
    }


def _event_json(event: WebhookEvent) -> Json:
    return {
        "name": event.name,
        "message_type": event.message_type,
        "category": event.category,
        "summary": event.summary,
        "summary_pt": event.definition["x-summary-pt"],
        "spec_file": f"spec/{event.spec_file}",
        **_evidence(event.definition),
        "by": "emit" if event.name in CAUSED_BY_GATEWAY else "inbound",
        "message": event.name not in CAUSED_BY_GATEWAY and event.name not in NON_MESSAGE_EVENTS,
    }


def _evidence(definition: Mapping[str, Any]) -> Json:
    provenance = definition.get("x-provenance", {})
    return {"grade": provenance.get("grade"), "sources": list(provenance.get("sources", ()))}
