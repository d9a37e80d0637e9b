"""JSON pointers (RFC 6901), and references from one part of a document to another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def resolve_pointer(document: Any, pointer: str) -> Any:
    """What `/a/0/b` leads to; the document itself for the empty pointer.

    LookupError where it leads nowhere.
    """
    if pointer and not pointer.startswith("/"):
        raise LookupError(f"{pointer!r} is not a JSON pointer: those start with /")
    for step in pointer.split("/")[1:]:
        document = _member(document, step.replace("~1", "/").replace("~0", "~"))
    return document


def target_of(reference: str, document: Any) -> Any:
    """What a local reference (`#/components/schemas/Text`) leads to.

    LookupError for one to another file, and where it leads nowhere.
    """
    if not reference.startswith("#"):
        raise LookupError(f"{reference!r} does not lead into its own document")
    return resolve_pointer(document, reference[1:])


def _member(node: Any, name: str) -> Any:
    if isinstance(node, Mapping) and name in node:
        return node[name]
    is_list = isinstance(node, Sequence) and not isinstance(node, str)
    if is_list and name.isascii() and name.isdecimal() and int(name) < len(node):
        return node[int(name)]
    raise LookupError(f"nothing is called {name!r} there")
