"""What a capture tells of the world it was made in: instances, their numbers, groups, people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from megaapi_mock.spec.operations import Operation

from .mock_values import PLACEHOLDER

Record = Mapping[str, Any]
NOT_LINKED, NOT_REGISTERED = "Instance not logged in", "Number not registered on WhatsApp"
ALREADY_LINKED = "User is already logged in"
_KEY = re.compile(r"<key (\d+)>")
_TOKEN = re.compile(r"Bearer <token (\d+)>")
_NUMBER = re.compile(r"<number (\d+)[,>]")
_GROUP = re.compile(r"<group (\d+)>@g\.us")
_OWN = re.compile(r"<number (\d+)>(?::device)?@")
# Who becomes a member by what is recorded is none before.
_ADDING = frozenset({"add_participants", "create_group", "group-participants"})
_BEFORE_LINK = frozenset({"connected", "qrcode"})


@dataclass
class InstanceFacts:
    """One instance as a capture shows it. Numbers are those of placeholders; 0: not shown."""

    token: int = 0
    own_number: int = 0
    is_linked: bool | None = None
    has_webhooks: bool = False


@dataclass
class CaptureFacts:
    """What must be there before the first call, by the numbers of the placeholders."""

    need_link: frozenset[str]
    instances: dict[int, InstanceFacts] = field(default_factory=dict)
    members: dict[int, set[int]] = field(default_factory=dict)
    has_webhooks: bool = False
    events: set[str] = field(default_factory=set)


def facts_of(records: Iterable[Record], operations: Iterable[Operation]) -> CaptureFacts:
    """Read a whole capture."""
    facts = CaptureFacts(frozenset(each.id for each in operations if each.needs_connection))
    for record in records:
        key = key_of(record)
        if key:
            instance = facts.instances.setdefault(key, InstanceFacts())
            _read_instance(instance, record, facts.need_link)
        if record["kind"] == "webhook":
            facts.has_webhooks = True
            facts.events.add(str(record["event"]))
        if record.get("operation", record.get("event")) not in _ADDING:
            text = json.dumps([record.get("path"), record["request_body"]])
            for group in _GROUP.findall(text):
                members = facts.members.setdefault(int(group), set())
                members.update(map(int, _NUMBER.findall(text)))
    return facts


def key_of(record: Record) -> int:
    """The number of the placeholder of the instance that a record is about; 0 where none is.

    An instance that the gateway does not know is none.
    """
    if record["kind"] == "webhook":
        payload = payload_of(record)
        text = str(payload.get("instance_key", ""))
    else:
        text = str(record["path"]) if record["status"] != 404 else ""
    match = _KEY.search(text)
    return int(match[1]) if match else 0


def payload_of(record: Record) -> Mapping[str, Any]:
    """The document that a webhook carries; empty where it carries none."""
    payload = (record["request_body"] or {}).get("json")
    return payload if isinstance(payload, dict) else {}


def answer_of(record: Record) -> Mapping[str, Any]:
    """The document of a recorded answer; empty where it is none."""
    answer = (record["body"] or {}).get("json")
    return answer if isinstance(answer, dict) else {}


def is_linked(record: Record, need_link: frozenset[str]) -> bool | None:
    """Whether a phone was linked at a call; None where its answer does not say.

    `need_link` are the operations that are refused without one.
    """
    answer = answer_of(record)
    message, state = answer.get("message"), answer.get("instance")
    if message in (NOT_LINKED, ALREADY_LINKED, NOT_REGISTERED):
        return bool(message != NOT_LINKED)
    if isinstance(state, dict) and record["operation"] == "instance_status":
        return _is_linked_in(state)
    if record["operation"] in ("qr_code_page", "qr_code_image", "qr_code_base64", "pairing_code"):
        return False if record["status"] == 200 else None
    # Fields that cannot be used are a bare 500, and looked at behind the link.
    is_behind_the_link = 200 <= record["status"] < 300 or record["status"] == 500
    return True if is_behind_the_link and record["operation"] in need_link else None


def _is_linked_in(state: Mapping[str, Any]) -> bool | None:
    """What the status of an instance says; None for a status that nobody knows."""
    if "status" not in state:
        # As in 2022: linked is who has a user.
        return "user" in state
    status = state["status"]
    is_known = isinstance(status, str) and not PLACEHOLDER.search(status)
    return status == "connected" if is_known else None


def numbers_in(node: Any) -> Iterator[int]:
    """The numbers of the placeholders of phone numbers, in order."""
    yield from map(int, _NUMBER.findall(json.dumps(node)))


def groups_in(node: Any) -> Iterator[int]:
    """The numbers of the placeholders of groups, in order."""
    yield from map(int, _GROUP.findall(json.dumps(node)))


def placeholder_in(node: Any, kind: str) -> str:
    """The first placeholder of this kind; empty where there is none."""
    for match in PLACEHOLDER.finditer(json.dumps(node)):
        if match[1] == kind:
            return match[0]
    return ""


def _read_instance(instance: InstanceFacts, record: Record, need_link: frozenset[str]) -> None:
    if record["kind"] == "webhook":
        instance.has_webhooks = True
        linked: bool | None = record["event"] not in _BEFORE_LINK
        own = payload_of(record).get("jid")
    else:
        headers = {name.lower(): value for name, value in record["request_headers"]}
        token = _TOKEN.fullmatch(headers.get("authorization", ""))
        is_wrong = record["status"] == 401 and answer_of(record).get("message") != NOT_LINKED
        if token and not instance.token and not is_wrong:
            instance.token = int(token[1])
        linked, own = is_linked(record, need_link), _user(record)
    if instance.is_linked is None:
        instance.is_linked = linked
    match = _OWN.match(own) if isinstance(own, str) else None
    if match and not instance.own_number:
        instance.own_number = int(match[1])


def _user(record: Record) -> Any:
    state = answer_of(record).get("instance")
    user = state.get("user") if isinstance(state, dict) else None
    return user.get("id") if isinstance(user, dict) else None
