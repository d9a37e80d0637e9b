"""What contacts do: the sample of an event becomes a message of one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..domain.contact_actions import act, associated
from ..domain.contacts import Contact
from ..domain.content import WRAPPERS, kind_named
from ..domain.instance import Instance
from ..domain.jid import Jid
from ..domain.message import Message, content_key
from ..domain.message_states import PENDING
from ..domain.scene import Scene
from ..errors import ControlRefused
from ..handlers import uploads
from ..records.message import message_json
from ..runtime import Runtime
from ..spelling import did_you_mean
from ..store.points import Point
from ..webhooks.json_path import put_at
from .contact_events import NON_MESSAGE_EVENTS, happen
from .message_origin import OWN, SOMEBODY, MessageOrigin, channel, story_key, typed
from .overrides import overrides_of, require_no_path

# What WhatsApp lets people send at once.
ALBUM_MOST = 100
# What the gateway causes by itself, and how to make it do so.
CAUSED: Mapping[str, str] = {
    "connected": "POST /_mock/instances/{key}/link",
    "disconnected": "POST /_mock/instances/{key}/unlink",
    "disconnected-logout-variant": "set disconnect_text=logout, POST /_mock/instances/{key}/unlink",
    "connection-closed-temporary": "the gateway does not announce it: POST .../{key}/emit",
    "qrcode": "GET /rest/instance/qrcode/{key} while unlinked",
    "from-me-api-echo": "send something, POST /rest/sendMessage/{key}/text",
    "ack-server": "send something, POST /rest/sendMessage/{key}/text",
    "ack-delivered": "send something to a reachable contact, POST /rest/sendMessage/{key}/text",
    "ack-read": "send something; the switch ack_delays says when it is read",
    "ack-played": "send a voice note (type ptt), POST /rest/sendMessage/{key}/mediaBase64",
    "ack-group": "set group_acks=each and send something to a group",
    "ack-error": "the gateway was never seen to send it: POST .../{key}/emit",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Incoming:
    """One message on its way in; `outside` and `inside`: what is set around and in its content."""

    runtime: Runtime
    event: str
    sender: Contact | None
    body: Mapping[str, Any]
    outside: Mapping[str, Any]
    inside: Mapping[str, Any]

    def arrive(self, instance: Instance) -> Message:
        """The message as the instance keeps it, with all that its content does there."""
        payload = self.runtime.samples.payload(self.event)
        origin = _origin(instance, self.event, self.sender, self.body, payload)
        for path, value in self.outside.items():
            put_at({**payload, "key": dict(origin.key)}, path, value)
        scene = self._scene(instance, origin)
        action = act(self.event, scene, payload["message"])
        addressed = instance.addresses.everywhere(action.content, scene.chat)
        content = _filled(self.runtime, instance, addressed, self.body.get("media"), self.inside)
        message = instance.chats.arrive(
            origin.told_as(self.event),
            origin.key,
            content,
            author=origin.author,
            name=origin.name,
            verified=origin.verified,
            overrides=self.outside,
        )
        # What never arrived changes nothing.
        if action.then is not None and message.state != PENDING:
            action.then(content)
        for event in _in_album(content):
            _follow(self.runtime, instance, event, self.sender, self.body, message)
        return message

    def _scene(self, instance: Instance, origin: MessageOrigin) -> Scene:
        return Scene(
            instance=instance,
            chat=origin.key["remoteJid"],
            author=origin.author,
            id=origin.key["id"],
            message=self.body.get("message"),
            chosen=self.body.get("option"),
            mine=origin.key["fromMe"],
        )


def receive(runtime: Runtime, key: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A contact does something; its webhook leaves at once. Returns the control API's answer.

    `set` takes dotted paths into the payload; `media` is base64 or a data URI; `message` and
    `option` name what is acted upon and chosen. Raises ControlRefused with a sentence for
    whatever cannot happen; then nothing has happened.
    """
    event = _event(runtime, body)
    sender = _sender(runtime, event, body)
    overrides = overrides_of(runtime, event, body)
    if event in NON_MESSAGE_EVENTS:
        assert sender is not None, "somebody calls, types or joins"
        return happen(runtime, key, event, sender, {**body, "set": overrides})
    if body.get("group") is not None and _private(runtime, event):
        raise ControlRefused(400, f"group: {event} happens in private chats only")
    outside = {path: value for path, value in overrides.items() if not in_message(path)}
    inside = {path: value for path, value in overrides.items() if path not in outside}
    incoming = _Incoming(runtime, event, sender, body, outside, inside)
    messages: list[Message] = []
    points: list[Point | None] = []

    def arrive(instance: Instance) -> None:
        points.append(runtime.points.begin(instance))
        messages.append(incoming.arrive(instance))

    runtime.publisher.change(key, arrive)
    message = messages[0]
    if points[0] is not None:
        runtime.points.keep(points[0], event=event, chat=message.chat, message=message.id)
    return _answer(runtime, key, message)


