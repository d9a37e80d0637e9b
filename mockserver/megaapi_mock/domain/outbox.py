"""What an instance owes to other instances of the mock, and what it waits for from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import orjson

from .change import Change
from .fault_effects import UNDELIVERED
from .incoming_content import media_paths
from .jid import Jid
from .message import Message
from .message_states import DELIVERED, SERVER, TO
from .peer_messages import GroupUpdate, PeerAck, PeerMessage
from .reachability import Reachability


class Outbox:
    """Messages and group updates on their way to peers; acks wait until a peer has the message."""

    def __init__(self, change: Change, reachability: Reachability) -> None:
        self._change, self._state = change, change.state
        self._reachability = reachability

    def expect(self, message: Message, chat: Jid) -> None:
        """From now on this message's acks wait for the instances it goes to, if it does."""
        if not (chat.group or chat in self._change.number_registry):
            return
        waiting = dict.fromkeys(self._readers(chat), False)
        if waiting:
            self._state.awaited.put(message.id, waiting)

    def holds_back(self, message: Message, step: str, person: Jid | None) -> bool:
        """Whether this ack must wait for another instance; the message leaves when it is due."""
        waiting = self._state.awaited.get(message.id)
        if waiting is None or not TO[step].needs_phone or (person and person not in waiting):
            return False
        if step == DELIVERED:
            waiting = self._send(message, [person] if person else [*waiting], waiting)
            self._await(message.id, waiting)
        if not (person in waiting if person else waiting):
            return False
        self._reachability.hold(message.id, (message.id, step, *((person,) if person else ())))
        return True

    def pass_on(self, message: Message) -> None:
        """What was typed on the phone itself goes out at once; nothing reports its acks."""
        readers = self._readers(message.chat)
        self._send(message, readers, dict.fromkeys(readers, False))

    def share(self, update: GroupUpdate, people: Iterable[Jid]) -> None:
        """Every other instance among these people hears of the group's change."""
        for person in people:
            self._write(person, update)

    def acknowledge(self, ack: PeerAck) -> None:
        """A peer has what was sent: its acks go on, each at its distance from the first."""
        message = self._state.messages.get(ack.id)
        waiting = self._state.awaited.get(ack.id)
        if message is None or waiting is None or ack.person not in waiting:
            return
        if ack.reason is not None:
            if message.state == SERVER and message.reason not in UNDELIVERED:
                self._state.messages.put(message.id, message.with_state(SERVER, ack.reason))
            return
        people_left = {
            person: is_sent for person, is_sent in waiting.items() if person != ack.person
        }
        self._await(ack.id, people_left)
        self._reachability.release(ack.id, ack.person)
        if not people_left:
            self._reachability.release(ack.id)

    def _await(self, message_id: str, people: Mapping[Jid, bool]) -> None:
        table = self._state.awaited
        if people:
            table.put(message_id, people)
        elif message_id in table:
            table.remove(message_id)

    def _peers(self, person: Jid) -> tuple[str, ...]:
        """The other instances that have this JID; none when it is the own one."""
        registry = self._change.number_registry
        if person not in registry or person == self._change.own_jid:
            return ()
        return tuple(key for key in registry.keys(person) if key != self._state.key)

    def _readers(self, chat: Jid) -> list[Jid]:
        """Whoever reads this chat and is another instance."""
        group = self._state.group_table.get(chat) if chat.group else None
        people = (
            [chat] if group is None else [participant.jid for participant in group.participants]
        )
        return [person for person in people if self._peers(person)]

    def _send(
        self, message: Message, people: Iterable[Jid], waiting: Mapping[Jid, bool]
    ) -> Mapping[Jid, bool]:
        """Write to those of these people who were not yet; who is still to be waited for."""
        people_left = dict(waiting)
        content: PeerMessage | None = None
        for person in people:
            if people_left.get(person) is not False:
                continue
            content = content or self._peer_message(message)
            people_left[person] = True
            if not self._write(person, content):
                # No instance has this number any longer: it is a phone like all others.
                del people_left[person]
        return people_left

    def _peer_message(self, message: Message) -> PeerMessage:
        owner = self._change.owner
        assert owner is not None, "who sends has a number"
        holds_media = b"directPath" in message.content
        paths = media_paths(orjson.loads(message.content)) if holds_media else ()
        files = (self._state.media.get(path) for path in paths)
        return PeerMessage(
            id=message.id,
            content=message.content,
            author=replace(owner, name=self._state.name),
            group=message.chat if message.chat.group else None,
            media=tuple(media for media in files if media is not None),
        )

    def _write(self, person: Jid, content: PeerMessage | GroupUpdate) -> bool:
        """To each instance with this JID; whether there is one."""
        keys = self._peers(person)
        for key in keys:
            self._change.send_to_peer(key, person, content)
        return bool(keys)
