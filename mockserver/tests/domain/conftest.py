"""Instances of a gateway of their own, without a store and without HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.domain.contacts import Directory
from megaapi_mock.domain.gateway import Gateway, InstanceSeed
from megaapi_mock.domain.group import Group, Participant
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.media import Vault
from megaapi_mock.domain.message import Message
from megaapi_mock.domain.message_states import PENDING
from megaapi_mock.domain.rules import Rules
from megaapi_mock.ids import Ids

from ..support import KEY, START

OWN_NUMBER, FRIEND = "5511900000001", "5511900000002"
GROUP = "120363000000000001@g.us"


def make_instance(*, connected: bool = False, rules: Rules | None = None) -> Instance:
    """An instance between two changes; everybody whose number nobody lists has WhatsApp."""
    gateway = Gateway(
        clock=Clock(START), ids=Ids(0), directory=Directory(), rules=rules or Rules(), vault=Vault()
    )
    return gateway.instance(InstanceSeed(KEY, "TESTKEY0001", OWN_NUMBER, connected=connected))


@pytest.fixture
def instance() -> Instance:
    """A linked instance in which a change has begun."""
    instance = make_instance(connected=True)
    instance.begin()
    return instance


def add_message(instance: Instance, message_id: str, **fields: Any) -> Message:
    """A message that the instance knows: one of its own to a friend, but for these fields."""
    chat = fields.get("chat", Jid.parse(FRIEND))
    own = instance.own_jid if fields.get("from_me", True) else chat
    message = Message(**{
        "id": message_id, "time": instance.now, "chat": chat, "remote_jid": str(chat),
        "sender": own, "from_me": True, "type": "conversation",
        "content": b'{"conversation":"oi"}', "state": PENDING, "arrival": instance.tick(),
        **fields,
    })  # fmt: skip
    instance.messages.put(message_id, message)
    return message


def add_group(instance: Instance, *numbers: str, admin: str | None = "admin") -> Group:
    """A group with these people, in which the instance has this rank."""
    people = (Participant(instance.own_jid, admin), *(Participant(Jid.parse(n)) for n in numbers))
    group = Group(Jid.parse(GROUP), "Clube", instance.own_jid, 0, people)
    instance.state.group_table.put(group.jid, group)
    return group
