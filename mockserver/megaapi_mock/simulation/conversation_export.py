"""Save a chat as a conversation that can be played again: what happened in it, turn by turn."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from ..domain.contact_actions import ACTIONS
from ..domain.content import KINDS, kind_named
from ..domain.instance import Instance
from ..domain.jid import Jid
from ..domain.message import Message, content_key, unwrap
from ..domain.options import options_of
from ..domain.words import words_of
from ..errors import ControlRefused
from ..records.log import RecordQueries
from ..resources.samples import Samples
from ..webhooks.publish import Publisher
from .answers import is_sent
from .conversation_file import BOT, CUSTOMER, PHONE, VERSION

Json = dict[str, Any]
# Larger files are left out; when the conversation is played, the sample's bytes are sent instead.
MEDIA_MOST = 256 * 2**10
# Where the answer to a list or to buttons holds the chosen id.
_CHOSEN: Mapping[str, tuple[str, ...]] = {
    "listResponseMessage": ("singleSelectReply", "selectedRowId"),
    "buttonsResponseMessage": ("selectedButtonId",),
    "templateButtonReplyMessage": ("selectedId",),
}
# Members that a turn keeps in `set`, by kind of content.
_SET: Mapping[str, tuple[str, ...]] = {
    "albumMessage": ("expectedImageCount", "expectedVideoCount"),
    "locationMessage": ("degreesLatitude", "degreesLongitude", "name", "address"),
    "contactMessage": ("displayName", "vcard"),
    "documentMessage": ("fileName", "title"),
}
_PROTOCOL = {"REVOKE": "deleted", "EPHEMERAL_SETTING": "disappearing-setting"}
_WRITTEN = ("conversation", "extendedTextMessage")


def export(
    publisher: Publisher,
    records: RecordQueries,
    samples: Samples,
    key: str,
    chat: str,
    *,
    since: str | None = None,
    first: str | None = None,
) -> Json:
    """The conversation in a chat, after the message `since` or from `first` on.

    ControlRefused where there is no such message.
    """

    def look(instance: Instance) -> Json:
        return _Export(instance, chat, records, samples).document(since, first)

    return publisher.look(key, look)


def turn_of_bot(message: Message) -> Json:
    """A bot's message as a turn; `message` is the id of the message that it refers to."""
    content = orjson.loads(message.content)
    turn: Json = {"type": content_key(unwrap(content)) or message.type}
    if (words := words_of(content)) is not None:
        turn["text"] = words
    if options := [option.id for option in options_of(content)]:
        turn["options"] = options
    return _about(turn, content)


class _Export:
    """Saves one chat of an instance; the caller holds the instance's lock."""

    def __init__(
        self, instance: Instance, chat: str, records: RecordQueries, samples: Samples
    ) -> None:
        self._instance, self._chat = instance, chat
        self._records, self._samples = records, samples
        self._labels: dict[str, str] = {}

    def document(self, since: str | None, first: str | None) -> Json:
        """The whole chat, or only what came after message `since`, or from message `first` on."""
        messages = [
            each
            for each in self._instance.messages.values()
            # The album itself brings its pictures again.
            if each.chat == self._chat and not _in_album(orjson.loads(each.content))
        ]
        if since is not None:
            messages = messages[_place("since", since, messages) + 1 :]
        if first is not None:
            messages = messages[_place("from", first, messages) :]
        turns = [self._turn(message) for message in messages]
        labelled_turns = self._with_labels(messages, turns)
        jid = Jid.parse(self._chat)
        with_ = jid.user if jid.person else self._chat
        return {"conversation": VERSION, "with": with_, "turns": labelled_turns}

    def _turn(self, message: Message) -> Json:
        if is_sent(message):
            return {BOT: turn_of_bot(message)}
        content = orjson.loads(message.content)
        customer_turn = self._turn_of_customer(message, content)
        if message.from_me:
            return {PHONE: customer_turn}
        if Jid.parse(self._chat).group:
            customer_turn = {"from": Jid.parse(message.sender).user, **customer_turn}
        return {CUSTOMER: customer_turn}

    def _turn_of_customer(self, message: Message, content: Json) -> Json:
        """What `inbound` takes to make the same message arrive again."""
        kind, part = _inside(content)
        turn: Json = {"event": _event(kind, part, content)}
        words = words_of(self._as_it_came(message, content))
        if words is not None and (KINDS[kind].editable or kind == "protocolMessage"):
            turn["text"] = words
        if (option := _option(kind, part)) is not None:
            turn["option"] = option
        settings = _settings(kind, part)
        if settings:
            turn["set"] = settings
        if (media := self._media(part)) is not None:
            turn["media"] = media
        return _about(turn, content) if turn["event"] in ACTIONS else turn

    def _as_it_came(self, message: Message, content: Json) -> Json:
        """The content before an edit, if the webhook that delivered it is still recorded."""
        edits = (_names(orjson.loads(each.content)) for each in self._edits())
        if message.id not in edits:
            return content
        for delivery in self._records.deliveries.after(None):
            payload = orjson.loads(delivery.body)
            if isinstance(payload, dict) and isinstance(payload.get("key"), dict):
                first_content = payload.get("message")
                if payload["key"].get("id") == message.id and isinstance(first_content, dict):
                    return first_content
        return content

    def _edits(self) -> Sequence[Message]:
        return [
            each
            for each in self._instance.messages.values()
            if each.chat == self._chat and each.type in ("protocolMessage", "editedMessage")
        ]

    def _media(self, part: Any) -> str | None:
        path = part.get("directPath") if isinstance(part, dict) else None
        file = self._instance.find_media([path]) if isinstance(path, str) else None
        if file is None:
            return None
        media, content = file
        if len(content) > MEDIA_MOST or content == self._samples.media(media.kind):
            return None
        return f"data:{media.mimetype};base64,{b64encode(content).decode('ascii')}"

    def _with_labels(self, messages: Sequence[Message], turns: Sequence[Json]) -> list[Json]:
        """Name the messages that other turns refer to m1, m2...; those before the file keep ids."""
        inside = {message.id for message in messages}
        subject_ids = {
            turn["message"] for each in turns for turn in each.values() if "message" in turn
        } & inside
        names: dict[str, str] = {}
        for message in messages:
            if message.id in subject_ids:
                names[message.id] = f"m{len(names) + 1}"
        return [
            {actor: _with_label(turn, names, message.id) for actor, turn in each.items()}
            for each, message in zip(turns, messages, strict=True)
        ]


