"""Reads the state of an instance from every form in which hosts report it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..judging.results import Exchange
from ..judging.values import jid_of

OBJECT, LIST, FORM_2022, EMPTY, NONE = "", "list", "2022", "empty", "none"


@dataclass(frozen=True, slots=True)
class Status:
    """What an answer of instance_status says.

    `form` is one of the above, NONE where it says nothing that can be read. `state` is connected,
    disconnected or whatever else stands there. `key` and `user` are None where the form has none.
    """

    form: str
    state: str = ""
    key: Any = None
    user: Any = None

    @property
    def connected(self) -> bool:
        """Whether a phone is linked."""
        return self.state == "connected"

    @property
    def number(self) -> str:
        """The number of the linked phone; empty when the answer has none."""
        jid = self.user.get("id") if isinstance(self.user, dict) else None
        text = jid if isinstance(jid, str) else ""
        digits = jid_of(text).user.partition(":")[0]
        return digits if digits.isascii() and digits.isdecimal() else ""


def read_status(exchange: Exchange) -> Status:
    """The state in an answer, read from any documented form."""
    if exchange.status == 200 and not exchange.body:
        return Status(EMPTY, "disconnected")
    document = exchange.json
    if isinstance(document, list):
        entry = document[0] if len(document) == 1 else None
        instance = entry.get("instance") if isinstance(entry, dict) else None
        state = instance.get("status") if isinstance(instance, dict) else None
        return Status(LIST, state) if isinstance(state, str) else Status(NONE)
    instance = document.get("instance") if isinstance(document, dict) else None
    return _status_of_instance(instance) if isinstance(instance, dict) else Status(NONE)


def _status_of_instance(instance: dict[str, Any]) -> Status:
    state, key = instance.get("status"), instance.get("key")
    user = instance.get("user")
    if user is None and "user" in instance:
        # One that is there and null is a user all the same, and a wrong one.
        user = ""
    if isinstance(state, str):
        return Status(OBJECT, state, key, user)
    if "status" in instance or not isinstance(key, str):
        return Status(NONE)
    return Status(FORM_2022, "connected" if "user" in instance else "disconnected", key, user)
