"""What an instance gets from other instances of the mock: read at once, or when it can be."""

from __future__ import annotations

from typing import Any

import orjson

from .addressing import Addresses
from .change import Change
from .chats import Chats
from .groups import Groups
from .incoming_content import arrival_event, edit_of, referred_id, revoked_id, with_referred_key
from .jid import Jid
from .message import key_of
from .message_states import PENDING, REACHABLE
from .outbox import Outbox
from .peer_messages import Envelope, GroupUpdate, PeerAck, PeerMessage, envelope_bytes
from .reachability import Reachability
from .revoke import may_edit, may_revoke

NOT_LINKED, RESTARTING = "not linked", "restarting"


class Mailbox:
    """Messages of peers. Those that cannot be read yet wait, in order.

    As many wait as the instance keeps messages; then the oldest go, and their senders hear of it.
    """

    def __init__(
        self,
        change: Change,
        addresses: Addresses,
        reachability: Reachability,
        outbox: Outbox,
        groups: Groups,
        chats: Chats,
    ) -> None:
        self._change, self._state = change, change.state
        self._addresses, self._reachability = addresses, reachability
        self._outbox, self._groups, self._chats = outbox, groups, chats

    def take(self, envelope: Envelope) -> None:
        """Read it now, or keep it until the phone is linked and its author reachable."""
        if isinstance(envelope.content, PeerAck):
            self._outbox.acknowledge(envelope.content)
            return
        reason = self._waits_for(envelope)
        if reason is None:
            self._carry_out(envelope)
        else:
            size, bounds = envelope_bytes(0, envelope), self._change.bounds
            self._make_room(size)
            if size > bounds.size and not bounds.keeps_newest:
                self._answer(envelope, f"lost: too many waited for {self._state.key}")
                return
            self._state.unread.put(self._change.count("unread"), envelope)
            self._answer(envelope, reason)

    def read_waiting(self, author: Jid | None = None) -> None:
        """Read, in order, whatever could not be read before and can be now; say what still waits.

        To be called whenever what messages wait for may be another thing than before; with
        `author` when that can only be so for what this person wrote.
        """
        if author is not None and not self._state.connection.connected:
            # Whoever wrote it: all of it waits for the phone, and its senders know that.
            return
        for number, envelope in list(self._state.unread.items()):
            if author is not None and not _is_by(envelope, author):
                continue
            reason = self._waits_for(envelope)
            if reason is None:
                self._state.unread.remove(number)
                self._carry_out(envelope)
            else:
                self._answer(envelope, reason)

    def _make_room(self, size: int) -> None:
        """Let the oldest go, should one more of this size be too many."""
        unread = self._state.unread
        count, size_left = len(unread), unread.size
        if not self._is_full(count, size_left + size):
            return
        for number, envelope in list(unread.items()):
            unread.remove(number)
            self._answer(envelope, f"lost: too many waited for {self._state.key}")
            count, size_left = count - 1, size_left - envelope_bytes(number, envelope)
            if not self._is_full(count, size_left + size):
                return

    def _is_full(self, count: int, size: int) -> bool:
        bounds = self._change.bounds
        return count >= bounds.rows or bool(count and size > bounds.size)

    def _waits_for(self, envelope: Envelope) -> str | None:
        """Why this cannot be read yet; None when it can."""
        connection, content = self._state.connection, envelope.content
        if not connection.connected:
            return RESTARTING if connection.restarting else NOT_LINKED
        # Of groups everybody hears at once, whoever's phone is off.
        if not isinstance(content, PeerMessage):
            return None
        state = self._reachability.state(content.author.jid)
        return None if state == REACHABLE else f"{state} for {self._state.key}"

    def _carry_out(self, envelope: Envelope) -> None:
        content, reason = envelope.content, None
        # Another phone is linked now: what was for the old one is not for this one.
        if envelope.address == self._change.own_jid:
            if isinstance(content, GroupUpdate):
                self._groups.apply_update(content)
                return
            assert isinstance(content, PeerMessage), "acks are read at once"
            reason = self._receive(content)
        self._answer(envelope, reason)

    def _receive(self, message: PeerMessage) -> str | None:
        """A message is here now; otherwise why it never will be, for those who wait for it."""
        author = message.author
        group = message.group
        if author.jid in self._state.blocked and group is None:
            return f"blocked by {self._state.key}"
        # Who wrote it was in the group then, and may have left it since.
        if group is not None and group not in self._groups:
            return None
        key = self._chats.key_from(author, group, message.id)
        content = self._content(message, key["remoteJid"])
        content = self._addresses.everywhere(content, key["remoteJid"])
        if not self._is_allowed(content, author.jid, group or author.jid):
            # As WhatsApp does: nobody is told.
            return None
        for media in message.media:
            self._state.media.put(media.direct_path, media)
        if message.id in self._state.messages:
            # Only after a reset of the sender, whose ids begin again: the newer one counts.
            self._state.messages.remove(message.id)
        received_message = self._chats.arrive(
            arrival_event(content, group=group is not None),
            key,
            content,
            author=author.jid,
            name=author.name,
            verified=author.verified_name,
        )
        if received_message.state == PENDING:
            return f"not received by {self._state.key}: {received_message.reason}"
        self._apply(content)
        return None

    def _is_allowed(self, content: dict[str, Any], author: Jid, chat: Jid) -> bool:
        """Whether the author may take back, or edit, what this content takes back or edits."""
        revoked, edit = revoked_id(content), edit_of(content)
        if revoked is not None and not may_revoke(self._state, revoked, author, chat):
            return False
        return edit is None or may_edit(self._state, edit[0], author, chat)

    def _apply(self, content: dict[str, Any]) -> None:
        """Do to the message it is about what this content does."""
        revoked, edit = revoked_id(content), edit_of(content)
        if revoked is not None:
            self._chats.mark_deleted(revoked)
        if edit is not None:
            self._chats.edit(*edit)

    def _content(self, message: PeerMessage, chat: Jid) -> dict[str, Any]:
        content: dict[str, Any] = orjson.loads(message.content)
        about = referred_id(content)
        if about is None:
            return content
        subject = self._state.messages.get(about)
        if subject is not None and subject.chat == chat:
            return with_referred_key(content, key_of(subject))
        author = {"participant": message.author.jid} if message.group else {}
        key = {"remoteJid": chat, "fromMe": False, "id": about, **author}
        return with_referred_key(content, key)

    def _answer(self, envelope: Envelope, reason: str | None) -> None:
        message = envelope.content
        if isinstance(message, PeerMessage):
            ack = PeerAck(message.id, envelope.address, reason)
            self._change.send_to_peer(envelope.sender, message.author.jid, ack)


def _is_by(envelope: Envelope, author: Jid) -> bool:
    """Whether this person wrote it; of groups everybody hears at once."""
    return isinstance(envelope.content, PeerMessage) and envelope.content.author.jid == author
