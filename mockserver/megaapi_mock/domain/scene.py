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
    """Who does it where; `chosen` and `message` are what the caller named, if anything.

    `mine`: the owner does it, on the instance's own phone.
    """

    instance: Instance
    chat: Jid
    author: Jid
    id: str
    message: str | None = None
    chosen: str | None = None
    mine: bool = False

    @property
    def moment(self) -> str:
        """Now, in the milliseconds that some contents carry."""
        return str(int(self.instance.now * 1000))

    def newest(self) -> Iterator[Message]:
        """What people can see in this chat, the newest first."""
        for found in self._shown():
            if self.withheld(found) is None:
                yield found

    def _shown(self) -> Iterator[Message]:
        for found in self.instance.messages.newest():
            if found.chat == self.chat and is_visible(found):
                yield found

    def withheld(self, found: Message) -> str | None:
        """Why nobody has this one of ours on their phone; None when they have it, or soon will."""
        if not found.from_me:
            return None
        if found.sender != self.instance.own_jid:
            return f"was sent by {found.sender}, which is not linked any more"
        if self.mine:
            # Where it is written: how far it has come does not matter.
            return None
        lost = found.state == STOPPED and not found.reached
        if lost or (found.state in (PENDING, SERVER) and found.reason is not None):
            return f"reached no phone: {found.reason}"
        return None

    def named(self) -> Message:
        """The message the caller named; refused when nobody in this chat can see it."""
        found = self.instance.messages.get(self.message or "")
        if found is None:
            raise Conflict(f"message: {self.message} is unknown to {self.instance.key}")
        if found.chat != self.chat:
            raise Conflict(f"message: {found.id} is in {found.chat}, not in {self.chat}")
        if not is_visible(found):
            what = "deleted" if found.deleted == "everyone" else f"a {found.type}"
            raise Conflict(f"message: {found.id} is {what}: nobody can see it")
        why = self.withheld(found)
        if why is not None:
            raise Conflict(f"message: {found.id} {why}")
        return found

    def target(self, suits: Callable[[Message], bool], nothing: str) -> Message:
        """The message named, else the newest that suits; refused with `nothing` when none does."""
        if self.message is not None:
            found = self.named()
            if not suits(found):
                raise Conflict(f"message: {found.id} will not do: {nothing}")
            return found
        missed = ""
        for found in self._shown():
            if suits(found):
                why = self.withheld(found)
                if why is None:
                    return found
                missed = missed or f"; message {found.id} {why}"
        raise Conflict(f"nothing suits in {self.chat}: {nothing}{missed}")

    def any_message(self) -> Message:
        """Whatever can be seen in this chat."""
        return self.target(lambda _: True, "nobody has written there yet")

    def own(self, found: Message) -> bool:
        """Whether the author wrote it."""
        return found.from_me == self.mine and found.sender == self.author

    def rules_group(self) -> bool:
        """Whether the author is an admin of this group."""
        return is_admin(self.instance.state, self.chat, self.author)


def is_visible(found: Message) -> bool:
    return found.deleted != "everyone" and found.type not in SILENT
