"""The model of groups: who is in each of them."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from megaapi_mock.domain.jid import as_given

from ..assertions import claim, claim_refusal, claim_success, inferred, value_at
from ..calls import group_of, leave, make_group, members, text
from ..participant_results import participant_results
from .life import FRIENDS, STRANGERS, Life, keep_error


class Groups(Life):
    """Groups by JID with who is in them beside the instance."""

    def __init__(self) -> None:
        super().__init__()
        self.groups: dict[str, set[str]] = {}
        self.former_groups: list[str] = []

    @initialize()
    @keep_error
    def begins(self) -> None:
        """A linked instance in no group."""
        self.instance = self.stage.instance()

    @rule(people=st.sets(st.sampled_from(FRIENDS), min_size=1))
    @keep_error
    def makes_one(self, people: set[str]) -> None:
        """A new group has a new JID."""
        creation, group = make_group(self.session, self.stage, self.instance, *sorted(people))
        jid = group.get("id")
        if claim_success(self.session, creation, "a group") and isinstance(jid, str):
            new = jid not in self.groups and jid not in self.former_groups
            claim(self.session, creation, new, "a new group has a JID of its own")
            self.groups[jid] = {as_given(person) for person in people}

    @precondition(lambda self: self.groups)
    @rule(
        which=st.integers(0, 9),
        people=st.lists(st.sampled_from((*FRIENDS, *STRANGERS)), min_size=1, unique=True),
        adding=st.booleans(),
    )
    @keep_error
    def changes_one(self, which: int, people: list[str], adding: bool) -> None:
        """Each person has the result that fits whether they are in it."""
        jid = self._pick(which)
        operation = "add_participants" if adding else "remove_participants"
        group_data = {"jid": jid, "participants": people}
        answer = self.call(operation, body={"group_data": group_data})
        inside = self.groups[jid]
        expected = [self._expected_status(as_given(person), inside, adding) for person in people]
        results = participant_results(self.session, answer)
        claim(
            self.session, answer, results is None or [each for _, each in results] == expected,
            "200, 404 or 409 for each person",
        )  # fmt: skip
        changed_jids = {as_given(p) for p, v in zip(people, expected, strict=True) if v == "200"}
        self.groups[jid] = inside | changed_jids if adding else inside - changed_jids

    @staticmethod
    def _expected_status(jid: str, inside: set[str], adding: bool) -> str:
        if jid in map(as_given, STRANGERS):
            return "404"
        if adding:
            return "409" if jid in inside else "200"
        return "200" if jid in inside else "404"

    @precondition(lambda self: self.groups)
    @rule(which=st.integers(0, 9))
    @keep_error
    def looks_at_one(self, which: int) -> None:
        """Exactly the people of the model are in it."""
        jid = self._pick(which)
        answer = self.call("group_details", query={"jid": jid})
        people = {person for person, rank in members(group_of(answer)).items() if rank is None}
        claim(self.session, answer, people == self.groups[jid], "the people who were added")

    @rule()
    @keep_error
    def lists_them(self) -> None:
        """Exactly the groups of the model are listed."""
        answer = self.call("list_groups")
        groups = value_at(answer.json, "groups")
        group_list = groups if isinstance(groups, list) else []
        jids = {str(value_at(one, "id")) for one in group_list}
        claim(self.session, answer, jids == set(self.groups), "the groups it is in, no others")

    @precondition(lambda self: self.groups)
    @rule(which=st.integers(0, 9))
    @keep_error
    def leaves_one(self, which: int) -> None:
        """It is gone."""
        jid = self._pick(which)
        claim_success(self.session, leave(self.session, self.instance, jid), "leaving")
        del self.groups[jid]
        self.former_groups.append(jid)

    @precondition(lambda self: self.former_groups)
    @rule()
    @keep_error
    def asks_for_one_that_was_left(self) -> None:
        """It is unknown."""
        answer = self.call("group_details", query={"jid": self.former_groups[-1]})
        claim_refusal(
            self.session, answer, 404, "a group that was left",
            promise=inferred(self.session, "group_details"),
        )  # fmt: skip

    @precondition(lambda self: self.groups)
    @rule(which=st.integers(0, 9))
    @keep_error
    def writes_to_one(self, which: int) -> None:
        """Texts to a group go there."""
        jid = self._pick(which)
        answer = text(self.session, self.instance, jid)
        claim_success(self.session, answer, "a text to a group")
        to = value_at(answer.json, "messageData", "key", "remoteJid")
        claim(self.session, answer, to == jid, "remoteJid is the group")

    def _pick(self, which: int) -> str:
        return sorted(self.groups)[which % len(self.groups)]
