"""What a person is asked to do on a phone, by the event that tells of it, and how it is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...judging.results import Webhook
from ...judging.values import jid_of, value_at


@dataclass(frozen=True, slots=True)
class Doing:
    """One thing to do, as a sentence; `parts` are the names that show it in a webhook.

    A part is a name in the content of the message, or the messageType. `{words}` in the sentence
    are words that the suite makes up, `{about}` those of the message it is about.
    """

    sentence: str
    parts: tuple[str, ...]
    # Names that would make it another event.
    without: tuple[str, ...] = ()

    def fits(self, webhook: Webhook) -> bool:
        """Whether a webhook tells of such a thing."""
        document = webhook.json
        names = {*_names(value_at(document, "message"))}
        kind = value_at(document, "messageType")
        names |= {kind} if isinstance(kind, str) else set()
        return bool(names & {*self.parts}) and not names & {*self.without}


def _names(node: Any) -> Iterator[str]:
    """The names in the content of a message; not those of what it is a reply to."""
    for name, inner in node.items() if isinstance(node, dict) else ():
        yield name
        if name != "quotedMessage":
            yield from _names(inner)


def is_by(webhook: Webhook, number: str) -> bool:
    """Whether a webhook names this person as who acts; a hidden number may be anybody's."""
    document, jid = webhook.json, as_given(number)
    key = value_at(document, "key")
    if value_at(key, "fromMe") is True:
        return False
    fields = ("remoteJid", "participant", "senderPn", "participantPn")
    addresses = [value_at(key, field) for field in fields]
    addresses += [value_at(document, "data", "from")]
    person_addresses = [address for address in addresses if jid_of(address).person]
    is_hidden = any(jid_of(address).lid for address in addresses)
    return jid in person_addresses or (is_hidden and not person_addresses)


def words_in(node: Any) -> Iterator[str]:
    """Every text in a document, as somebody might type it."""
    if isinstance(node, str):
        yield node.strip().casefold()
    for inner in node.values() if isinstance(node, dict) else ():
        yield from words_in(inner)


_TEXT = ("conversation", "extendedTextMessage")
_TAPS = ("buttonsResponseMessage", "interactiveResponseMessage", "templateButtonReplyMessage")
_CHAT = "In the chat with the instance"
_TEXT_TO_WRITE = Doing(f'{_CHAT}, write: "{{words}}"', _TEXT, ("stanzaId",))
_TAP = Doing("Tap a button of the message that the instance has just sent", _TAPS)
_ONCE = ("viewOnceMessage", "viewOnceMessageV2")
DOINGS: Mapping[str, Doing] = {
    "text-plain": _TEXT_TO_WRITE,
    "text-quoted-reply": Doing(
        'Reply to the newest message of the instance: swipe it, and write: "{words}"',
        ("stanzaId",), ("listResponseMessage", *_TAPS),
    ),
    "text-forwarded": Doing("Forward any text to the instance from another chat", ("isForwarded",)),
    "edited": Doing('Edit your message "{about}" to the instance', ("editedMessage",)),
    "deleted": Doing(
        'Delete your message "{about}" to the instance, for everyone', ("protocolMessage",),
        ("editedMessage", "ephemeralExpiration"),
    ),
    "reaction": Doing("React to the newest message of the instance", ("reactionMessage",)),
    "pin-in-chat": Doing("Pin the newest message of the instance", ("pinInChatMessage",)),
    "image": Doing(f"{_CHAT}, send a picture", ("imageMessage",), _ONCE),
    "view-once": Doing(
        f"{_CHAT}, send a picture that can be viewed once",
        (*_ONCE, "viewOnce"),
    ),
    "video": Doing(f"{_CHAT}, send a short video", ("videoMessage",)),
    "video-note": Doing(f"{_CHAT}, record a video note, which is round", ("ptvMessage",)),
    "audio-voice-note": Doing(f"{_CHAT}, record a voice message", ("audioMessage",)),
    "document": Doing(
        f"{_CHAT}, send a file as a document, without a caption", ("documentMessage",),
        ("documentWithCaptionMessage",),
    ),
    "document-with-caption": Doing(
        f"{_CHAT}, send a file as a document, with a caption", ("documentWithCaptionMessage",)
    ),
    "sticker": Doing(f"{_CHAT}, send a sticker", ("stickerMessage",)),
    "location": Doing(f"{_CHAT}, send a place, not live", ("locationMessage",)),
    "live-location": Doing(f"{_CHAT}, share your live location", ("liveLocationMessage",)),
    "contact": Doing(f"{_CHAT}, send one contact", ("contactMessage",)),
    "contacts-array": Doing(f"{_CHAT}, send two contacts at once", ("contactsArrayMessage",)),
    "poll-creation": Doing(
        f'{_CHAT}, make a poll: "{{words}}"',
        ("pollCreationMessage", "pollCreationMessageV2", "pollCreationMessageV3"),
    ),
    "poll-vote": Doing('Vote in your own poll "{about}"', ("pollUpdateMessage",)),
    "list-response": Doing(
        "Open the list that the instance has just sent, and choose a row", ("listResponseMessage",)
    ),
    "buttons-response": _TAP,
    "interactive-response": _TAP,
    "template-button-reply": _TAP,
    "call": Doing("Call the instance on WhatsApp, and hang up at once", ("call",)),
    "group-text": Doing(
        'In the group that the instance has put you into, write: "{words}"', _TEXT, ("stanzaId",)
    ),
    "group-image": Doing(
        "In the group that the instance has put you into, send a picture", ("imageMessage",), _ONCE
    ),
}  # fmt: skip
