"""What the pages show of the contract, in the order of the vendor's menu."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..resources import root
from ..resources.samples import Samples
from ..spec.bundle import read_yaml
from ..spec.description import description
from ..spec.operations import Operation, WebhookEvent

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the menu. `path` leads to its page; `alias` is a further use of an operation.

    `text` is what it does, in both languages.
    """

    title: str
    title_pt: str
    path: str
    words: str
    text: str = ""
    alias: bool = False


@dataclass(frozen=True)
class Contract:
    """Everything the pages are made from; nothing in it is written to."""

    document: Json
    operations: Sequence[Operation]
    events: Sequence[WebhookEvent]
    sources: Json
    samples: Samples

    def menu(self) -> dict[str, list[MenuEntry]]:
        """Operations by controller, as the vendor groups them, then events by category."""
        groups: dict[str, list[MenuEntry]] = {str(tag["name"]): [] for tag in self.document["tags"]}
        for operation in self.operations:
            definition = operation.definition
            groups[str(definition["tags"][0])].append(_operation_entry(operation, definition))
            for use in definition.get("x-uses", ()):
                groups[use["controller"]].append(_operation_entry(operation, use, alias=True))
        for event in self.events:
            groups.setdefault(f"category.{event.category}", []).append(_event_entry(event))
        return {name: entries for name, entries in groups.items() if entries}

    def paths(self) -> Iterator[str]:
        """The path of every page about an operation or an event."""
        yield from map(operation_path, self.operations)
        yield from map(event_path, self.events)


def operation_path(operation: Operation) -> str:
    """Where its page stands in a language's folder."""
    return f"operations/{operation.id}.html"


def event_path(event: WebhookEvent) -> str:
    """Where its page stands in a language's folder."""
    return f"events/{event.name}.html"


def read_contract(spec: Path | None = None, fixtures: Path | None = None) -> Contract:
    """The contract of every plan; SpecError when it cannot be read."""
    folder = spec or root("spec")
    whole = description(folder)
    return Contract(
        whole.document,
        whole.index,
        whole.events,
        read_sources(folder),
        Samples(fixtures or root("fixtures")),
    )


def read_sources(folder: Path) -> Json:
    """What the ids in the evidence stand for; nothing where a contract has no such file."""
    file = folder / "sources.yaml"
    sources: Json = read_yaml(file) if file.is_file() else {}
    return sources


def _operation_entry(operation: Operation, titles: Json, *, alias: bool = False) -> MenuEntry:
    return MenuEntry(
        title=str(titles["summary"]),
        title_pt=str(titles["x-summary-pt"]),
        path=operation_path(operation),
        words=f"{operation.method} {operation.path} {operation.id}",
        text=_description(titles),
        alias=alias,
    )


def _event_entry(event: WebhookEvent) -> MenuEntry:
    return MenuEntry(
        title=event.summary,
        title_pt=str(event.definition["x-summary-pt"]),
        path=event_path(event),
        words=f"{event.name} {event.message_type} {event.category}",
        text=_description(event.definition),
    )


def _description(definition: Json) -> str:
    texts = (definition.get(key, "") for key in ("description", "x-description-pt"))
    return " ".join(" ".join(texts).split())
