"""A group as one instance knows it."""

from __future__ import annotations

import string
from dataclasses import dataclass, replace
from hashlib import blake2b

from .jid import Jid

# What a member can be beside an ordinary one.
ADMINS = ("admin", "superadmin")
# As WhatsApp makes invite codes.
_CODE_LENGTH, _CODE_LETTERS = 22, string.ascii_letters + string.digits
# Bytes of a participant with its JID, in Python objects (measured with CPython 3.11).
PARTICIPANT = 250


@dataclass(frozen=True, slots=True)
class Participant:
    """A member; `admin` is None, "admin" or "superadmin"."""

    jid: Jid
    admin: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Subject, owner and members; changes give a new value."""

    jid: Jid
    subject: str
    owner: Jid
    created: int
    participants: tuple[Participant, ...]
    description: str | None = None
    description_id: str | None = None
    announce: bool = False
    restrict: bool = False
    community: bool = False
    # phone or lid for everybody in it; None: as each person is met.
    addressing: str | None = None

    def member(self, jid: Jid) -> Participant | None:
        """The member with this JID."""
        return next(
            (participant for participant in self.participants if participant.jid == jid), None
        )

    def is_admin(self, jid: Jid) -> bool:
        """Whether this person is in it with a rank."""
        member = self.member(jid)
        return member is not None and member.admin is not None

    def with_member(self, jid: Jid) -> Group:
        """The group with one plain member more."""
        return replace(self, participants=(*self.participants, Participant(jid)))

    def without_member(self, jid: Jid) -> Group:
        """The group with one member less."""
        return replace(
            self,
            participants=tuple(
                participant for participant in self.participants if participant.jid != jid
            ),
        )

    def with_rank(self, jid: Jid, admin: str | None) -> Group:
        """The group with one member of another rank."""
        return replace(
            self,
            participants=tuple(
                Participant(jid, admin) if participant.jid == jid else participant
                for participant in self.participants
            ),
        )

    def with_admin(self, jid: Jid) -> Group:
        """The group with one member made an admin; who is one already keeps their rank."""
        member = self.member(jid)
        return self if member is None or member.admin else self.with_rank(jid, "admin")


def why_unheard(group: Group | None, author: Jid) -> str | None:
    """Why WhatsApp carries on nothing that this person writes there; None when it does.

    The gateway is not told (baileys): it has answered by then.
    """
    silent = group is not None and group.announce and not group.is_admin(author)
    return "only admins write there" if silent else None


def invite_code(group: Jid) -> str:
    """The last part of its invite link: 22 letters and digits, the same for whoever asks."""
    code = blake2b(f"invite {group}".encode(), digest_size=_CODE_LENGTH).digest()
    return "".join(_CODE_LETTERS[byte % len(_CODE_LETTERS)] for byte in code)


def group_bytes(_jid: Jid, group: Group) -> int:
    """How much memory it takes: subject, description, and everybody in it."""
    return len(group.subject) + len(group.description or "") + PARTICIPANT * len(group.participants)
