"""Who is on WhatsApp, under which address: one directory that every answer agrees with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from .jid import LID, PERSON, Jid, is_number


@dataclass(frozen=True, slots=True)
class Contact:
    """A person: the registered JID, the hidden-number address, the name the person chose."""

    jid: Jid
    lid: Jid
    name: str
    group_add: str = "200"


class Directory:
    """Read-only. A listed number resolves to its contact; an unlisted one by the world's rule."""

    def __init__(
        self,
        listed: Iterable[tuple[str, Contact]] = (),
        *,
        without_whatsapp: Iterable[str] = (),
        unlisted_on_whatsapp: bool = True,
    ) -> None:
        self._by_number: dict[str, Contact] = {}
        self._by_lid: dict[Jid, Contact] = {}
        for number, contact in listed:
            self._by_number[number] = contact
            self._by_number.setdefault(contact.jid.user, contact)
            self._by_lid[contact.lid] = contact
        self._without = frozenset(without_whatsapp)
        self._unlisted = unlisted_on_whatsapp

    def find(self, number: str) -> Contact | None:
        """The person behind a dialled number; None when it has no WhatsApp."""
        contact = self._by_number.get(number)
        if contact is not None:
            return contact
        if number in self._without or not self._unlisted or not is_number(number):
            return None
        return self._unlisted_contact(number)

    def person(self, jid: Jid) -> Contact | None:
        """The person behind a JID, hidden number included; None for groups and strangers."""
        if jid.lid:
            return self._by_lid.get(jid)
        return self.find(jid.user) if jid.server == PERSON else None

    @staticmethod
    def _unlisted_contact(number: str) -> Contact:
        drawn = int.from_bytes(blake2b(number.encode(), digest_size=8).digest())
        return Contact(
            jid=Jid(number, PERSON),
            lid=Jid(f"2{drawn % 10**14:014d}", LID),
            name=f"Contato {number[-4:]}",
        )
