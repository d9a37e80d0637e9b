"""Groups: made, shown, listed, filled, emptied and left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from megaapi_mock.domain.jid import as_given

from ...errors import Impossible
from ...host.host_instance import HostInstance
from ...host.http import request
from ...host.stage import NO_WHATSAPP, WORLD, Stage
from ...judging.results import Exchange
from ...judging.values import jid_of
from ..probe import Laws
from ..session import Session
from .assertions import (
    NOT_REGISTERED,
    claim,
    claim_refusal,
    claim_success,
    inferred,
    value_at,
)
from .calls import (
    GROUP_NAME,
    group_name,
    group_of,
    is_now,
    leave,
    make_group,
    members,
    owner_of,
    someone,
)
from .listed_people import (
    as_listed,
    learn_hidden,
    listed_members,
    require_addable,
    require_own_wish,
)
from .participant_results import ADDED, ALREADY_IN, NOT_FOUND, PRIVATE, participant_results

LAWS = Laws()

UNKNOWN_GROUP = "120363000000000098@g.us"
# Somebody of the mock's world whom nobody may add to a group.
RESERVED = "5511900000098"
Json = Mapping[str, Any]


def _change(
    session: Session, instance: HostInstance, operation: str, jid: str, *people: str
) -> tuple[Exchange, dict[str, str] | None]:
    """Add or remove people; the answer, and what it says of each by JID, if it says anything."""
    group_data = {"jid": jid, "participants": list(people)}
    answer = session.call(operation, instance, body={"group_data": group_data})
    results = participant_results(session, answer)
    return answer, None if results is None else dict(results)


def _people_with_private_groups(stage: Stage, instance: HostInstance) -> tuple[str, ...]:
    """Whoever of this world may not be added to a group; nobody in a world without such people."""
    path = f"/_mock/instances/{instance.key}/contacts/{RESERVED}"
    try:
        contact = stage.control_api("GET", path)
    except Impossible:
        return ()
    return (RESERVED,) if contact.get("group_add") == PRIVATE else ()


def _create_group(
    session: Session, stage: Stage, instance: HostInstance, *people: str
) -> tuple[str, Json]:
    """A group of these people; its JID is empty when none was made."""
    creation, group = make_group(session, stage, instance, *people)
    claim_success(session, creation, "a good group")
    jid = group.get("id")
    fits = isinstance(jid, str) and jid_of(jid).group
    claim(session, creation, fits, "a new group has a JID")
    return (str(jid) if fits else ""), group


def _details(session: Session, instance: HostInstance, jid: str) -> tuple[Exchange, Json]:
    answer = session.call("group_details", instance, query={"jid": jid})
    return answer, group_of(answer)


def _groups_by_jid(session: Session, instance: HostInstance) -> tuple[Exchange, dict[str, Json]]:
    answer = session.call("list_groups", instance)
    groups = value_at(answer.json, "groups")
    parts = groups if isinstance(groups, list) else []
    return answer, {str(one.get("id")): one for one in parts if isinstance(one, dict)}


@LAWS.law("create_group", effects=("changes",))
def a_new_group_is_as_it_was_asked_for(session: Session, stage: Stage) -> None:
    instance, person = stage.instance(), someone(session)
    name = GROUP_NAME if stage.phone else group_name(session)
    creation, group = make_group(session, stage, instance, as_given(person), name=name)
    if not claim_success(session, creation, "a good group"):
        return
    claim(session, creation, group.get("subject") == name, "the subject is the name")
    require_addable(session, instance, group, person)
    people = listed_members(session, group)
    claim(session, creation, as_given(person) in people, "whom it was made with is in it")
    claim(session, creation, people.get(as_given(person)) is None, "others are not admins")
    own = [jid for jid, rank in people.items() if rank == "superadmin"]
    claim(session, creation, len(own) == 1 and len(people) == 2, "the instance is its superadmin")
    claim(session, creation, owner_of(dict(group)) in own, "the instance is its owner")
    claim(session, creation, group.get("size") == len(people), "size counts the participants")
    moment = group.get("creation")
    close = type(moment) is int and is_now(session, stage, creation, moment)
    claim(session, creation, close, "creation is the time in seconds")
    if instance.number:
        claim(
            session,
            creation,
            own == [f"{instance.number}@s.whatsapp.net"],
            "its own number rules it",
        )


@LAWS.law("create_group", effects=("changes",))
def participants_may_be_bare_numbers(session: Session, stage: Stage) -> None:
    instance, person = stage.instance(), someone(session)
    creation, group = make_group(session, stage, instance, person)
    require_addable(session, instance, group, person)
    inside = as_given(person) in listed_members(session, group)
    claim(session, creation, inside, "a bare number is in it")


@LAWS.law("create_group", "group_details", "list_groups", effects=("changes", "reads"))
def a_new_group_is_shown_and_listed(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    jid, group = _create_group(session, stage, instance, someone(session))
    if not jid:
        return
    answer, group_details = _details(session, instance, jid)
    claim_success(session, answer, "the details of a group")
    claim(
        session,
        answer,
        _contract_fields(session, group_details) == _contract_fields(session, group),
        "details as made",
    )
    _hold_path_with_slash(session, instance, jid, answer)
    listing, groups_by_jid = _groups_by_jid(session, instance)
    claim_success(session, listing, "the list of groups")
    if claim(session, listing, jid in groups_by_jid, "a new group is listed"):
        same = _contract_fields(session, groups_by_jid[jid]) == _contract_fields(session, group)
        claim(session, listing, same, "a group is listed as it was made")
    communities = value_at(listing.json, "communitys")
    claim(session, listing, isinstance(communities, list), "communities have their own list")


def _hold_path_with_slash(
    session: Session, instance: HostInstance, jid: str, plain: Exchange
) -> None:
    """Hold that a slash before the question mark leads to the same details."""
    path = session.contract.by_id["group_details"].path.replace("{instance_key}", instance.key)
    headers = (("Accept", "application/json"), ("Authorization", f"Bearer {instance.token}"))
    answer = session.exchange(request("GET", f"{path}/", query={"jid": jid}, headers=headers))
    groups_shown = [_contract_fields(session, group_of(one)) for one in (answer, plain)]
    same = answer.status == plain.status and groups_shown[0] == groups_shown[1]
    claim(session, answer, same, "a slash before the question mark changes nothing",
          promise=session.contract.promise("group_details"))  # fmt: skip


def _contract_fields(session: Session, group: Json) -> Json:
    """A group without what stands beside it in a flat answer, and without what a host adds."""
    fields = session.contract.document["components"]["schemas"]["Group"]["properties"]
    return {name: value for name, value in group.items() if name in fields}


@LAWS.law("create_group", "list_groups", "group_details", effects=("changes", "reads"), phone=True)
def groups_have_a_jid_of_their_own(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    creations = [make_group(session, stage, instance, someone(session)) for _ in range(5)]
    jids = [group.get("id") for _, group in creations]
    claim(session, creations[-1][0], len({*jids}) == 5 and all(jids), "the JIDs of groups differ")
    listing, groups_by_jid = _groups_by_jid(session, instance)
    claim(session, listing, set(groups_by_jid) >= set(map(str, jids)), "every group is listed")
    claim(session, listing, len(groups_by_jid) == 5, "nothing else is listed")
    # With one group alone it would not be seen whether the JID is read there.
    for jid in map(str, (jids[2], jids[4])):
        _hold_path_with_slash(session, instance, jid, _details(session, instance, jid)[0])


@LAWS.law("create_group", "add_participants", "remove_participants", "group_details",
          effects=("changes", "reads"))  # fmt: skip
def who_is_added_is_in_until_removed(session: Session, stage: Stage) -> None:
    instance, first, second = stage.instance(), someone(session), someone(session, 1)
    if first == second:
        return
    jid, created_group = _create_group(session, stage, instance, as_given(first))
    if not jid:
        return
    require_addable(session, instance, created_group, first)
    for operation, inside in (("add_participants", True), ("remove_participants", False)):
        change, results = _change(session, instance, operation, jid, as_given(second))
        claim_success(session, change, "a good change")
        answer, group = _details(session, instance, jid)
        if inside:
            require_own_wish(session, second, (results or {}).values())
            learn_hidden(session, group, second)
        answered_results = {
            as_listed(session, one): status for one, status in (results or {}).items()
        }
        right = results is None or answered_results == {as_given(second): ADDED}
        claim(session, change, right, "200 for the person")
        people = listed_members(session, group)
        claim(session, answer, (as_given(second) in people) is inside, "the group has changed")
        claim(session, answer, as_given(first) in people, "the others are still in it")
        claim(session, answer, group.get("size") == len(people), "size counts the participants")


@LAWS.law("create_group", "add_participants", "group_details", effects=("changes", "reads"),
          phone=True)  # fmt: skip
def every_participant_has_a_result_of_its_own(session: Session, stage: Stage) -> None:
    instance, inside = stage.instance(), someone(session)
    jid, _ = _create_group(session, stage, instance, inside)
    if not jid:
        return
    new, private_people = WORLD[1], _people_with_private_groups(stage, instance)
    people = (inside, new, *private_people, NO_WHATSAPP)
    change, results = _change(session, instance, "add_participants", jid, *people)
    expected = {
        as_given(inside): ALREADY_IN, as_given(new): ADDED,
        **{as_given(person): PRIVATE for person in private_people},
        as_given(NO_WHATSAPP): NOT_FOUND,
    }  # fmt: skip
    claim_success(session, change, "a mixed change")
    if results is not None:
        claim(session, change, list(results) == list(expected), "one result for each, in order")
        claim(session, change, results == expected, "200, 403, 404 or 409 as the case is")
    _, group = _details(session, instance, jid)
    inside_now = set(members(dict(group)))
    claim(session, change, {as_given(new), as_given(inside)} <= inside_now, "who may, is in")
    kept_out = not {as_given(RESERVED), as_given(NO_WHATSAPP)} & inside_now
    claim(session, change, kept_out, "who may not, is not in")


@LAWS.law("create_group", "remove_participants", effects=("changes",), phone=True)
def who_is_not_in_cannot_be_removed(session: Session, stage: Stage) -> None:
    instance, inside = stage.instance(), someone(session)
    jid, _ = _create_group(session, stage, instance, inside)
    if not jid:
        return
    change, results = _change(session, instance, "remove_participants", jid, WORLD[1], inside)
    expected = {as_given(WORLD[1]): NOT_FOUND, as_given(inside): ADDED}
    right = results in (None, expected)
    claim(session, change, right, "404 for strangers, 200 for members")


@LAWS.law("create_group", effects=("changes",), phone=True)
def who_may_not_be_added_is_left_out_of_a_new_group(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    creation, group = make_group(
        session, stage, instance, someone(session), *_people_with_private_groups(stage, instance)
    )
    claim_success(session, creation, "a group with somebody reserved")
    is_left_out = as_given(RESERVED) not in members(dict(group))
    claim(session, creation, is_left_out, "somebody reserved is left out")
    creation, _ = make_group(session, stage, instance, NO_WHATSAPP)
    claim_refusal(session, creation, 403, "a number without WhatsApp", message=NOT_REGISTERED)
    creation, _ = make_group(session, stage, instance)
    claim_refusal(
        session,
        creation,
        500,
        "a group of nobody",
        promise=inferred(session, "create_group"),
    )


@LAWS.law("create_group", "leave_group", "group_details", "list_groups", "send_text",
          effects=("changes", "reads", "sends"), worth=-3)  # fmt: skip
def a_group_that_was_left_is_gone(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    jid, _ = _create_group(session, stage, instance, someone(session))
    if not jid:
        return
    departure = leave(session, instance, jid)
    claim_success(session, departure, "leaving")
    listing, groups_by_jid = _groups_by_jid(session, instance)
    claim(session, listing, jid not in groups_by_jid, "a group that was left is not listed")
    if not stage.phone:
        return
    unsure = inferred(session, "leave_group")
    claim_refusal(session, leave(session, instance, jid), 404, "leaving twice", promise=unsure)
    answer, _ = _details(session, instance, jid)
    claim_refusal(session, answer, 404, "details of a group that was left", promise=unsure)
    data = {"to": jid, "text": "Bom dia"}
    sent_message = session.call("send_text", instance, body={"messageData": data})
    claim_refusal(session, sent_message, 500, "a text to a group that was left", promise=unsure,
            switches=("not_a_member",))  # fmt: skip


@LAWS.law("group_details", "add_participants", "remove_participants", "leave_group",
          effects=("changes", "reads"), phone=True)  # fmt: skip
def groups_nobody_knows_are_404(session: Session, stage: Stage) -> None:
    instance, person = stage.instance(), as_given(someone(session))
    group_data = {"jid": UNKNOWN_GROUP, "participants": [person]}
    for operation in ("add_participants", "remove_participants"):
        answer = session.call(operation, instance, body={"group_data": group_data})
        claim_refusal(
            session, answer, 404, "an unknown group", promise=inferred(session, operation)
        )
    for operation in ("group_details", "leave_group"):
        answer = session.call(operation, instance, query={"jid": UNKNOWN_GROUP})
        claim_refusal(
            session, answer, 404, "an unknown group", promise=inferred(session, operation)
        )


@LAWS.law("create_group", "add_participants", "remove_participants", effects=("changes",))
def nobody_to_add_or_remove_is_refused(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    jid, _ = _create_group(session, stage, instance, someone(session))
    for operation in ("add_participants", "remove_participants") if jid else ():
        answer, _ = _change(session, instance, operation, jid)
        claim_refusal(session, answer, 500, "nobody", promise=inferred(session, operation))


@LAWS.law("create_group", "add_participants", "remove_participants", effects=("changes",),
          phone=True)  # fmt: skip
def only_admins_change_who_is_in(session: Session, stage: Stage) -> None:
    instance, person = stage.instance(), someone(session)
    jid, _ = _create_group(session, stage, instance, person)
    if not jid:
        return
    path = f"/_mock/instances/{instance.key}/inbound"
    happening = {"event": "group-participants", "group": jid, "from": person}
    # A superadmin may be demoted by another admin only.
    for option, to in (("promote", person), ("demote", instance.number)):
        author = {"from": instance.number} if option == "promote" else {}
        stage.control_api("POST", path, {**happening, **author, "option": option, "to": to})
    for operation in ("add_participants", "remove_participants"):
        answer, _ = _change(session, instance, operation, jid, WORLD[1])
        claim_refusal(session, answer, 403, "not an admin", message="Not authorized")
