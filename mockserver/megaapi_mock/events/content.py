"""What a message says: its text, file, choice, whatever it is wrapped in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from ..domain.content import KINDS, SIDE_KEYS, kind_named

MediaKind = Literal["image", "video", "audio", "document", "sticker"]
ChoiceKind = Literal["list", "button", "template", "interactive"]

_EDIT = "editedMessage"


@dataclass(frozen=True, slots=True)
class Media:
    """A file that came with a message. It is encrypted; the gateway decrypts it."""

    kind: MediaKind
    """image, video, audio, document or sticker; a round video note is a video."""

    mimetype: str | None
    """As the sender's phone says, parameters included: `audio/ogg; codecs=opus`."""

    media_key: str | None
    """The key of the encryption, base64."""

    direct_path: str | None
    """Where the encrypted file is, without the host."""

    url: str | None
    """Where the encrypted file is."""

    file_name: str | None
    """The name of a document."""

    caption: str | None
    """The words below the file."""

    size: int | None
    """Bytes."""

    seconds: int | None
    """How long an audio or a video is."""

    is_voice_note: bool
    """Whether an audio was recorded in the chat."""

    is_view_once: bool
    """Whether it may be looked at only once."""

    @property
    def download_body(self) -> dict[str, Any]:
        """The body of a downloadMediaMessage request for this file."""
        # Stickers are fetched as images.
        keys = {
            "mediaKey": self.media_key,
            "directPath": self.direct_path,
            "url": self.url,
            "mimetype": self.mimetype,
            "messageType": "image" if self.kind == "sticker" else self.kind,
        }
        return {"messageKeys": {name: each for name, each in keys.items() if each is not None}}


@dataclass(frozen=True, slots=True)
class Choice:
    """The list row or button that somebody tapped."""

    kind: ChoiceKind
    """What it was tapped in; `interactive` is a native-flow button, list or form."""

    id: str | None
    """The row's `rowId`, the button's id: what the bot gave it."""

    title: str | None
    """What the row or button says."""

    description: str | None = None
    """The second line of a list's row."""

    parameters: Mapping[str, Any] | None = None
    """Everything that an interactive answer brings: the fields of a form, for example."""


