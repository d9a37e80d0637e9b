"""WhatsApp addresses, parsed once at the edge."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal

PERSON = "s.whatsapp.net"
GROUP = "g.us"
LID = "lid"

# Where stories are: seen by everybody, and nobody can be written to there.
STATUS = "status@broadcast"
ChatKind = Literal["person", "group", "status", "broadcast", "newsletter", "unknown"]
_KIND_OF_SERVER: Mapping[str, ChatKind] = {
    PERSON: "person",
    LID: "person",
    GROUP: "group",
    "broadcast": "broadcast",
    "newsletter": "newsletter",
}

_KNOWN_SERVERS = frozenset({PERSON, GROUP, LID})
_DEVICE = re.compile(r"(\d+):(\d+)\Z", re.ASCII)
_NUMBER = re.compile(r"[1-9][0-9]{7,14}\Z")
# Addresses longer than this are nobody's; they are not worth remembering.
_REMEMBERED_MOST = 64
# No address or number is so long, however it is written: what is longer is read no further.
ADDRESS_MOST = 200


def is_number(digits: str) -> bool:
    """Whether this is a phone number with its country code: 8 to 15 ASCII digits."""
    return _NUMBER.match(digits) is not None


class Jid(str):
    """`user@server`; a device suffix (`:31`) does not belong to a person's identity.

    It is the text itself; `group`, `person` and `lid` (the address of a hidden number) say what it
    names. Every webhook asks: they cost nothing. What is held to a schema needs `str` of it.
    """

    __slots__ = ("group", "lid", "person", "server", "user")
    user: str
    server: str
    group: bool
    lid: bool
    person: bool

    def __new__(cls, user: str, server: str) -> Jid:
        """The address of this user at this server."""
        jid = super().__new__(cls, f"{user}@{server}")
        jid.user, jid.server = user, server
        jid.group, jid.lid, jid.person = server == GROUP, server == LID, server == PERSON
        return jid

    def __reduce__(self) -> tuple[type[Jid], tuple[str, str]]:
        return Jid, (self.user, self.server)

    @classmethod
    def verbatim(cls, text: str) -> Jid:
        """The address that stands there, of whatever server, its device included."""
        if isinstance(text, cls):
            return text
        user, _, server = text.rpartition("@")
        return cls(user, server)

    @classmethod
    def parse(cls, text: str) -> Jid:
        """Read digits, a person's, a group's or a hidden-number address (rule of the ancestor).

        A known suffix stays; without one a dash makes a group, anything else a person.
        """
        if isinstance(text, cls):
            return text
        return _parse(text) if len(text) <= _REMEMBERED_MOST else _parse.__wrapped__(text)


@lru_cache(maxsize=4_096)
def _parse(text: str) -> Jid:
    user, separator, server = text.rpartition("@")
    if not separator or server not in _KNOWN_SERVERS or "@" in user:
        return Jid(text, GROUP if "-" in text else PERSON)
    device = _DEVICE.match(user) if len(text) <= ADDRESS_MOST else None
    return Jid(device.group(1) if device and server != GROUP else user, server)


def chat_kind(address: str) -> ChatKind:
    """What kind of chat an address is of."""
    if address == STATUS:
        return "status"
    return _KIND_OF_SERVER.get(address.rpartition("@")[2], "unknown")


def as_given(to: str) -> str:
    """The JID the gateway echoes: built from `to` as it was sent, never the canonical one."""
    user, _, server = to.rpartition("@")
    is_whole = server in _KNOWN_SERVERS and "@" in to and "@" not in user
    return to if is_whole else str(Jid.parse(to))