def _answer(runtime: Runtime, key: str, message: Message) -> dict[str, Any]:
    """The message as the control API lists it; the least of it where that fails: it is kept."""
    try:
        return message_json((key, message))
    except Exception:
        runtime.bugs.note(f"message {message.id} of {key} cannot be shown")
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


def _follow(
    runtime: Runtime,
    instance: Instance,
    event: str,
    sender: Contact | None,
    body: Mapping[str, Any],
    album: Message,
) -> None:
    """A picture or video of this album, a message of its own (Baileys: the photos follow)."""
    payload = runtime.samples.payload(event)
    origin = _origin(instance, event, sender, body, payload)
    content = instance.addresses.everywhere(associated(payload["message"], album), album.chat)
    filled = _filled(runtime, instance, content, None, {})
    told_as = origin.told_as(event)
    instance.chats.arrive(told_as, origin.key, filled, author=origin.author, name=origin.name)


def _private(runtime: Runtime, event: str) -> bool:
    """Whether its sample is of a hidden number, a broadcast list or a channel."""
    sample = runtime.samples.sample(event)
    hidden = not str(sample["key"]["remoteJid"]).endswith(("@s.whatsapp.net", "@g.us"))
    return hidden or bool(sample.get("broadcast"))


def _event(runtime: Runtime, body: Mapping[str, Any]) -> str:
    event = str(body.get("event", "text-plain"))
    if event in runtime.samples and _is_inbound(runtime, event):
        return event
    inbound = [name for name in runtime.samples.names() if _is_inbound(runtime, name)]
    way = CAUSED.get(event)
    guess = did_you_mean(event, inbound)
    more = f"the gateway causes it: {way}" if way else f"{guess}there are {', '.join(inbound)}"
    raise ControlRefused(400, f"event: {event!r} is not something a contact does; {more}")


def _is_inbound(runtime: Runtime, event: str) -> bool:
    sample = runtime.samples.sample(event)
    is_message = "key" in sample and "message" in sample
    return event in NON_MESSAGE_EVENTS or (is_message and event not in CAUSED)


def in_message(path: str) -> bool:
    """Whether a dotted path leads into the message's content."""
    return path == "message" or path.startswith("message.")


# -- who and where ---------------------------------------------------------------------------


def _sender(runtime: Runtime, event: str, body: Mapping[str, Any]) -> Contact | None:
    """The contact who acts; None for the instance's own phone and for channels."""
    if event == "newsletter" or (event in OWN and "from" not in body):
        return None
    jid = runtime.world.directory.read(body.get("from", SOMEBODY))
    sender = runtime.gateway.person(jid)
    if sender is None:
        raise ControlRefused(400, f"from: {runtime.world.directory.no_account(jid)}")
    if event == "text-plain-lid" and (sender.number is None or sender.number_hidden):
        reason = f"{sender.lid} has no known number: use text-plain, which can come from a @lid"
        raise ControlRefused(400, f"from: {reason}")
    return sender


