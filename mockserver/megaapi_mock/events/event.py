"""What every event can be asked, whatever it is: who, where, and what it says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .addresses import Chat, Person, chat, person
from .content import Choice, Content, Media, object_at, objects_in, string_at, whole_number
from .payloads import Webhook
from .problems import Problem

# Where a contact card has the number that WhatsApp knows.
_WAID = re.compile(r"waid=([0-9]{1,20})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reaction:
    """An emoji on a message."""

    message_id: str | None
    """The id of the message that has it."""

    emoji: str | None
    """The emoji; None where it was taken back, or is encrypted."""

    is_removed: bool
    """Whether the sender took the reaction back."""


@dataclass(frozen=True, slots=True)
class Poll:
    """A question with answers to choose from."""

    question: str | None
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PollVote:
    """A vote. It is encrypted with a secret of the poll's own message, and the gateway does not
    decrypt it: that somebody voted is known, what for is not.
    """

    poll_id: str | None
    """The id of the message with the poll."""

    payload: str | None
    """The encrypted vote, base64."""

    iv: str | None
    """The initialisation vector of the encryption, base64."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place."""

    latitude: float
    longitude: float
    name: str | None
    address: str | None


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact card."""

    name: str | None
    """What the sender calls the contact."""

    number: str | None
    """The number, digits only, where the card has one that is on WhatsApp."""

    vcard: str | None
    """The card itself."""


class Event:
    """One webhook. Every question has an answer for every event: None, False or empty where it has
    none to give. Nothing here raises, and the payload is not changed.
    """

    def __init__(
        self, raw: Any, message_type: str | None, problems: tuple[Problem, ...] = ()
    ) -> None:
        self.raw: Any = raw
        """The payload, as it was given to `parse`: with what the contract does not know, too."""

        self.message_type = message_type
        """The payload's `messageType`; None where it has none."""

        self.problems = problems
        """Where the payload leaves the contract; the first 50. The event can be used all the same:
        what does not fit is as if it were not there."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.message_type} {self.id} in {self._chat_address}>"

    @property
    def webhook(self) -> Webhook | None:
        """The payload with its type, where it keeps the contract: compare `["messageType"]`, and
        type checkers know the rest. None where it does not fit (`problems`).
        """
        return None if self.problems else self.raw

    @property
    def instance_key(self) -> str | None:
        """The instance that received it."""
        return string_at(self._fields, "instance_key")

    @property
    def account(self) -> Person:
        """The connected account: not the sender."""
        return person(self._fields.get("jid"), self._fields.get("lid"))

    @property
    def id(self) -> str | None:
        """The message's id (`key.id`): what to quote, forward or delete, and unique per chat."""
        return string_at(self._key, "id")

    @cached_property
    def chat(self) -> Chat | None:
        """The chat it is about; None where it is about none."""
        return chat(self._chat_address, self._key)

    @property
    def is_group(self) -> bool:
        """Whether it is about a group; payloads of 2023 and 2024 do not say so themselves."""
        return self.chat is not None and self.chat.is_group

    @property
    def is_status(self) -> bool:
        """Whether it is a status (a story). It cannot be answered: the gateway refuses the send."""
        return self.chat is not None and self.chat.kind == "status"

    @property
    def is_newsletter(self) -> bool:
        """Whether it is from a channel."""
        return self.chat is not None and self.chat.kind == "newsletter"

    @property
    def from_me(self) -> bool:
        """Whether the connected account wrote it, through the API or on its own phone. A bot that
        answers such messages talks to itself.
        """
        return self._key.get("fromMe") is True

    @cached_property
    def sender(self) -> Person:
        """Whoever wrote it. The number is never made of the digits of an `@lid`."""
        name = self._fields.get("pushName")
        if self.from_me:
            own = self._fields.get("jid"), self._fields.get("lid")
            return person(*own, name=name)
        key = self._key
        if self.chat is not None and self.chat.kind == "person":
            return person(self.chat.jid, key.get("senderPn"), key.get("senderLid"), name=name)
        authors = (key.get(each) for each in ("participant", "participantPn", "participantLid"))
        return person(*authors, name=name)

    @property
    def answer_to(self) -> str | None:
        """What to give as `to` of an answer: the group, or the other party, by its number where
        that is known. None where nobody can be answered: a status, a channel.
        """
        if self.chat is None:
            return None
        if self.chat.kind == "group":
            return self.chat.jid
        if self.chat.kind == "person":
            return self.chat.person.jid
        return self.sender.jid if self.chat.kind == "broadcast" else None

    @property
    def timestamp(self) -> int | None:
        """When it was written, in Unix seconds."""
        for name in ("messageTimestamp", "timestamp"):
            value = whole_number(self._fields.get(name))
            if value is not None:
                return value
        return None

    @property
    def kind(self) -> str | None:
        """What the message is, inside its wrappers: `conversation`, `imageMessage` and so on."""
        return self._content.kind or None

    @property
    def text(self) -> str | None:
        """What the sender wrote: a text, a caption, a poll's question, the title of the row or
        button that was tapped; of an edited message the new text. Wrappers do not matter:
        disappearing messages, view-once media, documents with a caption, edits, messages of other
        devices.
        """
        return self._content.text

    @property
    def media(self) -> Media | None:
        """The file that came with it."""
        return self._content.media

    @property
    def choice(self) -> Choice | None:
        """The list row or button that the sender tapped."""
        return self._content.choice

    @property
    def reaction(self) -> Reaction | None:
        """The emoji, and the message it was put on."""
        fields = self._content.fields
        match self.kind:
            case "reactionMessage":
                emoji = string_at(fields, "text") or None
                target = string_at(object_at(fields, "key"), "id")
                return Reaction(target, emoji, fields.get("text") == "")
            case "encReactionMessage":
                target = string_at(object_at(fields, "targetMessageKey"), "id")
                return Reaction(target, None, is_removed=False)
        return None

    @property
    def poll(self) -> Poll | None:
        """The poll that somebody started."""
        if not (self.kind or "").startswith("pollCreationMessage"):
            return None
        fields = self._content.fields
        names = (string_at(each, "optionName") for each in objects_in(fields, "options"))
        return Poll(string_at(fields, "name"), tuple(each for each in names if each is not None))

    @property
    def poll_vote(self) -> PollVote | None:
        """The vote for one of a poll's answers."""
        if self.kind != "pollUpdateMessage":
            return None
        fields = self._content.fields
        vote = object_at(fields, "vote")
        poll = string_at(object_at(fields, "pollCreationMessageKey"), "id")
        return PollVote(poll, string_at(vote, "encPayload"), string_at(vote, "encIv"))

    @property
    def location(self) -> Location | None:
        """The place, or where a live location begins."""
        fields = self._content.fields
        place = fields.get("degreesLatitude"), fields.get("degreesLongitude")
        if self.kind not in ("locationMessage", "liveLocationMessage"):
            return None
        latitude, longitude = (each if type(each) in (int, float) else None for each in place)
        if latitude is None or longitude is None:
            return None
        words = string_at(fields, "name"), string_at(fields, "address")
        return Location(latitude, longitude, *words)

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """The contact cards it brings."""
        fields = self._content.fields
        match self.kind:
            case "contactMessage":
                return (_contact(fields),)
            case "contactsArrayMessage":
                return tuple(_contact(each) for each in objects_in(fields, "contacts"))
        return ()

    @property
    def quoted_id(self) -> str | None:
        """The id of the message that this one answers: also of the list or buttons of a choice."""
        return string_at(self._context, "stanzaId")

    @property
    def quoted_text(self) -> str | None:
        """What the quoted message said."""
        return Content(self._context.get("quotedMessage")).text

    @property
    def edited_id(self) -> str | None:
        """The id of the message that this one changes; `text` is what it says now."""
        return self._referred_id if self._content.edited is not None else None

    @property
    def deleted_id(self) -> str | None:
        """The id of the message that its sender took back for everyone."""
        # The first value of an enumeration may be left out.
        is_revoke = self._content.fields.get("type") in ("REVOKE", None)
        is_deletion = self.kind == "protocolMessage" and is_revoke and not self.edited_id
        return self._referred_id if is_deletion else None

    @property
    def mentions(self) -> tuple[str, ...]:
        """The addresses of everybody it mentions with an @."""
        addresses = self._context.get("mentionedJid")
        if not isinstance(addresses, list):
            return ()
        return tuple(each for each in addresses if isinstance(each, str))

    @property
    def is_forwarded(self) -> bool:
        """Whether the sender forwarded it from another chat."""
        return self._context.get("isForwarded") is True

    @property
    def is_ephemeral(self) -> bool:
        """Whether it disappears after a time."""
        return "ephemeralMessage" in self._content.wrappers

    @property
    def reference(self) -> dict[str, Any]:
        """The `key` and `message` for the messageData of quoteMessage and forwardMessage."""
        key = {name: self._key.get(name) for name in ("remoteJid", "fromMe", "id", "participant")}
        fields = {name: each for name, each in key.items() if each is not None}
        return {"key": fields, "message": self._fields.get("message")}

    @property
    def _fields(self) -> Mapping[str, Any]:
        return self.raw if isinstance(self.raw, dict) else {}

    @property
    def _key(self) -> Mapping[str, Any]:
        return object_at(self._fields, "key")

    @property
    def _chat_address(self) -> Any:
        return self._key.get("remoteJid")

    @cached_property
    def _content(self) -> Content:
        return Content(self._fields.get("message"))

    @property
    def _context(self) -> Mapping[str, Any]:
        return self._content.context

    @property
    def _referred_id(self) -> str | None:
        return string_at(object_at(self._content.fields, "key"), "id")


def _contact(fields: Mapping[str, Any]) -> Contact:
    vcard = string_at(fields, "vcard")
    number = _WAID.search(vcard or "")
    return Contact(string_at(fields, "displayName"), number[1] if number else None, vcard)
