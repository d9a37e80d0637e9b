"""Who is let in: the requirements of a call, and what a token or key has to look like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .change import Change, change
from .flat import Json, resolve

Alternative = frozenset[tuple[str, str]]


def requirements_changed(
    subject: str, documents: tuple[Json, Json], old: Json, new: Json
) -> Iterator[Change]:
    """Ways to be let in that are gone, and new ones."""
    before, after = (
        _alternatives(operation.get("security", document.get("security")))
        for operation, document in zip((old, new), documents, strict=True)
    )
    for way in before:
        if not any(now <= way for now in after):
            message = f"{_named(way)} is not enough: now {' or '.join(map(_named, after))}"
            yield change("security-tightened", subject, "security", message)
    for way in after:
        if not any(earlier <= way for earlier in before):
            yield change("security-loosened", subject, "security", f"{_named(way)} is enough")


def scheme_changes(old: Json, new: Json) -> Iterator[Change]:
    """Schemes of the same name that ask for something else."""
    before, after = (
        (document.get("components") or {}).get("securitySchemes") or {} for document in (old, new)
    )
    for name in before:
        if name in after:
            one, other = (
                {key: value for key, value in resolve(each, document).items()
                 if key != "description" and not key.startswith("x-")}
                for each, document in ((before[name], old), (after[name], new))
            )  # fmt: skip
            if one != other:
                subject = f"security scheme {name}"
                yield change("security-scheme-changed", subject, "", f"{one} became {other}")


def _alternatives(security: Any) -> list[Alternative]:
    """Each way as its schemes and scopes; nothing at all stands for no key."""
    ways = [
        frozenset((name, scope) for name, scopes in way.items() for scope in ("", *scopes))
        for way in security or ()
    ]
    return ways or [frozenset()]


def _named(way: Alternative) -> str:
    return " + ".join(sorted({name for name, _ in way})) or "no key"
