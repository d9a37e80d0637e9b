"""Webhooks of every event: samples of all generations, and the contract's own examples."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from megaapi_mock.domain.event import Event
from megaapi_mock.profile import default_profile
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.spec.operations import webhook_events
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.webhooks.render import Renderer

from ..support import KEY, START

GENERATIONS = ("2023", "2024", "2025", "2026")
EVENTS = {event.name: event for event in webhook_events(valid_bundle(root("spec")))}
SAMPLES = Samples(root("fixtures"))
OWNER = "5511900000001@s.whatsapp.net"
LID = "100000000000001@lid"

Payload = dict[str, Any]


def of_generation(generation: str, **switches: str) -> Iterator[tuple[str, Payload]]:
    """Every event with what the mock sends for it in that year."""
    profile = default_profile().with_switches({"payload_generation": generation, **switches})
    renderer = Renderer(SAMPLES, profile)
    for event in EVENTS:
        _, body = renderer.render(Event(event, START, KEY, OWNER, LID, "Test Shop", {}))
        yield event, json.loads(body)


def examples() -> Iterator[tuple[str, Payload]]:
    """Every event with each example of the contract."""
    for name, event in EVENTS.items():
        content = event.definition["requestBody"]["content"]["application/json"]
        for example in content["examples"].values():
            yield name, example["value"]


def every_payload() -> Iterator[tuple[str, str, Payload]]:
    """Where it is from, its event, and the payload."""
    for generation in GENERATIONS:
        for event, payload in of_generation(generation):
            yield generation, event, payload
    for event, payload in of_generation("2026", context_info_type="always"):
        yield "context info", event, payload
    for event, payload in examples():
        yield "example", event, payload
