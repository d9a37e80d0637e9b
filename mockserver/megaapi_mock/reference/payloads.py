"""Each webhook event as the mock sends it, in every generation of payloads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..domain.event import Event
from ..domain.facts import NoFacts
from ..profile import SWITCHES, default_profile
from ..samples import Samples
from ..webhooks.render import Renderer

YEARS: tuple[str, ...] = tuple(
    next(switch for switch in SWITCHES if switch.name == "payload_generation").choices
)


def payload(samples: Samples, renderer: Renderer, event: str) -> dict[str, Any]:
    """The event of the sample's own instance, at the sample's own time."""
    sample = samples.sample(event)
    time = sample.get("messageTimestamp", sample.get("timestamp", 0))
    return renderer.payload(
        Event(
            name=event,
            time=float(time),
            instance=str(sample["instance_key"]),
            owner_jid=sample.get("jid"),
            owner_lid=sample.get("lid"),
            owner_name=str(sample.get("pushName", "")),
            facts=NoFacts(),
        )
    )


def format_json(value: Any) -> str:
    """JSON for a person to read."""
    return json.dumps(value, ensure_ascii=False, indent=2)


class Generations:
    """The payloads of all events by year, made when somebody asks."""

    def __init__(self, samples: Samples) -> None:
        self._samples = samples
        self._renderers: Mapping[str, Renderer] = {
            year: Renderer(samples, default_profile().with_switches({"payload_generation": year}))
            for year in YEARS
        }

    def of(self, event: str, only: str | None = None) -> list[tuple[tuple[str, ...], str]]:
        """Years with the JSON they have in common, newest first; `only` is the one year."""
        together: list[tuple[tuple[str, ...], str]] = []
        for year, renderer in self._renderers.items():
            if only not in (None, year):
                continue
            text = format_json(payload(self._samples, renderer, event))
            if together and together[-1][1] == text:
                together[-1] = ((*together[-1][0], year), text)
            else:
                together.append(((year,), text))
        return together
