"""Which fields a webhook may have: what is none is named, with what was probably meant."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.spec.payload_fields import PayloadFields
from megaapi_mock.spec.valid_bundle import valid_bundle

SAMPLES = Samples(root("fixtures"))


@pytest.fixture(scope="module")
def fields() -> PayloadFields:
    return PayloadFields(valid_bundle(root("spec")).document)


def leaves(value: Any, *path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from leaves(below, *path, name)
    elif isinstance(value, list):
        for at, below in enumerate(value):
            yield from leaves(below, *path, str(at))
    else:
        yield ".".join(path), value


@pytest.mark.parametrize("event", SAMPLES.names())
def test_every_field_of_every_sample_is_known_to_the_contract(
    event: str, fields: PayloadFields
) -> None:
    for path, value in leaves(SAMPLES.payload(event)):
        assert fields.mistake(event, path, value, {}) is None


@pytest.mark.parametrize("event", SAMPLES.names())
def test_a_typo_in_any_name_of_any_sample_is_found(event: str, fields: PayloadFields) -> None:
    sample = SAMPLES.payload(event)
    for name in sample:
        if len(name) > 3:
            assert fields.mistake(event, f"{name[:-1]}zq", "x", sample) is not None, name
    for path, value in leaves(sample.get("message", {}), "message"):
        place, _, name = path.rpartition(".")
        checked = not {"quotedMessage", "deviceListMetadata"} & set(path.split("."))
        if checked and not name.isdigit():
            assert fields.mistake(event, f"{place}.{name}zq", value, sample) is not None, path


# -- the rules, on a contract of two events --------------------------------------------------

TEXT = {"type": "string"}
KEY = {"properties": {"id": TEXT, "fromMe": {"type": "boolean"}}}
IMAGE = {"properties": {"imageMessage": {"properties": {"caption": TEXT, "quotedMessage": {}}}}}


def webhook(schema: Any) -> dict[str, Any]:
    return {"post": {"requestBody": {"content": {"application/json": {"schema": schema}}}}}


SMALL = PayloadFields({
    "webhooks": {
        "text": webhook({"properties": {
            "key": {"$ref": "#/components/schemas/Key"},
            "message": {"anyOf": [{"properties": {"conversation": TEXT}}]},
            "rows": {"items": KEY}, "names": {"additionalProperties": TEXT},
            "bare": {"properties": {"contextInfo": {}}},
        }}),
        "image": webhook({"properties": {"message": IMAGE}}),
    },
    "components": {"schemas": {"Key": KEY}},
})  # fmt: skip


def mistake(path: str, value: Any, sample: Any = None) -> str | None:
    return SMALL.mistake("text", path, value, sample or {})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("key.id", "1"),
        ("key", {"id": "1", "fromMe": True}),
        ("message.conversation", "a"),
        # A message of another kind may be set.
        ("message.imageMessage.caption", "a"),
        ("rows.0.id", "1"),
        ("rows", [{"id": "1"}]),
        ("names.anybody", "a"),
        ("bare.whatever", 1),
        ("message.imageMessage.quotedMessage.anything.below", 1),
    ],
)
def test_a_field_of_the_contract_is_no_mistake(path: str, value: Any) -> None:
    assert mistake(path, value) is None


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        ("ky", 1, "ky is not a field of text: did you mean key?"),
        ("key.fromme", True, "key.fromme is not a field of text: did you mean key.fromMe?"),
        ("key", {"fromme": True}, "key.fromme is not a field of text: did you mean key.fromMe?"),
        ("rows", [{"id": "1"}, {"fromMee": "1"}],
         "rows.1.fromMee is not a field of text: did you mean rows.1.fromMe?"),
        ("zzzzzz", 1, "zzzzzz is not a field of text: there are bare, key, message, names, rows"),
        ("key.id", 5, "key.id must be a string, not 5"),
        ("names.a", 5, "names.a must be a string, not 5"),
    ],
)  # fmt: skip
def test_what_is_no_field_or_has_another_type_is_said(path: str, value: Any, sentence: str) -> None:
    assert mistake(path, value) == sentence


def test_a_field_that_the_sample_has_is_known_too() -> None:
    sample = {"extra": {"deep": 1}, "list": ["a"]}
    assert mistake("extra.deep", 2, sample) is None
    assert mistake("list.3", "b", sample) is None
    assert mistake("extra.no", 2, sample) is not None
    assert mistake("extra.deep", "text", sample) == 'extra.deep must be a whole number, not "text"'


def test_a_field_that_is_always_a_text_is_one() -> None:
    assert SMALL.is_text("text", "key.id", {})
    assert not SMALL.is_text("text", "key.fromMe", {})
    assert not SMALL.is_text("text", "key.no", {})
    assert not SMALL.is_text("text", "rows", {})
