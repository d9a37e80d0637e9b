"""Answers of two versions of an operation, compared status by status."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .change import ContractChange, Side, change
from .headers import IGNORED, header_changes
from .media import Contents
from .references import Json, resolve
from .words import texts


def answer_changes(
    subject: str, contents: Contents, documents: tuple[Json, Json], old: Any, new: Any
) -> Iterator[ContractChange]:
    """What the gateway answers, status by status; a range stands for the statuses in it."""
    before, after = (
        {_status(name): resolve(each, document) for name, each in (answers or {}).items()}
        for answers, document in ((old, documents[0]), (new, documents[1]))
    )
    for status, answer in before.items():
        place = f"answer {status}"
        partner = _partner(status, after)
        if partner is not None:
            yield from _answer(subject, place, contents, documents, answer, after[partner])
            if partner == status:
                yield from texts(subject, answer, after[partner], place)
        elif any(_covers(status, each) for each in after):
            yield change("range-narrowed", subject, place, "single statuses stand for it now")
        else:
            yield change(f"{_kind(status)}-removed", subject, place, "is gone")
    for status, answer in after.items():
        if status in before:
            continue
        place, partner = f"answer {status}", _partner(status, before)
        if partner is not None:
            yield from _answer(subject, place, contents, documents, before[partner], answer)
        else:
            yield change(f"{_kind(status)}-added", subject, place, "is new")


def receipt_changes(subject: str, old: Any, new: Any) -> Iterator[ContractChange]:
    """What a receiver of webhooks may answer."""
    before, after = (list(map(_status, each or {})) for each in (old, new))
    for status in before:
        if _partner(status, after) is None:
            message = "receivers may not answer so any more"
            yield change("receiver-status-removed", subject, f"answer {status}", message)
    for status in after:
        if _partner(status, before) is None:
            message = "receivers may answer so too"
            yield change("receiver-status-added", subject, f"answer {status}", message)


def _status(name: Any) -> str:
    return str(name).upper() if str(name) != "default" else "default"


def _kind(status: str) -> str:
    return "success" if status.startswith("2") else "refusal"


def _partner(status: str, others: Iterable[str]) -> str | None:
    """The same status of the other version, or what stands for it there."""
    if status in others:
        return status
    return next((other for other in others if _covers(other, status)), None)


def _covers(wide: str, status: str) -> bool:
    if wide == "default":
        # It describes what goes wrong; nobody reads success out of it.
        return not status.startswith("2")
    return wide[1:] == "XX" and wide[0] == status[0] and wide != status


def _answer(
    subject: str,
    place: str,
    contents: Contents,
    documents: tuple[Json, Json],
    before: Json,
    after: Json,
) -> Iterator[ContractChange]:
    yield from _headers(subject, place, contents, documents, before, after)
    yield from contents.content(subject, place, Side.GATEWAY, before, after)
    yield from _links(subject, place, before.get("links") or {}, after.get("links") or {})
    if before.get("x-provenance") != after.get("x-provenance"):
        yield change("evidence-changed", subject, place, "is known in another way")


def _links(subject: str, place: str, old: Json, new: Json) -> Iterator[ContractChange]:
    for name in old:
        if old[name] != new.get(name):
            state = "is another" if name in new else "is gone"
            yield change("answer-link-removed", subject, f"{place} link {name}", state)
    for name in new:
        if name not in old:
            yield change("answer-link-added", subject, f"{place} link {name}", "is new")


def _headers(
    subject: str,
    place: str,
    contents: Contents,
    documents: tuple[Json, Json],
    old: Json,
    new: Json,
) -> Iterator[ContractChange]:
    before, after = (
        _by_name(part.get("headers") or {}, document)
        for part, document in zip((old, new), documents, strict=True)
    )
    yield from header_changes(subject, place, contents, before, after)


def _by_name(headers: Mapping[str, Any], document: Json) -> dict[str, Json]:
    """In small letters: headers do not tell them apart."""
    return {
        f"header {name.lower()}": resolve(each, document)
        for name, each in headers.items()
        if name.lower() not in IGNORED
    }
