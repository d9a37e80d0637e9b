"""Who may take a message back for everyone: the same rule for who sends it and who hears of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .jid import Jid
from .message import UNKNOWN

if TYPE_CHECKING:
    from .instance import Instance

IGNORED = "WhatsApp ignores the revoke"


@dataclass(frozen=True, slots=True)
class Revoked:
    """Whether anybody heeds a revoke, and what there is to say of it."""

    heard: bool = True
    note: str | None = None


def revoke(instance: Instance, message_id: str, chat: Jid) -> Revoked:
    """Take a message of this chat back for everyone, as far as WhatsApp lets the instance."""
    message = instance.messages.get(message_id)
    if message is None:
        return Revoked(note=f"message {message_id} {UNKNOWN}")
    if message.chat != str(chat):
        where = f"is in {message.chat}, not in {chat}"
        return Revoked(heard=False, note=f"message {message_id} {where}: {IGNORED}")
    if not message.from_me and not is_admin(instance, chat, instance.own_jid):
        whose = "is not the instance's own"
        return Revoked(heard=False, note=f"message {message_id} {whose}: {IGNORED}")
    instance.chats.mark_deleted(message_id)
    return Revoked()


def heeds(instance: Instance, message_id: str, author: Jid, chat: Jid) -> bool:
    """Whether this instance takes a revoke seriously that somebody sent it in this chat.

    Authors take back their own, admins what anybody wrote in their group; what is not known here
    may be anything.
    """
    found = instance.messages.get(message_id)
    if found is None:
        return True
    if found.chat != str(chat):
        return False
    return found.sender == str(author) or is_admin(instance, chat, author)


def wrote(instance: Instance, message_id: str, author: Jid, chat: Jid) -> bool:
    """Whether somebody may edit a message of this chat: their own; an unknown one may be."""
    found = instance.messages.get(message_id)
    return found is None or (found.chat == str(chat) and found.sender == str(author))


def is_admin(instance: Instance, chat: Jid, person: Jid) -> bool:
    """Whether this chat is a group, and the person an admin of it."""
    group = instance.groups.get(chat)
    member = None if group is None else group.member(person)
    return member is not None and member.admin is not None
