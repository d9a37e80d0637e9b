"""The operations of a document, each with what it inherits from its path."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .references import Json, resolve

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_PARAMETER = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, slots=True)
class LocatedOperation:
    """One operation where it stands: what it is called in reports, and what it inherits."""

    method: str
    path: str
    definition: Json
    inherited: tuple[Any, ...] = ()
    # Its own, or those of its path; None where those of the document count.
    servers: tuple[Any, ...] | None = None

    @property
    def name(self) -> str:
        """Method and path: `POST /rest/...`."""
        return f"{self.method.upper()} {self.path}"

    @property
    def key(self) -> tuple[str, str]:
        """The same for both versions, whatever the parameters of the path are called."""
        return self.method, _PARAMETER.sub("{}", self.path)

    @property
    def parameters(self) -> tuple[Any, ...]:
        """All of them; a later one replaces an earlier one of the same name."""
        return (*self.inherited, *(self.definition.get("parameters") or ()))


def locate_operations(document: Json) -> Iterator[LocatedOperation]:
    """Every operation below `paths`."""
    for path, item in (document.get("paths") or {}).items():
        if path.startswith("x-"):
            continue
        members = resolve(item, document)
        for method in METHODS:
            if isinstance(members.get(method), Mapping):
                definition = members[method]
                servers = definition.get("servers") or members.get("servers")
                inherited = tuple(members.get("parameters") or ())
                server_list = tuple(servers) if servers else None
                yield LocatedOperation(method, path, definition, inherited, server_list)


def events(items: Any, document: Json) -> dict[str, LocatedOperation]:
    """Webhooks, or what one callback sends: by name; by name and method where there are several."""
    result: dict[str, LocatedOperation] = {}
    for name, item in (items or {}).items():
        members = resolve(item, document)
        methods = [each for each in METHODS if isinstance(members.get(each), Mapping)]
        for method in methods:
            title = name if len(methods) == 1 else f"{name} {method.upper()}"
            inherited = tuple(members.get("parameters") or ())
            result[title] = LocatedOperation(method, name, members[method], inherited)
    return result
