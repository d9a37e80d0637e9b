"""What a person writes and sends in a test, whoever it is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from ..domain.content import KINDS
from ..errors.frames import between_test_and_refusal
from .arguments import About, base64_of, id_of, number_written, words
from .base_instance import BaseInstance
from .name_checks import require_event
from .names import ContactEventName
from .recipients import GroupChat
from .records import Message

__tracebackhide__ = between_test_and_refusal

Json = dict[str, Any]


class MessageWriter(ABC):
    """Texts, media, and what people do to messages; each returns the message that came of it."""

    _instance: BaseInstance

    @abstractmethod
    def _act(self, event: str, set: Mapping[str, Any] | None, fields: Mapping[str, Any]) -> Json:
        """Do it by the control API; its answer."""

    def does(
        self, event: ContactEventName, *, set: Mapping[str, Any] | None = None, **fields: Any
    ) -> Message:
        """Any event that a contact causes, as `POST .../inbound` takes it."""
        require_event(event)
        return Message(self._act(event, set, fields), self._instance.file)

    # -- writing -----------------------------------------------------------------------------

    def says(self, text: str, *, group: str | GroupChat | None = None) -> Message:
        """A plain text; `group` is where, by its JID or itself."""
        group_field = (
            {} if group is None else {"group": group if isinstance(group, str) else group.jid}
        )
        return self.does("text-plain", set={"message.conversation": words(text)}, **group_field)

    def replies(self, to: About, text: str) -> Message:
        """A text that quotes a message of this chat."""
        path = "message.extendedTextMessage.text"
        return self.does("text-quoted-reply", set={path: words(text)}, message=id_of(to))

    def reacts(self, to: About, emoji: str) -> Message:
        """A reaction; an empty text takes it back."""
        path = "message.reactionMessage.text"
        return self.does("reaction", set={path: words(emoji, "emoji")}, message=id_of(to))

    def edits(self, message: About, text: str) -> Message:
        """Another text, or caption, of this person's own message."""
        part = "message.protocolMessage.editedMessage"
        kind = KINDS.get(message.kind if isinstance(message, Message) else "")
        # Words beside a file stand in its caption; all else is edited to a plain text.
        has_caption = kind is not None and kind.editable and kind.media is not None
        path = f"{part}.{kind.key}.caption" if kind and has_caption else f"{part}.conversation"
        return self.does("edited", set={path: words(text)}, message=id_of(message))

    def deletes(self, message: About) -> Message:
        """This person's own message is gone for everyone."""
        return self.does("deleted", message=id_of(message))

    # -- sending -----------------------------------------------------------------------------

    def sends_image(
        self, data: bytes | None = None, *, caption: str | None = None, mimetype: str = "image/png"
    ) -> Message:
        """A picture, a small real one without `data`."""
        return self._sends("image", "imageMessage", data, mimetype, caption=caption)

    def sends_video(
        self, data: bytes | None = None, *, caption: str | None = None, mimetype: str = "video/mp4"
    ) -> Message:
        """A video."""
        return self._sends("video", "videoMessage", data, mimetype, caption=caption)

    def sends_audio(
        self, data: bytes | None = None, *, mimetype: str = "audio/ogg", voice: bool = True
    ) -> Message:
        """A voice note, or an audio file."""
        event: ContactEventName = "audio-voice-note" if voice else "audio-file"
        return self._sends(event, "audioMessage", data, mimetype)

    def sends_document(
        self,
        data: bytes | None = None,
        *,
        name: str | None = None,
        mimetype: str = "application/pdf",
    ) -> Message:
        """A file; `name` is what it is called."""
        return self._sends("document", "documentMessage", data, mimetype, fileName=name, title=name)

    def sends_sticker(self, data: bytes | None = None) -> Message:
        """A WebP sticker."""
        return self._sends("sticker", "stickerMessage", data, "image/webp")

    def sends_location(self, latitude: float, longitude: float, *, name: str = "") -> Message:
        """A place."""
        part = "message.locationMessage"
        coordinates = {f"{part}.degreesLatitude": latitude, f"{part}.degreesLongitude": longitude}
        return self.does("location", set={**coordinates, f"{part}.name": name})

    def sends_contact(self, number: str, name: str) -> Message:
        """A contact card."""
        part = "message.contactMessage"
        lines = ["VERSION:3.0", f"N:;{name};;;", f"FN:{name}"]
        digits = number_written(number).partition("@")[0]
        phone = f"item1.TEL;waid={digits}:+{digits}"
        card = "\n".join(["BEGIN:VCARD", *lines, phone, "item1.X-ABLabel:Celular", "END:VCARD"])
        return self.does("contact", set={f"{part}.displayName": name, f"{part}.vcard": card})

    def _sends(
        self,
        event: ContactEventName,
        part: str,
        data: bytes | None,
        mimetype: str,
        **parts: str | None,
    ) -> Message:
        values = {f"message.{part}.{name}": value for name, value in parts.items() if value}
        if data is None:
            return self.does(event, set=values)
        media = f"data:{mimetype};base64,{base64_of(data)}"
        return self.does(event, set=values, media=media)
