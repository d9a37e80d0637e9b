"""Faults users would report: groups."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import orjson
from megaapi_mock.domain.json_path import value_on_path

from ...host.http import Answer, Request
from ..answer_faults import is_good, json_of, with_body, with_document
from ..mutant import Fault, InterceptedCall
from .planted_rules import PlantedRule, rewritten, rule
from .second_call import body_value

BRASILIA = 10_800
NOBODYS = "120363000000000777@g.us"
SHOWING = ("group_details", "list_groups")
Json = dict[str, Any]


def groups_of(document: Any) -> Iterator[Json]:
    """Every group of an answer, in whatever form it has."""
    if not isinstance(document, dict):
        return
    if isinstance(document.get("groups"), list):
        yield from (one for one in document["groups"] if isinstance(one, dict))
    elif isinstance(document.get("group"), dict):
        yield document["group"]
    elif "participants" in document:
        yield document


def _jids_alone(body: Any) -> Any:
    data = body["group_data"]
    people = data["participants"]
    if isinstance(people, list) and people and "@" in str(people[0]):
        data["participants"] = [one for one in people if "@" in str(one)]
    return body


class BrasiliaTime(Fault):
    """Groups made through the API are three hours older than they are."""

    def __init__(self) -> None:
        self._new_groups: set[str] = set()

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        document = json_of(answer)
        if call.operation not in (*SHOWING, "create_group") or not is_good(answer):
            return answer
        has_changed = False
        for group in groups_of(document):
            if call.operation == "create_group":
                self._new_groups.add(str(group.get("id")))
            if group.get("id") in self._new_groups and isinstance(group.get("creation"), int):
                group["creation"] -= BRASILIA
                has_changed = True
        return with_document(answer, document) if has_changed else answer


def results_of(document: Any) -> list[Json]:
    """One result per person, in nested and in flat answers."""
    parts = document.get("updatedParticipants") or []
    return [one for part in parts for one in (part if isinstance(part, list) else [part])]


def _until_refused(call: InterceptedCall, memory: Any) -> Answer:
    body = orjson.loads(call.request.body)
    people = body["group_data"]["participants"]
    if not isinstance(people, list) or len(people) < 2:
        return call.ask(call.request)
    whole: Any = None
    for person in people:
        body["group_data"]["participants"] = [person]
        answer = call.ask(replace(call.request, body=orjson.dumps(body)))
        document = json_of(answer)
        if not is_good(answer):
            return answer
        if whole is None:
            whole = document
        else:
            whole["updatedParticipants"] += document["updatedParticipants"]
        if any(one.get("status") != "200" for one in results_of(document)):
            break
    return with_document(answer, whole)


class AddedAgain(Fault):
    """Who is in already is added again, and stands twice among the members."""

    def __init__(self) -> None:
        self._repeat_jids: dict[tuple[str, str], list[str]] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        document = json_of(answer)
        if call.operation not in (*SHOWING, "add_participants") or not is_good(answer):
            return answer
        before = orjson.dumps(document)
        if call.operation == "add_participants":
            self._add(call, document)
        for group in groups_of(document):
            for person in self._repeat_jids.get((call.key, str(group.get("id"))), ()):
                copies = [one for one in group["participants"] if one["id"] == person]
                group["participants"] += copies
                group["size"] += len(copies)
        return answer if orjson.dumps(document) == before else with_document(answer, document)

    def _add(self, call: InterceptedCall, document: Any) -> None:
        group = str(body_value(call, "group_data", "jid"))
        for one in results_of(document):
            if isinstance(one, dict) and one.get("status") == "409":
                one["status"] = "200"
                value_on_path(one, "content.attrs").pop("error", None)
                self._repeat_jids.setdefault((call.key, group), []).append(one["jid"])


def _every_second(call: InterceptedCall, memory: Any) -> Answer:
    body = orjson.loads(call.request.body)
    people = body["group_data"]["participants"]
    if not isinstance(people, list) or len(people) < 2:
        return call.ask(call.request)
    body["group_data"]["participants"] = people[::2]
    answer = call.ask(replace(call.request, body=orjson.dumps(body)))
    if not is_good(answer):
        return answer
    document = json_of(answer)
    verdicts = document["updatedParticipants"]
    for position, person in enumerate(people[1::2]):
        jid = str(person) if "@" in str(person) else f"{person}@s.whatsapp.net"
        verdicts.insert(2 * position + 1, _result(verdicts[0], jid))
    return with_document(answer, document)


def _result(like: Any, jid: str) -> Any:
    copy = orjson.loads(orjson.dumps(like))
    for one in copy if isinstance(copy, list) else [copy]:
        one.update({"status": "200", "jid": jid})
        one["content"]["attrs"] = {"jid": jid}
    return copy


class RanksOfTheFirstLook(Fault):
    """The list keeps each member's rank as it was when it was first read since the link."""

    def __init__(self) -> None:
        self._first: dict[str, dict[tuple[str, str], Any]] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation == "logout" and is_good(answer):
            self._first.pop(call.key, None)
        if call.operation != "list_groups" or not is_good(answer):
            return answer
        first, document, has_changed = self._first.setdefault(call.key, {}), json_of(answer), False
        for group in groups_of(document):
            for one in group["participants"]:
                rank = first.setdefault((str(group["id"]), one["id"]), one["admin"])
                has_changed = has_changed or rank != one["admin"]
                one["admin"] = rank
        return with_document(answer, document) if has_changed else answer


