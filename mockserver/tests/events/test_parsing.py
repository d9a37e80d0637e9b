"""`parse`: any JSON at all, in linear time, nothing lost, and what it says of it."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import reduce
from operator import getitem
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from megaapi_mock import events
from megaapi_mock.events import (
    AckEvent,
    CallEvent,
    ConnectionEvent,
    Event,
    MessageEvent,
    QrCodeEvent,
    UnknownEvent,
    parse,
)
from megaapi_mock.events.parsing import PROBLEMS_MOST

from .payload_samples import EVENTS, Payload, every_payload

QUESTIONS = sorted(
    {
        name
        for kind in vars(events).values()
        if isinstance(kind, type) and issubclass(kind, Event)
        for name in dir(kind)
        if not name.startswith("_")
    }
)
PAYLOADS = [payload for _, _, payload in every_payload()]
KINDS = {
    "message.ack": "AckEvent",
    "connection_update": "ConnectionEvent",
    "qrcode_update": "QrCodeEvent",
    "call": "CallEvent",
    "presence.update": "PresenceEvent",
    "group-participants.update": "GroupParticipantsEvent",
    "groups.update": "GroupUpdateEvent",
}
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=9)
    | st.sampled_from(("5511900000002@s.whatsapp.net", "1@lid", "1@g.us", '{"id": 5}', "REVOKE"))
)
FIELDS = sorted(
    {name for payload in PAYLOADS for name in json.dumps(payload).split('"') if name.isidentifier()}
)
ANY_JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


def ask_everything(event: Event) -> dict[str, Any]:
    """Every question there is; none may raise."""
    return {name: getattr(event, name) for name in QUESTIONS if hasattr(type(event), name)} | {
        "repr": repr(event)
    }


def test_there_are_questions() -> None:
    assert {"text", "sender", "is_group", "choice", "media", "status", "png"} <= set(QUESTIONS)


@given(ANY_JSON)
def test_any_json_is_an_event_and_kept(payload: Any) -> None:
    before = copy.deepcopy(payload)
    event = parse(payload)
    ask_everything(event)
    assert event.raw is payload
    assert repr(payload) == repr(before)


@st.composite
def broken(draw: st.DrawFn) -> Any:
    """A payload of the contract in which some places hold anything."""
    payload = copy.deepcopy(draw(st.sampled_from(PAYLOADS)))
    for _ in range(draw(st.integers(1, 3))):
        place: Any = payload
        while True:
            steps = list(place) if isinstance(place, dict) else list(range(len(place)))
            if not steps:
                break
            step = draw(st.sampled_from(steps))
            if isinstance(place[step], dict | list) and draw(st.booleans()):
                place = place[step]
                continue
            place[step] = draw(ANY_JSON)
            break
    return payload


@given(broken())
def test_broken_payload_is_an_event_and_kept(payload: Any) -> None:
    before = copy.deepcopy(payload)
    event = parse(payload)
    ask_everything(event)
    assert event.raw is payload
    assert repr(payload) == repr(before)
    if isinstance(event, UnknownEvent) or event.problems:
        assert event.webhook is None
    elif event.message_type is not None:
        assert event.webhook is payload


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        pytest.param(event, payload, id=f"{event}-{source}")
        for source, event, payload in every_payload()
    ],
)
def test_payload_is_of_its_kind_and_fits(event: str, payload: Payload) -> None:
    parsed = parse(payload)
    assert parsed.problems == ()
    assert type(parsed).__name__ == KINDS.get(EVENTS[event].message_type, "MessageEvent")
    assert parsed.raw is payload
    assert parsed.message_type == payload.get("messageType")
    typed = {**payload, "messageType": EVENTS[event].message_type} | payload
    assert parsed.webhook == typed
    ask_everything(parsed)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (None, "the payload is not a JSON object"),
        ([], "the payload is not a JSON object"),
        (b"{}", "the payload is text, not a JSON object: give it as json.loads(body)"),
        ("{}", "the payload is text, not a JSON object: give it as json.loads(body)"),
        ({}, "messageType is missing, so that no event can be named"),
        ({"messageType": None}, "messageType is missing, so that no event can be named"),
        ({"messageType": ["call"]}, "messageType is not a string"),
        ({"messageType": "new"}, "messageType 'new' is that of no event of the contract"),
        (
            {"messageType": "n" * 99},
            f"messageType '{'n' * 60}...' is that of no event of the contract",
        ),
        ({"messageType": "conversation"}, "key is missing"),
        ({"messageType": "conversation", "key": [], "message": {}}, "key is a list, not an object"),
        ({"messageType": "message.ack", "key": {}, "update": {}}, "key.id is missing"),
        ({"type": "call"}, "data is missing"),
        ({"messageType": "qrcode_update", "qrcode": 5}, "qrcode is 5, not a string"),
    ],
)
def test_unknown_says_why(payload: Any, reason: str) -> None:
    event = parse(payload)
    assert isinstance(event, UnknownEvent)
    assert event.reason == reason
    assert event.webhook is None
    assert event.raw is payload


def text(**fields: Any) -> Payload:
    payload: Payload = copy.deepcopy(PAYLOADS[0])
    return {**payload, **fields}


def test_message_of_a_new_kind_still_has_its_sender_and_chat() -> None:
    event = parse(
        text(messageType="unheardOfMessage", message={"unheardOfMessage": {"name": "Festa"}})
    )
    assert isinstance(event, UnknownEvent)
    assert (event.sender.number, event.answer_to) == (
        "5511900000002",
        "5511900000002@s.whatsapp.net",
    )
    assert (event.kind, event.text, event.from_me) == ("unheardOfMessage", None, False)


def test_event_with_a_problem_elsewhere_is_of_use() -> None:
    event = parse(text(messageTimestamp="1760000000", pushName=["x"]))
    assert isinstance(event, MessageEvent)
    assert [str(each) for each in event.problems] == [
        "messageTimestamp is '1760000000', not a whole number",
        "pushName is a list, not a string",
    ]
    assert event.webhook is None
    assert (event.timestamp, event.sender.name) == (None, None)
    assert event.text


def test_value_that_the_contract_does_not_have_is_a_problem_but_no_reason() -> None:
    ack = next(payload for payload in PAYLOADS if payload.get("messageType") == "message.ack")
    event = parse({**ack, "update": {"status": 1}})
    assert isinstance(event, AckEvent)
    assert (event.status, event.state) == (1, "pending")
    assert [str(each) for each in event.problems] == [
        "update.status is 1, not one of 2, 3, 4, 5, 0"
    ]
    assert parse({**ack, "update": {"status": 99}}).state is None
    assert isinstance(parse({**ack, "update": {"status": "4"}}), UnknownEvent)


def test_connection_with_new_words_is_news_of_the_connection() -> None:
    event = parse({"instance_key": "k", "messageType": "connection_update", "message": "paused"})
    assert isinstance(event, ConnectionEvent)
    assert (event.message, event.is_connected, len(event.problems)) == ("paused", False, 1)


def test_call_without_a_message_type_is_a_call() -> None:
    bare = next(payload for payload in PAYLOADS if "messageType" not in payload)
    event = parse(bare)
    assert isinstance(event, CallEvent)
    assert event.message_type is None
    assert event.webhook == {**bare, "messageType": "call"}
    assert "messageType" not in event.raw
    assert parse({**bare, "data": {**bare["data"], "isVideo": 1}}).webhook is None
    assert (event.sender.number, event.status, event.is_video) == ("5511900000002", "offer", False)


def test_problems_are_bounded() -> None:
    people = {str(number): 5 for number in range(1000)}
    event = parse({"messageType": "presence.update", "id": "1@g.us", "presences": people})
    assert len(event.problems) == PROBLEMS_MOST


def deep(depth: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("wrapper", ["ephemeralMessage", "editedMessage", "anythingMessage"])
def test_wrappers_as_deep_as_they_like(wrapper: str) -> None:
    message: Any = {"conversation": "oi"}
    for _ in range(50_000):
        message = {wrapper: {"message": message}}
    event = parse(text(message=message))
    assert event.text == "oi"
    ask_everything(event)


def test_nesting_as_deep_as_it_likes() -> None:
    edit: Any = {"conversation": "oi"}
    for _ in range(50_000):
        edit = {"protocolMessage": {"type": "MESSAGE_EDIT", "editedMessage": edit}}
    for payload in (
        text(message=edit, messageType="protocolMessage"),
        text(key=deep(50_000)),
        text(extra=deep(50_000)),
        text(message={"imageMessage": {"contextInfo": {"quotedMessage": deep(50_000)}}}),
        deep(50_000),
    ):
        event = parse(payload)
        ask_everything(event)
        assert event.raw is payload


@pytest.mark.parametrize("name", ["text-plain", "image", "text-quoted-reply", "edited", "call"])
def test_what_no_json_is_raises_nothing_either(name: str) -> None:
    """A dict that holds itself, and keys that are not texts: at every place of a payload."""
    original = next(each for _, event, each in every_payload() if event == name)
    for step in [(), *places(original)]:
        for odd in ({1: 2, None: [], (): {}}, None):
            payload = copy.deepcopy(original)
            place = reduce(getitem, step, payload)
            place.update(odd if odd is not None else {key: payload for key in place})
            ask_everything(parse(payload))


def places(node: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the objects in a payload are."""
    for key, inner in node.items() if isinstance(node, dict) else ():
        if isinstance(inner, dict):
            yield (*at, key)
        yield from places(inner, (*at, key))


