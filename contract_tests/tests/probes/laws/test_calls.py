"""What laws do again and again: whom they write to, and how they read groups and messages."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest
from megaapi_contract.host.host_instance import HostInstance
from megaapi_contract.host.stage import WORLD
from megaapi_contract.judging.results import Exchange
from megaapi_contract.probes.laws.calls import (
    group_of,
    host_time,
    members,
    message,
    number_or_address,
    owner_of,
    parse_json,
    sent_id,
    someone,
    texts,
)
from megaapi_contract.probes.session import Session

from ...made_up import exchange
from ...support import KEY, LISTED, OWN, TOKEN, UNLISTED

ANA, LID = "5511900000002@s.whatsapp.net", "100000000000002@lid"


def session(*recipients: str, own: str = "", fenced: bool = False) -> Session:
    fence = SimpleNamespace(own=own) if fenced else None
    made: Any = SimpleNamespace(recipients=recipients, gate=SimpleNamespace(fence=fence))
    return cast(Session, made)


def answer(document: Any, status: int = 200) -> Exchange:
    return exchange(status=status, body=json.dumps(document).encode())


def test_a_law_writes_to_who_is_listed_else_to_itself_else_to_the_world() -> None:
    listed = session(LISTED, UNLISTED, own=OWN, fenced=True)
    assert [someone(listed, number) for number in range(3)] == [LISTED, UNLISTED, LISTED]
    assert someone(session(own=OWN, fenced=True), 5) == OWN
    assert someone(session(), 1) == WORLD[1]
    # Nobody has said yet which number the given instance has.
    assert someone(session(fenced=True)) == WORLD[0]


def test_the_time_is_the_mocks_where_there_is_one() -> None:
    mock: Any = SimpleNamespace(phone=True, control_api=lambda *_: {"now": 7})
    assert host_time(mock) == 7.0
    assert host_time(cast(Any, SimpleNamespace(phone=False))) > 1_700_000_000


def test_what_a_message_brings_along_and_gets_is_known_then() -> None:
    learned: list[str] = []
    gate = SimpleNamespace(learn=lambda given: learned.extend(given), fence=None)
    replies = [answer({"messageData": {"key": {"id": "OUT"}}}), answer({"messageData": "x"}, 500)]
    sent: list[tuple[str, Any]] = []

    def call(operation: str, _: HostInstance, *, body: Any) -> Exchange:
        sent.append((operation, body))
        return replies.pop(0)

    made = cast(Session, SimpleNamespace(gate=gate, call=call))
    instance = HostInstance(KEY, TOKEN)
    assert sent_id(message(made, instance, "send_text", to=LISTED, key={"id": "IN"})) == "OUT"
    assert learned == [LISTED, "IN", "OUT"]
    message(made, instance, "send_text", to=UNLISTED)
    assert learned[3:] == [UNLISTED]
    assert sent[0] == ("send_text", {"messageData": {"to": LISTED, "key": {"id": "IN"}}})


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ({"a": ["x", {"b": "y"}], "c": 5, "d": None}, ["x", "y"]),
        ("x", ["x"]),
        (5, []),
    ],
)
def test_every_text_of_a_document_is_found(document: Any, found: list[str]) -> None:
    assert [*texts(document)] == found


@pytest.mark.parametrize(
    ("document", "message_id"),
    [({"messageData": {"key": {"id": "OUT"}}}, "OUT"), ({"messageData": {}}, ""), ([], "")],
)
def test_the_id_of_a_sent_message(document: Any, message_id: str) -> None:
    assert sent_id(answer(document)) == message_id


@pytest.mark.parametrize(
    ("document", "status", "group"),
    [
        ({"group": {"id": "g"}}, 200, {"id": "g"}),
        ({"id": "g"}, 200, {"id": "g"}),
        ({"group": {"id": "g"}}, 500, {}),
        (["g"], 200, {}),
        ({"group": ["g"]}, 200, {}),
    ],
)
def test_a_group_is_nested_or_flat(document: Any, status: int, group: Any) -> None:
    assert group_of(answer(document, status)) == group


def test_people_are_named_by_number_where_one_is_told() -> None:
    people = [
        {"id": LID, "phoneNumber": ANA, "admin": "admin"},
        {"id": "5511900000003@s.whatsapp.net"},
        "odd",
    ]
    group = {"participants": people, "owner": LID}
    assert members(group) == {ANA: "admin", "5511900000003@s.whatsapp.net": None}
    assert owner_of(group) == ANA
    assert owner_of({"owner": "x", "participants": "odd"}) == "x"
    assert number_or_address({"id": LID}, "id", "phoneNumber") == LID
    assert number_or_address({"id": "x", "phoneNumber": ANA}, "id", "phoneNumber") == "x"


def test_what_is_no_json_is_nothing() -> None:
    assert parse_json('{"a": 1}') == {"a": 1}
    assert parse_json("{") is None and parse_json(None) is None