def _place(name: str, message_id: str, messages: Sequence[Message]) -> int:
    for place, message in enumerate(messages):
        if message.id == message_id:
            return place
    raise ControlRefused(404, f"{name}: there is no message {message_id[:80]!r} in that chat")


def _about(turn: Json, content: Json) -> Json:
    about = _names(content)
    return turn if about is None else {**turn, "message": about}


def _with_label(turn: Json, names: Mapping[str, str], message_id: str) -> Json:
    result = dict(turn)
    if "message" in turn:
        result["message"] = names.get(turn["message"], turn["message"])
    if message_id in names:
        result["as"] = names[message_id]
    return result


def _inside(content: Json) -> tuple[str, Any]:
    inner = unwrap(content)
    kind = content_key(inner) or "conversation"
    return (kind, inner[kind]) if kind in KINDS and kind in inner else ("conversation", "")


def _event(kind: str, part: Any, content: Json) -> str:
    """The event that brings such a content."""
    if kind == "protocolMessage":
        return _PROTOCOL.get(str(part.get("type")), "edited")
    if kind in _WRITTEN:
        return "text-plain" if _names(content) is None else "text-quoted-reply"
    if kind == "audioMessage":
        return "audio-voice-note" if part.get("ptt") else "audio-file"
    outer = content_key(content) or kind
    return kind_named(outer).event or kind_named(kind).event or "text-plain"


def _names(content: Json) -> str | None:
    """The id of the message that this one refers to."""
    kind, part = _inside(content)
    if not isinstance(part, dict):
        return None
    refers = KINDS[kind].refers
    if kind == "protocolMessage" and _event(kind, part, content) == "disappearing-setting":
        return None
    key = part.get(refers) if refers else None
    if isinstance(key, dict):
        return key.get("id")
    context = part.get("contextInfo")
    return context.get("stanzaId") if isinstance(context, dict) else None


def _in_album(content: Json) -> bool:
    context = content.get("messageContextInfo")
    association = context.get("messageAssociation") if isinstance(context, dict) else None
    return isinstance(association, dict) and association.get("associationType") == "MEDIA_ALBUM"


def _option(kind: str, part: Any) -> str | None:
    value = part
    for step in _CHOSEN.get(kind, ("",)):
        value = value.get(step) if isinstance(value, dict) else None
    if kind == "interactiveResponseMessage":
        native = part.get("nativeFlowResponseMessage") or {}
        value = orjson.loads(native.get("paramsJson") or "{}").get("id")
    return value if isinstance(value, str) else None


def _settings(kind: str, part: Any) -> Json:
    if kind == "reactionMessage":
        return {"message.reactionMessage.text": part.get("text", "")}
    if kind.startswith("pollCreationMessage"):
        return {
            f"message.{kind}": {name: part[name] for name in ("name", "options") if name in part}
        }
    names = _SET.get(kind, ())
    return {f"message.{kind}.{name}": part[name] for name in names if part.get(name) is not None}
