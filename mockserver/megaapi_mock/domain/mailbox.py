"""Instances write to each other: what leaves one arrives at the others, and acks come back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson

from .fault_effects import UNDELIVERED
from .incoming_content import (
    arrival_event,
    edit_of,
    media_paths,
    referred_id,
    revoked_id,
    with_referred_key,
)
from .jid import Jid
from .message import Message, key_of
from .message_states import DELIVERED, PENDING, REACHABLE, SERVER, TO
from .peer_messages import GroupUpdate, Letter, PeerAck, PeerMessage
from .revoke import heeds, wrote
from .sizes import letter_bytes
from .undo_table import UndoTable

if TYPE_CHECKING:
    from .instance import Instance

NOT_LINKED, RESTARTING = "not linked", "restarting"


def not_taken(letter: Letter) -> Letter | None:
    """The answer to a message that failed at the other instance; None for all other news."""
    if not isinstance(letter.news, PeerMessage):
        return None
    reason = f"our own bug: {letter.to} could not take it, see the log"
    landed = PeerAck(letter.news.id, letter.address, reason)
    author = str(letter.news.author.jid)
    return Letter(letter.to, letter.sender, author, letter.time, landed)


class Mailbox:
    """An instance's letters. Those it cannot take yet wait in `mailbox`, in order.

    As many wait as the instance keeps messages; then the oldest go, and their writers hear of it.
    """

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self.mailbox: UndoTable[int, Letter] = UndoTable(size_of=letter_bytes)
        # Messages that other instances do not have yet: by person, whether the letter has left.
        self.awaited: UndoTable[str, Mapping[str, bool]] = UndoTable()

    # -- the sender's side -------------------------------------------------------------------

    def instances_of(self, person: Jid) -> tuple[str, ...]:
        """The other instances that have this JID; none when it is the own one."""
        if person not in self._instance.roll or person == self._instance.own_jid:
            return ()
        keys = self._instance.roll.keys(person)
        return tuple(key for key in keys if key != self._instance.key)

    def expect(self, message: Message, chat: Jid) -> None:
        """From now on this message's acks wait for the instances it goes to, if it does."""
        waiting = dict.fromkeys(self._readers(chat), False)
        if waiting:
            self.awaited.put(message.id, waiting)

    def holds_back(self, message: Message, step: str, person: str) -> bool:
        """Whether this ack must wait for another instance; the letter leaves when it is due."""
        waiting = self.awaited.get(message.id)
        if waiting is None or not TO[step].needs_phone or (person and person not in waiting):
            return False
        if step == DELIVERED:
            waiting = self._send(message, [person] if person else [*waiting], waiting)
        if not (person in waiting if person else waiting):
            return False
        self._instance.reach.hold(message.id, (message.id, step, *((person,) if person else ())))
        return True

    def pass_on(self, message: Message) -> None:
        """What was typed on the phone itself goes out at once; nothing tells of its acks."""
        readers = self._readers(Jid.parse(message.chat))
        self._send(message, readers, dict.fromkeys(readers, False), keep=False)

    def tell_group(self, news: GroupUpdate, people: Iterable[Jid]) -> None:
        """Every other instance among these people hears of it."""
        for person in people:
            self._write(person, news)

    def forget(self, message_id: str) -> None:
        """Nothing of this message is waited for any longer."""
        if message_id in self.awaited:
            self.awaited.remove(message_id)

    def _readers(self, chat: Jid) -> list[str]:
        """Whoever reads this chat and is another instance."""
        group = self._instance.groups.get(chat) if chat.group else None
        people = [chat] if group is None else [who.jid for who in group.participants]
        return [str(person) for person in people if self.instances_of(person)]

    def _send(
        self,
        message: Message,
        people: Iterable[str],
        waiting: Mapping[str, bool],
        *,
        keep: bool = True,
    ) -> Mapping[str, bool]:
        """Letters to those of these people who have none yet; who is still to be waited for."""
        left = dict(waiting)
        posted: PeerMessage | None = None
        for person in people:
            if left.get(person) is not False:
                continue
            posted = posted or self._posted(message)
            left[person] = True
            if not self._write(Jid.parse(person), posted):
                # No instance has this number any longer: it is a phone like all others.
                del left[person]
        if keep and left:
            self.awaited.put(message.id, left)
        elif keep:
            self.forget(message.id)
        return left

    def _posted(self, message: Message) -> PeerMessage:
        instance = self._instance
        owner = instance.linking.owner()
        assert owner is not None, "who sends has a number"
        holds_media = b"directPath" in message.content
        paths = media_paths(orjson.loads(message.content)) if holds_media else ()
        found = (instance.media.get(path) for path in paths)
        return PeerMessage(
            id=message.id,
            content=message.content,
            author=replace(owner, name=instance.name),
            group=message.chat if message.chat.endswith("@g.us") else None,
            media=tuple(media for media in found if media is not None),
        )

    def _write(self, person: Jid, news: PeerMessage | GroupUpdate) -> bool:
        """One letter to each instance with this JID; whether there is one."""
        keys = self.instances_of(person)
        for key in keys:
            self._instance.post_letter(key, str(person), news)
        return bool(keys)

    # -- the receiver's side -----------------------------------------------------------------

    def take(self, letter: Letter) -> None:
        """Read it now, or keep it until the phone is linked and its writer reachable."""
        if isinstance(letter.news, PeerAck):
            self._landed(letter.news)
            return
        reason = self._waits_for(letter)
        if reason is None:
            self._read(letter)
        else:
            self._make_room(letter_bytes(0, letter))
            self.mailbox.put(self._instance.count("letter"), letter)
            self._answer(letter, reason)

    def empty(self, author: Jid | None = None) -> None:
        """Read, in order, whatever could not be read before and can be now; say what still waits.

        To be called whenever what letters wait for may be another thing than before; with `author`
        when that can only be so for what this person wrote.
        """
        if author is not None and not self._instance.linked:
            # Whoever wrote it: all of it waits for the phone, and its writers know that.
            return
        for number, letter in list(self.mailbox.items()):
            if author is not None and not _is_by(letter, author):
                continue
            reason = self._waits_for(letter)
            if reason is None:
                self.mailbox.remove(number)
                self._read(letter)
            else:
                self._answer(letter, reason)

    def _make_room(self, size: int) -> None:
        """Let the oldest letters go, should one more of this size be too many."""
        mailbox = self.mailbox
        count, left = len(mailbox), mailbox.size
        if not self._is_full(count, left + size):
            return
        for number, letter in list(mailbox.items()):
            mailbox.remove(number)
            self._answer(letter, f"lost: too many waited for {self._instance.key}")
            count, left = count - 1, left - letter_bytes(number, letter)
            if not self._is_full(count, left + size):
                return

    def _is_full(self, count: int, size: int) -> bool:
        rules = self._instance.rules
        return count >= rules.messages_kept or bool(count and size > rules.messages_bytes)

    def _waits_for(self, letter: Letter) -> str | None:
        """Why this letter cannot be read yet; None when it can."""
        instance, news = self._instance, letter.news
        if not instance.linked:
            return RESTARTING if instance.linking.restarting else NOT_LINKED
        # Of groups everybody hears at once, whoever's phone is off.
        if not isinstance(news, PeerMessage):
            return None
        state = instance.reach.state(str(news.author.jid))
        return None if state == REACHABLE else f"{state} for {instance.key}"

    def _read(self, letter: Letter) -> None:
        instance, reason = self._instance, None
        # Another phone is linked now: what was for the old one is not for this one.
        if letter.address == str(instance.own_jid):
            if isinstance(letter.news, GroupUpdate):
                instance.groups.hear(letter.news)
                return
            assert isinstance(letter.news, PeerMessage), "receipts are read at once"
            reason = self._arrive(letter.news)
        self._answer(letter, reason)

    def _arrive(self, posted: PeerMessage) -> str | None:
        """A message is here now; otherwise why it never will be, for those who wait for it."""
        instance, author = self._instance, posted.author
        group = None if posted.group is None else Jid.parse(posted.group)
        # Who wrote it was in the group then, and may have left it since.
        if group is not None and group not in instance.groups:
            return None
        key = instance.chats.key_from(author, group, posted.id)
        content = self._content(posted, key["remoteJid"])
        content = instance.addresses.everywhere(content, key["remoteJid"])
        gone, edit = revoked_id(content), edit_of(content)
        if gone is not None and not heeds(instance, gone, author.jid, group or author.jid):
            # As WhatsApp does: nobody is told.
            return None
        if edit is not None and not wrote(instance, edit[0], author.jid, group or author.jid):
            # As WhatsApp does: nobody is told.
            return None
        for media in posted.media:
            instance.media.put(media.direct_path, media)
        if posted.id in instance.messages:
            # Only after a reset of the sender, whose ids begin again: the newer one counts.
            instance.messages.remove(posted.id)
        arrived = instance.chats.arrive(
            arrival_event(content, group=group is not None),
            key,
            content,
            author=str(author.jid),
            name=author.name,
            verified=author.verified_name,
        )
        if arrived.state == PENDING:
            return f"not received by {instance.key}: {arrived.reason}"
        if gone is not None:
            instance.chats.mark_deleted(gone)
        if edit is not None:
            instance.chats.edit(*edit)
        return None

    def _content(self, posted: PeerMessage, chat: str) -> dict[str, Any]:
        content: dict[str, Any] = orjson.loads(posted.content)
        about = referred_id(content)
        if about is None:
            return content
        found = self._instance.messages.get(about)
        if found is not None and found.chat == chat:
            return with_referred_key(content, key_of(found))
        author = {"participant": str(posted.author.jid)} if posted.group else {}
        key = {"remoteJid": chat, "fromMe": False, "id": about, **author}
        return with_referred_key(content, key)

    def _answer(self, letter: Letter, reason: str | None) -> None:
        if isinstance(letter.news, PeerMessage):
            landed = PeerAck(letter.news.id, letter.address, reason)
            self._instance.post_letter(letter.sender, str(letter.news.author.jid), landed)

    def _landed(self, landed: PeerAck) -> None:
        """What was sent is there: its acks go on, each at its distance from the first."""
        instance = self._instance
        message, waiting = instance.messages.get(landed.id), self.awaited.get(landed.id)
        if message is None or waiting is None or landed.person not in waiting:
            return
        if landed.reason is not None:
            if message.state == SERVER and message.reason not in UNDELIVERED:
                instance.messages.put(message.id, message.moved(SERVER, landed.reason))
            return
        left = {who: sent for who, sent in waiting.items() if who != landed.person}
        if left:
            self.awaited.put(landed.id, left)
        else:
            self.forget(landed.id)
        instance.reach.release(landed.id, landed.person)
        if not left:
            instance.reach.release(landed.id)


def _is_by(letter: Letter, author: Jid) -> bool:
    """Whether this person wrote it; of groups everybody hears at once."""
    return isinstance(letter.news, PeerMessage) and letter.news.author.jid == author
