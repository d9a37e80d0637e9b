"""The set of all fake connections: how one is made, and which a world starts with."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..clock import Clock
from ..ids import Ids
from .contacts import Contact, Directory
from .group import Group
from .instance import Instance
from .jid import Jid
from .media import Vault
from .roll import Roll
from .rules import Rules
from .spell import Calm, Fate


@dataclass(frozen=True, slots=True)
class InstanceSeed:
    """What a world, or the side door, says of an instance before it lives."""

    key: str
    token: str
    number: str | None = None
    name: str = "Test Shop"
    connected: bool = False
    groups: tuple[Group, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Gateway:
    """Makes instances that share one clock, one source of ids, one directory, one vault."""

    clock: Clock
    ids: Ids
    directory: Directory
    rules: Rules
    vault: Vault
    seeds: tuple[InstanceSeed, ...] = ()
    groups: tuple[Group, ...] = ()
    fate: Fate = field(default_factory=Calm)
    roll: Roll = field(default_factory=Roll)

    def person(self, jid: Jid) -> Contact | None:
        """The person behind a JID, under the name they show to everybody; None for strangers."""
        contact = self.directory.person(jid)
        return None if contact is None else self.roll.known(contact)

    def blank(self, seed: InstanceSeed) -> Instance:
        """An instance that was never linked, in no group."""
        return Instance(
            key=seed.key,
            token=seed.token,
            number=seed.number,
            name=seed.name,
            clock=self.clock,
            ids=self.ids,
            directory=self.directory,
            rules=self.rules,
            vault=self.vault,
            world_groups=self.groups,
            fate=self.fate,
            roll=self.roll,
        )

    def instance(self, seed: InstanceSeed) -> Instance:
        """A new instance as its seed says, without any event."""
        made = self.blank(seed)
        made.begin()
        for group in seed.groups or self._groups_of(made):
            made.group_table.put(group.jid, group)
        for contact in self.directory.unreachable:
            made.reach.states.put(str(contact.jid), contact.state)
        if seed.connected:
            made.linking.link()
        if not self.rules.acks:
            made.filter = made.filter.block(["messagesStatus"])
        made.take_events()
        made.commit()
        return made

    def _groups_of(self, made: Instance) -> list[Group]:
        """The groups of the world its number is in."""
        return [group for group in self.groups if group.member(made.own_jid) is not None]
