"""Whether the people an instance writes to can be reached, as the test wants it."""

from __future__ import annotations

from collections.abc import Sequence

from .change import Change
from .contacts import Contact
from .jid import Jid
from .message_states import BLOCKED, REACHABLE, UNREGISTERED, Halt, halt_by
from .state import HeldAck


class Reachability:
    """States by JID; everybody is reachable until somebody says otherwise."""

    def __init__(self, change: Change) -> None:
        self._change, self._state = change, change.state

    def state(self, jid: Jid) -> str:
        """One of CONTACT_STATES; a hidden number that nobody has is `unregistered`."""
        state = self._state.contact_states.get(jid)
        if state is None and jid.lid:
            return UNREGISTERED if self._change.person(jid) is None else REACHABLE
        return state or REACHABLE

    def members(self, chat: Jid) -> list[Jid]:
        """Everybody in the group but the instance; nobody where the chat is private."""
        group = self._state.group_table.get(chat) if chat.group else None
        own = self._change.own_jid
        return (
            [participant.jid for participant in group.participants if participant.jid != own]
            if group
            else []
        )

    def halt(self, chat: Jid) -> Halt | None:
        """What keeps everything from a chat: from its person, or from everybody in its group."""
        if not chat.group:
            return halt_by(self.state(chat))
        halts = [halt_by(self.state(person)) for person in self.members(chat)]
        # Blocking somebody does not keep away what they write in a common group.
        known_halts = [halt for halt in halts if halt is not None and halt.contact != BLOCKED]
        if len(known_halts) < len(halts):
            return None
        # Whose phone is only off may have it yet.
        return min(known_halts, key=lambda halt: halt.final, default=None)

    def unless_gone(self, contact: Contact | None) -> Contact | None:
        """The contact, unless their account is gone."""
        if contact is None or self.state(contact.jid) == UNREGISTERED:
            return None
        return contact

    def forget_person(self, jid: Jid) -> None:
        """Nothing is known of this person any more."""
        if jid in self._state.contact_states:
            self._state.contact_states.remove(jid)

    def hold(self, message_id: str, arguments: tuple[str, ...]) -> None:
        """This acknowledgement waits until its person's phone is back."""
        waiting = self._state.held_acks.get(message_id) or ()
        self._state.held_acks.put(message_id, (*waiting, (self._change.now, arguments)))

    def resume(self, jid: Jid) -> None:
        """This person's phone is back: what waits for it goes on."""
        for message_id, waiting in list(self._state.held_acks.items()):
            message = self._state.messages.get(message_id)
            if message is None:
                self._state.held_acks.remove(message_id)
                continue
            # A whole group waits for anybody in it.
            people = (message.chat, *self.members(message.chat))
            self._release(message_id, [ack for ack in waiting if jid in (ack[1][2:] or people)])

    def release(self, message_id: str, person: Jid | None = None) -> None:
        """What waits of a message goes on: of one person's phone, or of the chat as a whole."""
        people = (person,) if person else ()
        waiting = self._state.held_acks.get(message_id) or ()
        self._release(message_id, [ack for ack in waiting if ack[1][2:] == people])

    def _release(self, message_id: str, mine: Sequence[HeldAck]) -> None:
        if not mine:
            return
        for due, arguments in mine:
            self._change.schedule(due - mine[0][0], "ack", arguments)
        others = tuple(
            ack for ack in self._state.held_acks.get(message_id) or () if ack not in mine
        )
        if others:
            self._state.held_acks.put(message_id, others)
        else:
            self._state.held_acks.remove(message_id)
