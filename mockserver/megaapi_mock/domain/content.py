"""The kinds of message content, each with all that is known of it: one table for everybody.

A message's content is a JSON object (protobuf's, as Baileys shows it); one member names its kind.
A new kind is one more row here; docs/architecture.md and docs/adding.md name what else it needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

# What may stand beside a content key without being content.
SIDE_KEYS = frozenset({"messageContextInfo", "senderKeyDistributionMessage"})


@dataclass(frozen=True, slots=True)
class ContentKind:
    """One kind; `key` is its member of the content object.

    `event`: the webhook event it arrives as; None where more than the kind decides.
    `words`: where its text, caption, title or question stands, as a dotted path inside the part;
    "" when the part itself is the text. `typed`: whether its sender typed those words, or chose
    them: the name of a place or of a contact is not such a text, nor is an emoji; a path where the
    text that was typed stands elsewhere. `editable`: whether its author can change the words.
    `media`: the kind of file it carries. `refers`: the member that names the message it is about;
    nobody sees such a message as one of its own. `answers`: the events its reader's choice may
    arrive as, the usual one first. `wraps`: it holds another content under `message`; `once`: to be
    viewed once. `typed_in_2023`: whether payloads of 2023 told its type.
    """

    key: str
    event: str | None = None
    words: str | None = None
    typed: bool | str = True
    editable: bool = False
    media: str | None = None
    refers: str | None = None
    answers: tuple[str, ...] = ()
    wraps: bool = False
    once: bool = False
    typed_in_2023: bool = True

    @property
    def text(self) -> str | None:
        """Where the text stands that its sender typed or chose; None where there is none."""
        if isinstance(self.typed, str):
            return self.typed
        return self.words if self.typed else None


def _file(key: str, event: str | None, media: str, *, caption: bool = False) -> ContentKind:
    words = "caption" if caption else None
    return ContentKind(key, event, words=words, editable=caption, media=media)


def _poll(key: str) -> ContentKind:
    return ContentKind(
        key, "poll-creation", typed="name", answers=("poll-vote",), typed_in_2023=False
    )


def _answer(key: str, event: str, words: str) -> ContentKind:
    return ContentKind(key, event, words=words)


def _wrapper(key: str, event: str | None = None, *, once: bool = False) -> ContentKind:
    return ContentKind(key, event, wraps=True, once=once)


KINDS: Mapping[str, ContentKind] = {
    kind.key: kind
    for kind in (
        ContentKind("conversation", "text-plain", words="", editable=True),
        ContentKind("extendedTextMessage", words="text", editable=True),
        _file("imageMessage", "image", "image", caption=True),
        _file("videoMessage", "video", "video", caption=True),
        _file("documentMessage", "document", "document", caption=True),
        _file("ptvMessage", "video-note", "video"),
        _file("audioMessage", None, "audio"),
        _file("stickerMessage", "sticker", "sticker"),
        ContentKind("locationMessage", "location", words="name", typed=False),
        ContentKind("liveLocationMessage", "live-location", typed="caption"),
        ContentKind("contactMessage", "contact", words="displayName", typed=False),
        ContentKind("contactsArrayMessage", "contacts-array"),
        ContentKind("groupInviteMessage", "group-invite", typed="caption"),
        ContentKind("albumMessage", "album"),
        ContentKind("orderMessage", "order", typed_in_2023=False),
        ContentKind("productMessage", typed_in_2023=False),
        # What offers a choice, and what the choice arrives as (observed; native-flow buttons may
        # be told otherwise).
        ContentKind("listMessage", words="description", answers=("list-response",)),
        ContentKind("buttonsMessage", words="contentText", answers=("buttons-response",)),
        ContentKind(
            "interactiveMessage",
            words="body.text",
            answers=("buttons-response", "template-button-reply", "interactive-response"),
            typed_in_2023=False,
        ),
        ContentKind(
            "templateMessage",
            words="hydratedTemplate.hydratedContentText",
            answers=("template-button-reply",),
        ),
        _poll("pollCreationMessage"),
        _poll("pollCreationMessageV2"),
        _poll("pollCreationMessageV3"),
        _answer("listResponseMessage", "list-response", "title"),
        _answer("buttonsResponseMessage", "buttons-response", "selectedDisplayText"),
        _answer("templateButtonReplyMessage", "template-button-reply", "selectedDisplayText"),
        _answer("interactiveResponseMessage", "interactive-response", "body.text"),
        # Messages about messages.
        ContentKind("protocolMessage", refers="key"),
        ContentKind("reactionMessage", "reaction", words="text", typed=False, refers="key"),
        ContentKind("pinInChatMessage", "pin-in-chat", refers="key"),
        ContentKind("pollUpdateMessage", "poll-vote", refers="pollCreationMessageKey"),
        # Content one level deeper (vendor's Business page, Baileys).
        _wrapper("ephemeralMessage", "ephemeral"),
        _wrapper("viewOnceMessage", "view-once", once=True),
        _wrapper("viewOnceMessageV2", "view-once", once=True),
        _wrapper("viewOnceMessageV2Extension", "view-once", once=True),
        _wrapper("documentWithCaptionMessage", "document-with-caption"),
        _wrapper("editedMessage"),
    )
}
UNKNOWN_KIND = ContentKind("")


def kind_named(key: str | None) -> ContentKind:
    """The kind with this key; one that nothing is known of for any other."""
    return KINDS.get(key or "", UNKNOWN_KIND)


def keys_of(condition: Callable[[ContentKind], object]) -> tuple[str, ...]:
    """The keys of all kinds for which that is true, in the table's order."""
    return tuple(key for key, kind in KINDS.items() if condition(kind))


WRAPPERS = frozenset(keys_of(lambda kind: kind.wraps))
TEXTS = keys_of(lambda kind: kind.editable and kind.media is None)
CAPTIONED = keys_of(lambda kind: kind.editable and kind.media is not None)
POLLS = keys_of(lambda kind: "poll-vote" in kind.answers)
# Messages about messages: nobody sees them as one, so nobody answers them.
SILENT = keys_of(lambda kind: kind.refers)