class Content:
    """The content of a message, without its wrappers. Nothing here raises, whatever stands there.

    `kind`: its member's name (`imageMessage`), empty where there is none.
    """

    def __init__(self, message: Any) -> None:
        self.wrappers: list[str] = []
        self.kind, self.part = "", None
        opened: set[int] = set()
        # No JSON holds itself; a dict that somebody made can.
        while isinstance(message, dict) and id(message) not in opened:
            opened.add(id(message))
            self.kind, self.part = _member(message)
            inside = _inside(self.part)
            if inside is None:
                break
            self.wrappers.append(self.kind)
            message = inside
            self.kind, self.part = "", None

    @cached_property
    def fields(self) -> Mapping[str, Any]:
        """The members of the content; none where it is only a text."""
        return self.part if isinstance(self.part, dict) else {}

    @property
    def context(self) -> Mapping[str, Any]:
        """What the message refers to."""
        return object_at(self.fields, "contextInfo")

    @property
    def is_once(self) -> bool:
        """Whether it may be looked at only once."""
        wrapped = any(kind_named(each).once for each in (*self.wrappers, self.kind))
        return wrapped or self.fields.get("viewOnce") is True

    @property
    def text(self) -> str | None:
        """What somebody wrote or chose."""
        # Of an edit of an edit, which nobody can send, only the outer one counts.
        return _words(self) if self.edited is None else _words(self.edited)

    @cached_property
    def edited(self) -> Content | None:
        """What an edited message says now; None when this edits nothing."""
        inner = self.fields.get(_EDIT) if self.kind == "protocolMessage" else None
        return Content(inner) if isinstance(inner, dict) else None

    @property
    def media(self) -> Media | None:
        """The file; None where there is none."""
        kind = _MEDIA.get(self.kind)
        if kind is None or not isinstance(self.part, dict):
            return None
        texts = {
            name: string_at(self.fields, member)
            for name, member in (
                ("mimetype", "mimetype"),
                ("media_key", "mediaKey"),
                ("direct_path", "directPath"),
                ("url", "url"),
                ("file_name", "fileName"),
                ("caption", "caption"),
            )
        }
        return Media(
            kind,
            **texts,
            size=number_at(self.fields, "fileLength"),
            seconds=number_at(self.fields, "seconds"),
            is_voice_note=self.fields.get("ptt") is True,
            is_view_once=self.is_once,
        )

    @property
    def choice(self) -> Choice | None:
        """The row or button that was tapped; None where nothing was."""
        fields = self.fields
        match self.kind:
            case "listResponseMessage":
                row = string_at(object_at(fields, "singleSelectReply"), "selectedRowId")
                words = string_at(fields, "title"), string_at(fields, "description")
                return Choice("list", row, *words)
            case "buttonsResponseMessage":
                button = string_at(fields, "selectedButtonId")
                return Choice("button", button, string_at(fields, "selectedDisplayText"))
            case "templateButtonReplyMessage":
                button = string_at(fields, "selectedId")
                return Choice("template", button, string_at(fields, "selectedDisplayText"))
            case "interactiveResponseMessage":
                return self._interactive()
        return None

    def _interactive(self) -> Choice:
        answer = object_at(self.fields, "nativeFlowResponseMessage")
        parameters = _parameters(answer.get("paramsJson"))
        title = string_at(object_at(self.fields, "body"), "text")
        return Choice("interactive", string_at(parameters, "id"), title, parameters=parameters)


_MEDIA: Mapping[str, Any] = {name: kind.media for name, kind in KINDS.items() if kind.media}


def _member(message: Mapping[str, Any]) -> tuple[str, Any]:
    """The member that is the content: the first that is not only beside it."""
    for name, part in message.items():
        if isinstance(name, str) and name not in SIDE_KEYS and part is not None:
            return name, part
    return "", None


def _inside(part: Any) -> Any:
    """The message that a part wraps; None when it wraps none.

    All of WhatsApp's wrappers, known or to come, have it under `message`; what else has a member
    of this name (an order) has a text there.
    """
    inside = part.get("message") if isinstance(part, dict) else None
    return inside if isinstance(inside, dict) else None


def object_at(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The object that a member is; an empty one where it is anything else."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def string_at(fields: Mapping[str, Any], name: str) -> str | None:
    """The text that a member is; None where it is anything else."""
    value = fields.get(name)
    return value if isinstance(value, str) else None


def number_at(fields: Mapping[str, Any], name: str) -> int | None:
    """The whole number that a member is, or writes in digits; None where it is anything else."""
    value = fields.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 20:
        return int(value)
    return whole_number(value)


def whole_number(value: Any) -> int | None:
    """The value where it is a whole number, as JSON has them: 5.0 is one, `true` is not."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Infinity is none either.
    return int(value) if isinstance(value, int) or value.is_integer() else None


def objects_in(fields: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
    """The objects of a list; nothing where the member is not a list."""
    value = fields.get(name)
    yield from (each for each in value if isinstance(each, dict)) if isinstance(value, list) else ()


def _parameters(text: Any) -> Mapping[str, Any]:
    try:
        parameters = json.loads(text) if isinstance(text, str) else None
    # A text can nest deeper than Python follows.
    except (ValueError, RecursionError):
        return {}
    return parameters if isinstance(parameters, dict) else {}


def _words(content: Content) -> str | None:
    path = kind_named(content.kind).text
    if path is None:
        return None
    value = content.part
    # Not `domain.json_path`, which needs orjson: this package needs Python alone.
    for step in filter(None, path.split(".")):
        value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None
