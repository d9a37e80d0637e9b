"""Which instances have which number: people of the world that are instances of the mock."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .contacts import Contact
from .jid import Jid


@dataclass(frozen=True, slots=True)
class RegisteredNumber:
    """One instance's number and profile name; `linked` once a phone has ever been linked."""

    jid: Jid
    name: str
    linked: bool


class NumberRegistry:
    """Kept by the store, which makes one change at a time; whoever reads sees whole rows."""

    def __init__(self) -> None:
        self._rows: dict[str, RegisteredNumber] = {}
        self._keys: dict[Jid, tuple[str, ...]] = {}
        # How many instances were ever linked: where there is one, nobody writes to another.
        self.linked = 0
        # Another one each time that somebody gets or loses a number.
        self.version = 0

    def register(self, key: str, row: RegisteredNumber | None) -> RegisteredNumber | None:
        """From now on this is the instance's row; None when it has no number, or is gone.

        Who comes to a number that another instance has is registered under that one's name: one
        person has one. The row as it was registered.
        """
        if row is not None:
            name = self.name(row.jid, apart_from=key)
            row = row if name is None else replace(row, name=name)
        before = self._rows.get(key)
        self.version += 1
        # A number that stays the same never leaves the registry: somebody may be writing to it.
        if row is not None:
            self._rows[key] = row
            if before is None or before.jid != row.jid:
                self._keys[row.jid] = tuple(sorted((*self._keys.get(row.jid, ()), key)))
        elif before is not None:
            del self._rows[key]
        if before is not None and (row is None or row.jid != before.jid):
            self._leave(key, before.jid)
        self.linked += (row is not None and row.linked) - (before is not None and before.linked)
        return row

    def _leave(self, key: str, jid: Jid) -> None:
        others = tuple(other for other in self._keys[jid] if other != key)
        if others:
            self._keys[jid] = others
        else:
            del self._keys[jid]

    def replace_by(self, other: NumberRegistry) -> None:
        """Replace all rows by those of another registry, in one step."""
        self._keys, self._rows, self.linked = other._keys, other._rows, other.linked
        self.version += 1

    def __contains__(self, jid: object) -> bool:
        """Whether an instance has this number. Every send asks: it must cost next to nothing."""
        return jid in self._keys

    def keys(self, jid: Jid) -> tuple[str, ...]:
        """The instances with this JID that were ever linked, in order of their keys."""
        rows = self._rows
        rows_by_key = ((key, rows.get(key)) for key in self._keys.get(jid, ()))
        return tuple(key for key, row in rows_by_key if row is not None and row.linked)

    def with_own_name(self, contact: Contact) -> Contact:
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
