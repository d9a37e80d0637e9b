"""Messages of an instance: sent, received, edited and taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from ..codec import dumps
from ..errors import Conflict, Invalid, NotAMember, NumberNotRegistered, Unreachable
from .acknowledgements import Acknowledgements
from .addressing import Addresses
from .change import Change
from .chat_marks import set_mark
from .connection import WITH_PHONE
from .contacts import Contact
from .facts import Fields, InboundMessage, OwnMessage
from .group import why_unheard
from .jid import ADDRESS_MOST, Jid, as_given
from .message import UNKNOWN, Message, content_key, edited_content
from .message_states import DELIVERED, PENDING, REACHABLE, READ, SERVER, STOPPED, UNSHOWN
from .outbox import Outbox
from .phone_number import person_not_group, written_otherwise
from .reachability import Reachability
from .revoke import mark_deleted

# People whose addresses many messages share; longer ones are nobody's.
PEOPLE_MOST, LONGEST_CACHED = 1_000, 64
TYPING = frozenset({"composing", "recording"})


@dataclass(frozen=True, slots=True)
class Recipient:
    """`given` is echoed to the caller, `chat` is where the message really goes.

    `stops`: why WhatsApp carries it no further. `hidden`: one of them is a hidden number.
    """

    given: str
    chat: Jid
    stops: str | None = None
    hidden: bool = False


class Chats:
    """The few verbs that every sending operation uses."""

    def __init__(
        self,
        change: Change,
        addresses: Addresses,
        reachability: Reachability,
        outbox: Outbox,
        acknowledgements: Acknowledgements,
    ) -> None:
        self._change, self._state = change, change.state
        self._addresses, self._reachability, self._outbox = addresses, reachability, outbox
        self._acknowledgements = acknowledgements
        # People written to lately: a hundred thousand messages have few, and share their addresses.
        # The cache is valid while nobody is unreachable and no instance gets or loses a number.
        self._people: dict[str, Recipient] = {}
        self._people_version = change.number_registry.version

    def recipient(self, to: str) -> Recipient:
        """Resolve `to`; refuses numbers without WhatsApp and groups the instance is not in."""
        holds = self._people_version == self._change.number_registry.version
        if holds and not self._state.contact_states and to in self._people:
            return self._people[to]
        recipient = self._resolve_recipient(to)
        if recipient.chat.group or len(to) > LONGEST_CACHED:
            return recipient
        if not holds or len(self._people) >= PEOPLE_MOST:
            self._people.clear()
            self._people_version = self._change.number_registry.version
        before = self._people.get(to)
        if before != recipient:
            before = self._people[to] = recipient
        return before

    def _resolve_recipient(self, to: str) -> Recipient:
        jid, address = Jid.parse(to), as_given(to)
        if len(to) > ADDRESS_MOST and not jid.group:
            raise NumberNotRegistered(self._change.directory.no_account(jid))
        if jid.group:
            group = self._state.group_table.get(jid)
            if group is None:
                hint = written_otherwise(jid.user) or person_not_group(jid.user)
                raise NotAMember(
                    f"{address} is not a group of {self._state.key}{hint}",
                    status=self._change.rules.not_a_member_status,
                )
            return Recipient(address, jid, why_unheard(group, self._change.own_jid))
        person = self._change.person(jid)
        # Hidden numbers are not looked up (ancestor): WhatsApp alone knows whether one is there.
        if (jid.lid and jid.user) or self._reachability.unless_gone(person) is not None:
            chat = jid if person is None else person.jid
            canonical = self._change.rules.canonical_jid
            is_lid = jid.lid or chat.lid
            return Recipient(str(chat) if canonical else address, chat, hidden=is_lid)
        if not self._change.rules.refuse_unregistered:
            return Recipient(address, jid, "not registered", jid.lid)
        raise NumberNotRegistered(self._change.directory.no_account(jid))

    def send(
        self,
        to: Recipient,
        content: Mapping[str, Any],
        *,
        echo: bool = True,
        reaches_peers: bool = True,
        unshown: str | None = None,
    ) -> dict[str, Any]:
        """Put a message on its way; the `messageData` of the answer, status PENDING.

        With `echo` the message is also announced as the instance's own. Without
        `reaches_peers` it reaches phones, and no other instance is told of it. `unshown` is why
        no phone can show the file in it: such a message is delivered and stops there.
        """
        change, messages = self._change, self._state.messages
        number = change.count("message")
        message = self._own_message(to, content, number)
        if unshown is not None:
            message = message.with_state(PENDING, f"{UNSHOWN}: {unshown}")
        messages.put(message.id, message)
        self._end_typing(to.chat)
        key = {"remoteJid": to.given, "fromMe": True, "id": message.id}
        if echo and change.rules.echo:
            self._record_echo(to, key, content, message)
        if to.stops is None:
            self._state.moving.put(message.id, True)
            # To most people one look is all it costs that instances can write to each other.
            if reaches_peers and change.number_registry.linked > 1:
                self._outbox.expect(message, to.chat)
            self._acknowledgements.plan(message, content, number)
            if change.fault_effects.stays is not None:
                messages.put(message.id, message.with_state(PENDING, change.fault_effects.because))
        else:
            messages.put(message.id, message.with_state(STOPPED, to.stops))
        time = str(int(message.time))
        answer = {"key": key, "message": content, "messageTimestamp": time, "status": "PENDING"}
        if to.chat.group:
            answer["participant"] = str(change.own_jid)
        return answer

    def _end_typing(self, chat: Jid) -> None:
        """Phones show nobody typing whose message has come."""
        option, until = self._state.presence.get(chat, ("", 0.0))
        if option in TYPING:
            self._state.presence.put(chat, ("available", until))

    def _record_echo(
        self, to: Recipient, key: Mapping[str, Any], content: Mapping[str, Any], message: Message
    ) -> None:
        """The instance's own message, as a webhook announces it."""
        if to.hidden or not self._is_plain(to.chat):
            key = self._echo_key(key, to.chat)
            content = self._addresses.everywhere(content, to.chat)
        facts = OwnMessage(dict(key), content, int(message.time))
        self._change.record("from-me-api-echo", facts)

    def _echo_key(self, key: Mapping[str, Any], chat: Jid) -> dict[str, Any]:
        """A send's key as its echo has it: by number as it was given, else as the chat shows it."""
        chat_key = self._addresses.key({**key, "remoteJid": chat})
        has_lid = any(Jid.verbatim(each["remoteJid"]).lid for each in (key, chat_key))
        return chat_key if has_lid else dict(key)

    def arrive(
        self,
        event: str,
        key: Mapping[str, Any],
        content: Mapping[str, Any],
        *,
        author: Jid,
        name: str,
        verified: str | None = None,
        overrides: Mapping[str, Any] | None = None,
    ) -> Message:
        """Keep and announce a message from outside, or from the instance's own phone."""
        self.require_link()
        loss_reason = self._why_lost(key, author)
        message = self._message_from(key, content, author)
        if loss_reason is not None:
            message = message.with_state(PENDING, loss_reason)
        self._state.messages.put(message.id, message)
        if loss_reason is not None:
            return message
        if message.from_me:
            self._outbox.pass_on(message)
        elif self._change.rules.presence_events:
            self._record_composing(message)
        chat_key = dict(key) if self._is_plain(message.chat) else self._addresses.key(key)
        facts = InboundMessage(
            chat_key, content, int(message.time), name, verified, dict(overrides or {})
        )
        self._change.record(event, facts)
        return message

    def _is_plain(self, chat: Jid) -> bool:
        """Whether all addresses shown there are numbers, as far as one look can tell."""
        return self._addresses.plain_in_private and not chat.group

    def _message_from(
        self, key: Mapping[str, Any], content: Mapping[str, Any], author: Jid
    ) -> Message:
        return Message(
            id=key["id"],
            time=self._change.now,
            chat=key["remoteJid"],
            remote_jid=key["remoteJid"],
            sender=author,
            from_me=key["fromMe"],
            type=content_key(content) or "unknown",
            content=dumps(content),
            arrival=self._change.tick(),
            # What the phone wrote is on its way already; nothing tells how its acks look here.
            state=SERVER if key["fromMe"] else DELIVERED,
        )

    def _record_composing(self, message: Message) -> None:
        """Whoever writes in private was seen to be typing."""
        author = message.sender
        if message.chat == author and author.person:
            presence = {"lastKnownPresence": "composing", "lastSeen": int(self._change.now)}
            fields = {"id": author, "presences": {str(author): presence}}
            fields = self._addresses.everywhere(fields, author)
            self._change.record("presence", Fields(fields))

    def _why_lost(self, key: Mapping[str, Any], author: Jid) -> str | None:
        """Why what others write never arrives; None when it does."""
        faults = self._change.fault_source
        if not faults.has_faults or key["fromMe"]:
            return None
        return faults.swallows(self._change.fault_counts, self._state.key, author, key["remoteJid"])

    def require_link(self) -> None:
        """Conflict while no phone is linked; what comes while it restarts is told later."""
        key = self._state.key
        if self._state.connection.state not in WITH_PHONE:
            raise Conflict(f"{key} is not linked: no message reaches it; link it first")

    def require_contact(self, sender: Contact) -> None:
        """Unreachable while this person can write nothing."""
        if sender.jid in self._state.blocked:
            raise Conflict(
                f"{sender.jid} is blocked by {self._state.key}: nothing comes from there; "
                "blockChat with option false ends that"
            )
        if not (self._state.contact_states or sender.jid.lid):
            return
        state = self._reachability.state(sender.jid)
        if state != REACHABLE:
            raise Unreachable(
                f"{sender.jid} is {state}: nothing comes from there",
                instance=self._state.key,
                person=sender.number or sender.jid,
            )

    def edit(self, message_id: str, edited: dict[str, Any]) -> None:
        """The author gave a message another text or caption."""
        message = self._state.messages.get(message_id)
        if message is not None:
            content = edited_content(orjson.loads(message.content), edited)
            self._state.messages.put(message_id, replace(message, content=dumps(content)))

    def mark_deleted(self, message_id: str) -> None:
        """Its author, or an admin of the group, took a message back."""
        mark_deleted(self._state, message_id)

    def delete(self, message_id: str) -> str | None:
        """Mark a message deleted for the instance alone; why nothing happened, if nothing did."""
        message = self._state.messages.get(message_id)
        if message is None:
            return f"message {message_id} {UNKNOWN}"
        self._state.messages.put(message_id, replace(message, deleted="me"))
        return None

    def pin(self, chat: Jid, *, keep: bool) -> None:
        """Keep a chat at the top of the list, or let it go."""
        set_mark(self._change, self._state.pinned, chat, self._change.now if keep else None)

    def block(self, person: Jid, *, shut_out: bool) -> None:
        """Nothing that this person writes arrives any more, or it does again."""
        set_mark(self._change, self._state.blocked, person, True if shut_out else None)

    def mark_read(self, message_id: str) -> str | None:
        """A message of others was read here; why nothing happened, if nothing did."""
        message = self._state.messages.get(message_id)
        if message is None:
            return f"message {message_id} {UNKNOWN}"
        if message.from_me:
            return f"message {message_id} is the instance's own: others read it, and say so by acks"
        if message.state == DELIVERED:
            self._state.messages.put(message_id, message.with_state(READ, message.reason))
        return None

    def _own_message(self, to: Recipient, content: Mapping[str, Any], number: int) -> Message:
        change = self._change
        # By position: with names Python makes a dict of them first.
        return Message(
            change.ids.message(self._state.key, number),
            change.now,
            to.chat,
            to.given,
            change.own_jid,
            True,
            content_key(content) or "unknown",
            dumps(content),
            PENDING,
            None,
            None,
            change.tick(),
        )

    def inbound_id(self) -> str:
        """An id as a phone makes it."""
        return self._change.ids.inbound(self._state.key, self._change.count("inbound"))

    def inbound_key(self, sender: Contact, group: Jid | None) -> dict[str, Any]:
        """The key of a contact's next message, in private or in a group both are in."""
        known_group = None if group is None else self._state.group_table.get(group)
        if group is not None and (known_group is None or known_group.member(sender.jid) is None):
            raise Invalid(
                f"{sender.jid} is not a participant of {group} as {self._state.key} knows it"
            )
        return self.key_from(sender, group, self.inbound_id())

    @staticmethod
    def key_from(sender: Contact, group: Jid | None, message_id: str) -> dict[str, Any]:
        """The key of somebody's message, in private or in a group."""
        if group is None:
            return {
                "remoteJid": sender.jid,
                "fromMe": False,
                "id": message_id,
                "senderLid": sender.lid,
            }
        return {
            "remoteJid": group,
            "fromMe": False,
            "id": message_id,
            "participant": sender.jid,
            "participantLid": sender.lid,
        }
