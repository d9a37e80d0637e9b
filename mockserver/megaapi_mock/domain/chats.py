"""Messages of an instance: sent, received, revoked, forgotten, and acknowledged step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from ..codec import dumps
from ..errors import ControlRefused, NotAMember, NumberNotRegistered
from . import message_states
from .contacts import Contact
from .fault_effects import UNDELIVERED
from .jid import HIDDEN, PERSON, Jid, as_given
from .message import UNKNOWN, Message, content_key, edited_content
from .message_states import (
    ACK_STATUS,
    BLOCKED,
    DELIVERED,
    PENDING,
    REACHABLE,
    READ,
    SERVER,
    STOPPABLE,
    STOPPED,
    TO,
    UNSHOWN,
    Halt,
    drawn,
    fixed,
    halt_by,
    targets,
)
from .undo_table import UndoTable

if TYPE_CHECKING:
    from .instance import Instance

# Addresses whose text many messages share.
ADDRESSES_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Recipient:
    """`given` is echoed to the caller, `chat` is where the message really goes."""

    given: str
    chat: Jid
    registered: bool = True

    @property
    def group(self) -> bool:
        """Whether this is a group."""
        return self.chat.group


class Chats:
    """The few verbs every sending operation is a use of."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        # Messages on their way; a disconnection stops them.
        self.moving: UndoTable[str, bool] = UndoTable()
        # The last status each phone of a group has told, by message; only with group_acks=each.
        self.phones: UndoTable[str, Mapping[str, int]] = UndoTable()
        self._fixed = fixed(instance.rules.ack_delays)
        # Not sys.intern: what that is given stays for good with CPython 3.12.
        self._addresses: dict[str, str] = {}

    def recipient(self, to: str) -> Recipient:
        """Resolve `to`; refuses numbers without WhatsApp and groups the instance is not in."""
        jid, given = Jid.parse(to), as_given(to)
        if jid.group:
            if jid not in self._instance.groups:
                raise NotAMember(
                    f"{given} is not a group of {self._instance.key}",
                    status=self._instance.rules.not_a_member_status,
                )
            return Recipient(given, jid)
        person = self._instance.person(jid)
        # Hidden numbers are not looked up (ancestor): WhatsApp alone knows whether one is there.
        if (jid.lid and jid.user) or self._instance.reach.registered(person) is not None:
            chat = jid if person is None else person.jid
            canonical = self._instance.rules.canonical_jid
            return Recipient(str(chat) if canonical else given, chat)
        if not self._instance.rules.refuse_unregistered:
            return Recipient(given, jid, registered=False)
        raise NumberNotRegistered(self._instance.directory.no_account(jid))

    def send(
        self,
        to: Recipient,
        content: Mapping[str, Any],
        *,
        echo: bool = True,
        heard: bool = True,
        unshown: str | None = None,
    ) -> dict[str, Any]:
        """Put a message on its way; the `messageData` of the answer, status PENDING.

        With `echo` the message is also announced as the instance's own. What is not `heard`
        reaches phones, and no other instance is told of it. `unshown` is why no phone can show
        the file in it: such a message is delivered and stops there.
        """
        instance = self._instance
        number = instance.count("message")
        message = self._own_message(to, content, number)
        if unshown is not None:
            message = message.moved(PENDING, f"{UNSHOWN}: {unshown}")
        instance.messages.put(message.id, message)
        self.moving.put(message.id, True)
        key = {"remoteJid": to.given, "fromMe": True, "id": message.id}
        if echo and instance.rules.echo:
            facts = {
                "key": self._echoed(key, message.chat),
                "message": instance.addresses.everywhere(content, message.chat),
                "timestamp": int(message.time),
            }
            instance.record("from-me-api-echo", facts)
        if to.registered:
            # To most people one look-up is all it costs that instances can write to each other.
            if heard and instance.roll.linked > 1 and (to.group or to.chat in instance.roll):
                instance.post.expect(message, to.chat)
            self._expect_acks(message, content, number)
            if instance.fault_effects.stays is not None:
                instance.messages.put(
                    message.id, message.moved(PENDING, instance.fault_effects.because)
                )
        else:
            self.moving.remove(message.id)
            instance.messages.put(message.id, message.moved(STOPPED, "not registered"))
        answer = {
            "key": key,
            "message": content,
            "messageTimestamp": str(int(message.time)),
            "status": "PENDING",
        }
        if to.group:
            answer["participant"] = str(instance.own_jid)
        return answer

    def _echoed(self, key: Mapping[str, Any], chat: str) -> dict[str, Any]:
        """A send's key as its echo has it: by number as it was given, else as the chat shows it."""
        shown = self._instance.addresses.key({**key, "remoteJid": chat})
        hidden = any(str(each["remoteJid"]).endswith(HIDDEN) for each in (key, shown))
        return shown if hidden else dict(key)

    def acknowledge(self, message_id: str, step: str, person: str = "") -> None:
        """WhatsApp reports progress; nothing goes backwards and no step is left out.

        `person` is the member of a group whose phone this is about, when each is told of.
        """
        message = self._instance.messages.get(message_id)
        if message is None or not self._goes_on(message, step, person):
            return
        if message.state == TO[step].source:
            # That it gets no further stays true while it moves; any other reason is over now.
            moved = message.moved(step, message.reason if _stays(message.reason) else None)
            stopped = step == DELIVERED and message_states.unshown(message.reason)
            self._instance.messages.put(
                message_id, moved.moved(STOPPED, moved.reason) if stopped else moved
            )
            if (step == READ or stopped) and message_id in self.moving:
                self.moving.remove(message_id)
        elif not person:
            return
        elif message.reason is not None and not _stays(message.reason):
            self._instance.messages.put(message_id, message.moved(message.state))
        key = {"remoteJid": message.chat, "id": message_id, "fromMe": True}
        name = f"ack-{step}"
        if person:
            name, key["participant"] = "ack-group", person
        shown = self._instance.addresses.receipt_key(key)
        self._instance.record(name, {"key": shown, "status": ACK_STATUS[step]})

    def _goes_on(self, message: Message, step: str, person: str) -> bool:
        """Whether nothing keeps this step from happening: a fault, a phone that is off, a peer."""
        instance = self._instance
        fate = instance.fate
        if fate.armed and fate.severed(instance.key, message.chat, person):
            return False
        # A hidden number was not looked up: nobody may have it.
        stoppable = instance.reach.states or message.chat.endswith(HIDDEN)
        if stoppable and self._halted(message, step, person):
            return False
        if instance.post.awaited and instance.post.holds_back(message, step, person):
            return False
        return not person or self._next_of_phone(message.id, step, person)

    def _next_of_phone(self, message_id: str, step: str, person: str) -> bool:
        """Whether this is what that phone says next: one that was off may have missed a step."""
        told, status = self.phones.get(message_id) or {}, ACK_STATUS[step]
        if status != told.get(person, ACK_STATUS[SERVER]) + 1:
            return False
        self.phones.put(message_id, {**told, person: status})
        return True

    def arrive(
        self,
        event: str,
        key: Mapping[str, Any],
        content: Mapping[str, Any],
        *,
        author: str,
        name: str,
        verified: str | None = None,
        overrides: Mapping[str, Any] | None = None,
    ) -> Message:
        """A message from outside under this key, the own phone's included: kept and announced."""
        instance = self._instance
        self.require_link()
        lost = self._lost(key, author)
        message = Message(
            id=key["id"],
            time=instance.now,
            chat=key["remoteJid"],
            remote_jid=key["remoteJid"],
            sender=author,
            from_me=key["fromMe"],
            type=content_key(content) or "unknown",
            content=dumps(content),
            arrival=instance.tick(),
            # What the phone wrote is on its way already; nothing tells how its acks look here.
            state=SERVER if key["fromMe"] else DELIVERED,
        )
        if lost is not None:
            message = message.moved(PENDING, lost)
            instance.messages.put(message.id, message)
            return message
        instance.messages.put(message.id, message)
        if message.from_me:
            instance.post.pass_on(message)
        private = message.chat == author and author.endswith(f"@{PERSON}")
        if instance.rules.presence_events and private and not message.from_me:
            shown = {author: {"lastKnownPresence": "composing", "lastSeen": int(instance.now)}}
            fields = {"id": author, "presences": shown}
            instance.record("presence", {"fields": instance.addresses.everywhere(fields, author)})
        instance.record(
            event,
            {
                "key": instance.addresses.key(key),
                "message": content,
                "timestamp": int(message.time),
                "name": name,
                "verified": verified,
                "set": dict(overrides or {}),
            },
        )
        return message

    def _lost(self, key: Mapping[str, Any], author: str) -> str | None:
        """Why what others write never arrives; None when it does."""
        fate = self._instance.fate
        if not fate.armed or key["fromMe"]:
            return None
        return fate.swallows(self._instance.key, author, key["remoteJid"])

    def require_link(self) -> None:
        """ControlRefused while no phone is linked; what comes while it restarts is told later."""
        key = self._instance.key
        if not self._instance.linking.has_phone:
            raise ControlRefused(409, f"{key} is not linked: no message reaches it; link it first")

    def require_contact(self, sender: Contact) -> None:
        """ControlRefused while this person can write nothing."""
        state = self._instance.reach.state(str(sender.jid))
        if state != REACHABLE:
            raise ControlRefused(
                409,
                f"{sender.jid} is {state}: nothing comes from there; POST "
                f"/_mock/instances/{self._instance.key}/contacts/{sender.number or sender.jid} "
                '{"state": "reachable"} first',
            )

    def edit(self, message_id: str, edited: dict[str, Any]) -> None:
        """The author gave a message another text or caption."""
        message = self._instance.messages.get(message_id)
        if message is not None:
            content = edited_content(orjson.loads(message.content), edited)
            self._instance.messages.put(message_id, replace(message, content=dumps(content)))

    def mark_deleted(self, message_id: str) -> None:
        """Its author, or an admin of the group, took a message back."""
        message = self._instance.messages.get(message_id)
        if message is not None:
            self._instance.messages.put(message_id, replace(message, deleted="everyone"))

    def delete(self, message_id: str) -> str | None:
        """Mark a message deleted for the instance alone; why nothing happened, if nothing did."""
        message = self._instance.messages.get(message_id)
        if message is None:
            return f"message {message_id} {UNKNOWN}"
        self._instance.messages.put(message_id, replace(message, deleted="me"))
        return None

    def stop_all(self, reason: str) -> None:
        """Messages still on their way stop for a stated reason."""
        for message_id in list(self.moving):
            message = self._instance.messages.get(message_id)
            if message is not None and message.state in STOPPABLE:
                self._instance.messages.put(message_id, message.moved(STOPPED, reason))
            self.moving.remove(message_id)
        for message_id in list(self._instance.reach.held):
            self._instance.reach.forget(message_id)

    def forget(self, message_id: str) -> None:
        """The message is no longer kept: nothing waits for it."""
        if message_id in self.moving:
            self.moving.remove(message_id)
        if message_id in self.phones:
            self.phones.remove(message_id)
        self._instance.reach.forget(message_id)
        self._instance.post.forget(message_id)

    def _expect_acks(self, message: Message, content: Mapping[str, Any], number: int) -> None:
        """Progress comes by itself: all of it is on its way before the first step arrives."""
        instance = self._instance
        steps, delays = targets(content), self._delays(number, "ack")
        if message_states.unshown(message.reason):
            steps = steps[: steps.index(DELIVERED) + 1]
        if instance.fault_effects.stays is not None:
            steps = steps[: (PENDING, *steps).index(instance.fault_effects.stays)]
            if not steps:
                return
        members = instance.reach.members(message.chat) if instance.rules.each_in_group else ()
        if not members:
            for step, delay in zip(steps, delays, strict=False):
                instance.schedule(delay, "ack", (message.id, step))
            return
        first, *others = steps
        # The server answers once; each phone then speaks for itself.
        instance.schedule(delays[0], "ack", (message.id, first))
        for person in members:
            own = [max(delays[0], delay) for delay in self._delays(number, f"ack {person}")[1:]]
            for step, delay in zip(others, own, strict=False):
                instance.schedule(delay, "ack", (message.id, step, person))

    def _delays(self, number: int, kind: str) -> Sequence[float]:
        if self._fixed:
            return self._fixed
        instance = self._instance
        return drawn(
            instance.rules.ack_delays, lambda: instance.ids.raw(instance.key, kind, number, 32)
        )

    def _halted(self, message: Message, step: str, person: str) -> bool:
        """Whether the state of who should have it keeps this step from happening."""
        if not TO[step].needs_phone:
            return False
        reach = self._instance.reach
        halt = halt_by(reach.state(person)) if person else reach.halt(message.chat)
        # Blocking somebody does not keep away what they write in a common group.
        if halt is None or (person and halt.contact == BLOCKED):
            return False
        if not halt.final:
            reach.hold(message.id, (message.id, step, *((person,) if person else ())))
        if person:
            # The message goes on as long as one of the group does.
            halt = reach.halt(message.chat) if message.state == TO[step].source else None
        if halt is not None:
            self._stay(message, halt)
        return True

    def _stay(self, message: Message, halt: Halt) -> None:
        """Nobody has it, or reads it: the message says why, for now or for good."""
        if not halt.final:
            if message.reason is None:
                self._instance.messages.put(message.id, message.moved(message.state, halt.reason))
        elif message.state in halt.sources:
            self._instance.messages.put(message.id, message.moved(STOPPED, halt.reason))
            if message.id in self.moving:
                self.moving.remove(message.id)

    def _own_message(self, to: Recipient, content: Mapping[str, Any], number: int) -> Message:
        instance = self._instance
        return Message(
            id=instance.ids.message(instance.key, number),
            time=instance.now,
            # Shared: a hundred thousand messages have few addresses.
            chat=self._shared(str(to.chat)),
            remote_jid=self._shared(to.given),
            sender=self._shared(str(instance.own_jid)),
            from_me=True,
            type=content_key(content) or "unknown",
            content=dumps(content),
            arrival=instance.tick(),
            state=PENDING,
        )

    def _shared(self, address: str) -> str:
        """The same text for the same address, of those used since there were too many of them."""
        if len(self._addresses) >= ADDRESSES_MOST:
            self._addresses.clear()
        return self._addresses.setdefault(address, address)

    def inbound_id(self) -> str:
        """An id as a phone makes it."""
        return self._instance.ids.inbound(self._instance.key, self._instance.count("inbound"))

    def inbound_key(self, sender: Contact, group: Jid | None) -> dict[str, Any]:
        """The key of a contact's next message, in private or in a group both are in."""
        instance = self._instance
        known = None if group is None else instance.groups.get(group)
        if group is not None and (known is None or known.member(sender.jid) is None):
            raise ControlRefused(
                400, f"{sender.jid} is not a participant of {group} as {instance.key} knows it"
            )
        return self.key_from(sender, group, self.inbound_id())

    @staticmethod
    def key_from(sender: Contact, group: Jid | None, message_id: str) -> dict[str, Any]:
        """The key of somebody's message, in private or in a group."""
        if group is None:
            return {
                "remoteJid": str(sender.jid),
                "fromMe": False,
                "id": message_id,
                "senderLid": str(sender.lid),
            }
        return {
            "remoteJid": str(group),
            "fromMe": False,
            "id": message_id,
            "participant": str(sender.jid),
            "participantLid": str(sender.lid),
        }


def _stays(reason: str | None) -> bool:
    """Whether this reason holds for good, however far the message comes."""
    return reason in UNDELIVERED or message_states.unshown(reason)
