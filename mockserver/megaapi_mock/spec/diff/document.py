"""Two OpenAPI documents compared: operations, webhooks, security, addresses."""

from __future__ import annotations

from collections.abc import Iterator

from ...errors import SetupError
from .change import ContractChange, Level, change
from .located_operations import events, locate_operations
from .operation import Operations
from .references import Json, broken_references
from .servers import server_changes

_RANK = {Level.BREAKING: 0, Level.DANGEROUS: 1, Level.HARMLESS: 2}
_DOCUMENT = "the document"


def compare(old: Json, new: Json) -> list[ContractChange]:
    """Every change, the worst first; within a level as the documents have them."""
    try:
        changes = list(dict.fromkeys(_all_changes(old, new)))
    except RecursionError:
        raise SetupError("cannot compare: schemas stand too deep inside of one another") from None
    return sorted(changes, key=lambda each: _RANK[each.level])


def _all_changes(old: Json, new: Json) -> Iterator[ContractChange]:
    operations = Operations(old, new)
    yield from _operations(old, new, operations)
    yield from _webhooks(old, new, operations)
    yield from operations.security.schemes()
    yield from server_changes(_DOCUMENT, old.get("servers") or (), new.get("servers") or ())
    yield from _references(old, new)
    for key in ("info", "tags", "externalDocs"):
        if old.get(key) != new.get(key):
            yield change("text-changed", _DOCUMENT, "", f"{key} is another")


def _operations(old: Json, new: Json, operations: Operations) -> Iterator[ContractChange]:
    before, after = (
        {each.key: each for each in locate_operations(document)} for document in (old, new)
    )
    ids_now = {each.definition.get("operationId"): each for each in after.values()}
    moved = set()
    for key, operation in before.items():
        if key in after:
            yield from operations.operation(operation, after[key])
            continue
        target = ids_now.get(operation.definition.get("operationId"))
        if target is not None and target.key not in before and target.definition.get("operationId"):
            moved.add(target.key)
            yield change("operation-moved", operation.name, "", f"is {target.name} now")
            yield from operations.operation(operation, target)
        else:
            yield change("operation-removed", operation.name, "", "is gone")
    for key, operation in after.items():
        if key not in before and key not in moved:
            yield change("operation-added", operation.name, "", "is new")


def _webhooks(old: Json, new: Json, operations: Operations) -> Iterator[ContractChange]:
    before, after = (events(document.get("webhooks"), document) for document in (old, new))
    for name, event in before.items():
        subject = f"webhook {name}"
        if name in after:
            yield from operations.event(subject, event, after[name])
        else:
            yield change("webhook-removed", subject, "", "is gone")
    for name in after:
        if name not in before:
            yield change("webhook-added", f"webhook {name}", "", "is new")


def _references(old: Json, new: Json) -> Iterator[ContractChange]:
    before, after = broken_references(old), broken_references(new)
    for reference in sorted(after - before):
        message = f"{reference} leads nowhere: what it stands for is not compared"
        yield change("reference-broken", _DOCUMENT, "", message)
    for reference in sorted(before - after):
        yield change("reference-fixed", _DOCUMENT, "", f"{reference} led nowhere; that is fixed")
