"""What contacts do: the sample of an event becomes a message of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import getitem
from typing import Any

import orjson

from ..domain.contact_actions import act, with_album
from ..domain.contacts import Contact
from ..domain.instance import Instance
from ..domain.jid import Jid
from ..domain.json_path import put_at
from ..domain.message import Content, Message, message_json
from ..domain.message_states import PENDING
from ..domain.scene import Scene
from ..errors import ControlRefused
from ..records.bugs import Bugs
from ..runtime import Instances, Records
from ..store.points import Point
from .contact_events import ContactEvents
from .inbound_event import InboundEvent, InboundEvents
from .message_media import with_media
from .message_origin import OWN, SOMEBODY, MessageOrigin, channel, origin_on_phone, story_key
from .overrides import overrides_of, text_path
from .payloads import Payloads
from .people import person_named

Json = dict[str, Any]

# What WhatsApp lets people send at once.
ALBUM_MOST = 100
# Ways to write the numbers of people that are remembered; longer ones are nobody's.
SENDERS_MOST, REMEMBERED_MOST = 1_000, 64
# What makes a message more than the sample of its event with another text.
_UNUSUAL = frozenset({"set", "message", "option", "media", "force"})


@dataclass(frozen=True, slots=True)
class _Incoming:
    """One message on its way in; `outside` and `inside`: what is set around and in its content.

    With `text` alone it is the sample of its event with that text.
    """

    events: InboundEvents
    payloads: Payloads
    event: InboundEvent
    sender: Contact | None
    body: Mapping[str, Any]
    text: str | None = None
    outside: Mapping[str, Any] = field(default_factory=dict)
    inside: Mapping[str, Any] = field(default_factory=dict)

    def arrive(self, instance: Instance) -> Message:
        """The message as the instance keeps it, with all that its content does there."""
        origin = _origin(instance, self.event, self.sender, self.body)
        chat = origin.key["remoteJid"]
        if chat.group:
            instance.groups.require_writer(chat, origin.author, self.event.name)
        payload = orjson.loads(self.event.payload)
        if self.text is not None:
            return self._keep(instance, origin, self._with_text(instance, origin, payload))
        for path, value in self.outside.items():
            put_at({**payload, "key": dict(origin.key)}, path, value)
        scene = self._scene(instance, origin)
        action = act(self.event.name, scene, payload["message"])
        action_content = instance.addresses.everywhere(action.content, scene.chat)
        inside = self._inside(action.content)
        file = self.body.get("media")
        content = with_media(self.payloads, instance, action_content, file, inside)
        message = self._keep(instance, origin, content)
        # What never arrived changes nothing.
        if action.then is not None and message.state != PENDING:
            action.then(content)
        for name in _in_album(content):
            self._follow(instance, name, message)
        return message

    def _follow(self, instance: Instance, name: str, album: Message) -> None:
        """A picture or video of this album, a message of its own (Baileys: the photos follow)."""
        event = self.events[name]
        origin = _origin(instance, event, self.sender, self.body)
        sample = orjson.loads(event.payload)["message"]
        content = instance.addresses.everywhere(with_album(sample, album), album.chat)
        content = with_media(self.payloads, instance, content, None, {})
        webhook = origin.webhook or name
        instance.chats.arrive(webhook, origin.key, content, author=origin.author, name=origin.name)

    def _inside(self, content: Content) -> Mapping[str, Any]:
        """What is set in the content; a new text where this one has its text: in a caption, say."""
        usual, actual = self.event.text_path, text_path({"message": content})
        if "text" not in self.body or usual is None or actual in (None, usual):
            return self.inside
        return {actual if path == usual else path: value for path, value in self.inside.items()}

    def _keep(self, instance: Instance, origin: MessageOrigin, content: Content) -> Message:
        return instance.chats.arrive(
            origin.webhook or self.event.name,
            origin.key,
            content,
            author=origin.author,
            name=origin.name,
            verified=origin.verified,
            overrides=self.outside,
        )

    def _with_text(self, instance: Instance, origin: MessageOrigin, payload: Content) -> Content:
        assert self.event.text_path is not None, "only what has a text is given one"
        *way, last = self.event.text_path.split(".")
        reduce(getitem, way, payload)[last] = self.text
        content: Content = payload["message"]
        chat = origin.key["remoteJid"]
        if instance.addresses.plain_in_private and not chat.group:
            return content
        address_content: Content = instance.addresses.everywhere(content, chat)
        return address_content

    def _scene(self, instance: Instance, origin: MessageOrigin) -> Scene:
        return Scene(
            instance=instance,
            chat=origin.key["remoteJid"],
            author=origin.author,
            id=origin.key["id"],
            message=self.body.get("message"),
            choice=self.body.get("option"),
            is_by_owner=origin.key["fromMe"],
        )


class ContactMessages:
    """Lets contacts write, and do what else they can."""

    def __init__(self, instances: Instances, records: Records, payloads: Payloads) -> None:
        self._instances, self._records, self._payloads = instances, records, payloads
        self._events = InboundEvents(payloads.samples)
        self._contact_events = ContactEvents(instances, records, payloads.samples)
        # By number or address; the version of the registry in which somebody has it.
        self._people: dict[str, tuple[int, Contact]] = {}

    def receive(self, key: str, body: Mapping[str, Any]) -> Json:
        """A contact does something; its webhook leaves at once. Returns the control API's answer.

        `set` takes dotted paths into the payload; `media` is base64 or a data URI; `message` and
        `option` name what is acted upon and chosen. Raises ControlRefused with a sentence for
        whatever cannot happen; then nothing has happened.
        """
        event = self._events[str(body.get("event", "text-plain"))]
        sender = self._sender(event.name, body)
        if not event.is_message:
            assert sender is not None, "somebody calls, types or joins"
            overrides = overrides_of(self._payloads, event.name, body)
            whole = {**body, "set": overrides}
            return self._contact_events.happen(key, event.name, sender, whole)
        incoming = self._incoming(event, sender, body)
        points = self._instances.points
        messages: list[Message] = []
        points_before: list[Point | None] = []

        def arrive(instance: Instance) -> None:
            points_before.append(points.begin(instance))
            messages.append(incoming.arrive(instance))

        self._instances.publisher.change(key, arrive)
        message, bugs = messages[0], self._records.bugs
        points.keep_behind(
            points_before[0], bugs, event=event.name, chat=message.chat, message=message.id
        )
        return shown_message(key, message, bugs)

    def _incoming(
        self, event: InboundEvent, sender: Contact | None, body: Mapping[str, Any]
    ) -> _Incoming:
        events, payloads = self._events, self._payloads
        if body.get("group") is not None and event.private:
            raise ControlRefused(400, f"group: {event.name} happens in private chats only")
        if event.plain and event.text_path and "text" in body and _UNUSUAL.isdisjoint(body):
            return _Incoming(events, payloads, event, sender, body, body["text"])
        overrides = overrides_of(payloads, event.name, body)
        outside = {path: value for path, value in overrides.items() if not in_message(path)}
        inside = {path: value for path, value in overrides.items() if path not in outside}
        return _Incoming(events, payloads, event, sender, body, None, outside, inside)

    def _sender(self, event: str, body: Mapping[str, Any]) -> Contact | None:
        """The contact who acts; None for the instance's own phone and for channels."""
        if event == "newsletter" or (event in OWN and "from" not in body):
            return None
        sender = self._person(body.get("from", SOMEBODY))
        if event == "text-plain-lid" and (sender.number is None or sender.number_hidden):
            reason = f"{sender.lid} has no known number: use text-plain, which can come from a @lid"
            raise ControlRefused(400, f"from: {reason}")
        return sender

    def _person(self, address: str) -> Contact:
        """Who has this number or address; remembered while no instance gets or loses a number."""
        gateway, people = self._instances.store.gateway, self._people
        version = gateway.number_registry.version
        before = people.get(address)
        if before is not None and before[0] == version:
            return before[1]
        sender = person_named(gateway, "from", address)
        if len(people) >= SENDERS_MOST:
            people.clear()
        if len(address) <= REMEMBERED_MOST:
            people[address] = version, sender
        return sender