def test_parameters_that_are_too_deep_to_read_are_empty() -> None:
    part = {"nativeFlowResponseMessage": {"name": "x", "paramsJson": '{"a":' * 50_000}}
    event = parse(text(message={"interactiveResponseMessage": part}))
    assert event.choice is not None
    assert event.choice.parameters == {}


def seconds(size: int) -> float:
    """The shortest of some tries."""
    names = [f"{number}@s.whatsapp.net" for number in range(size)]
    payloads = (
        {
            "messageType": "group-participants.update",
            "id": "1@g.us",
            "action": "add",
            "participants": [*names, 5],
        },
        {
            "messageType": "presence.update",
            "id": "1@g.us",
            "presences": {name: {"lastKnownPresence": "paused"} for name in names},
        },
        text(message={"contactMessage": {"displayName": "x", "vcard": "waid=" * size}}),
        text(message={"conversation": "x" * size}),
    )
    times = []
    for _ in range(3):
        start = time.process_time()
        for payload in payloads:
            ask_everything(parse(payload))
        times.append(time.process_time() - start)
    return min(times)


def test_time_grows_with_the_size_only() -> None:
    seconds(1_000)
    # Fifty times as much takes about fifty times as long; what is quadratic, 2,500 times.
    assert seconds(50_000) < 350 * max(seconds(1_000), 0.001)


def test_qr_code_is_a_picture() -> None:
    payload = next(each for each in PAYLOADS if each.get("messageType") == "qrcode_update")
    event = parse(payload)
    assert isinstance(event, QrCodeEvent)
    assert event.png is not None
    assert event.png.startswith(b"\x89PNG")
    for text_of_it in ("", "data:image/png;base64,", "data:image/png;base64,é", "x,*"):
        broken_code = parse({**payload, "qrcode": text_of_it})
        assert isinstance(broken_code, QrCodeEvent)
        assert broken_code.png is None


def test_import_needs_no_flask_and_nothing_that_is_not_pythons() -> None:
    script = (
        "import sys; before = set(sys.modules); import megaapi_mock.events; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before})"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True
    )
    tops = set(done.stdout.split())
    assert tops - set(sys.stdlib_module_names) == {"megaapi_mock"}
    assert not tops & {"asyncio", "http", "logging", "socket", "threading", "unittest"}
