"""Two OpenAPI documents compared: operations, webhooks, security, addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..operations import METHODS
from .call import Calls, texts
from .change import Change, Level, change
from .flat import Json, resolve
from .security import requirements_changed, scheme_changes

_PARAMETER = re.compile(r"\{[^}]*\}")
_RANK = {Level.BREAKING: 0, Level.DANGEROUS: 1, Level.HARMLESS: 2}
_DOCUMENT = "the document"


@dataclass(frozen=True, slots=True)
class Located:
    """One operation where it stands: what it is called in reports, and what it inherits."""

    method: str
    path: str
    definition: Json
    inherited: tuple[Any, ...] = ()

    @property
    def name(self) -> str:
        """`POST /rest/...`."""
        return f"{self.method.upper()} {self.path}"

    @property
    def key(self) -> tuple[str, str]:
        """The same for both versions, whatever the parameters of the path are called."""
        return self.method, _PARAMETER.sub("{}", self.path)


def compare(old: Json, new: Json) -> list[Change]:
    """Every change, the worst first; within a level as the documents have them."""
    changes = list(dict.fromkeys(_all(old, new)))
    return sorted(changes, key=lambda each: _RANK[each.level])


def _all(old: Json, new: Json) -> Iterator[Change]:
    calls = Calls(old, new)
    yield from _operations(old, new, calls)
    yield from _webhooks(old, new, calls)
    yield from scheme_changes(old, new)
    yield from _servers(old, new)
    for key in ("info", "tags", "externalDocs"):
        if old.get(key) != new.get(key):
            yield change("text-changed", _DOCUMENT, "", f"{key} is another")


def _located(document: Json) -> Iterator[Located]:
    for path, item in (document.get("paths") or {}).items():
        members = resolve(item, document)
        for method in METHODS:
            if isinstance(members.get(method), Mapping):
                inherited = tuple(members.get("parameters") or ())
                yield Located(method, path, members[method], inherited)


def _operations(old: Json, new: Json, calls: Calls) -> Iterator[Change]:
    before = {each.key: each for each in _located(old)}
    after = {each.key: each for each in _located(new)}
    ids_now = {each.definition.get("operationId"): each for each in after.values()}
    moved = set()
    for key, operation in before.items():
        if key in after:
            yield from _operation(operation, after[key], calls)
            continue
        target = ids_now.get(operation.definition.get("operationId"))
        if target is not None and target.key not in before and target.definition.get("operationId"):
            moved.add(target.key)
            yield change("operation-moved", operation.name, "", f"is {target.name} now")
            yield from _operation(operation, target, calls)
        else:
            yield change("operation-removed", operation.name, "", "is gone")
    for key, operation in after.items():
        if key not in before and key not in moved:
            yield change("operation-added", operation.name, "", "is new")


def _operation(old: Located, new: Located, calls: Calls) -> Iterator[Change]:
    subject, before, after = old.name, old.definition, new.definition
    if before.get("operationId") != after.get("operationId"):
        message = f"operationId {before.get('operationId')} became {after.get('operationId')}"
        yield change("operation-renamed", subject, "", message)
    yield from _deprecation(subject, before, after)
    yield from _offered(subject, before, after)
    listed = ((*each.inherited, *each.definition.get("parameters", ())) for each in (old, new))
    yield from calls.parameters(subject, (old.path, new.path), *listed)
    yield from calls.request(subject, before.get("requestBody"), after.get("requestBody"))
    yield from calls.answers(subject, before.get("responses"), after.get("responses"))
    yield from requirements_changed(subject, calls.documents, before, after)
    yield from _marks(subject, before, after)


def _marks(subject: str, before: Json, after: Json) -> Iterator[Change]:
    yield from texts(subject, before, after)
    if before.get("x-provenance") != after.get("x-provenance"):
        grades = [(each.get("x-provenance") or {}).get("grade", "none") for each in (before, after)]
        yield change("evidence-changed", subject, "", "grade {} became {}".format(*grades))


def _deprecation(subject: str, before: Json, after: Json) -> Iterator[Change]:
    if bool(before.get("deprecated")) != bool(after.get("deprecated")):
        rule = "deprecated" if after.get("deprecated") else "no-longer-deprecated"
        yield change(f"operation-{rule}", subject, "", rule.replace("-", " "))


def _offered(subject: str, before: Json, after: Json) -> Iterator[Change]:
    plans, plans_now = (list(each.get("x-plans") or ()) for each in (before, after))
    for plan in plans:
        if plan not in plans_now:
            yield change("plan-removed", subject, "", f"plan {plan} does not offer it any more")
    for plan in plans_now:
        if plan not in plans:
            yield change("plan-added", subject, "", f"plan {plan} offers it too")
    linked, linked_now = (each.get("x-requires-connection") is True for each in (before, after))
    if linked != linked_now:
        rule = "link-required" if linked_now else "link-not-required"
        yield change(rule, subject, "", "a linked phone is " + ("" if linked_now else "not ")
                    + "needed")  # fmt: skip
    if before.get("x-effect") != after.get("x-effect"):
        message = f"x-effect {before.get('x-effect')} became {after.get('x-effect')}"
        yield change("effect-changed", subject, "", message)


def _webhooks(old: Json, new: Json, calls: Calls) -> Iterator[Change]:
    before, after = (_events(document) for document in (old, new))
    for name, event in before.items():
        subject = f"webhook {name}"
        if name not in after:
            yield change("webhook-removed", subject, "", "is gone")
            continue
        now = after[name]
        yield from _deprecation(subject, event, now)
        yield from _sent(subject, event, now)
        yield from calls.payload(subject, event.get("requestBody"), now.get("requestBody"))
        yield from calls.receipts(subject, event.get("responses"), now.get("responses"))
        yield from _marks(subject, event, now)
    for name in after:
        if name not in before:
            yield change("webhook-added", f"webhook {name}", "", "is new")


def _events(document: Json) -> dict[str, Json]:
    return {
        name: members[method]
        for name, item in (document.get("webhooks") or {}).items()
        for members in [resolve(item, document)]
        for method in METHODS
        if isinstance(members.get(method), Mapping)
    }


def _sent(subject: str, before: Json, after: Json) -> Iterator[Change]:
    default, default_now = before.get("x-default"), after.get("x-default")
    if default != default_now and default_now in ("on", "off"):
        rule = "webhook-switched-on" if default_now == "on" else "webhook-switched-off"
        yield change(rule, subject, "", f"is {default_now} where nobody sets it")


def _servers(old: Json, new: Json) -> Iterator[Change]:
    before, after = ([each.get("url") for each in doc.get("servers") or ()] for doc in (old, new))
    for url in before:
        if url not in after:
            yield change("server-removed", _DOCUMENT, "servers", f"{url} is gone")
    for url in after:
        if url not in before:
            yield change("server-added", _DOCUMENT, "servers", f"{url} is new")
