"""What an instance does in groups as their admin: ranks, settings, invitations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .change import Change
from .group import Group
from .groups import ADDED, REFUSED, UNKNOWN, Groups, apply_changes
from .jid import Jid
from .outbox import Outbox
from .peer_messages import GroupUpdate


class GroupAdmin:
    """Every verb refuses a group that the instance does not administer."""

    def __init__(self, change: Change, groups: Groups, outbox: Outbox) -> None:
        self._change, self._state = change, change.state
        self._groups, self._outbox = groups, outbox

    def administered_groups(self) -> list[Group]:
        """The groups in which the instance is an admin."""
        return [group for group in self._groups if self._groups.is_admin(group)]

    def rank(self, group: Group, people: Iterable[str], action: str) -> list[tuple[Jid, str]]:
        """Promote or demote people one by one; (JID, status) for each.

        Nobody can demote whoever created the group (baileys).
        """
        self._groups.require_admin(group)
        outcome, new_ranks = [], []
        for text in people:
            person = self._change.person(Jid.parse(text))
            jid = person.jid if person else Jid.parse(text)
            member = group.member(jid)
            status = UNKNOWN if member is None else ADDED
            if member is not None and member.admin == "superadmin" and action == "demote":
                status = REFUSED
            if status == ADDED:
                promotes = action == "promote"
                group = group.with_admin(jid) if promotes else group.with_rank(jid, None)
                new_ranks.append(jid)
            outcome.append((jid, status))
        if new_ranks:
            self._tell(group, action, people=tuple(new_ranks))
        return outcome

    def change_settings(self, group: Group, changes: Mapping[str, bool]) -> None:
        """Set who may write (`announce`), or who may change the group (`restrict`)."""
        self._groups.require_admin(group)
        self._tell(apply_changes(group, changes), "update", changes=changes)

    def _tell(
        self,
        group: Group,
        action: str,
        *,
        people: tuple[Jid, ...] = (),
        changes: Mapping[str, bool] | None = None,
    ) -> None:
        """Keep the group as it is now; its members hear of it, and a webhook tells it if it may."""
        self._state.group_table.put(group.jid, group)
        update = GroupUpdate(
            group=group,
            author=self._change.own_jid,
            action=action,
            people=people,
            changes=dict(changes or {}),
            announced=self._change.rules.group_events,
        )
        if update.announced:
            self._groups.record(update)
        self._outbox.share(update, [participant.jid for participant in group.participants])
