"""The instance's own phone: what its owner writes there, past the gateway."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..domain.jid import Jid
from ..errors.frames import between_test_and_refusal
from .base_instance import BaseInstance
from .recipients import Person, chat_of
from .writer import MessageWriter

__tracebackhide__ = between_test_and_refusal


class OwnPhone(MessageWriter):
    """The owner writes to `to`: a customer, a number, a group; each webhook of it is `fromMe`.

    What is about a message goes to the chat of that message.
    """

    def __init__(self, instance: BaseInstance, to: str | Person) -> None:
        self._instance = instance
        self.to = chat_of(to)

    def _act(
        self, event: str, set: Mapping[str, Any] | None, fields: Mapping[str, Any]
    ) -> dict[str, Any]:
        # A group written to may be named by the fields, or be the chat itself.
        chat = {"group": self.to} if Jid.verbatim(self.to).group else {"to": self.to}
        chat_field = {} if {"group", "message"} & fields.keys() else chat
        body = {"from": self._instance.number, "event": event, "set": dict(set or {})}
        return self._instance.do("inbound", {**body, **chat_field, **fields})

    def __repr__(self) -> str:
        return f"<OwnPhone of {self._instance.key}, to {self.to}>"
