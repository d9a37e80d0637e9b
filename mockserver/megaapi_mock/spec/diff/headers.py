"""Headers that the gateway sends, of two versions: with answers, and with webhooks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .change import ContractChange, Side, change
from .media import Contents
from .references import Json

# The media type describes it.
IGNORED = ("content-type",)


def header_changes(
    subject: str,
    place: str,
    contents: Contents,
    before: Mapping[str, Json],
    after: Mapping[str, Json],
) -> Iterator[ContractChange]:
    """By what they are called in reports: headers, or parameters of a webhook."""
    for name, header in before.items():
        header_place, needed = f"{place} {name}".strip(), header.get("required") is True
        if name not in after:
            rule = "required-header-removed" if needed else "header-removed"
            yield change(rule, subject, header_place, "is gone")
            continue
        if needed != (after[name].get("required") is True):
            rule = "header-now-optional" if needed else "header-now-required"
            yield change(
                rule, subject, header_place, "may be missing" if needed else "is always there"
            )
        schemas = header.get("schema"), after[name].get("schema")
        yield from contents.schema(subject, header_place, Side.GATEWAY, *schemas)
    for name in after:
        if name not in before:
            yield change("header-added", subject, f"{place} {name}".strip(), "is new")
