"""Addresses of the API of two versions, compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .change import ContractChange, change
from .references import Json


def server_changes(
    subject: str, old: Iterable[Any], new: Iterable[Any]
) -> Iterator[ContractChange]:
    """Addresses that are gone or new, and what their variables may be."""
    before, after = (_by_address(each) for each in (old, new))
    for url, server in before.items():
        if url not in after:
            yield change("server-removed", subject, "servers", f"{url} is gone")
        elif _variables(server) != _variables(after[url]):
            yield from _variable_changes(subject, _variables(server), _variables(after[url]))
    for url in after:
        if url not in before:
            yield change("server-added", subject, "servers", f"{url} is new")


def _by_address(servers: Iterable[Any]) -> dict[str, Json]:
    """Without the slash at the end, and without the address of the document itself."""
    urls = {str(server.get("url", "")).rstrip("/"): server for server in servers}
    return {url: server for url, server in urls.items() if url}


def _variables(server: Json) -> Json:
    variables = server.get("variables") or {}
    return {
        name: {key: variable.get(key) for key in ("default", "enum")}
        for name, variable in variables.items()
    }


def _variable_changes(subject: str, old: Json, new: Json) -> Iterator[ContractChange]:
    for name in [*old, *(name for name in new if name not in old)]:
        before, after = old.get(name) or {}, new.get(name) or {}
        removed_values = [
            each for each in before.get("enum") or () if each not in (after.get("enum") or ())
        ]
        if removed_values and after.get("enum"):
            message = f"variable {name} may no longer be {', '.join(map(str, removed_values))}"
            yield change("server-changed", subject, "servers", message)
        elif before.get("default") != after.get("default"):
            message = f"variable {name}: {before.get('default')} became {after.get('default')}"
            yield change("server-changed", subject, "servers", message)
