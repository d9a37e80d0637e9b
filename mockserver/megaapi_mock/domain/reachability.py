"""Whether the people an instance writes to can be reached, as the test wants it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..errors import ControlRefused
from .addressing import BY_LID, BY_PHONE
from .contacts import Contact
from .jid import HIDDEN, Jid
from .message_states import BLOCKED, PHONE_OFF, REACHABLE, UNREGISTERED, Halt, halt_by
from .undo_table import UndoTable

if TYPE_CHECKING:
    from .instance import Instance

# People of whom an instance can be told that they are not reachable.
PEOPLE_MOST = 10_000
# One acknowledgement that waits: when it was due, and what the agenda would have been told.
Held = tuple[float, tuple[str, ...]]


class Reachability:
    """States by JID; everybody is reachable until somebody says otherwise."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self.states: UndoTable[str, str] = UndoTable()
        self.held: UndoTable[str, tuple[Held, ...]] = UndoTable()

    def state(self, jid: str) -> str:
        """One of CONTACT_STATES; a hidden number that nobody has is `unregistered`."""
        state = self.states.get(jid)
        if state is None and jid.endswith(HIDDEN):
            known = self._instance.person(Jid.parse(jid))
            return UNREGISTERED if known is None else REACHABLE
        return state or REACHABLE

    def members(self, chat: str) -> list[str]:
        """Everybody in the group but the instance; nobody where the chat is private."""
        jid = Jid.parse(chat)
        group = self._instance.groups.get(jid) if jid.group else None
        own = self._instance.own_jid
        return [str(who.jid) for who in group.participants if who.jid != own] if group else []

    def halt(self, chat: str) -> Halt | None:
        """What keeps everything from a chat: from its person, or from everybody in its group."""
        if not chat.endswith("@g.us"):
            return halt_by(self.state(chat))
        halts = [halt_by(self.state(person)) for person in self.members(chat)]
        # Blocking somebody does not keep away what they write in a common group.
        held = [halt for halt in halts if halt is not None and halt.contact != BLOCKED]
        if len(held) < len(halts):
            return None
        # Whose phone is only off may have it yet.
        return min(held, key=lambda halt: halt.final, default=None)

    def registered(self, contact: Contact | None) -> Contact | None:
        """The contact, unless their account is gone."""
        if contact is None or self.state(str(contact.jid)) == UNREGISTERED:
            return None
        return contact

    def set(self, contact: Contact, state: str) -> None:
        """From now on; what waited for a phone goes on, each at its distance from the first.

        Whoever deletes the account leaves the groups, and coming back brings nobody into one.
        ControlRefused for the own account: an instance has one.
        """
        jid = str(contact.jid)
        if state == UNREGISTERED and contact.jid == self._instance.own_jid:
            raise ControlRefused(
                400,
                f"{jid} is the number of {self._instance.key} itself, and who has an instance has "
                'an account: unlink it {"by": "ban"}',
            )
        if jid not in self.states and len(self.states) >= PEOPLE_MOST:
            raise ControlRefused(
                409, f"{PEOPLE_MOST} people have a state of their own already: reset some of them"
            )
        # What is due at this very moment still meets the old state.
        self._instance.wake(self._instance.now)
        self.states.put(jid, state)
        if state != PHONE_OFF:
            self._resume(jid)
        if state == UNREGISTERED:
            # What waited in a group for this phone meets its end before the group is without it.
            self._instance.wake(self._instance.now)
            self._instance.groups.forsake(contact.jid)
        self._instance.post.empty(contact.jid)

    def forget_person(self, jid: Jid) -> None:
        """Nothing is known of this person any more."""
        if str(jid) in self.states:
            self.states.remove(str(jid))

    def hold(self, message_id: str, arguments: tuple[str, ...]) -> None:
        """This acknowledgement waits until its person's phone is back."""
        waiting = self.held.get(message_id) or ()
        self.held.put(message_id, (*waiting, (self._instance.now, arguments)))

    def forget(self, message_id: str) -> None:
        """Nothing of this message waits any longer."""
        if message_id in self.held:
            self.held.remove(message_id)

    def as_json(self, contact: Contact) -> dict[str, Any]:
        """As the control API shows one person."""
        return {
            "instance": self._instance.key,
            "number": contact.number,
            "jid": str(contact.jid),
            "lid": str(contact.lid),
            "addressing": BY_LID if self._instance.addresses.is_hidden(contact) else BY_PHONE,
            "number_hidden": contact.number_hidden,
            "name": contact.name,
            "saved_name": contact.saved_name,
            "business": contact.business,
            "verified_name": contact.verified_name,
            "group_add": contact.group_add,
            "state": self.state(str(contact.jid)),
        }

    def _resume(self, jid: str) -> None:
        for message_id, waiting in list(self.held.items()):
            message = self._instance.messages.get(message_id)
            if message is None:
                self.held.remove(message_id)
                continue
            # A whole group waits for anybody in it.
            here = (message.chat, *self.members(message.chat))
            self._go_on(message_id, [held for held in waiting if jid in (held[1][2:] or here)])

    def release(self, message_id: str, person: str = "") -> None:
        """What waits of a message goes on: of one person's phone, or of the chat as a whole."""
        named = (person,) if person else ()
        waiting = self.held.get(message_id) or ()
        self._go_on(message_id, [held for held in waiting if held[1][2:] == named])

    def _go_on(self, message_id: str, mine: Sequence[Held]) -> None:
        if not mine:
            return
        for due, arguments in mine:
            self._instance.schedule(due - mine[0][0], "ack", arguments)
        others = tuple(held for held in self.held.get(message_id) or () if held not in mine)
        if others:
            self.held.put(message_id, others)
        else:
            self.held.remove(message_id)