def _origin(
    instance: Instance,
    event: str,
    sender: Contact | None,
    body: Mapping[str, Any],
    payload: Mapping[str, Any],
) -> MessageOrigin:
    instance.chats.require_link()
    own = instance.own_jid
    by_owner = event in OWN or (sender is not None and sender.jid == own)
    if "to" in body and not by_owner:
        reason = (
            f"only from-me-phone takes it, or an event from the instance's own number {own.user}"
        )
        raise ControlRefused(400, f"to: {event} comes from a contact; {reason}")
    if event == "newsletter":
        return channel(instance, body, payload)
    if by_owner:
        if sender is not None and sender.jid != own:
            raise ControlRefused(
                400, f"from: {event} is typed on the instance's own phone, {own.user}"
            )
        return typed(instance, event, body, payload)
    assert sender is not None, "only channels and the instance's own phone have no sender"
    instance.chats.require_contact(sender)
    if event == "status-story":
        key = story_key(instance, sender)
    else:
        group = _group(instance, sender, body, payload)
        key = instance.chats.inbound_key(sender, group)
    return MessageOrigin(key, str(sender.jid), sender.name, sender.verified_name)


def _group(
    instance: Instance, sender: Contact, body: Mapping[str, Any], payload: Mapping[str, Any]
) -> Jid | None:
    """The group named; where the sample is of a group, the first one both are in."""
    if "group" in body:
        return Jid.parse(body["group"])
    if not str(payload["key"]["remoteJid"]).endswith("@g.us"):
        return None
    for group in instance.groups:
        if group.member(sender.jid) is not None:
            return group.jid
    raise ControlRefused(409, f"group: {sender.jid} and {instance.key} have no group in common")


# -- content ---------------------------------------------------------------------------------


def _filled(
    runtime: Runtime,
    instance: Instance,
    content: dict[str, Any],
    file: str | None,
    inside: Mapping[str, Any],
) -> dict[str, Any]:
    """The content with what is set in it, and media keys that lead to real bytes."""
    holder: dict[str, Any] = {"message": content}
    for path, value in inside.items():
        put_at(holder, path, value)
    message = holder["message"]
    if not isinstance(message, dict) or content_key(message) is None:
        raise ControlRefused(400, "set: message must stay an object with content")
    media = media_in(message)
    if media is None:
        if file is not None:
            raise ControlRefused(400, f"media: {content_key(message)} has no media")
        return message
    media.part.update(media_keys(runtime, instance, media, file))
    for path, value in inside.items():
        # What is set on the media itself wins: a test may want keys that lead nowhere.
        if path != "message":
            put_at(holder, path, value)
    return message


@dataclass(frozen=True, slots=True)
class Found:
    """Media in a payload: its kind, its fields, and the dotted path to them."""

    kind: str
    part: dict[str, Any]
    path: str


def media_in(message: Any) -> Found | None:
    """The media of a content, however deep it is wrapped; None when there is none."""
    path = "message"
    while isinstance(message, dict):
        name = content_key(message) or ""
        part, path = message.get(name), f"{path}.{name}"
        if not isinstance(part, dict):
            return None
        if name not in WRAPPERS:
            kind = kind_named(name).media
            return Found(kind, part, path) if kind is not None else None
        message, path = part.get("message"), f"{path}.message"
    return None


def media_keys(
    runtime: Runtime, instance: Instance, media: Found, file: str | None = None
) -> dict[str, Any]:
    """The fields by which downloadMediaMessage of this instance finds what is given, or the
    sample's bytes of the kind; PayloadTooLarge or ControlRefused for what cannot be sent.
    """
    kind, mimetype = media.kind, media.part.get("mimetype")
    data = runtime.samples.media(kind)
    if file is not None:
        require_no_path(file)
        data, data_uri_type = uploads.decode_base64(file)
        mimetype = data_uri_type or mimetype
        if not uploads.require_size(data, uploads.media_limit(runtime.profile)):
            raise ControlRefused(400, "media: give base64, or a data URI with ;base64")
    kept_media = instance.keep_media(kind, uploads.mimetype_of(kind, mimetype), data)
    keys = uploads.described(kept_media)
    if kind == "sticker":
        # Milliseconds for stickers, seconds for all others (vendor's own example).
        keys["mediaKeyTimestamp"] = f"{keys['mediaKeyTimestamp']}000"
    return keys
