"""What a message says, whatever it is wrapped in and whatever else stands there."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from megaapi_mock.domain.content import KINDS, SIDE_KEYS
from megaapi_mock.events.content import (
    Choice,
    Content,
    number_at,
    object_at,
    objects_in,
    string_at,
    whole_number,
)

SIDE = min(SIDE_KEYS)
IMAGE = {
    "mimetype": "image/jpeg", "mediaKey": "a2V5", "directPath": "/v/1", "url": "https://m/1",
    "caption": "Olha", "fileLength": "12", "viewOnce": True,
}  # fmt: skip


@pytest.mark.parametrize(
    ("message", "kind", "text"),
    [
        ({"conversation": "oi"}, "conversation", "oi"),
        ({SIDE: {}, "conversation": "oi"}, "conversation", "oi"),
        ({"audioMessage": None, "conversation": "oi"}, "conversation", "oi"),
        ({"extendedTextMessage": {"text": "oi"}}, "extendedTextMessage", "oi"),
        ({"extendedTextMessage": {"text": 5}}, "extendedTextMessage", None),
        ({"imageMessage": IMAGE}, "imageMessage", "Olha"),
        ({"unknownMessage": {"text": "oi"}}, "unknownMessage", None),
        ({}, "", None),
        ({SIDE: {}}, "", None),
        ("oi", "", None),
        (None, "", None),
        ({5: "oi"}, "", None),
    ],
)
def test_a_content_is_the_member_that_is_not_beside_one(
    message: Any, kind: str, text: str | None
) -> None:
    content = Content(message)
    assert (content.kind, content.text) == (kind, text)


def test_a_content_is_found_in_all_its_wrappers() -> None:
    inner = {"imageMessage": IMAGE | {"viewOnce": False}}
    wrapped = {"ephemeralMessage": {"message": {"viewOnceMessage": {"message": inner}}}}
    content = Content(wrapped)
    assert content.wrappers == ["ephemeralMessage", "viewOnceMessage"]
    assert (content.kind, content.is_once, content.text) == ("imageMessage", True, "Olha")
    assert not Content(inner).is_once


def test_a_wrapper_with_nothing_in_it_has_no_content() -> None:
    content = Content({"ephemeralMessage": {"message": {}}})
    assert (content.kind, content.part, content.fields) == ("", None, {})


def test_a_message_that_holds_itself_ends() -> None:
    message: dict[str, Any] = {"ephemeralMessage": {}}
    message["ephemeralMessage"]["message"] = message
    assert Content(message).wrappers == ["ephemeralMessage"]


def test_a_file_has_what_is_needed_to_fetch_it() -> None:
    media = Content({"imageMessage": IMAGE}).media
    assert media is not None
    assert (media.kind, media.size, media.is_view_once) == ("image", 12, True)
    assert media.download_body == {"messageKeys": {
        "mediaKey": "a2V5", "directPath": "/v/1", "url": "https://m/1", "mimetype": "image/jpeg",
        "messageType": "image",
    }}  # fmt: skip
    sticker = Content({"stickerMessage": {"url": "https://m/2"}}).media
    assert sticker is not None and sticker.download_body["messageKeys"] == {
        "url": "https://m/2", "messageType": "image",
    }  # fmt: skip


def test_every_kind_of_file_of_the_table_is_one() -> None:
    for name, kind in KINDS.items():
        media = Content({name: {"ptt": True, "seconds": 3}}).media
        assert (media.kind if media else None) == (kind.media or None), name
    voice = Content({"audioMessage": {"ptt": True, "seconds": 3}}).media
    assert voice is not None and voice.is_voice_note and voice.seconds == 3
    assert Content({"imageMessage": "text"}).media is None


def interactive(parameters: Any) -> Choice | None:
    part = {"nativeFlowResponseMessage": {"paramsJson": parameters}, "body": {"text": "Sim"}}
    return Content({"interactiveResponseMessage": part}).choice


@pytest.mark.parametrize(
    ("message", "choice"),
    [
        ({"listResponseMessage": {"title": "Pizza", "description": "Quente",
                                  "singleSelectReply": {"selectedRowId": "p"}}},
         Choice("list", "p", "Pizza", "Quente")),
        ({"buttonsResponseMessage": {"selectedButtonId": "b", "selectedDisplayText": "Sim"}},
         Choice("button", "b", "Sim")),
        ({"templateButtonReplyMessage": {"selectedId": "t", "selectedDisplayText": "Sim"}},
         Choice("template", "t", "Sim")),
        ({"listResponseMessage": "odd"}, Choice("list", None, None)),
        ({"conversation": "oi"}, None),
    ],
)  # fmt: skip
def test_a_choice_has_the_id_that_the_bot_gave(message: Any, choice: Choice | None) -> None:
    assert Content(message).choice == choice


@pytest.mark.parametrize(
    ("parameters", "id_", "fields"),
    [
        ('{"id": "s", "data": 1}', "s", {"id": "s", "data": 1}),
        ('{"id": 5}', None, {"id": 5}),
        ("[1]", None, {}),
        ("no JSON", None, {}),
        (None, None, {}),
        ("[" * 100_000, None, {}),
    ],
)
def test_an_interactive_answer_brings_its_fields(
    parameters: Any, id_: str | None, fields: dict[str, Any]
) -> None:
    assert interactive(parameters) == Choice("interactive", id_, "Sim", parameters=fields)


def test_an_edit_says_the_new_words() -> None:
    inner = {"editedMessage": {"conversation": "novo"}}
    content = Content({"protocolMessage": inner})
    assert content.text == "novo" and content.edited is not None
    assert content.edited.kind == "conversation"
    assert Content({"conversation": "oi"}).edited is None
    assert Content({"protocolMessage": {"editedMessage": "odd"}}).edited is None


def test_what_a_message_refers_to_is_an_object_or_nothing() -> None:
    assert Content({"imageMessage": {"contextInfo": {"a": 1}}}).context == {"a": 1}
    assert Content({"imageMessage": {"contextInfo": 5}}).context == {}
    assert Content({"conversation": "oi"}).context == {}


def test_members_are_read_as_what_they_should_be() -> None:
    fields = {"text": "a", "object": {"b": 1}, "list": [{"c": 1}, 5], "number": 7}
    assert (string_at(fields, "text"), string_at(fields, "number")) == ("a", None)
    assert (object_at(fields, "object"), object_at(fields, "list")) == ({"b": 1}, {})
    assert list(objects_in(fields, "list")) == [{"c": 1}]
    assert list(objects_in(fields, "text")) == list(objects_in(fields, "no")) == []


@pytest.mark.parametrize(
    ("value", "number"),
    [(5, 5), (5.0, 5), (5.5, None), (True, None), ("5", None), (None, None), (math.inf, None),
     (math.nan, None), (-3, -3)],
)  # fmt: skip
def test_a_whole_number_is_one_as_json_has_it(value: Any, number: int | None) -> None:
    assert whole_number(value) == number
    assert number_at({"n": value}, "n") == (5 if value == "5" else number)


@pytest.mark.parametrize("text", ["", "-1", "1.0", "\u0661", "1" * 21])
def test_only_digits_write_a_number(text: str) -> None:
    assert number_at({"n": text}, "n") is None


def test_parameters_are_read_as_json() -> None:
    assert interactive(json.dumps({"id": "ã"})) == Choice(
        "interactive", "ã", "Sim", parameters={"id": "ã"}
    )
