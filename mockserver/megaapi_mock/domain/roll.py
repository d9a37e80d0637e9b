"""Which instances have which number: people of the world that are instances of the mock."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .contacts import Contact
from .jid import Jid


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One instance's number and profile name; `linked` once a phone has ever been linked."""

    jid: Jid
    name: str
    linked: bool


class Roll:
    """Kept by the store, which makes one change at a time; whoever reads sees whole rows."""

    def __init__(self) -> None:
        self._rows: dict[str, Enrolled] = {}
        self._keys: dict[Jid, tuple[str, ...]] = {}
        # How many instances were ever linked: where there is one, nobody writes to another.
        self.linked = 0

    def enter(self, key: str, row: Enrolled | None) -> None:
        """From now on this is the instance's row; None when it has no number, or is gone."""
        before = self._rows.pop(key, None)
        if before is not None:
            self.linked -= before.linked
            others = tuple(other for other in self._keys[before.jid] if other != key)
            self._keys[before.jid] = others
            if not others:
                del self._keys[before.jid]
        if row is not None:
            self.linked += row.linked
            self._rows[key] = row
            self._keys[row.jid] = tuple(sorted((*self._keys.get(row.jid, ()), key)))

    def clear(self) -> None:
        """No instance is left."""
        self._rows.clear()
        self._keys.clear()
        self.linked = 0

    def __contains__(self, jid: object) -> bool:
        """Whether an instance has this number. Every send asks: it must cost next to nothing."""
        return jid in self._keys

    def keys(self, jid: Jid) -> tuple[str, ...]:
        """The instances with this JID that were ever linked, in order of their keys."""
        rows = self._rows
        found = ((key, rows.get(key)) for key in self._keys.get(jid, ()))
        return tuple(key for key, row in found if row is not None and row.linked)

    def known(self, contact: Contact) -> Contact:
        """The contact under the profile name of the instance that has the number, if one does."""
        name = self.name(contact.jid)
        return contact if name in (None, contact.name) else replace(contact, name=name)

    def name(self, jid: Jid, *, apart_from: str | None = None) -> str | None:
        """The profile name of whoever has this JID; None when no other instance has it."""
        for key in self._keys.get(jid, ()):
            row = self._rows.get(key)
            if row is not None and key != apart_from:
                return row.name
        return None
