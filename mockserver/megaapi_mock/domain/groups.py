"""The groups an instance is in: create, change members, leave; list and details agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..errors import (
    Conflict,
    GroupNotFound,
    NotAuthorized,
    NumberNotRegistered,
    Unusable,
)
from .addressing import Addresses
from .change import Change
from .contacts import Contact
from .facts import Fields
from .group import Group, Participant, group_bytes, invite_code, why_unheard
from .jid import GROUP, Jid
from .message_states import UNREGISTERED
from .outbox import Outbox
from .peer_messages import GroupUpdate
from .reachability import Reachability

# What every member does where only admins write.
_BY_EVERYBODY = frozenset({"reaction", "poll-vote", "deleted"})
# A webhook's name for a field, where it is another than ours.
_FIELDS = {"desc": "description"}
ADDED, REFUSED, UNKNOWN, ALREADY_IN = "200", "403", "404", "409"
# WhatsApp's own limit, and what its web client is told then; what the gateway says is inferred.
PARTICIPANTS_MOST = 1_024
# Groups an instance is in, those it only heard of included; their texts are bounded with its
# messages'.
GROUPS_MOST = 10_000


class Groups:
    """A view on the instance's groups; statuses per person are strings, as Baileys gives them."""

    def __init__(
        self, change: Change, addresses: Addresses, reachability: Reachability, outbox: Outbox
    ) -> None:
        self._change, self._state = change, change.state
        self._addresses, self._reachability, self._outbox = addresses, reachability, outbox

    def __contains__(self, jid: Jid) -> bool:
        return jid in self._state.group_table

    def __iter__(self) -> Iterator[Group]:
        return iter(self._state.group_table.values())

    def get(self, jid: Jid) -> Group | None:
        """The group, if the instance is in it."""
        return self._state.group_table.get(jid)

    def require(self, text: str) -> Group:
        """The group with this id; GroupNotFound when the instance does not know it."""
        group = self.get(Jid.parse(text))
        if group is None:
            raise GroupNotFound(f"{text} is not a group of {self._state.key}")
        return group

    def invited_by(self, code: str) -> Group | None:
        """The group this code leads to: one of the instance's own, or of the world."""
        groups = {group.jid: group for group in (*self._change.world_groups, *self)}
        return next((group for jid, group in groups.items() if invite_code(jid) == code), None)

    def join(self, groups: Iterable[Group]) -> None:
        """It is in those of these groups that it is a participant of."""
        for group in groups:
            self._keep(group)

    def start_over(self) -> None:
        """Another number is linked: the groups of the world that it is in, and no others."""
        for jid in list(self._state.group_table):
            self._state.group_table.remove(jid)
        self.join(self._change.world_groups)

    def drop_account(self, person: Jid) -> None:
        """Somebody's account is gone, and with it their place in every group seen from here.

        Other instances in those groups see the same: a group is one.
        """
        for group in [group for group in self if group.member(person) is not None]:
            self._keep(group)
            update = GroupUpdate(
                group=group.without_member(person),
                author=person,
                action="remove",
                people=(person,),
                announced=self._change.rules.group_events,
            )
            if update.announced:
                self.record(update)
            self._outbox.share(update, [participant.jid for participant in group.participants])

    def create(self, subject: str, people: Iterable[str], *, owner: Jid | None = None) -> Group:
        """A new group, the instance its superadmin, unless `owner` has made it and is.

        Who forbids being added is left out (vendor), and so is a hidden number that nobody has;
        a number without WhatsApp refuses the call.
        """
        change, own = self._change, self._change.own_jid
        owner = owner or own
        members, inside = [Participant(owner, "superadmin")], {owner, own}
        members += [Participant(own)] if owner != own else []
        for person in self._people_with_account(people):
            if person.group_add == ADDED and person.jid not in inside:
                members.append(Participant(person.jid))
                inside.add(person.jid)
        del members[PARTICIPANTS_MOST:]
        group = Group(
            jid=Jid(change.ids.group(self._state.key, change.count("group")), GROUP),
            subject=subject,
            owner=owner,
            created=int(change.now),
            participants=tuple(members),
        )
        if not self._has_room(group):
            raise Unusable(f"{self._state.key} is in too many groups to remember: leave some")
        self._state.group_table.put(group.jid, group)
        others = [participant.jid for participant in members if participant.jid != own]
        self._share(group, "add", others, group)
        return group

    def add(self, group: Group, people: Iterable[str]) -> list[tuple[Jid, str]]:
        """Add people one by one; (JID, status) for each."""
        self.require_admin(group)
        outcome = []
        for text in people:
            person = self._change.person(Jid.parse(text))
            status = self._add_status(group, self._reachability.unless_gone(person))
            if person is not None and status == ADDED:
                group = group.with_member(person.jid)
            outcome.append((person.jid if person else Jid.parse(text), status))
        self._state.group_table.put(group.jid, group)
        self._record_own(group, "add", outcome)
        self._share(group, "add", _people_added(outcome), group)
        return outcome

    def remove(self, group: Group, people: Iterable[str]) -> list[tuple[Jid, str]]:
        """Remove people one by one; (JID, status) for each. The instance itself must leave."""
        self.require_admin(group)
        before, outcome = group, []
        for text in people:
            person = self._change.person(Jid.parse(text))
            jid = person.jid if person else Jid.parse(text)
            status = ADDED if group.member(jid) else UNKNOWN
            if jid == self._change.own_jid:
                status = REFUSED
            if status == ADDED:
                group = group.without_member(jid)
            outcome.append((jid, status))
        self._state.group_table.put(group.jid, group)
        self._record_own(group, "remove", outcome)
        self._share(group, "remove", _people_added(outcome), before)
        return outcome

    def leave(self, group: Group) -> None:
        """The instance is out: the group is unknown to it from now on."""
        own = self._change.own_jid
        self._state.group_table.remove(group.jid)
        self._record_own(group, "remove", [(own, ADDED)])
        self._share(group.without_member(own), "remove", [own], group)

    def change_member(self, group: Group, author: Jid, person: Jid, action: str) -> None:
        """A contact joins or leaves, or as an admin adds, removes, promotes or demotes somebody.

        The instance itself may be who is removed: the group is unknown to it from then on.
        """
        self._require_say(group, author, others=person != author or action == "promote")
        member = group.member(person)
        if (member is not None) == (action == "add"):
            inside = "is in" if member else "is not in"
            raise Conflict(f"{person} {inside} {group.jid}: nothing to {action}")
        if action == "add" and len(group.participants) >= PARTICIPANTS_MOST:
            raise Conflict(f"{group.jid} is full: it has {PARTICIPANTS_MOST} people")
        before, group = group, _apply_action(group, person, action)
        self._keep(group)
        everybody = group if action == "add" else before
        self._share(group, action, [person], everybody, author=author)

    def update_by(self, group: Group, author: Jid, changes: Mapping[str, Any]) -> None:
        """A contact changes the subject or the settings; members may unless it is restricted."""
        if group.member(author) is None:
            raise Conflict(f"{author} is not a participant of {group.jid}")
        self._require_say(group, author, others=group.restrict or set(changes) != {"subject"})
        group = apply_changes(group, changes)
        if not self._has_room(group):
            raise Conflict(f"the text is too long for {group.jid}")
        self._state.group_table.put(group.jid, group)
        self._share(group, "update", [], group, author=author, changes=changes)

    def apply_update(self, update: GroupUpdate) -> None:
        """Another instance has changed a group, or a contact has before its eyes.

        Whoever has no account as seen from here is in no group here, whatever others see.
        """
        group = self.get(update.group.jid)
        if group is None:
            group = update.group
        elif update.action == "update":
            group = apply_changes(group, update.changes)
        else:
            for person in update.people:
                group = _apply_action(group, person, update.action)
        is_member = update.group.jid in self
        if is_member or (group.member(self._change.own_jid) is not None and self._has_room(group)):
            self._keep(group)
            visible_people = tuple(who for who in update.people if self._is_visible(update, who))
            update = replace(update, people=visible_people)
            if update.announced and (update.people or update.action == "update"):
                self.record(update)

    def _has_room(self, group: Group) -> bool:
        """Whether the instance can remember this group, or this form of it, beside all others."""
        table = self._state.group_table
        if group.jid not in table and len(table) >= GROUPS_MOST:
            return False
        return self._change.has_room(table, group_bytes(group.jid, group))

    def _is_visible(self, update: GroupUpdate, person: Jid) -> bool:
        return update.action == "remove" or self._reachability.state(person) != UNREGISTERED

    def _keep(self, group: Group) -> None:
        """The group as it is now; whoever is not in it does not know it."""
        states = self._state.contact_states
        for person in group.participants if states else ():
            if self._reachability.state(person.jid) == UNREGISTERED:
                group = group.without_member(person.jid)
        if group.member(self._change.own_jid) is not None:
            self._state.group_table.put(group.jid, group)
        elif group.jid in self:
            self._state.group_table.remove(group.jid)

    def record(self, update: GroupUpdate) -> None:
        """Let a webhook tell this change."""
        fields: dict[str, Any] = {"id": update.group.jid, "author": update.author}
        if update.action == "update":
            fields = self._addresses.group_fields(fields)
            self._change.record("group-update", Fields({**fields, **update.changes}))
            return
        fields |= {"participants": list(update.people), "action": update.action}
        fields = self._addresses.group_fields(fields)
        self._change.record("group-participants", Fields(fields))

    def _share(
        self,
        group: Group,
        action: str,
        people: Sequence[Jid],
        among: Group,
        *,
        author: Jid | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> None:
        """Other instances in the group, or who were until now, hear of it.

        What a contact does is told wherever it is seen; what an instance does, as the switch says.
        """
        if not people and not changes:
            return
        update = GroupUpdate(
            group=group,
            author=author or self._change.own_jid,
            action=action,
            people=tuple(people),
            changes=dict(changes or {}),
            announced=author is not None or self._change.rules.group_events,
        )
        self._outbox.share(update, [participant.jid for participant in among.participants])

    def _record_own(self, group: Group, action: str, outcome: Iterable[tuple[Jid, str]]) -> None:
        """What the instance itself did; only where the gateway is taken to forward it."""
        people = _people_added(outcome)
        if people and self._change.rules.group_events:
            author = self._change.own_jid
            fields = {"id": group.jid, "author": author, "participants": people}
            chat_fields = self._addresses.group_fields({**fields, "action": action})
            self._change.record("group-participants", Fields(chat_fields))

    @staticmethod
    def _require_say(group: Group, author: Jid, *, others: bool) -> None:
        if others and not group.is_admin(author):
            raise Conflict(f"{author} is not an admin of {group.jid}")

    def _people_with_account(self, people: Iterable[str]) -> list[Contact]:
        contacts = []
        for text in people:
            person = self._change.person(Jid.parse(text))
            person = self._reachability.unless_gone(person)
            if person is not None:
                contacts.append(person)
            elif not Jid.parse(text).lid:
                raise NumberNotRegistered(
                    f"participant {self._change.directory.no_account(Jid.parse(text))}"
                )
        return contacts

    def is_admin(self, group: Group) -> bool:
        """Whether the instance is an admin of the group."""
        return group.is_admin(self._change.own_jid)

    def require_writer(self, chat: Jid, author: Jid, event: str) -> None:
        """Conflict where only admins write and this person is none: their phone lets them not."""
        group = self.get(chat)
        if event not in _BY_EVERYBODY and why_unheard(group, author) is not None:
            raise Conflict(f"{author} is not an admin of {chat}: only admins write there")

    def require_admin(self, group: Group) -> None:
        """NotAuthorized unless the instance is an admin of the group."""
        if not self.is_admin(group):
            raise NotAuthorized(f"{self._state.key} is not an admin of {group.jid}")

    def _add_status(self, group: Group, person: Contact | None) -> str:
        if person is None:
            return UNKNOWN
        if group.member(person.jid) is not None:
            return ALREADY_IN
        if len(group.participants) >= PARTICIPANTS_MOST:
            return self._change.rules.group_full
        return person.group_add


def _people_added(outcome: Iterable[tuple[Jid, str]]) -> list[Jid]:
    return [jid for jid, status in outcome if status == ADDED]


def _apply_action(group: Group, person: Jid, action: str) -> Group:
    """The group after this was done to somebody; done twice, it is as done once."""
    if action == "add":
        return group if group.member(person) else group.with_member(person)
    if action == "remove":
        return group.without_member(person)
    return group.with_admin(person) if action == "promote" else group.with_rank(person, None)


def apply_changes(group: Group, changes: Mapping[str, Any]) -> Group:
    """The group with other values in these fields, which are named as webhooks name them."""
    return replace(group, **{_FIELDS.get(name, name): value for name, value in changes.items()})
