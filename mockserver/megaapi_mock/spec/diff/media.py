"""Bodies by media type, compared: which name stands for which, and what is inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .change import SCHEMA_RULES, ContractChange, Side, change
from .references import Json, stable_references
from .schemas import Schemas


@dataclass(frozen=True, slots=True)
class _Words:
    """The rules for media types, by whether the caller or the gateway sends them."""

    side: Side
    media_type_added: str


_WORDS = {
    Side.CALLER: _Words(Side.CALLER, "request-media-type-added"),
    Side.GATEWAY: _Words(Side.GATEWAY, "answer-media-type-added"),
}


class Contents:
    """Compares what is sent of two documents. Not thread-safe."""

    def __init__(self, old: Json, new: Json) -> None:
        stable = stable_references(old, new)
        self._schemas = {side: Schemas(old, new, side, stable) for side in Side}

    def schema(
        self, subject: str, place: str, side: Side, old: Any, new: Any
    ) -> Iterator[ContractChange]:
        """How the schema of one value has changed."""
        for each in self._schemas[side].differences(old, new):
            level = SCHEMA_RULES[each.rule].level(side)
            inner_place = f"{place}: {each.place}" if each.place else place
            yield ContractChange(level, each.rule, subject, inner_place, each.message)

    def content(
        self, subject: str, place: str, side: Side, old: Json, new: Json
    ) -> Iterator[ContractChange]:
        """Of a body, an answer, a payload, or a parameter that has one."""
        before, after = (_by_type(each.get("content") or {}) for each in (old, new))
        words = _WORDS[side]
        covered = set()
        for name, media in before.items():
            partner = _partner(name, after, side)
            if partner is None:
                yield change("media-type-removed", subject, place, f"{name} is gone")
                continue
            covered.add(partner)
            media_place = place if len(before) == 1 else f"{place} {name}"
            yield from self._media(subject, media_place, side, media, after[partner])
        for name in after:
            if name not in before and (name not in covered or side is Side.CALLER):
                yield change(words.media_type_added, subject, place, f"{name} is new")

    def _media(
        self, subject: str, place: str, side: Side, old: Json, new: Json
    ) -> Iterator[ContractChange]:
        yield from self.schema(subject, place, side, old.get("schema"), new.get("schema"))
        if any(old.get(key) != new.get(key) for key in ("example", "examples")):
            yield change("text-changed", subject, place, "its examples have changed")
        before, after = (each.get("encoding") or {} for each in (old, new))
        for name in [*before, *(name for name in after if name not in before)]:
            if before.get(name) != after.get(name):
                message = "is written in another way: encoding"
                yield change("encoding-changed", subject, f"{place}: {name}", message)


def _by_type(content: Mapping[str, Json]) -> dict[str, Json]:
    """In small letters, and without the charset: neither is another media type."""
    return {_bare(name): media for name, media in content.items()}


def _bare(name: str) -> str:
    kind, *parameters = (part.strip() for part in name.split(";"))
    rest = [each for each in parameters if not each.lower().startswith("charset=")]
    return ";".join([kind.lower(), *rest])


def _partner(name: str, others: Mapping[str, Json], side: Side) -> str | None:
    """What stands for a media type in the other version.

    A caller may go on with `image/png` where `image/*` is taken; whoever reads `image/*` reads
    `image/png`.
    """
    if name in others:
        return name
    if side is Side.CALLER:
        return next((other for other in others if _covers(other, name)), None)
    return next((other for other in others if _covers(name, other)), None)


def _covers(wildcard: str, name: str) -> bool:
    kind, _, inner = wildcard.partition("/")
    return inner == "*" and kind in ("*", name.partition("/")[0])
