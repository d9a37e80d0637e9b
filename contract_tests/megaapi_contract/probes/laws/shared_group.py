"""A group that another instance is in as well: how both see it, and what either does to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...errors import HeldBack, NotTried
from ...host.host_instance import HostInstance
from ...host.stage import Stage
from ...judging.results import Exchange
from ..session import Session
from .administration import SETTINGS
from .assertions import claim, claim_success, value_at
from .calls import group_of, make_group
from .listed_people import learn_hidden, listed_members, require_addable

Json = dict[str, Any]
NAMES = ("subject", *SETTINGS.values(), "size")


@dataclass(frozen=True, slots=True)
class GroupChange:
    """What one of the two does to the group, and what a webhook says of it besides who did it."""

    operation: str
    is_by_other: bool = False
    # The query of an operation that sets something; the others are about who is in the group.
    value: str = ""
    event: str = "group-participants"
    webhook: Json = field(default_factory=dict)


# Each is what a law leaves behind: the last ones make the group as it was.
COMINGS_AND_GOINGS = (
    GroupChange("leave_group", is_by_other=True, webhook={"action": "remove"}),
    GroupChange("add_participants", webhook={"action": "add"}),
    GroupChange("remove_participants", webhook={"action": "remove"}),
    GroupChange("add_participants", webhook={"action": "add"}),
)
PROMOTION = GroupChange("promote_participants", webhook={"action": "promote"})
DEMOTION = GroupChange("demote_participants", webhook={"action": "demote"})
RANKS_AND_SETTINGS = (
    PROMOTION,
    *(
        GroupChange(operation, value=value, event="group-update", webhook={name: value == "true"})
        for value in ("true", "false")
        for operation, name in SETTINGS.items()
    ),
    DEMOTION,
)


@dataclass(frozen=True, slots=True)
class SharedGroup:
    """`instance` has made it; `other` is in it, and `caller` is the session that may call that."""

    session: Session
    instance: HostInstance
    caller: Session
    other: HostInstance
    jid: str

    def change(self, change: GroupChange) -> bool:
        """Do it; whether that succeeded, which is held."""
        session, instance = self.session, self.instance
        if change.is_by_other:
            session, instance = self.caller, self.other
        arguments: Json = {"query": {"jid": self.jid}}
        if change.value:
            arguments["query"]["allowOnlyAdmins"] = change.value
        elif change.operation != "leave_group":
            data = {"jid": self.jid, "participants": [self.other.number]}
            arguments = {"body": {"group_data": data}}
        answer = session.call(change.operation, instance, **arguments)
        return claim_success(session, answer, "a change of a group")

    def ranks_of_other(self) -> Iterator[bool]:
        """Make the other one a member, an admin and a member again; whether it is an admin.

        No rank follows one that cannot be given, which is held.
        """
        yield False
        for change, is_admin in ((PROMOTION, True), (DEMOTION, False)):
            if not self.change(change):
                return
            yield is_admin

    def details(self, *, of_other: bool = False) -> tuple[Exchange, Json]:
        """The group as one of the two is shown it; empty where it is shown none."""
        session, instance = self._side(of_other)
        answer = session.call("group_details", instance, query={"jid": self.jid})
        group = group_of(answer)
        return answer, group if group.get("id") == self.jid else {}

    def row_in_list(self, *, of_other: bool = False) -> tuple[Exchange, Json]:
        """The group as it stands in the list of one of the two; empty where it does not."""
        session, instance = self._side(of_other)
        answer = session.call("list_groups", instance)
        groups = value_at(answer.json, "groups")
        mine = [one for one in groups or () if value_at(one, "id") == self.jid]
        return answer, mine[0] if mine else {}

    def _side(self, of_other: bool) -> tuple[Session, HostInstance]:
        return (self.caller, self.other) if of_other else (self.session, self.instance)

    # -- what must hold ----------------------------------------------------------------------

    def hold_same(self) -> Json:
        """Hold that details and lists of both show one group; it as its creator is shown it."""
        answer, mine = self.details()
        claim(self.session, answer, mine, "the group is there for who made it")
        learn_hidden(self.session, mine, self.other.number)
        people = listed_members(self.session, mine)
        for answer, group in (
            self.details(of_other=True), self.row_in_list(), self.row_in_list(of_other=True)
        ):  # fmt: skip
            if not claim(self.session, answer, group, "the group is there for both"):
                continue
            same = listed_members(self.session, group) == people
            claim(self.session, answer, same, "both see the same people and ranks")
            for name in NAMES:
                same = group.get(name) == mine.get(name)
                claim(self.session, answer, same, f"both see the same {name}")
        return mine

    def hold_without_other(self) -> None:
        """Hold that the other one is not in it, as both see it, and whoever made it is."""
        for answer, group in (self.details(), self.row_in_list()):
            people = listed_members(self.session, group)
            gone = as_given(self.other.number) not in people
            claim(self.session, answer, gone, "who is out of it is not shown in it")
            stays = as_given(self.instance.number) in people
            claim(self.session, answer, stays, "whoever made it stays in it")
            right = group.get("size") == len(people)
            claim(self.session, answer, right, "size counts who is in it")
        answer, group = self.row_in_list(of_other=True)
        claim(self.session, answer, not group, "who is out of a group does not list it")
        answer, group = self.details(of_other=True)
        claim(self.session, answer, not group, "who is out of a group is not shown it")

    # -- afterwards --------------------------------------------------------------------------

    @contextmanager
    def left_as_made(self) -> Iterator[None]:
        """Whatever happens meanwhile: the other one is a plain member again, and all may write."""
        try:
            yield
        finally:
            with suppress(HeldBack, NotTried):
                self._make_as_it_was()

    def _make_as_it_was(self) -> None:
        _, group = self.details()
        people, person = listed_members(self.session, group), as_given(self.other.number)
        if not group:
            return
        if person not in people:
            self.change(COMINGS_AND_GOINGS[-1])
        elif people[person] is not None:
            self.change(DEMOTION)
        for change in RANKS_AND_SETTINGS:
            if change.value == "false" and group.get(SETTINGS[change.operation]):
                self.change(change)


def shared_group(session: Session, stage: Stage) -> SharedGroup | None:
    """A group of the instance and another one; None where it could not be made, which is held."""
    instance, (other, caller) = stage.instance(), stage.reader(session)
    creation, created_group = make_group(session, stage, instance, other.number)
    if not claim_success(session, creation, "a group of instances"):
        return None
    require_addable(session, instance, created_group, other.number)
    jid = str(created_group.get("id"))
    caller.gate.allow_group(jid)
    return SharedGroup(session, instance, caller, other, jid)
