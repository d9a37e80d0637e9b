"""What a host is expected to know and to tell: settings, groups, messages, webhooks owed.

Everything here follows from what was asked and from what the contract says of it; nothing is
read from the host but the ids it gives.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from ....judging.values import jid_of
from ..webhooks import SERVER

INPUT, OUTPUT, REACTION = "messagesInput", "messagesOutput", "messagesReaction"
STATUS = "messagesStatus"
# Contents that are about another message, or that no client forwards.
NOT_PASSED_ON = frozenset(
    {
        "protocolMessage", "reactionMessage", "pinInChatMessage", "pollUpdateMessage",
        "pollCreationMessage", "pollCreationMessageV2", "pollCreationMessageV3",
    }
)  # fmt: skip


@dataclass
class WrittenMessage:
    """A message: who wrote it, where, and what it says now."""

    id: str
    chat: str
    author: str
    from_me: bool
    content: Any
    kind: str
    time: float = 0.0
    deleted: str | None = None
    is_edited: bool = False

    @property
    def key(self) -> dict[str, Any]:
        """As calls name it."""
        key = {"remoteJid": self.chat, "fromMe": self.from_me, "id": self.id}
        if jid_of(self.chat).group and not self.from_me:
            key["participant"] = f"{self.author}@s.whatsapp.net"
        return key


@dataclass
class OwedWebhook:
    """A webhook that must come, or an echo with its acknowledgements.

    `answer` is that of an API call; `inbound_answer` is what the control API says of a message
    that somebody else wrote.
    """

    message: WrittenMessage
    event: str
    category: str
    answer: Any = None
    inbound_answer: dict[str, Any] = field(default_factory=dict)
    steps: tuple[int, ...] = ()
    echoes: bool = True
    is_sure_to_play: bool = False
    names: frozenset[str] = frozenset()


@dataclass(frozen=True)
class GroupChange:
    """A change of a group that is told; some hosts tell what the instance did itself, too."""

    event: str
    group: str
    fields: tuple[tuple[str, Any], ...]
    is_own: bool = False


@dataclass
class Group:
    """A group: its name and who is in it beside the instance, by JID."""

    subject: str
    people: set[str]


@dataclass
class Model:
    """One instance as it ought to be."""

    url: str = ""
    enabled: bool = True
    has_config: bool = False
    blocked: set[str] = field(default_factory=set)
    # What was blocked at the start, unasked, and what was accepted since.
    first_blocked: set[str] = field(default_factory=set)
    first_accepted: set[str] = field(default_factory=set)
    accepted_events: set[str] = field(default_factory=set)
    statuses: list[str] = field(default_factory=list)
    groups: dict[str, Group] = field(default_factory=dict)
    messages: dict[str, WrittenMessage] = field(default_factory=dict)
    owed_messages: list[OwedWebhook] = field(default_factory=list)
    group_changes: list[GroupChange] = field(default_factory=list)

    def add_message(self, owed_message: OwedWebhook) -> None:
        """A message that is told."""
        self.messages[owed_message.message.id] = owed_message.message
        self.owed_messages.append(owed_message)

    def last_message(
        self, chat: str, kind: str, *, only_texts: bool = False
    ) -> WrittenMessage | None:
        """The last message of this kind in a chat that is still there, and can be passed on."""
        texts = ("conversation", "extendedTextMessage")
        messages = [
            one for one in self.messages.values()
            if one.chat == chat and one.kind == kind and one.deleted is None
            and NOT_PASSED_ON.isdisjoint(one.content)
            and not (only_texts and set(texts).isdisjoint(one.content))
        ]  # fmt: skip
        return messages[-1] if messages else None

    def defer_receipts(self) -> list[OwedWebhook]:
        """What is owed of messages to phones that are off, once these are on again.

        Until then the gateway's own acknowledgement is all that comes.
        """
        late = [
            replace(one, steps=tuple(step for step in one.steps if step != SERVER), echoes=False)
            for one in self.owed_messages if one.steps
        ]  # fmt: skip
        self.owed_messages = [replace(one, steps=one.steps[:1]) for one in self.owed_messages]
        return late

    def chats(self) -> list[str]:
        """Every chat with a message, the first one first."""
        return list(dict.fromkeys(one.chat for one in self.messages.values()))

    @property
    def unblocked_event(self) -> str:
        """An event that is not blocked."""
        return "text-plain" if "calls" in self.blocked else "call"

    def is_subscribed(self, category: str) -> bool:
        """Whether webhooks of this category come."""
        return category not in self.blocked

    def block(self, *names: str) -> None:
        """These do not come any more."""
        self.blocked |= {*names}
        self.accepted_events -= {*names}

    def accept(self, *names: str) -> None:
        """These come again."""
        self.blocked -= {*names}
        self.accepted_events |= {*names}

    @property
    def shown_as_blocked(self) -> set[str]:
        """What the settings list as blocked."""
        return (self.first_blocked | self.blocked) - self.accepted_events

    @property
    def shown_as_accepted(self) -> set[str]:
        """What the settings list as accepted."""
        return (self.first_accepted | self.accepted_events) - self.blocked

    @property
    def asks_for_receipts(self) -> bool:
        """Whether acknowledgements were asked for, which some hosts send only then."""
        return bool(self.statuses) or STATUS in self.accepted_events
