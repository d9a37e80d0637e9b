"""One operation or webhook of two versions, compared in all its parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .answers import answer_changes, receipt_changes
from .change import ContractChange, Side, change
from .headers import IGNORED, header_changes
from .located_operations import LocatedOperation, events
from .media import Contents
from .parameters import parameter_changes
from .references import Json, resolve
from .security import Security
from .servers import server_changes
from .words import deprecation_changes, mark_changes


class Operations:
    """Compares operations and webhooks of two documents. Not thread-safe."""

    def __init__(self, old: Json, new: Json) -> None:
        self.documents = (old, new)
        self.security = Security(old, new)
        self._contents = Contents(old, new)

    def operation(self, old: LocatedOperation, new: LocatedOperation) -> Iterator[ContractChange]:
        """All changes of one operation, named by where it stood."""
        subject, before, after = old.name, old.definition, new.definition
        if before.get("operationId") != after.get("operationId"):
            message = f"operationId {before.get('operationId')} became {after.get('operationId')}"
            yield change("operation-renamed", subject, "", message)
        yield from deprecation_changes(subject, before, after)
        yield from _plan_changes(subject, before, after)
        yield from parameter_changes(
            subject, self._contents, self.documents,
            (old.path, new.path), (old.parameters, new.parameters),
        )  # fmt: skip
        yield from self._request(subject, *self._resolved_pair(before, after, "requestBody"))
        yield from answer_changes(
            subject, self._contents, self.documents,
            before.get("responses"), after.get("responses"),
        )  # fmt: skip
        yield from self._callbacks(subject, before, after)
        yield from self.security.requirements(subject, before, after)
        yield from self._servers(old, new)
        yield from mark_changes(subject, before, after)

    def event(
        self, subject: str, old: LocatedOperation, new: LocatedOperation
    ) -> Iterator[ContractChange]:
        """All changes of a webhook, or of what a callback sends."""
        before, after = old.definition, new.definition
        if old.method != new.method:
            message = f"comes as {new.method.upper()}, not as {old.method.upper()}"
            yield change("webhook-method-changed", subject, "", message)
        yield from deprecation_changes(subject, before, after)
        yield from _sending_changes(subject, before, after)
        headers = map(_sent_beside, (old, new), self.documents)
        yield from header_changes(subject, "", self._contents, *headers)
        bodies = (each or {} for each in self._resolved_pair(before, after, "requestBody"))
        yield from self._contents.content(subject, "payload", Side.GATEWAY, *bodies)
        yield from self.security.proofs(subject, before, after)
        yield from receipt_changes(subject, before.get("responses"), after.get("responses"))
        yield from mark_changes(subject, before, after)

    def _resolved_pair(self, old: Json, new: Json, key: str) -> tuple[Any, Any]:
        return resolve(old.get(key), self.documents[0]), resolve(new.get(key), self.documents[1])

    def _request(self, subject: str, before: Any, after: Any) -> Iterator[ContractChange]:
        place = "request"
        if before is None and after is not None:
            needed = after.get("required") is True
            rule = "required-body-added" if needed else "body-added"
            message = f"a body {'must' if needed else 'may'} be sent"
            yield change(rule, subject, place, message)
        elif before is not None and after is None:
            yield change("body-removed", subject, place, "the body is no longer read")
        elif before is not None:
            if bool(before.get("required")) != bool(after.get("required")):
                needed = after.get("required") is True
                rule = "body-now-required" if needed else "body-now-optional"
                message = f"the body is {'required' if needed else 'optional'} now"
                yield change(rule, subject, place, message)
            yield from self._contents.content(subject, place, Side.CALLER, before, after)

    def _callbacks(self, subject: str, old: Json, new: Json) -> Iterator[ContractChange]:
        before, after = (
            {
                (name, title): event
                for name, item in (operation.get("callbacks") or {}).items()
                for title, event in events(resolve(item, document), document).items()
            }
            for operation, document in zip((old, new), self.documents, strict=True)
        )
        for key, event in before.items():
            place = f"callback {key[0]} {key[1]}"
            if key in after:
                yield from self.event(f"{subject} {place}", event, after[key])
            else:
                yield change("callback-removed", subject, place, "is gone")
        for name, title in after:
            if (name, title) not in before:
                yield change("callback-added", subject, f"callback {name} {title}", "is new")

    def _servers(self, old: LocatedOperation, new: LocatedOperation) -> Iterator[ContractChange]:
        if old.servers == new.servers:
            return
        before, after = (
            each.servers or document.get("servers") or ()
            for each, document in zip((old, new), self.documents, strict=True)
        )
        yield from server_changes(old.name, before, after)


def _plan_changes(subject: str, before: Json, after: Json) -> Iterator[ContractChange]:
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


def _sent_beside(event: LocatedOperation, document: Json) -> dict[str, Json]:
    """What comes with a webhook beside its body, by what it is called in reports."""
    by_name: dict[str, Json] = {}
    for each in event.parameters:
        parameter = resolve(each, document)
        place, name = str(parameter.get("in")), str(parameter.get("name"))
        if place != "header":
            by_name[f"{place} parameter {name}"] = parameter
        elif name.lower() not in IGNORED:
            by_name[f"header {name.lower()}"] = parameter
    return by_name


def _sending_changes(subject: str, before: Json, after: Json) -> Iterator[ContractChange]:
    default, default_now = before.get("x-default"), after.get("x-default")
    if default != default_now and default_now in ("on", "off"):
        rule = "webhook-switched-on" if default_now == "on" else "webhook-switched-off"
        yield change(rule, subject, "", f"is {default_now} where nobody sets it")
