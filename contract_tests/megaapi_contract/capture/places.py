"""The promise behind one place of a document: the one declared nearest to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from megaapi_mock.spec.validate import resolve

from ..judging.contract import Contract
from ..judging.results import Promise

ITEM = "*"
_JOINED = ("allOf", "anyOf", "oneOf")


def promise_at(contract: Contract, schema: Any, path: Sequence[str], start: Promise) -> Promise:
    """The promise nearest to the place that `path` leads to; `start` where none is nearer."""
    place = next(_promises(contract.document, schema, tuple(path), start), None)
    return start if place is None else place


def _promises(
    document: Mapping[str, Any], schema: Any, path: tuple[str, ...], start: Promise
) -> Iterator[Promise]:
    """Of each way through the schema that leads to the place, the promise declared last."""
    if not isinstance(schema, Mapping):
        return
    node = resolve(schema, document)
    provenance = node.get("x-provenance")
    if isinstance(provenance, Mapping):
        sources = tuple(provenance.get("sources", ()))
        start = Promise(grade=str(provenance["grade"]), file=start.file, sources=sources)
    if not path:
        yield start
        return
    step, rest = path[0], path[1:]
    members = node.get("properties", {})
    if step in members:
        yield from _promises(document, members[step], rest, start)
    for word in ("items", "additionalProperties") if step == ITEM else ("additionalProperties",):
        yield from _promises(document, node.get(word), rest, start)
    for word in _JOINED:
        for part in node.get(word, ()):
            yield from _promises(document, part, path, start)
