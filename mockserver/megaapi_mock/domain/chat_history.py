"""What an instance's phone has stored: its chats, the people it knows, and what they wrote."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import orjson

from .addressing import Addresses
from .change import Change
from .contacts import Contact
from .jid import Jid
from .message import Message
from .message_states import ACK_STATUS, DELIVERED, PENDING, SERVER, STOPPED, UNREGISTERED
from .reachability import Reachability

_PENDING_STATUS = 1


@dataclass(frozen=True, slots=True)
class StoredChat:
    """A chat: when its last message came, how many are not read, since when it is pinned."""

    jid: Jid
    time: float
    unread: int
    pinned: float | None = None


class ChatHistory:
    """Views on messages and people; each address is the one that its chat shows."""

    def __init__(self, change: Change, addresses: Addresses, reachability: Reachability) -> None:
        self._change, self._state = change, change.state
        self._addresses, self._reachability = addresses, reachability

    def chats(self) -> list[StoredChat]:
        """Every chat with a message, the one with the latest message first."""
        chats: dict[Jid, StoredChat] = {}
        for message in self._state.messages.values():
            before = chats.pop(message.chat, None)
            is_unread = not message.from_me and message.state == DELIVERED
            unread = (before.unread if before else 0) + is_unread
            chats[message.chat] = StoredChat(message.chat, message.time, unread)
        pinned = self._state.pinned
        return [replace(chat, pinned=pinned.get(chat.jid)) for chat in reversed(chats.values())]

    def people(self) -> Iterator[tuple[str, str]]:
        """Address and name of everybody of the world, and of whoever has a chat here."""
        people = {person.jid: person for person in self._change.directory.people()}
        for chat in self.chats():
            person = self._change.person(chat.jid)
            if person is not None:
                people.setdefault(person.jid, person)
        for person in people.values():
            if self._is_known(person):
                address = self._addresses.address_in(person.jid, person.jid)
                yield address, person.saved_name or person.name

    def messages(self, chat: Jid) -> list[dict[str, Any]]:
        """The messages of a chat as the library stores them, oldest first."""
        person = self._change.person(chat)
        jid = chat if person is None else person.jid
        return [
            self._message_json(message)
            for message in self._state.messages.values()
            if message.chat == jid and message.deleted is None
        ]

    def _is_known(self, person: Contact) -> bool:
        is_own = person.jid == self._change.own_jid
        return not is_own and self._reachability.state(person.jid) != UNREGISTERED

    def _message_json(self, message: Message) -> dict[str, Any]:
        chat = message.chat
        key = {
            "remoteJid": self._addresses.address_in(chat, chat),
            "id": message.id,
            "fromMe": message.from_me,
        }
        if chat.group and not message.from_me:
            key["participant"] = self._addresses.address_in(message.sender, chat)
        return {
            "key": key,
            "messageTimestamp": int(message.time),
            "pushName": self._name_of(message),
            "status": _status(message),
            "message": self._addresses.everywhere(orjson.loads(message.content), chat),
        }

    def _name_of(self, message: Message) -> str:
        if message.from_me:
            return self._state.name
        person = self._change.person(message.sender)
        if person is None:
            return message.sender.user
        # Another instance calls itself what its profile says, as its webhooks do.
        return self._change.number_registry.with_own_name(person).name


def _status(message: Message) -> int:
    """As message.ack counts; of one that stopped, how far it had come."""
    state = message.state
    if state == STOPPED:
        state = DELIVERED if message.reached else SERVER
    return _PENDING_STATUS if state == PENDING else ACK_STATUS[state]
