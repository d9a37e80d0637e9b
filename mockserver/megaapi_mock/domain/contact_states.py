"""What a test decides about a person: reachable, phone off, blocked, or without an account."""

from __future__ import annotations

from typing import Any

from ..errors import Conflict, Invalid
from .addressing import BY_LID, BY_PHONE, Addresses
from .change import Change
from .contacts import Contact
from .due_work import DueWork
from .groups import Groups
from .jid import Jid
from .mailbox import Mailbox
from .message_states import PHONE_OFF, UNREGISTERED
from .reachability import Reachability
from .state import jid_row_bytes
from .undo_table import UndoTable

# People of whom an instance can be told that they are not reachable.
PEOPLE_MOST = 10_000


class ContactStates:
    """Sets the state of a person; all that waited for another state follows."""

    def __init__(
        self,
        change: Change,
        addresses: Addresses,
        reachability: Reachability,
        groups: Groups,
        mailbox: Mailbox,
        due_work: DueWork,
    ) -> None:
        self._change, self._state = change, change.state
        self._addresses, self._reachability = addresses, reachability
        self._groups, self._mailbox, self._due_work = groups, mailbox, due_work

    def set(self, contact: Contact, state: str) -> None:
        """From now on; what waited for a phone goes on, each at its distance from the first.

        Whoever deletes the account leaves the groups, and coming back brings nobody into one.
        Invalid for the instance's own account: an instance has one.
        """
        jid = contact.jid
        self._require_settable(contact, state)
        # What is due at this very moment still meets the old state.
        self._due_work.run(self._change.now)
        self._state.contact_states.put(jid, state)
        if state != PHONE_OFF:
            self._reachability.resume(jid)
        if state == UNREGISTERED:
            # What waited in a group for this phone meets its end before the group is without it.
            self._due_work.run(self._change.now)
            self._groups.drop_account(contact.jid)
        self._mailbox.read_waiting(contact.jid)

    def show_buttons(self, contact: Contact, shows_them: bool) -> None:
        """Whether this person's phone shows lists, buttons and templates; new versions do not."""
        jid, without = contact.jid, self._state.without_buttons
        if shows_them and jid in without:
            without.remove(jid)
        elif not shows_them and jid not in without:
            self._require_room(without, jid)
            without.put(jid, True)

    def _require_settable(self, contact: Contact, state: str) -> None:
        jid, states = contact.jid, self._state.contact_states
        if state == UNREGISTERED and contact.jid == self._change.own_jid:
            raise Invalid(
                f"{jid} is the number of {self._state.key} itself, and who has an instance has "
                'an account: unlink it {"by": "ban"}',
            )
        if jid not in states:
            self._require_room(states, jid)

    def as_json(self, contact: Contact) -> dict[str, Any]:
        """As the control API shows one person."""
        return {
            "instance": self._state.key,
            "number": contact.number,
            "jid": contact.jid,
            "lid": contact.lid,
            "addressing": BY_LID if self._addresses.is_hidden(contact) else BY_PHONE,
            "number_hidden": contact.number_hidden,
            "name": contact.name,
            "saved_name": contact.saved_name,
            "business": contact.business,
            "verified_name": contact.verified_name,
            "group_add": contact.group_add,
            "state": self._reachability.state(contact.jid),
            "shows_buttons": contact.jid not in self._state.without_buttons,
            "blocked_by_instance": contact.jid in self._state.blocked,
        }

    def _require_room(self, people: UndoTable[Jid, Any], jid: Jid) -> None:
        row = jid_row_bytes(jid)
        if len(people) >= PEOPLE_MOST or not self._change.has_room(people, row):
            most = min(len(people), PEOPLE_MOST)
            raise Conflict(f"{most} people have a state of their own already: reset some of them")
