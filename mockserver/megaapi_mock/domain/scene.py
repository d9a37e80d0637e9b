"""Where a contact acts: the instance, the chat, and the messages that are visible there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import Conflict
from .content import SILENT
from .jid import Jid
from .message import Message
from .message_states import PENDING, SERVER, STOPPED
from .revoke import is_admin

if TYPE_CHECKING:
    from .instance import Instance


@dataclass(frozen=True, slots=True)
class Scene:
    """Who acts, and in which chat; `choice` and `message` are what the caller named, if anything.

    `is_by_owner`: the owner does it, on the instance's own phone.
    """

    instance: Instance
    chat: Jid
    author: Jid
    id: str
    message: str | None = None
    choice: str | None = None
    is_by_owner: bool = False

    @property
    def milliseconds(self) -> str:
        """Now, in the milliseconds that some contents carry."""
        return str(int(self.instance.now * 1000))

    def newest(self) -> Iterator[Message]:
        """What people can see in this chat, the newest first."""
        for message in self._visible_messages():
            if self.undelivered_reason(message) is None:
                yield message

    def _visible_messages(self) -> Iterator[Message]:
        for message in self.instance.messages.newest():
            if message.chat == self.chat and is_visible(message):
                yield message

    def undelivered_reason(self, message: Message) -> str | None:
        """Why nobody has this one of ours on their phone; None when they have it, or soon will."""
        if not message.from_me:
            return None
        if message.sender != self.instance.own_jid:
            return f"was sent by {message.sender}, which is not linked any more"
        if self.is_by_owner:
            # Where it is written: how far it has come does not matter.
            return None
        is_lost = message.state == STOPPED and not message.reached
        if is_lost or (message.state in (PENDING, SERVER) and message.reason is not None):
            return f"reached no phone: {message.reason}"
        return None

    def require_named(self) -> Message:
        """The message the caller named; refused when nobody in this chat can see it."""
        message = self.instance.messages.get(self.message or "")
        if message is None:
            raise Conflict(f"message: {self.message} is unknown to {self.instance.key}")
        if message.chat != self.chat:
            raise Conflict(f"message: {message.id} is in {message.chat}, not in {self.chat}")
        if not is_visible(message):
            what = "deleted" if message.deleted == "everyone" else f"a {message.type}"
            raise Conflict(f"message: {message.id} is {what}: nobody can see it")
        why = self.undelivered_reason(message)
        if why is not None:
            raise Conflict(f"message: {message.id} {why}")
        return message

    def target(self, suits: Callable[[Message], bool], nothing: str) -> Message:
        """The message named, else the newest that suits; refused with `nothing` when none does."""
        if self.message is not None:
            message = self.require_named()
            if not suits(message):
                raise Conflict(f"message: {message.id} will not do: {nothing}")
            return message
        near_miss = ""
        for message in self._visible_messages():
            if suits(message):
                why = self.undelivered_reason(message)
                if why is None:
                    return message
                near_miss = near_miss or f"; message {message.id} {why}"
        raise Conflict(f"nothing suits in {self.chat}: {nothing}{near_miss}")

    def any_message(self) -> Message:
        """Whatever can be seen in this chat."""
        return self.target(lambda _: True, "nobody has written there yet")

    def is_by_author(self, message: Message) -> bool:
        """Whether the author wrote it."""
        return message.from_me == self.is_by_owner and message.sender == self.author

    def is_group_admin(self) -> bool:
        """Whether the author is an admin of this group."""
        return is_admin(self.instance.state, self.chat, self.author)


def is_visible(message: Message) -> bool:
    return message.deleted != "everyone" and message.type not in SILENT