def shown_message(key: str, message: Message, bugs: Bugs) -> Json:
    """The message as the control API lists it; the least of it where that fails: it is kept."""
    try:
        return message_json(key, message)
    except Exception:
        bugs.note(f"message {message.id} of {key} cannot be shown")
        return {"instance": key, "id": message.id}


def _in_album(content: Mapping[str, Any]) -> list[str]:
    """The events that an album announces."""
    album = content.get("albumMessage")
    if not isinstance(album, dict):
        return []
    counts = [album.get(f"expected{kind}Count") for kind in ("Image", "Video")]
    images, videos = (count if type(count) is int and count > 0 else 0 for count in counts)
    if images + videos > ALBUM_MOST:
        raise ControlRefused(400, f"set: an album holds at most {ALBUM_MOST} pictures and videos")
    return ["image"] * images + ["video"] * videos


def in_message(path: str) -> bool:
    """Whether a dotted path leads into the message's content."""
    return path == "message" or path.startswith("message.")


def _origin(
    instance: Instance,
    event: InboundEvent,
    sender: Contact | None,
    body: Mapping[str, Any],
) -> MessageOrigin:
    instance.chats.require_link()
    own = instance.own_jid
    by_owner = event.name in OWN or (sender is not None and sender.jid == own)
    if "to" in body and not by_owner:
        reason = (
            f"only from-me-phone takes it, or an event from the instance's own number {own.user}"
        )
        raise ControlRefused(400, f"to: {event.name} comes from a contact; {reason}")
    if event.name == "newsletter":
        return channel(instance, body, orjson.loads(event.payload))
    if by_owner:
        if sender is not None and sender.jid != own:
            raise ControlRefused(
                400, f"from: {event.name} is typed on the instance's own phone, {own.user}"
            )
        return origin_on_phone(instance, event.name, body, orjson.loads(event.payload))
    assert sender is not None, "only channels and the instance's own phone have no sender"
    instance.chats.require_contact(sender)
    if event.name == "status-story":
        key = story_key(instance, sender)
    else:
        group = _group(instance, event, sender, body)
        key = instance.chats.inbound_key(sender, group)
    return MessageOrigin(key, sender.jid, sender.name, sender.verified_name)


def _group(
    instance: Instance, event: InboundEvent, sender: Contact, body: Mapping[str, Any]
) -> Jid | None:
    """The group named; where the sample is of a group, the first one both are in."""
    if "group" in body:
        return Jid.parse(body["group"])
    if not event.in_group:
        return None
    for group in instance.groups:
        if group.member(sender.jid) is not None:
            return group.jid
    raise ControlRefused(409, f"group: {sender.jid} and {instance.key} have no group in common")