class SettingsSwapped(Fault):
    """Details of a group whose settings a phone has changed show them under the other's name."""

    def __init__(self) -> None:
        self._phone_changes: set[tuple[str, str]] = set()

    def note_control_call(self, request: Request) -> None:
        match = re.fullmatch(r"/_mock/instances/([^/]+)/inbound", request.path)
        body = orjson.loads(request.body) if match and request.body else None
        if match and isinstance(body, dict) and body.get("event") == "group-update":
            if {"announce", "restrict"} & {*map(str, body.get("set") or ())}:
                self._phone_changes.add((match[1], str(body.get("group"))))

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation != "group_details" or not is_good(answer):
            return answer
        document = json_of(answer)
        for group in groups_of(document):
            if (call.key, str(group["id"])) not in self._phone_changes:
                continue
            if group["announce"] != group["restrict"]:
                group["announce"], group["restrict"] = group["restrict"], group["announce"]
                return with_document(answer, document)
        return answer


class StillListening(Fault):
    """A group that was left is out of sight, and its messages still come."""

    def __init__(self) -> None:
        self._former_groups: set[tuple[str, str]] = set()

    def answer(self, call: InterceptedCall) -> Answer:
        if call.operation == "leave_group":
            return self._leave(call)
        departed_groups = [group for key, group in self._former_groups if key == call.key]
        request = call.request
        for group in departed_groups:
            body = request.body.replace(group.encode(), NOBODYS.encode())
            request = replace(request, target=_other(request.target, group), body=body)
        answer = call.ask(request)
        for group in departed_groups:
            if request != call.request:
                body = answer.body.replace(NOBODYS.encode(), group.encode())
                answer = answer if body == answer.body else with_body(answer, body)
        document = json_of(answer)
        if call.operation != "list_groups" or not is_good(answer) or not departed_groups:
            return answer
        document["groups"] = [one for one in document["groups"] if one["id"] not in departed_groups]
        return with_document(answer, document)

    def _leave(self, call: InterceptedCall) -> Answer:
        group = unquote(call.request.query.partition("jid=")[2])
        if (call.key, group) in self._former_groups:
            return call.ask(replace(call.request, target=_other(call.request.target, group)))
        path = call.request.path.replace("/leaveGroup", "/group")
        look = replace(call.request, method="GET", target=f"{path}?{call.request.query}", body=b"")
        answer = call.look(look)
        if not is_good(answer):
            return call.ask(call.request)
        self._former_groups.add((call.key, group))
        call.count_hit()
        return with_document(answer, {"error": False, "message": "Left group"})


def _other(target: str, group: str) -> str:
    return target.replace(group, NOBODYS).replace(group.replace("@", "%40"), NOBODYS)


FAULTS: tuple[PlantedRule, ...] = (
    (43, ("create_group",), (), "Bare numbers beside JIDs are lost.",
     rewritten("create_group", _jids_alone)),
    (44, ("create_group", *SHOWING), (), "Groups are made in the time of Brasília.", BrasiliaTime),
    (45, ("add_participants",), (), "The first refusal ends the list.",
     rule(("add_participants",), _until_refused)),
    (46, ("add_participants",), (), "Who is in already is added again.", AddedAgain),
    (47, ("remove_participants",), (), "Every second one stays.",
     rule(("remove_participants",), _every_second)),
    (48, ("list_groups",), (), "The list does not learn of promotions.", RanksOfTheFirstLook),
    (49, ("group_details",), (), "Announce and restrict change places.", SettingsSwapped),
    (50, ("leave_group",), ("group-text",), "A group that was left is still heard.",
     StillListening),
)  # fmt: skip
