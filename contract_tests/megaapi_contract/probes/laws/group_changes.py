"""Groups after every change: read back in details and list, for each person, by whoever made it."""

from __future__ import annotations

from typing import Any

from megaapi_mock.domain.jid import as_given

from ...errors import Impossible
from ...host.host_instance import HostInstance
from ...host.stage import WORLD, Stage
from ...judging.results import Exchange, Promise
from ..probe import Laws
from ..session import Session
from .assertions import claim, claim_success, inferred, value_at
from .calls import group_of, leave, make_group, members, message
from .participant_results import participant_results
from .webhooks import PHASE, listening

LAWS = Laws()
Json = dict[str, Any]

# People by JID and by bare number, in every order.
MIXES = ((True, False, True), (False, True, False), (True, True, False), (False, False, True))
# What phones do to a group: who, the event, and what about it.
PHONES_DO: tuple[tuple[str, Json], ...] = (
    ("group-participants", {"option": "promote", "to": WORLD[0]}),
    ("group-update", {"set": {"announce": True}}),
    ("group-update", {"set": {"announce": False, "restrict": True}}),
    ("group-update", {"set": {"restrict": False}}),
    ("group-participants", {"option": "demote", "to": WORLD[0]}),
    ("group-participants", {"option": "promote", "to": WORLD[1]}),
    ("group-participants", {"option": "add", "to": WORLD[2]}),
    ("group-update", {"set": {"subject": "Outra equipe"}}),
    ("group-participants", {"option": "remove", "to": WORLD[0]}),
)


def _create_group(session: Session, stage: Stage, instance: HostInstance, *people: str) -> str:
    return str(make_group(session, stage, instance, *people)[1].get("id"))


def _details(session: Session, instance: HostInstance, jid: str) -> tuple[Exchange, Json]:
    answer = session.call("group_details", instance, query={"jid": jid})
    return answer, group_of(answer)


def _group_in_list(session: Session, instance: HostInstance, jid: str) -> tuple[Exchange, Json]:
    answer = session.call("list_groups", instance)
    groups = value_at(answer.json, "groups")
    group_list = groups if isinstance(groups, list) else []
    return answer, next((one for one in group_list if value_at(one, "id") == jid), {})


