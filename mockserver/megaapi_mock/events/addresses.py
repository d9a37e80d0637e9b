"""Who and where: addresses of people and chats, numbers told from hidden numbers (`@lid`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..domain.jid import ChatKind, chat_kind

# A device of the same person may stand behind a colon.
_PERSON = re.compile(r"([0-9]{1,20})(?::[0-9]{1,20})?@s\.whatsapp\.net", re.ASCII)
_HIDDEN = re.compile(r"([0-9]{1,20})(?::[0-9]{1,20})?@lid", re.ASCII)


@dataclass(frozen=True, slots=True)
class Person:
    """A person, as far as an event tells. Everything is None where it does not."""

    number: str | None = None
    """The phone number, digits only. None where only the hidden number is known."""

    lid: str | None = None
    """The hidden number, `...@lid`. Its digits are not a phone number."""

    name: str | None = None
    """The name the person goes by in WhatsApp."""

    @property
    def jid(self) -> str | None:
        """The address to send to: that of the phone number where it is known, else the lid."""
        return self.lid if self.number is None else f"{self.number}@s.whatsapp.net"


@dataclass(frozen=True, slots=True)
class Chat:
    """Where something happened."""

    jid: str
    """The chat's address, as it came (`key.remoteJid`)."""

    kind: ChatKind
    """What kind of chat that is."""

    person: Person
    """The other party, where the kind is `person`."""

    @property
    def is_group(self) -> bool:
        """Whether it is a group."""
        return self.kind == "group"


def person(*addresses: Any, name: Any = None) -> Person:
    """Whoever has these addresses, of which any may be missing, or anything else."""
    texts = [each for each in addresses if isinstance(each, str)]
    numbers = (_PERSON.fullmatch(each) for each in texts)
    hidden = (_HIDDEN.fullmatch(each) for each in texts)
    return Person(
        next((match[1] for match in numbers if match), None),
        next((f"{match[1]}@lid" for match in hidden if match), None),
        # The gateway sends the text "null" for some people without a name.
        name if isinstance(name, str) and name.strip() not in ("", "null") else None,
    )


def chat(jid: Any, key: Mapping[str, Any]) -> Chat | None:
    """The chat with this address; `key` may have the other party's number or lid."""
    if not isinstance(jid, str):
        return None
    kind = chat_kind(jid)
    other = person(jid, key.get("senderPn"), key.get("senderLid"))
    return Chat(jid, kind, other if kind == "person" else Person())
