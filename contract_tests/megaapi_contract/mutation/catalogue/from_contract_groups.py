"""Faults thought up from the contract alone: groups."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson

from ...host.http import Answer
from ...judging.values import jid_of
from ..answer_faults import is_good, json_of, with_document
from ..mutant import InterceptedCall
from ..payload_edits import edit_at
from .planted_rules import (
    PlantedRule,
    own_jid,
    rule,
    spoil_answers,
)
from .second_call import body_value


def _no_last(document: Any, call: InterceptedCall) -> Any:
    if len(document.get("groups", [])) > 1:
        document["groups"] = document["groups"][:-1]
    return document


def _stale_members(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    document = json_of(answer)
    group = document.get("group", document) if isinstance(document, dict) else None
    if not is_good(answer) or not isinstance(group, dict) or "participants" not in group:
        return answer
    first = memory.setdefault(
        (call.key, group.get("id")), {"participants": group["participants"], "size": group["size"]}
    )
    if first["participants"] == group["participants"]:
        return answer
    group.update(first)
    return with_document(answer, document)


def _demote_superadmins(document: Any, call: InterceptedCall) -> Any:
    change = edit_at("group.participants.*.admin", _no_super)
    return edit_at("participants.*.admin", _no_super)(change(document))


def _no_super(rank: Any) -> Any:
    return "admin" if rank == "superadmin" else rank


def _first_result(document: Any, call: InterceptedCall) -> Any:
    parts = document.get("updatedParticipants")
    people = [one for part in parts or () for one in (part if isinstance(part, list) else [part])]
    for one in people[1:]:
        one["status"] = people[0].get("status")
    return document


def _by_prefix(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    data = body_value(call, "group_data") or {}
    people = data.get("participants") or []
    if not is_good(answer) or not isinstance(people, list):
        return answer
    jid = data.get("jid")
    look = replace(call.request, method="GET", body=b"",
                   target=f"/rest/group/{call.key}/group?jid={jid}")  # fmt: skip
    groups = json_of(call.look(look)) or {}
    members = groups.get("group", groups).get("participants", [])
    own = jid_of(own_jid(call)).user
    bare = [str(one)[:-1] for one in people if "@" not in str(one)]
    more = [
        jid_of(person["id"]).user
        for person in members
        if any(person["id"].startswith(one) for one in bare)
        and jid_of(person["id"]).user not in (own, *map(str, people))
    ]
    if more:
        body = orjson.dumps({"group_data": {"jid": jid, "participants": more}})
        call.ask(replace(call.request, body=body))
    return answer


FAULTS: tuple[PlantedRule, ...] = (
    (45, ("list_groups",), (), "The last group is missing.",
     spoil_answers(("list_groups",), _no_last)),
    (46, ("group_details",), (), "Members are those of the first look.",
     rule(("group_details",), _stale_members)),
    (47, ("group_details", "create_group"), (), "Nobody is superadmin.",
     spoil_answers(("group_details", "create_group"), _demote_superadmins)),
    (48, ("add_participants",), (), "Everybody gets the first one's result.",
     spoil_answers(("add_participants",), _first_result)),
    (49, ("remove_participants",), (), "Numbers are removed by their beginning.",
     rule(("remove_participants",), _by_prefix)),
)  # fmt: skip
