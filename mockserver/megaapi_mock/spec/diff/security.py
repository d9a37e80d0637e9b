"""Who is let in: the requirements of a call, and what a token or key has to look like."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .change import ContractChange, change
from .references import Json, resolve
from .values import as_text, shorten

Alternative = frozenset[tuple[str, str]]
# For readers; scopes stand in the requirements.
_WORDS = ("description", "bearerFormat")


class Security:
    """Compares requirements of two documents: a scheme may have another name."""

    def __init__(self, old: Json, new: Json) -> None:
        self._documents = (old, new)
        self._before, self._after = _schemes(old), _schemes(new)
        self._names = self._old_names()
        # Names of the old schemes that some operation asks for.
        self._scheme_names: dict[str, None] = {}

    def _old_names(self) -> dict[str, str]:
        """By the new name, the old one of a scheme that is the same."""
        removed_names = [name for name in self._before if name not in self._after]
        return {
            name: former
            for name, scheme in self._after.items()
            if name not in self._before
            for former in [
                next((one for one in removed_names if self._before[one] == scheme), None)
            ]
            if former is not None
        }

    def requirements(self, subject: str, old: Json, new: Json) -> Iterator[ContractChange]:
        """Ways to be let in that are gone, and new ones."""
        before, after = (
            _alternatives(operation.get("security", document.get("security")), names)
            for operation, document, names in zip(
                (old, new), self._documents, ({}, self._names), strict=True
            )
        )
        self._scheme_names.update((name, None) for way in before if way in after for name, _ in way)
        for way in before:
            if not any(now <= way for now in after):
                ways = " or ".join(map(_way_in_words, after))
                message = f"{_way_in_words(way)} is not enough: now {ways}"
                yield change("security-tightened", subject, "security", message)
        for way in after:
            if not any(earlier <= way for earlier in before):
                yield change(
                    "security-loosened", subject, "security", f"{_way_in_words(way)} is enough"
                )

    def proofs(self, subject: str, old: Json, new: Json) -> Iterator[ContractChange]:
        """How a webhook proves who sends it. What the document asks of callers is nothing to it."""
        before, after = (
            _alternatives(event.get("security"), names)
            for event, names in ((old, {}), (new, self._names))
        )
        if set(before) != set(after):
            one, other = (" or ".join(map(_way_in_words, ways)) for ways in (before, after))
            message = f"{one} became {other}"
            yield change("webhook-security-changed", subject, "security", message)

    def schemes(self) -> Iterator[ContractChange]:
        """Schemes in use that ask for something else: after all operations."""
        for name in self._scheme_names:
            before, after = self._before.get(name), self._after.get(name)
            subject = f"security scheme {name}"
            if name in self._names.values() or before is None or before == after:
                continue
            if after is None:
                message = "is asked for, but not described any more"
                yield change("security-scheme-changed", subject, "", message)
                continue
            for key in [*before, *(key for key in after if key not in before)]:
                if before.get(key) != after.get(key):
                    one, other = (shorten(as_text(each[key])) if key in each else "none"
                                  for each in (before, after))  # fmt: skip
                    message = f"{key} {one} became {other}"
                    yield change("security-scheme-changed", subject, "", message)


def _schemes(document: Json) -> dict[str, Json]:
    schemes = (document.get("components") or {}).get("securitySchemes") or {}
    return {name: _essence(resolve(scheme, document)) for name, scheme in schemes.items()}


def _essence(scheme: Json) -> Json:
    result = {
        key: value
        for key, value in scheme.items()
        if key not in _WORDS and not key.startswith("x-")
    }
    for key in ("scheme", "name") if result.get("in") == "header" else ("scheme",):
        if key in result:
            result[key] = str(result[key]).lower()
    if isinstance(result.get("flows"), dict):
        result["flows"] = {
            flow: {key: value for key, value in each.items() if key != "scopes"}
            for flow, each in result["flows"].items()
            if isinstance(each, dict)
        }
    return result


def _alternatives(security: Any, names: dict[str, str]) -> list[Alternative]:
    """Each way as its schemes and scopes, each once; nothing at all stands for no key."""
    ways = [
        frozenset(
            (names.get(name, name), scope)
            for name, scopes in way.items()
            for scope in ("", *scopes)
        )
        for way in security or ()
    ]
    return list(dict.fromkeys(ways)) or [frozenset()]


def _way_in_words(way: Alternative) -> str:
    names = sorted({name for name, _ in way})
    scopes = {
        name: sorted(scope for each, scope in way if each == name and scope) for name in names
    }
    return " + ".join(
        f"{name} ({', '.join(scopes[name])})" if scopes[name] else name for name in names
    ) or "no key"  # fmt: skip
