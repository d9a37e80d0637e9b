"""Types against the contract: what its schemas allow, no type calls a problem."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from megaapi_mock.events.payloads import TYPES
from megaapi_mock.events.problems import Problem, problems_of
from megaapi_mock.resources import root
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.spec.validate import Compiler

from .payload_samples import EVENTS, Payload, every_payload

COMPILER = Compiler(valid_bundle(root("spec")).document)
OTHERS: tuple[Any, ...] = (None, True, False, 0, 7, 2.0, 1.5, "", "x", [], ["x"], {}, {"x": 1})
GROWN: dict[str, Any] = {"x": 1, "contextInfo": {}}
# Wrappers that schemas of any content name as a type, and describe only in events of their own.
UNDESCRIBED = ("ephemeralMessage", "editedMessage")


def problems(payload: Payload) -> list[Problem]:
    # A call may come without a messageType; its type has one.
    typed = {"messageType": "call", **payload}
    return list(problems_of(typed, TYPES[typed["messageType"]]))


@pytest.mark.parametrize("source", ["2023", "2024", "2025", "2026", "context info", "example"])
def test_no_payload_of_any_generation_has_a_problem(source: str) -> None:
    found = {
        (event, str(problem))
        for place, event, payload in every_payload()
        if place == source
        for problem in problems(payload)
    }
    assert found == set()


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document."""
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, below in steps:
        yield (*path, step)
        if isinstance(below, dict | list):
            yield from places(below, (*path, step))


def changed(payload: Payload) -> Iterator[Payload]:
    """The payload with one thing gone, or another value or member at one place."""
    for path in places(payload):
        for value in ("gone", *OTHERS):
            other = json.loads(json.dumps(payload))
            place = other
            for step in path[:-1]:
                place = place[step]
            if value == "gone":
                del place[path[-1]]
            elif isinstance(place[path[-1]], dict) and value == {"x": 1}:
                place[path[-1]] |= GROWN
            else:
                place[path[-1]] = value
            yield other
    if isinstance(payload.get("message"), dict):
        for kind in TYPES:
            if kind in UNDESCRIBED:
                continue
            for part in ("x", {}, {"contextInfo": {}}, {"key": {}}):
                yield {**payload, "messageType": kind, "message": {kind: part}}


@pytest.mark.parametrize("event", EVENTS)
def test_what_a_schema_allows_is_no_problem(event: str) -> None:
    """No type is stricter than the contract: each payload, changed at each place in many ways."""
    content = EVENTS[event].definition["requestBody"]["content"]["application/json"]
    validator = COMPILER.compile(content["schema"])
    samples = {
        json.dumps(payload)
        for place, name, payload in every_payload()
        if name == event and place in ("2023", "2026", "example")
    }
    allowed = 0
    for payload in (other for text in samples for other in changed(json.loads(text))):
        if not validator.is_valid(payload):
            continue
        allowed += 1
        kind = payload.get("messageType", "call")
        # The type names the content that is there; schemas of several contents cannot say so.
        named = f"message.{kind} is "
        found = [str(each) for each in problems(payload) if not str(each).startswith(named)]
        assert found == [], payload
    assert allowed


def ack(**fields: Any) -> Payload:
    payload: Payload = next(
        payload for place, event, payload in every_payload() if event == "ack-read"
    )
    return {**json.loads(json.dumps(payload)), **fields}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"timestamp": "5"}, "timestamp is '5', not a whole number"),
        ({"timestamp": 5.0}, ""),
        ({"timestamp": float("inf")}, "timestamp is inf, not a whole number"),
        ({"timestamp": 5.5}, "timestamp is 5.5, not a whole number"),
        ({"timestamp": True}, "timestamp is true, not a whole number"),
        ({"timestamp": 10**30}, ""),
        ({"timestamp": None}, "timestamp is null, not a whole number"),
        ({"isGroup": 1}, "isGroup is 1, not true or false"),
        ({"jid": [[]]}, "jid is a list, not a string"),
        ({"jid": {}}, "jid is an object, not a string"),
        ({"jid": 10**5000}, "jid is a very large number, not a string"),
        ({"key": "x" * 99}, f"key is '{'x' * 60}...', not an object"),
        ({"update": {}}, "update.status is missing"),
        ({"update": {"status": "4"}}, "update.status is '4', not one of 2, 3, 4, 5, 0"),
        ({"update": {"status": 4.0}}, ""),
        ({"update": {"status": True}}, "update.status is true, not one of 2, 3, 4, 5, 0"),
        ({"unknown": object()}, ""),
    ],
)
def test_problem_is_a_sentence(fields: Payload, sentence: str) -> None:
    assert [str(each) for each in problems(ack(**fields))] == [sentence] * bool(sentence)


def test_items_and_names_are_part_of_the_path() -> None:
    presence = {"instance_key": "k", "jid": "j", "messageType": "presence.update", "id": "x"}
    presences = {"a@lid": {"lastKnownPresence": "asleep"}, "n" * 99: []}
    # Outer fields come first.
    assert [str(each) for each in problems({**presence, "presences": presences})] == [
        f"presences.{'n' * 60}... is a list, not an object",
        "presences.a@lid.lastKnownPresence is 'asleep', not one of 'unavailable', 'available', "
        "'composing', 'recording', 'paused'",
    ]
    change = {**presence, "messageType": "group-participants.update", "action": "add"}
    found = problems({**change, "participants": ["a@lid", 5]})
    assert [str(each) for each in found] == ["participants.1 is 5, not a string"]


def test_new_value_of_the_right_type_is_told_from_a_wrong_type() -> None:
    (new,) = problems(ack(update={"status": 1}))
    (wrong,) = problems(ack(update={"status": "1"}))
    assert (new.is_new_value, wrong.is_new_value) == (True, False)


def test_several_types_are_named() -> None:
    closed = {"instance_key": "k", "messageType": "connection_update", "closeReason": []}
    assert [str(each) for each in problems(closed)] == [
        "closeReason is a list, not a whole number or a string"
    ]
