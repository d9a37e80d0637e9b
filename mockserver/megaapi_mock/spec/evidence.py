"""How each fact of the contract is known: counts by grade, guesses, and what would settle them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .allowed_values import GRADES
from .operations import Operation, WebhookEvent

Json = Mapping[str, Any]
WEBHOOKS, SHARED = "Webhooks", "Shared schemas, answers and parameters"


@dataclass(frozen=True, slots=True)
class Fact:
    """One operation or webhook as a whole: its grade, and how many sources it has."""

    group: str
    name: str
    grade: str
    sources: tuple[str, ...]


def counts_by_group(
    operations: Iterable[Operation], events: Iterable[WebhookEvent], document: Json
) -> dict[str, Counter[str]]:
    """How many facts have each grade, by controller; what several share is counted once.

    A fact is whatever carries `x-provenance` or `x-path-provenance`: an operation, its path, an
    answer, a webhook, a field.
    """
    counts: dict[str, Counter[str]] = {}
    for operation in operations:
        group = counts.setdefault(_controller(operation), Counter())
        group.update(_grades(operation.definition))
    for event in events:
        counts.setdefault(WEBHOOKS, Counter()).update(_grades(event.definition))
    counts[SHARED] = Counter(_grades(document.get("components", {})))
    return counts


def facts(operations: Iterable[Operation], events: Iterable[WebhookEvent]) -> Iterator[Fact]:
    """Every operation, then every webhook."""
    for operation in operations:
        yield _fact(_controller(operation), operation.id, operation.definition)
    for event in events:
        yield _fact(WEBHOOKS, event.name, event.definition)


def _controller(operation: Operation) -> str:
    return str(operation.definition["tags"][0])


def _fact(group: str, name: str, definition: Json) -> Fact:
    provenance = definition["x-provenance"]
    return Fact(group, name, provenance["grade"], tuple(provenance["sources"]))


def _grades(node: Any) -> Iterator[str]:
    """The grade of everything below; references are not followed."""
    if isinstance(node, list):
        for item in node:
            yield from _grades(item)
    if not isinstance(node, Mapping):
        return
    for key, value in node.items():
        if key in ("x-provenance", "x-path-provenance"):
            yield value["grade"]
        else:
            yield from _grades(value)


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table."""
    lines = [list(map(str, head))]
    lines.append(["---"] * len(lines[0]))
    lines += [[str(cell).replace("|", r"\|") for cell in row] for row in rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def counts_rows(counts: Mapping[str, Counter[str]]) -> list[list[object]]:
    """A row for each group, and one for all: its name, a number for each grade, their sum."""
    rows = [[group, *(grades[grade] for grade in GRADES), grades.total()]
            for group, grades in counts.items()]  # fmt: skip
    total: Counter[str] = sum(counts.values(), Counter())
    return [*rows, ["all", *(total[grade] for grade in GRADES), total.total()]]
