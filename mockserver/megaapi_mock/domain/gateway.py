"""The set of all fake connections: how one is made, and which a world starts with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ..errors import Conflict
from ..errors.names import quoted
from .contacts import Contact
from .environment import Environment
from .group import Group
from .instance import Instance
from .jid import Jid
from .state import InstanceState


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
class Gateway(Environment):
    """Makes the instances that share this environment; `seeds` are those a world starts with."""

    seeds: tuple[InstanceSeed, ...] = ()

    def person(self, jid: Jid) -> Contact | None:
        """The person behind a JID, under the name they show to everybody; None for strangers."""
        contact = self.directory.person(jid, self.number_registry)
        return None if contact is None else self.number_registry.with_own_name(contact)

    def admit(self, seed: InstanceSeed, *, is_name_given: bool = True) -> InstanceSeed:
        """The seed, if its number can be an instance's; its person's name if none is given.

        Impossible where the world says the number has no account, or where another instance
        has it under another name: one person has one.
        """
        if seed.number is None:
            return seed
        owner = self.directory.require_owner(seed.number)
        name = self.number_registry.name(owner.jid, apart_from=seed.key)
        if name is None or name == seed.name:
            return seed
        if is_name_given:
            raise Conflict(
                f"name: {seed.number} is an instance's already, under the name {quoted(name)}: "
                "one person has one name, use that one",
            )
        return replace(seed, name=name)

    def blank(self, seed: InstanceSeed) -> Instance:
        """An instance that was never linked, in no group."""
        state = InstanceState(key=seed.key, token=seed.token, number=seed.number, name=seed.name)
        return Instance(state, self)

    def instance(self, seed: InstanceSeed) -> Instance:
        """A new instance as its seed says, without any event."""
        instance = self.blank(seed)
        instance.begin()
        for contact in self.directory.unreachable:
            if contact.jid != instance.own_jid:
                instance.state.contact_states.put(contact.jid, contact.state)
        instance.groups.join(seed.groups or self.groups)
        if seed.connected:
            instance.linking.link()
        if not self.rules.acks:
            instance.filter = instance.filter.block(["messagesStatus"])
        instance.take_events()
        instance.commit()
        return instance
