"""Where a message comes from: a contact's chat, a story, a channel, the instance's own phone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..domain.contacts import Contact
from ..domain.instance import Instance
from ..domain.jid import Jid
from ..errors import ControlRefused
from ..errors.names import quoted

# Who writes, and who is written to, when nobody is named.
SOMEBODY = "5511900000002"
STATUS, NEWSLETTER = Jid("status", "broadcast"), "newsletter"
FROM_PHONE, SELF_CHAT = "from-me-phone", "self-chat"
# Events that nobody else can cause.
OWN = (FROM_PHONE, SELF_CHAT)
# What the owner can do on the phone beside them: what people write, send, and do to messages.
PHONE = frozenset(
    {
        "text-plain", "text-extended", "text-link-preview", "text-quoted-reply", "text-forwarded",
        "ephemeral", "image", "video", "video-note", "audio-voice-note", "audio-file", "document",
        "document-with-caption", "sticker", "location", "live-location", "contact",
        "contacts-array", "poll-creation", "disappearing-setting", "view-once", "album",
        "group-invite", "reaction", "edited", "deleted", "pin-in-chat", "group-text",
        "group-image",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MessageOrigin:
    """Where a message comes from: its key, its author's JID, the names shown beside it.

    `webhook` is the event that tells it, where that is another than the one asked for.
    """

    key: dict[str, Any]
    author: Jid
    name: str
    verified: str | None = None
    webhook: str | None = None


def origin_on_phone(
    instance: Instance, event: str, body: Mapping[str, Any], payload: Mapping[str, Any]
) -> MessageOrigin:
    """The owner does it on the phone: to a contact, to a group, or to oneself."""
    own = instance.own_jid
    if event not in OWN and event not in PHONE:
        raise ControlRefused(
            400,
            f"from: {own.user} is the instance's own number, and {event} cannot be done on its own "
            f"phone; there are {', '.join((*OWN, *sorted(PHONE)))}",
        )
    chat = own if event == SELF_CHAT else _recipient(instance, event, body, payload)
    key = {"remoteJid": chat, "fromMe": True, "id": instance.chats.inbound_id()}
    webhook = SELF_CHAT if chat == own else FROM_PHONE
    return MessageOrigin(key, own, instance.name, webhook=webhook)


def _recipient(
    instance: Instance, event: str, body: Mapping[str, Any], payload: Mapping[str, Any]
) -> Jid:
    """The chat the owner writes in; ControlRefused when there is none."""
    to = _written_to(instance, event, body, payload)
    if to.group and to not in instance.groups:
        raise ControlRefused(400, f"{to} is not a group of {instance.key}")
    person = instance.reachability.unless_gone(instance.person(to))
    if person is None and not to.group:
        raise ControlRefused(400, f"to: {instance.directory.no_account(to)}")
    return person.jid if person else to


def _written_to(
    instance: Instance, event: str, body: Mapping[str, Any], payload: Mapping[str, Any]
) -> Jid:
    """The chat named; else the one of the message it is about, or a group for a group's event.

    Only from-me-phone is to somebody by default: with another event the instance's own number is
    mostly taken for a contact's, and what was meant for no customer must not be in one's chat.
    """
    if "group" in body:
        return Jid.parse(body["group"])
    if "to" in body:
        return instance.directory.read(body["to"])
    message = instance.messages.get(body.get("message") or "")
    if message is not None:
        return message.chat
    if Jid.verbatim(payload["key"]["remoteJid"]).group:
        first = next(iter(instance.groups), None)
        if first is None:
            raise ControlRefused(409, f"group: {instance.key} is in no group")
        return first.jid
    if event != FROM_PHONE:
        own = instance.own_jid.user
        raise ControlRefused(
            400, f"to: is required: {own} is the instance's own number, say to whom it writes"
        )
    return Jid.parse(SOMEBODY)


def channel(
    instance: Instance, body: Mapping[str, Any], payload: Mapping[str, Any]
) -> MessageOrigin:
    """A channel posts; nobody in particular writes there."""
    jid = Jid.verbatim(body.get("from", payload["key"]["remoteJid"]))
    if not (jid.server == NEWSLETTER and jid.user.isdigit()):
        raise ControlRefused(400, f"from: {quoted(jid)} is not a channel: digits and @newsletter")
    post = str(100 + instance.count("newsletter"))
    key = {"remoteJid": jid, "fromMe": False, "id": instance.chats.inbound_id()}
    return MessageOrigin({**key, "server_id": post}, jid, "")


def story_key(instance: Instance, sender: Contact) -> dict[str, Any]:
    """The key of a contact's status."""
    key = instance.chats.inbound_key(sender, None)
    key.pop("senderLid")
    people = {"participant": sender.jid, "participantLid": sender.lid}
    return {**key, "remoteJid": STATUS, **people}
