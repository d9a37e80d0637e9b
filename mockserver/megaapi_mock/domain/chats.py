"""Messages of an instance: sent, received, revoked, forgotten, and acknowledged step by step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from sys import intern
from typing import TYPE_CHECKING, Any

from ..codec import dumps
from ..errors import ControlRefused, NotAMember, NumberNotRegistered
from .contacts import Contact
from .jid import Jid, as_given
from .message import ACK_STATUS, DELIVERED, ORDER, PENDING, READ, SERVER, Message, content_key
from .table import Table

if TYPE_CHECKING:
    from .instance import Instance


@dataclass(frozen=True, slots=True)
class Recipient:
    """`given` is echoed to the caller, `chat` is where the message really goes."""

    given: str
    chat: Jid

    @property
    def group(self) -> bool:
        """Whether this is a group."""
        return self.chat.group


class Chats:
    """The few verbs every sending operation is a use of."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        # Messages on their way; a disconnection stops them.
        self.moving: Table[str, bool] = Table()

    def recipient(self, to: str) -> Recipient:
        """Resolve `to`; refuses people without WhatsApp and groups the instance is not in."""
        jid, given = Jid.parse(to), as_given(to)
        if jid.group:
            if jid not in self._instance.groups:
                raise NotAMember(
                    f"{given} is no group of {self._instance.key}",
                    status=self._instance.rules.not_a_member_status,
                )
            return Recipient(given, jid)
        contact = self._instance.directory.person(jid)
        if contact is not None:
            return Recipient(given, contact.jid)
        if jid.lid:
            return Recipient(given, jid)
        raise NumberNotRegistered(f"{given} has no WhatsApp account in this world")

    def send(
        self, to: Recipient, content: Mapping[str, Any], *, echo: bool = True
    ) -> dict[str, Any]:
        """Put a message on its way; the `messageData` of the answer, status PENDING.

        With `echo` the message is also announced as the instance's own.
        """
        instance = self._instance
        message = self._own_message(to, content)
        instance.messages.put(message.id, message)
        self.moving.put(message.id, True)
        key = {"remoteJid": to.given, "fromMe": True, "id": message.id}
        if echo and instance.rules.echo:
            instance.record(
                "from-me-api-echo",
                {"key": key, "message": content, "timestamp": int(message.time)},
            )
        for step, delay in zip((SERVER, DELIVERED, READ), instance.rules.ack_delays, strict=True):
            instance.schedule(delay, "ack", (message.id, step))
        answer = {
            "key": key,
            "message": content,
            "messageTimestamp": str(int(message.time)),
            "status": "PENDING",
        }
        if to.group:
            answer["participant"] = str(instance.own_jid)
        return answer

    def acknowledge(self, message_id: str, step: str) -> None:
        """WhatsApp reports progress; nothing goes backwards."""
        message = self._instance.messages.get(message_id)
        if message is None or ORDER[message.state] >= ORDER[step]:
            return
        self._instance.messages.put(message_id, message.moved(step))
        if step == READ and message_id in self.moving:
            self.moving.remove(message_id)
        key = {"remoteJid": message.chat, "id": message_id, "fromMe": True}
        self._instance.record(f"ack-{step}", {"key": key, "status": ACK_STATUS[step]})

    def receive(
        self,
        event: str,
        sender: Contact,
        content: Mapping[str, Any],
        *,
        group: Jid | None = None,
        overrides: Mapping[str, Any] | None = None,
    ) -> Message:
        """A contact writes: the message is kept and announced under the event's name."""
        instance = self._instance
        if not instance.linking.connected:
            raise ControlRefused(
                409, f"{instance.key} is not linked: no message reaches it; link it first"
            )
        key = self._inbound_key(sender, group)
        message = Message(
            id=key["id"],
            time=instance.now,
            chat=key["remoteJid"],
            remote_jid=key["remoteJid"],
            sender=str(sender.jid),
            from_me=False,
            type=content_key(content) or "unknown",
            content=dumps(content),
            arrival=instance.tick(),
            state=DELIVERED,
        )
        instance.messages.put(message.id, message)
        instance.record(
            event,
            {
                "key": key,
                "message": content,
                "timestamp": int(message.time),
                "name": sender.name,
                "set": dict(overrides or {}),
            },
        )
        return message

    def delete(self, message_id: str, *, scope: str) -> str | None:
        """Mark a message deleted for "everyone" or "me"; why nothing happened, if nothing did."""
        message = self._instance.messages.get(message_id)
        if message is None:
            return f"message {message_id} is unknown here; the gateway looks nothing up"
        if scope == "everyone" and not message.from_me:
            return f"message {message_id} is not the instance's own: WhatsApp ignores the revoke"
        self._instance.messages.put(message_id, replace(message, deleted=scope))
        return None

    def stop_pending(self, state: str, reason: str) -> None:
        """Messages still on their way stop for a stated reason."""
        for message_id in list(self.moving):
            message = self._instance.messages.get(message_id)
            if message is not None and message.state != READ:
                self._instance.messages.put(message_id, message.moved(state, reason))
            self.moving.remove(message_id)

    def _own_message(self, to: Recipient, content: Mapping[str, Any]) -> Message:
        instance = self._instance
        return Message(
            id=instance.ids.message(instance.key, instance.count("message")),
            time=instance.now,
            # Shared: a hundred thousand messages have few addresses.
            chat=intern(str(to.chat)),
            remote_jid=intern(to.given),
            sender=intern(str(instance.own_jid)),
            from_me=True,
            type=content_key(content) or "unknown",
            content=dumps(content),
            arrival=instance.tick(),
            state=PENDING,
        )

    def _inbound_key(self, sender: Contact, group: Jid | None) -> dict[str, Any]:
        instance = self._instance
        message_id = instance.ids.inbound(instance.key, instance.count("inbound"))
        if group is None:
            return {
                "remoteJid": str(sender.jid),
                "fromMe": False,
                "id": message_id,
                "senderLid": str(sender.lid),
            }
        known = instance.groups.get(group)
        if known is None or known.member(sender.jid) is None:
            raise ControlRefused(
                400, f"{sender.jid} is no participant of {group} as {instance.key} knows it"
            )
        return {
            "remoteJid": str(group),
            "fromMe": False,
            "id": message_id,
            "participant": str(sender.jid),
            "participantLid": str(sender.lid),
        }
