"""Reading values out of answers and webhooks, whatever a host has put there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from megaapi_mock.domain.jid import Jid


def value_at(document: Any, *path: str | int) -> Any:
    """What stands there; None where the way ends before."""
    for step in path:
        if isinstance(document, Mapping) and isinstance(step, str):
            document = document.get(step)
        elif isinstance(document, list) and isinstance(step, int) and step < len(document):
            document = document[step]
        else:
            return None
    return document


def jid_of(value: object) -> Jid:
    """The address that stands there; digits alone are the user of no server, like any other value.

    It names a group, a person or a hidden number only with the server of one.
    """
    user, _, server = str(value).partition("@")
    return Jid(user, server)
