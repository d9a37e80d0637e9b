"""The groups an instance is in: create, change members, leave; list and details agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ..errors import GroupNotFound, NotAuthorized, NumberNotRegistered
from .contacts import Contact
from .group import Group, Participant
from .jid import GROUP, Jid

if TYPE_CHECKING:
    from .instance import Instance

ADDED, REFUSED, UNKNOWN, ALREADY_IN = "200", "403", "404", "409"


class Groups:
    """A view on the instance's groups; statuses per person are strings, as Baileys gives them."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance

    def __contains__(self, jid: Jid) -> bool:
        return jid in self._instance.group_table

    def __iter__(self) -> Iterator[Group]:
        return iter(self._instance.group_table.values())

    def get(self, jid: Jid) -> Group | None:
        """The group, if the instance is in it."""
        return self._instance.group_table.get(jid)

    def require(self, text: str) -> Group:
        """The group with this id; GroupNotFound when the instance does not know it."""
        group = self.get(Jid.parse(text))
        if group is None:
            raise GroupNotFound(f"{text} is no group of {self._instance.key}")
        return group

    def create(self, subject: str, people: Iterable[str]) -> Group:
        """A new group, the instance its superadmin.

        Who forbids being added is left out (vendor); a number without WhatsApp refuses the call.
        """
        instance, owner = self._instance, self._instance.own_jid
        members = [Participant(owner, "superadmin")]
        for person in self._registered(people):
            if person.group_add == ADDED and all(who.jid != person.jid for who in members):
                members.append(Participant(person.jid))
        group = Group(
            jid=Jid(instance.ids.group(instance.key, instance.count("group")), GROUP),
            subject=subject,
            owner=owner,
            created=int(instance.now),
            participants=tuple(members),
        )
        instance.group_table.put(group.jid, group)
        return group

    def add(self, group: Group, people: Iterable[str]) -> list[tuple[str, str]]:
        """Add people one by one; (JID, status) for each."""
        self._require_admin(group)
        outcome = []
        for text in people:
            person = self._instance.directory.person(Jid.parse(text))
            status = self._add_status(group, person)
            if person is not None and status == ADDED:
                group = group.with_member(person.jid)
            outcome.append((str(person.jid if person else Jid.parse(text)), status))
        self._instance.group_table.put(group.jid, group)
        return outcome

    def remove(self, group: Group, people: Iterable[str]) -> list[tuple[str, str]]:
        """Remove people one by one; (JID, status) for each. The instance itself must leave."""
        self._require_admin(group)
        outcome = []
        for text in people:
            person = self._instance.directory.person(Jid.parse(text))
            jid = person.jid if person else Jid.parse(text)
            status = ADDED if group.member(jid) else UNKNOWN
            if jid == self._instance.own_jid:
                status = REFUSED
            if status == ADDED:
                group = group.without_member(jid)
            outcome.append((str(jid), status))
        self._instance.group_table.put(group.jid, group)
        return outcome

    def leave(self, group: Group) -> None:
        """The instance is out: the group is unknown to it from now on."""
        self._instance.group_table.remove(group.jid)

    def _registered(self, people: Iterable[str]) -> list[Contact]:
        found = []
        for text in people:
            person = self._instance.directory.person(Jid.parse(text))
            if person is None:
                raise NumberNotRegistered(f"participant {text} has no WhatsApp account")
            found.append(person)
        return found

    def _require_admin(self, group: Group) -> None:
        me = group.member(self._instance.own_jid)
        if me is None or me.admin is None:
            raise NotAuthorized(f"{self._instance.key} is no admin of {group.jid}")

    @staticmethod
    def _add_status(group: Group, person: Contact | None) -> str:
        if person is None:
            return UNKNOWN
        if group.member(person.jid) is not None:
            return ALREADY_IN
        return person.group_add
