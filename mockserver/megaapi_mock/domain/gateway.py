"""The set of all fake connections: how one is made, and which a world starts with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ..clock import Clock
from ..errors import ControlRefused
from ..ids import Ids
from .contacts import Contact, Directory
from .fault_effects import FaultSource, NoFaults
from .group import Group
from .instance import Instance
from .jid import Jid
from .media import Vault
from .number_registry import NumberRegistry
from .rules import Rules


@dataclass(frozen=True, slots=True)
class InstanceSeed:
    """What a world, or the control API, says of an instance before it lives."""

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
    fate: FaultSource = field(default_factory=NoFaults)
    roll: NumberRegistry = field(default_factory=NumberRegistry)

    def person(self, jid: Jid) -> Contact | None:
        """The person behind a JID, under the name they show to everybody; None for strangers."""
        contact = self.directory.person(jid, self.roll)
        return None if contact is None else self.roll.known(contact)

    def admitted(self, seed: InstanceSeed, *, named: bool = True) -> InstanceSeed:
        """The seed, if its number can be an instance's; unless `named` under its person's name.

        ControlRefused where the world says the number has no account, or where another instance
        has it under another name: one person has one.
        """
        if seed.number is None:
            return seed
        owner = self.directory.require_owner(seed.number)
        name = self.roll.name(owner.jid, apart_from=seed.key)
        if name is None or name == seed.name:
            return seed
        if named:
            raise ControlRefused(
                409,
                f"name: {seed.number} is an instance's already, under the name {name!r}: "
                "one person has one name, use that one",
            )
        return replace(seed, name=name)

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
        for contact in self.directory.unreachable:
            if contact.jid != made.own_jid:
                made.reach.states.put(str(contact.jid), contact.state)
        made.groups.begin(seed.groups or self.groups)
        if seed.connected:
            made.linking.link()
        if not self.rules.acks:
            made.filter = made.filter.block(["messagesStatus"])
        made.take_events()
        made.commit()
        return made
