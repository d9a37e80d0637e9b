"""A group of the instance and one other person, who is taken out of it and put in again."""

from __future__ import annotations

from typing import Any

from megaapi_mock.domain.jid import as_given

from ...host.host_instance import HostInstance
from ...host.stage import Stage
from ...judging.results import Exchange
from ..probe import Laws
from ..session import Session
from .assertions import claim, claim_success, inferred, value_at
from .calls import group_of, make_group, someone
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
    listed = [one for one in groups if value_at(one, "id") == jid] if groups else []
    return [(details, group_of(details)), (listing, listed[0] if listed else {})]


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
