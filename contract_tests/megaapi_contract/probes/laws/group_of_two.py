"""A group of the instance and one other person, or two, who are taken out and put in again."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...errors import HeldBack, NotTried
from ...host.host_instance import HostInstance
from ...host.stage import Stage
from ...judging.results import Exchange
from ..probe import Laws
from ..session import Session
from .assertions import claim, claim_success, inferred, value_at
from .calls import group_of, make_group, several, someone
from .listed_people import as_listed, listed_members, require_addable
from .participant_results import ADDED, ALREADY_IN, participant_results

LAWS = Laws()


def _looks(
    session: Session, instance: HostInstance, jid: str
) -> list[tuple[Exchange, dict[str, Any]]]:
    """The group as its details and as the list show it."""
    details = session.call("group_details", instance, query={"jid": jid})
    listing = session.call("list_groups", instance)
    groups = value_at(listing.json, "groups")
    rows = [one for one in groups if value_at(one, "id") == jid] if groups else []
    return [(details, group_of(details)), (listing, rows[0] if rows else {})]


@LAWS.law("create_group", "remove_participants", "add_participants", "group_details",
          "list_groups", effects=("changes", "reads"), worth=8)  # fmt: skip
def whoever_is_taken_out_can_be_put_in_again(session: Session, stage: Stage) -> None:
    instance, person = stage.instance(), someone(session)
    creation, created_group = make_group(session, stage, instance, person)
    jid = created_group.get("id")
    if not claim_success(session, creation, "a good group") or not isinstance(jid, str):
        return
    require_addable(session, instance, created_group, person)
    inside = as_given(person) in listed_members(session, created_group)
    claim(session, creation, inside, "whom it was made with is in it")
    steps = (
        ("remove_participants", ADDED, False),
        ("add_participants", ADDED, True),
        ("add_participants", ALREADY_IN, True),
    )
    for operation, status, is_in in steps:
        body = {"group_data": {"jid": jid, "participants": [person]}}
        change = session.call(operation, instance, body=body)
        claim_success(session, change, "a change of who is in")
        results = participant_results(session, change)
        answered_results = [(as_listed(session, one), each) for one, each in results or ()]
        right = results is None or answered_results == [(as_given(person), status)]
        promise = None if status == ADDED else inferred(session, operation)
        claim(session, change, right, "what became of the person", promise=promise)
        for answer, group in _looks(session, instance, jid):
            people = listed_members(session, group)
            claim(session, answer, (as_given(person) in people) is is_in, "in it, or out of it")
            claim(session, answer, len(people) == 1 + is_in, "nobody else came or went")
            claim(session, answer, group.get("size") == len(people), "size counts who is in it")
            same = group.get("subject") == created_group.get("subject")
            claim(session, answer, same, "the name is as it was")


@LAWS.law("create_group", "add_participants", "remove_participants", "group_details",
          effects=("changes", "reads"), worth=7)  # fmt: skip
def each_of_several_is_put_in_and_taken_out(session: Session, stage: Stage) -> None:
    """What a call says of one person may be said of all, and done for the first or last alone."""
    instance, people = stage.instance(), several(session, 2)
    if len(people) < 2:
        raise NotTried("it needs two people whom the run may write to: list another one")
    creation, group = make_group(session, stage, instance, people[0])
    if not claim_success(session, creation, "a good group"):
        return
    require_addable(session, instance, group, people[0])
    jid = str(group.get("id"))
    try:
        for operation, participants, is_in in (
            ("add_participants", [people[1]], True),
            ("remove_participants", people, False),
            ("add_participants", people[::-1], True),
            ("remove_participants", [people[1]], False),
        ):
            if not _change_all(session, instance, jid, operation, participants, is_in=is_in):
                return
    finally:
        # As it was made, for the laws that look at it next.
        with suppress(HeldBack, NotTried):
            _make_as_it_was(session, instance, jid, people)


def _change_all(session: Session, instance: HostInstance, jid: str, operation: str,
                people: list[str], *, is_in: bool) -> bool:  # fmt: skip
    """Put these people in or out at once, and hold that each is; whether all that held."""
    body = {"group_data": {"jid": jid, "participants": people}}
    change = session.call(operation, instance, body=body)
    if not claim_success(session, change, "a change of several"):
        return False
    results = participant_results(session, change)
    details = session.call("group_details", instance, query={"jid": jid})
    group = group_of(details)
    for person in people if is_in else ():
        # Who lets nobody add them is in no group, and that is no mistake of the host.
        require_addable(session, instance, group, person)
    answered_people = [as_listed(session, one) for one, _ in results or ()]
    right = results is None or answered_people == [*map(as_given, people)]
    if not claim(session, change, right, "one result for each person, in their order"):
        return False
    right = all(each == ADDED for _, each in results or ())
    if not claim(session, change, right, "200 for each person"):
        return False
    inside = listed_members(session, group)
    right = all((as_given(person) in inside) is is_in for person in people)
    return claim(session, details, right, "each of them is in it, or out of it")


def _make_as_it_was(session: Session, instance: HostInstance, jid: str, people: list[str]) -> None:
    group = group_of(session.call("group_details", instance, query={"jid": jid}))
    inside = listed_members(session, group)
    for operation, person, is_out in (
        ("add_participants", people[0], as_given(people[0]) not in inside),
        ("remove_participants", people[1], as_given(people[1]) in inside),
    ):
        if group and is_out:
            body = {"group_data": {"jid": jid, "participants": [person]}}
            session.call(operation, instance, body=body)
