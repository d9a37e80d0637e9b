"""Each webhook event as the mock sends it, in every generation of payloads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..profile import SWITCHES, default_profile
from ..resources.samples import Samples
from ..webhooks.render import Renderer, sample_event

YEARS: tuple[str, ...] = tuple(
    next(switch for switch in SWITCHES if switch.name == "payload_generation").choices
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
        """Years with the JSON they have in common, newest first; `only` is the one year.

        Nothing for an event without a sample.
        """
        together: list[tuple[tuple[str, ...], str]] = []
        if event not in self._samples:
            return together
        for year, renderer in self._renderers.items():
            if only not in (None, year):
                continue
            text = format_json(renderer.payload(sample_event(self._samples, event)))
            if together and together[-1][1] == text:
                together[-1] = ((*together[-1][0], year), text)
            else:
                together.append(((year,), text))
        return together
