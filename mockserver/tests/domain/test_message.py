"""One message: how far it has come, what kind of content it has, how others name and edit it."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.codec import BODY_SHOWN
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.jid import Jid
from megaapi_mock.domain.message import (
    content_key,
    edited_content,
    key_of,
    message_bytes,
    message_json,
    unwrap,
)
from megaapi_mock.domain.message_states import DELIVERED, READ, SERVER, STOPPED

from .conftest import FRIEND, add_group, add_message

ANA = Jid.parse(FRIEND)


def test_that_it_came_to_a_phone_stays_true(instance: Instance) -> None:
    message = add_message(instance, "ONE")
    assert not message.with_state(SERVER).reached
    delivered = message.with_state(DELIVERED, "why")
    assert (delivered.state, delivered.reason, delivered.reached) == (DELIVERED, "why", True)
    assert delivered.with_state(STOPPED).reached


def test_a_message_is_listed_with_its_instance_and_whole_content(instance: Instance) -> None:
    message = add_message(instance, "ONE", content=b'{"conversation":"oi"}', reason="why")
    assert message_json("KEY", message) == {
        "instance": "KEY",
        "id": "ONE",
        "time": message.time,
        "chat": message.chat,
        "sender": message.sender,
        "from_me": message.from_me,
        "type": message.type,
        "content": {"conversation": "oi"},
        "state": message.state,
        "reason": "why",
        "deleted": None,
    }


def test_long_content_is_listed_cut_and_says_so(instance: Instance) -> None:
    content = b'{"conversation":"%s"}' % (b"x" * BODY_SHOWN)
    shown = message_json("KEY", add_message(instance, "ONE", content=content))
    assert (shown["cut"], shown["size"]) == (True, len(content))
    assert shown["content"] == content[:BODY_SHOWN].decode()


def test_another_state_changes_nothing_else(instance: Instance) -> None:
    message = add_message(instance, "ONE", deleted="me", arrival=7, reached=True, reason="before")
    later = message.with_state(READ)
    changed = {name for name in message.__slots__ if getattr(message, name) != getattr(later, name)}
    assert changed == {"state", "reason"}


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ({"conversation": "oi"}, "conversation"),
        ({"messageContextInfo": {}, "conversation": "oi"}, "conversation"),
        ({"conversation": None, "imageMessage": {}}, "imageMessage"),
        ({"messageContextInfo": {}}, None),
        ({}, None),
    ],
)
def test_one_key_says_what_kind_of_content_it_is(content: dict[str, Any], key: str | None) -> None:
    assert content_key(content) == key


def test_wrappers_are_taken_off_however_deep() -> None:
    inner = {"imageMessage": {"caption": "oi"}}
    wrapped = {"ephemeralMessage": {"message": {"viewOnceMessage": {"message": inner}}}}
    assert unwrap(wrapped) == inner
    assert unwrap(inner) == inner


@pytest.mark.parametrize("odd", ["text", {"message": "text"}, {}])
def test_a_wrapper_with_nothing_in_it_is_empty(odd: Any) -> None:
    assert unwrap({"ephemeralMessage": odd}) == {}


def test_a_key_names_the_author_in_groups_alone(instance: Instance) -> None:
    assert key_of(add_message(instance, "ONE")) == {
        "remoteJid": ANA,
        "fromMe": True,
        "id": "ONE",
    }
    group = add_group(instance, FRIEND)
    message = add_message(instance, "TWO", chat=group.jid, from_me=False, sender=ANA)
    assert key_of(message)["participant"] == ANA


EXTENDED = {"extendedTextMessage": {"text": "antes", "contextInfo": {}}}
IMAGE = {"imageMessage": {"caption": "antes", "url": "http://a"}}


@pytest.mark.parametrize(
    ("before", "edited", "after"),
    [
        ({"conversation": "antes"}, {"conversation": "depois"}, {"conversation": "depois"}),
        (EXTENDED, {"conversation": "depois"},
         {"extendedTextMessage": {"text": "depois", "contextInfo": {}}}),
        (IMAGE, {"imageMessage": {"caption": "depois"}},
         {"imageMessage": {"caption": "depois", "url": "http://a"}}),
        ({"ephemeralMessage": {"message": {"conversation": "antes"}}},
         {"extendedTextMessage": {"text": "depois"}},
         {"ephemeralMessage": {"message": {"conversation": "depois"}}}),
        (IMAGE, {"imageMessage": {}}, IMAGE),
        ({}, {"conversation": "depois"}, {}),
        ({"imageMessage": "odd"}, {"conversation": "depois"}, {"imageMessage": "odd"}),
        ({"conversation": "antes"}, {"conversation": 7}, {"conversation": "antes"}),
    ],
)  # fmt: skip
def test_an_edit_changes_the_text_or_caption_alone(
    before: dict[str, Any], edited: dict[str, Any], after: dict[str, Any]
) -> None:
    assert edited_content(before, edited) == after


def test_a_message_takes_memory_for_content_addresses_and_reason(instance: Instance) -> None:
    message = add_message(instance, "ONE", content=b"x" * 100)
    addresses = 2 * len(ANA) + len(instance.own_jid)
    assert message_bytes("ONE", message) == 100 + addresses
    assert message_bytes("ONE", message.with_state(STOPPED, "blocked")) == 107 + addresses