@LAWS.law("create_group", "group_details", "list_groups", effects=("changes", "reads"), phone=True)
def every_change_of_a_group_is_shown_and_listed(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    jid = _create_group(session, stage, instance, *WORLD[:2])
    _group_in_list(session, instance, jid)
    for event, more in (("", {}), *PHONES_DO):
        if event:
            body = {"event": event, "group": jid, "from": instance.number, **more}
            stage.control_api("POST", f"/_mock/instances/{instance.key}/inbound", body)
        true = stage.control_api("GET", f"/_mock/instances/{instance.key}/groups/{jid}")
        people = {one["jid"]: one["admin"] for one in true["participants"]}
        for answer, group in (
            _details(session, instance, jid),
            _group_in_list(session, instance, jid),
        ):
            for name in ("subject", "announce", "restrict"):
                claim(session, answer, group.get(name) == true[name], f"{name} is what it is now")
            right = members(group) == people
            claim(session, answer, right, "each member has the rank of now")
            is_single = len(group.get("participants") or ()) == group.get("size") == len(people)
            claim(session, answer, is_single, "everybody stands in it once")


def _forms(people: tuple[str, ...], mix: tuple[bool, ...]) -> list[str]:
    pairs = zip(people, mix, strict=False)
    return [as_given(person) if by_jid else person for person, by_jid in pairs]


@LAWS.law("create_group", "add_participants", "remove_participants", "group_details",
          effects=("changes", "reads"), phone=True)  # fmt: skip
def jids_and_numbers_may_be_mixed(session: Session, stage: Stage) -> None:
    instance, people = stage.instance(), WORLD[:3]
    everybody = {as_given(person) for person in people}
    for mix in MIXES:
        creation, group = make_group(session, stage, instance, *_forms(people, mix))
        claim(session, creation, everybody <= set(members(group)), "all who were named are in it")
        jid = str(group.get("id"))
        for operation, inside in (("remove_participants", False), ("add_participants", True)):
            data = {"jid": jid, "participants": _forms(people, mix)}
            change = session.call(operation, instance, body={"group_data": data})
            claim_success(session, change, "a change of several")
            now = everybody & set(members(_details(session, instance, jid)[1]))
            fits = now == (everybody if inside else set())
            claim(session, change, fits, "all who were named are in it or out of it")


@LAWS.law("create_group", "add_participants", "remove_participants", "group_details",
          effects=("changes", "reads"), phone=True)  # fmt: skip
def what_is_told_of_each_person_is_so(session: Session, stage: Stage) -> None:
    """Whoever has a 200 was moved; whoever has not, was not; and each is tried."""
    instance = stage.instance()
    jid = _create_group(session, stage, instance, WORLD[0], WORLD[1])
    steps = (
        ("add_participants", (WORLD[2], WORLD[0], WORLD[3]), True),
        ("remove_participants", (WORLD[0], WORLD[2], WORLD[1]), False),
        ("add_participants", (WORLD[3], WORLD[1], WORLD[0], WORLD[2]), True),
        ("remove_participants", (WORLD[0], WORLD[1], WORLD[2], WORLD[3]), False),
    )
    for operation, people, inside in steps:
        before = set(members(_details(session, instance, jid)[1]))
        data = {"jid": jid, "participants": list(people)}
        change = session.call(operation, instance, body={"group_data": data})
        results = participant_results(session, change)
        answer, group = _details(session, instance, jid)
        jids = [as_given(number) for number in people]
        if results is not None:
            claim(session, change, [jid for jid, _ in results] == jids, "one result per person")
            expected = [(person in before) is not inside for person in jids]
            has_changed = [status == "200" for _, status in results]
            right = has_changed == expected
            claim(session, change, right, "200 for whoever was moved, and nobody else")
        after = set(members(group))
        fits = all((person in after) is inside for person in jids)
        claim(session, answer, fits, "everybody who was named is in it or out of it")
        alone = after - {*jids} == before - {*jids}
        claim(session, answer, alone, "nobody else has been moved")
        is_single = len(group.get("participants") or ()) == group.get("size") == len(after)
        claim(session, answer, is_single, "everybody stands in it once")


@LAWS.law("create_group", "leave_group", effects=("changes",), phase=PHASE, phone=True,
          events=("group-text",))  # fmt: skip
def a_group_that_was_left_is_silent(session: Session, stage: Stage) -> None:
    instance, hook = listening(session, stage)
    jid = _create_group(session, stage, instance, *WORLD[:2])
    claim_success(session, leave(session, instance, jid), "leaving")
    hook.receive()
    for event in ("group-text", "group-image"):
        try:
            body = {"event": event, "group": jid, "from": WORLD[0]}
            stage.control_api("POST", f"/_mock/instances/{instance.key}/inbound", body)
        except Impossible:
            # Nobody can reach the instance there: so it should be.
            continue
    promise = inferred(session, "leave_group")
    hook.check_none(hook.receive(), "group-text", "after leaving a group", promise)


@LAWS.law("create_group", "leave_group", "list_groups", "group_details",
          effects=("changes", "reads"), phase=PHASE, phone=True,
          events=("group-text",))  # fmt: skip
def who_leaves_a_group_leaves_alone(session: Session, stage: Stage) -> None:
    """Two instances of one host in one group."""
    (staying, hook), leaving = listening(session, stage), stage.instance()
    jid = _create_group(session, stage, leaving, WORLD[0], staying.number)
    if not _group_in_list(session, staying, jid)[1]:
        return
    claim_success(session, leave(session, leaving, jid), "leaving")
    for answer, group in (
        _group_in_list(session, staying, jid), _details(session, staying, jid)
    ):  # fmt: skip
        is_there = group.get("id") == jid
        claim(session, answer, is_there, "the group is there for whoever stays",
              promise=session.contract.promise("list_groups", 200))  # fmt: skip
    hook.receive()
    body = {"event": "group-text", "group": jid, "from": WORLD[0]}
    stage.control_api("POST", f"/_mock/instances/{staying.key}/inbound", body)
    chats = [value_at(one.json, "key", "remoteJid") for one in hook.receive()]
    hook.claim("group-text", chats == [jid], "whoever stays is told what is written there")


@LAWS.law("delete_message", "create_group", effects=("sends", "changes"), phone=True)
def an_admin_deletes_what_members_wrote(session: Session, stage: Stage) -> None:
    instance = stage.instance()
    jid = _create_group(session, stage, instance, *WORLD[:2])
    promise = Promise("baileys", session.contract.by_id["delete_message"].spec_file)
    # Who may delete what is Baileys' affair; that the answer repeats what was named is not.
    repeated = session.contract.promise("delete_message", 200)
    for person in WORLD[:2]:
        body = {"event": "group-text", "group": jid, "from": person}
        inbound_message = stage.control_api(
            "POST", f"/_mock/instances/{instance.key}/inbound", body
        )
        key = {"remoteJid": jid, "fromMe": False, "id": inbound_message["id"],
               "participant": as_given(person)}  # fmt: skip
        deletion = message(session, instance, "delete_message", to=jid, key=key)
        if not claim_success(session, deletion, "deleting a member's message"):
            return
        deleted_key = value_at(deletion.json, "messageData", "message", "protocolMessage", "key")
        for field in ("remoteJid", "fromMe", "id", "participant"):
            same = value_at(deleted_key, field) == key[field]
            claim(session, deletion, same, f"{field} of the deleted message", promise=repeated)
        messages = stage.control_api("GET", f"/_mock/messages?instance={instance.key}&limit=5000")[
            "items"
        ]
        state = next(one["deleted"] for one in messages if one["id"] == inbound_message["id"])
        claim(
            session, deletion, state == "everyone", "the member's message is gone", promise=promise
        )
