"""What a receiver's trial tells a bot: events that contacts cause, or the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from ..errors import ControlRefused
from .trial_client import TrialClient
from .trial_events import IN_GROUPS, NUMBERED

Json = dict[str, Any]


@dataclass(slots=True)
class TrialStory:
    """Causes events on the instance, and remembers what was told and what the mock refused."""

    client: TrialClient
    key: str
    # Texts are numbered from here.
    first_number: int
    # A group of the instance; None until an event needs one.
    group: str | None = None
    # Chats that were told of, and the message of each event, or its name.
    chats: set[str] = field(default_factory=set)
    told_ids: list[str] = field(default_factory=list)
    # What could not be told, with the mock's own sentence.
    left_out: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def cause(self, contact: str, event: str) -> str | None:
        """The chat in which a contact did it, where a contact can; else the gateway tells of it.

        None for what the mock allows neither way.
        """
        chat = f"{contact}@s.whatsapp.net"
        if event in IN_GROUPS:
            self._require_group(contact)
        for verb, body in self._ways(contact, chat, event):
            path = f"/instances/{quote(self.key)}/{verb}"
            try:
                answer = self.client.try_call("POST", path, body)
            except ControlRefused as refusal:
                self.left_out.setdefault(event, str(refusal))
                continue
            self.left_out.pop(event, None)
            self.told_ids.append(str(answer.get("id", event)))
            chat = str(answer.get("chat") or body.get("group") or chat)
            self.chats.add(chat)
            return chat
        return None

    def as_notes(self) -> tuple[str, ...]:
        """What was made for the story, and what it had to leave out."""
        return (*self.notes, *(f"left out: {name}: {why}" for name, why in self.left_out.items()))

    def _ways(self, contact: str, chat: str, event: str) -> Sequence[tuple[str, Json]]:
        """Calls that may cause it; the first that the mock takes."""
        body: Json = {"event": event}
        if event in NUMBERED:
            number = self.first_number + len(self.told_ids)
            body["set"] = {"message.conversation": f"Mensagem {number}"}
        if event in IN_GROUPS:
            group = {**body, "group": self.group}
            in_group = {**body, "set": {"key.remoteJid": self.group}}
            return ("inbound", {**group, "from": contact}), ("inbound", group), ("emit", in_group)
        return (
            ("inbound", {**body, "from": contact}),
            ("inbound", {"event": event}),
            ("emit", {"event": event, "set": {"key.remoteJid": chat}}),
            ("emit", {"event": event}),
        )

    def _require_group(self, contact: str) -> None:
        """A group of the instance, made where it has none."""
        if self.group is not None:
            return
        path = f"/instances/{quote(self.key)}/groups"
        if groups := self.client.find(path):
            self.group = str(groups[0]["jid"])
            return
        new_group = {"subject": "Grupo do teste", "participants": [contact]}
        self.group = str(self.client.call("POST", path, new_group)["jid"])
        self.notes.append(f"{self.key} had no group: {self.group} was made for the trial")
