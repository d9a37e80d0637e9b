"""Foreign payloads: recognised where they fit, and told where they do not."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.spec.operations import webhook_events
from megaapi_mock.spec.recognise import MESSAGE_MOST, Recogniser
from megaapi_mock.spec.valid_bundle import valid_bundle

SAMPLES = Samples(root("fixtures"))
BUNDLE = valid_bundle(root("spec"))
RECOGNISER = Recogniser(BUNDLE)


@pytest.mark.parametrize("event", webhook_events(BUNDLE), ids=lambda event: event.name)
def test_every_sample_is_recognised(event: Any) -> None:
    found = RECOGNISER.recognise(SAMPLES.payload(event.name))
    assert found.fits
    # A more general event may come first: a group's text is a text.
    assert found.event is not None and found.event.message_type == event.message_type


@pytest.mark.parametrize(
    "event", ["image", "audio-voice-note", "document", "sticker", "location", "contact", "edited"]
)
def test_what_the_owner_sends_from_the_phone_fits_whatever_it_is(event: str) -> None:
    payload = SAMPLES.payload(event)
    payload["key"] = {**payload["key"], "fromMe": True}
    for name in ("senderLid", "senderPn"):
        payload["key"].pop(name, None)
    found = RECOGNISER.recognise(payload)
    assert found.fits
    assert found.event is not None and found.event.name == "from-me-phone"


def test_a_broken_picture_is_held_to_the_rules_of_pictures() -> None:
    payload = SAMPLES.payload("image")
    payload["message"]["imageMessage"]["mediaKey"] = 5
    found = RECOGNISER.recognise(payload)
    assert found.event is not None and found.event.name == "image"
    assert [misfit.field for misfit in found.misfits] == ["message.imageMessage.mediaKey"]


def test_the_field_and_the_file_with_its_rule_are_named() -> None:
    payload = SAMPLES.payload("text-plain")
    payload["key"]["id"] = 5
    payload["message"]["conversation"] = None
    found = RECOGNISER.recognise(payload)
    assert found.event is not None and found.event.name == "text-plain"
    assert [(misfit.field, misfit.spec_file) for misfit in found.misfits] == [
        ("key.id", "components/schemas/WebhookKey.yaml"),
        ("message.conversation", "webhooks/text-plain.yaml"),
    ]
    assert str(found.misfits[0]) == (
        'key.id: 5 is not of type "string" (spec/components/schemas/WebhookKey.yaml)'
    )


def test_the_nearest_of_many_events_is_reported() -> None:
    payload = SAMPLES.payload("ack-played")
    payload["timestamp"] = "noon"
    found = RECOGNISER.recognise(payload)
    assert found.event is not None and found.event.name == "ack-played"
    assert [misfit.field for misfit in found.misfits] == ["timestamp"]


@pytest.mark.parametrize(
    ("event", "field", "value"),
    [
        ("text-plain", "fromMe", "false"),
        ("text-plain", "fromMe", 0),
        ("text-plain", "remoteJid", 7),
        ("from-me-api-echo", "fromMe", "true"),
        ("audio-voice-note", "fromMe", None),
    ],
)
def test_one_wrong_field_is_nearer_than_two_that_break_fewer_rules(
    event: str, field: str, value: Any
) -> None:
    """Several parts of one schema may speak of a field: it is one place that does not fit."""
    payload = SAMPLES.payload(event)
    payload["key"][field] = value
    found = RECOGNISER.recognise(payload)
    assert found.event is not None and found.event.name == event
    assert {misfit.field for misfit in found.misfits} == {f"key.{field}"}


@pytest.mark.parametrize(
    ("status", "event"),
    [("2", "ack-server"), ("3", "ack-delivered"), ("4", "ack-read"), ("5", "ack-played")],
)
def test_a_number_written_as_text_is_near_the_event_it_says(status: str, event: str) -> None:
    payload = SAMPLES.payload("ack-read")
    payload["update"]["status"] = status
    found = RECOGNISER.recognise(payload)
    assert found.event is not None and found.event.name == event
    assert {misfit.field for misfit in found.misfits} == {"update.status"}
    assert payload["update"]["status"] == status


@pytest.mark.parametrize("event", ["group-text", "group-image", "group-text-first-of-sender"])
def test_a_group_s_message_names_its_author(event: str) -> None:
    payload = SAMPLES.payload(event)
    del payload["key"]["participant"]
    found = RECOGNISER.recognise(payload)
    assert not found.fits
    assert [(each.field, "participant" in each.message) for each in found.misfits] == [
        ("key", True)
    ]


@pytest.mark.parametrize(
    ("event", "said"),
    [("text-plain", True), ("image", True), ("from-me-api-echo", True), ("ack-read", True),
     ("group-text", False), ("group-image", False), ("ack-group", False)],
)  # fmt: skip
def test_is_group_says_what_the_chat_is(event: str, said: bool) -> None:
    payload = SAMPLES.payload(event)
    payload["isGroup"] = said
    found = RECOGNISER.recognise(payload)
    assert not found.fits
    assert {misfit.field for misfit in found.misfits} == {"isGroup"}
    # Before 2025 there was none.
    del payload["isGroup"]
    assert RECOGNISER.recognise(payload).fits


def test_a_payload_of_2023_may_have_its_other_type() -> None:
    payload = SAMPLES.payload("order")
    found = RECOGNISER.recognise({**payload, "messageType": "messageContextInfo"})
    assert found.fits and found.event is not None and found.event.name == "order"


@pytest.mark.parametrize(
    ("payload", "field", "words"),
    [
        (None, "body", "is not a JSON object"),
        ([], "body", "is not a JSON object"),
        ({}, "messageType", "is missing"),
        ({"messageType": None}, "messageType", "None is that of no known event"),
        ({"messageType": ["a"]}, "messageType", "['a'] is that of no known event"),
        ({"messageType": "imageMesage"}, "messageType", "near it: imageMessage"),
    ],
)
def test_what_is_no_event_says_why(payload: Any, field: str, words: str) -> None:
    found = RECOGNISER.recognise(payload)
    assert found.event is None and not found.fits
    (misfit,) = found.misfits
    assert misfit.field == field and words in misfit.message


def test_long_values_are_cut() -> None:
    payload = SAMPLES.payload("text-plain")
    payload["key"]["id"] = ["x" * 10_000]
    (misfit,) = RECOGNISER.recognise(payload).misfits
    assert len(misfit.message) == MESSAGE_MOST
