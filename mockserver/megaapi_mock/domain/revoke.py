"""Who may take a message back for everyone: the same rule for who sends it and who hears of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .change import Change
from .jid import Jid
from .message import UNKNOWN
from .state import InstanceState

IGNORED = "WhatsApp ignores the revoke"


@dataclass(frozen=True, slots=True)
class RevokeResult:
    """Whether anybody heeds a revoke, and what there is to say of it."""

    is_heeded: bool = True
    note: str | None = None


def revoke(change: Change, message_id: str, chat: Jid) -> RevokeResult:
    """Take a message of this chat back for everyone, as far as WhatsApp lets the instance."""
    message = change.state.messages.get(message_id)
    if message is None:
        return RevokeResult(note=f"message {message_id} {UNKNOWN}")
    if message.chat != chat:
        place = f"is in {message.chat}, not in {chat}"
        return RevokeResult(is_heeded=False, note=f"message {message_id} {place}: {IGNORED}")
    if not message.from_me and not is_admin(change.state, chat, change.own_jid):
        ownership = "is not the instance's own"
        return RevokeResult(is_heeded=False, note=f"message {message_id} {ownership}: {IGNORED}")
    mark_deleted(change.state, message_id)
    return RevokeResult()


def mark_deleted(state: InstanceState, message_id: str) -> None:
    """Its author, or an admin of the group, took a message back."""
    message = state.messages.get(message_id)
    if message is not None:
        state.messages.put(message_id, replace(message, deleted="everyone"))


def may_revoke(state: InstanceState, message_id: str, author: Jid, chat: Jid) -> bool:
    """Whether somebody may take a message of this chat back: authors their own, admins any.

    What is not known here may be anything.
    """
    message = state.messages.get(message_id)
    if message is None:
        return True
    if message.chat != chat:
        return False
    return message.sender == author or is_admin(state, chat, author)


def may_edit(state: InstanceState, message_id: str, author: Jid, chat: Jid) -> bool:
    """Whether somebody may edit a message of this chat: their own; an unknown one may be."""
    message = state.messages.get(message_id)
    return message is None or (message.chat == chat and message.sender == author)


def is_admin(state: InstanceState, chat: Jid, person: Jid) -> bool:
    """Whether this chat is a group, and the person an admin of it."""
    group = state.group_table.get(chat)
    member = None if group is None else group.member(person)
    return member is not None and member.admin is not None
