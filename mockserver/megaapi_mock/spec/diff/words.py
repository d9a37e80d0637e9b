"""What is only for readers, compared: titles, descriptions, evidence, deprecation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .change import ContractChange, change
from .references import Json

_TEXTS = ("summary", "description", "x-summary-pt", "x-description-pt", "tags", "externalDocs")


def texts(
    subject: str, old: Mapping[str, Any], new: Mapping[str, Any], place: str = ""
) -> Iterator[ContractChange]:
    """Titles and descriptions, as one change."""
    names = [name for name in _TEXTS if old.get(name) != new.get(name)]
    if names:
        yield change("text-changed", subject, place, f"{', '.join(names)} changed")


def mark_changes(subject: str, before: Json, after: Json) -> Iterator[ContractChange]:
    """Texts and evidence of an operation or webhook."""
    yield from texts(subject, before, after)
    if before.get("x-provenance") != after.get("x-provenance"):
        grades = [(each.get("x-provenance") or {}).get("grade", "none") for each in (before, after)]
        yield change("evidence-changed", subject, "", "grade {} became {}".format(*grades))


def deprecation_changes(subject: str, before: Json, after: Json) -> Iterator[ContractChange]:
    """An operation or webhook on its way out, or not any more."""
    if bool(before.get("deprecated")) != bool(after.get("deprecated")):
        rule = "deprecated" if after.get("deprecated") else "no-longer-deprecated"
        yield change(f"operation-{rule}", subject, "", rule.replace("-", " "))
