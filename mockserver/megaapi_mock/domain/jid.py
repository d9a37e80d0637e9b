"""WhatsApp addresses, parsed once at the edge."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

PERSON = "s.whatsapp.net"
GROUP = "g.us"
LID = "lid"
# How the address of a hidden number ends.
HIDDEN = f"@{LID}"

_KNOWN = re.compile(r"([^@]*)@(s\.whatsapp\.net|g\.us|lid)\Z")
_DEVICE = re.compile(r"(\d+):(\d+)\Z", re.ASCII)
_NUMBER = re.compile(r"[1-9][0-9]{7,14}\Z")
# Addresses longer than this are nobody's; they are not worth remembering.
_REMEMBERED_MOST = 64


def is_number(digits: str) -> bool:
    """Whether this is a phone number with its country code: 8 to 15 ASCII digits."""
    return _NUMBER.match(digits) is not None


@dataclass(frozen=True, slots=True)
class Jid:
    """`user@server`; a device suffix (`:31`) does not belong to a person's identity."""

    user: str
    server: str

    @classmethod
    def parse(cls, text: str) -> Jid:
        """Read digits, a person's, a group's or a hidden-number address (rule of the ancestor).

        A known suffix stays; without one a dash makes a group, anything else a person.
        """
        return _parsed(text) if len(text) <= _REMEMBERED_MOST else _parsed.__wrapped__(text)

    @property
    def group(self) -> bool:
        """Whether this names a group."""
        return self.server == GROUP

    @property
    def lid(self) -> bool:
        """Whether this hides the phone number."""
        return self.server == LID

    def __str__(self) -> str:
        return f"{self.user}@{self.server}"


@lru_cache(maxsize=4_096)
def _parsed(text: str) -> Jid:
    known = _KNOWN.match(text)
    if known is None:
        return Jid(text, GROUP if "-" in text else PERSON)
    user, server = known.groups()
    device = _DEVICE.match(user)
    return Jid(device.group(1) if device and server != GROUP else user, server)


def as_given(to: str) -> str:
    """The JID the gateway echoes: built from `to` as it was sent, never the canonical one."""
    return to if _KNOWN.match(to) else str(Jid.parse(to))
