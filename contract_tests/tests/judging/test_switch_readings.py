"""A host's switches are read from what it showed, and what it did not show is said."""

from __future__ import annotations

import json
from typing import Any

import pytest
from megaapi_contract.judging.alternatives import FirstSight, SettledSwitches
from megaapi_contract.judging.results import Exchange, Webhook
from megaapi_contract.judging.switch_readings import (
    CHANGED,
    MANY,
    UNTRIED,
    RunObservations,
    SwitchReadings,
    read_switches,
)
from megaapi_mock.profile import SWITCHES, default_profile
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.webhooks.render import Renderer, sample_event

from ..made_up import exchange

SAMPLES = Samples(root("fixtures"))
NAMES = {switch.name for switch in SWITCHES}


def webhook(payload: Any, *, event: str | None = None, agent: str = "") -> Webhook:
    headers = (("User-Agent", agent),) if agent else ()
    return Webhook(1, json.dumps(payload).encode(), headers, 0.0, event)


def sent(event: str, **switches: str) -> Webhook:
    """A webhook as a mock with these switches sends it."""
    renderer = Renderer(SAMPLES, default_profile().with_switches(switches))
    _, body = renderer.render(sample_event(SAMPLES, event))
    return Webhook(1, body, (), 0.0, event)


def read(
    settled: SettledSwitches | None = None,
    *,
    exchanges: tuple[Exchange, ...] = (),
    webhooks: tuple[Webhook, ...] = (),
    **paths: bool,
) -> SwitchReadings:
    return read_switches(settled or SettledSwitches(), RunObservations(exchanges, webhooks, paths))


def settled(**values: str) -> SettledSwitches:
    switches = SettledSwitches()
    for name, value in values.items():
        switches.is_same_as_before(name, value, FirstSight("a probe", exchange()))
    return switches


def test_each_switch_is_read_or_named_with_a_reason() -> None:
    readings = read(settled(missing_text="200"))
    assert readings.read.keys() | readings.unread.keys() == NAMES
    assert not readings.read.keys() & readings.unread.keys()
    assert all(readings.unread.values())
    assert UNTRIED < readings.unread.keys()


def test_what_probes_noted_is_read_with_what_showed_it() -> None:
    readings = read(settled(missing_text="200", empty_quoted="", echo="off"))
    assert {name: reading.value for name, reading in readings.read.items()} == {
        "missing_text": "200", "empty_quoted": "500", "echo": "off",
    }  # fmt: skip
    assert readings.read["missing_text"].probe == "a probe"
    assert readings.read["missing_text"].exchange == exchange()


def test_host_that_changed_its_mind_is_not_read() -> None:
    switches = settled(missing_text="200")
    assert not switches.is_same_as_before("missing_text", "", FirstSight("another probe"))
    assert read(switches).unread["missing_text"] == CHANGED


def test_form_that_the_mock_does_not_have_is_named_and_not_written() -> None:
    assert "of its own: 418" in read(settled(missing_text="418")).unread["missing_text"]


@pytest.mark.parametrize("year", ["2023", "2024", "2025", "2026"])
def test_year_of_payloads_is_read_from_messages(year: str) -> None:
    events = ("text-plain", "image", "from-me-api-echo", "group-text")
    names = [name for name in events if name in SAMPLES.names()]
    webhooks = tuple(sent(name, payload_generation=year) for name in names)
    # Those of another year that somebody let be sent on purpose.
    webhooks = (*webhooks, sent("text-plain-2023"), sent("text-plain-lid"))
    reading = read(webhooks=webhooks).read["payload_generation"]
    assert reading.value == year
    assert reading.webhook in webhooks[: len(names)]


def test_payloads_of_two_years_are_read_as_neither() -> None:
    webhooks = (sent("text-plain"), sent("image", payload_generation="2023"))
    assert read(webhooks=webhooks).unread["payload_generation"] == CHANGED


def test_addressing_is_read_only_where_payloads_can_show_it() -> None:
    older = (sent("text-plain", payload_generation="2024"),)
    assert "addressing" in read(settled(addressing=""), webhooks=older).unread
    assert read(settled(addressing="lid"), webhooks=(sent("text-plain"),)).read[
        "addressing"
    ].value == "lid"  # fmt: skip


def send_of_a_place(asked: dict[str, Any], place: dict[str, Any]) -> Exchange:
    return exchange(
        operation="send_location", status=200,
        request_body=json.dumps({"messageData": asked}).encode(),
        body=json.dumps({"messageData": {"message": {"locationMessage": place}}}).encode(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "place", "value"),
    [
        ({"latitude": -23}, {"degreesLatitude": -23}, "as_given"),
        ({"latitude": -23}, {"degreesLatitude": -23.0}, "tidied"),
        ({"caption": ""}, {"name": ""}, "as_given"),
        ({"caption": ""}, {"degreesLatitude": 1.5}, "tidied"),
        ({"latitude": -23.5, "caption": "Loja"}, {"degreesLatitude": -23.5, "name": "Loja"}, ""),
        ({"latitude": -23}, {}, ""),
    ],
)
def test_form_of_places_is_read_from_whole_degrees_and_empty_names(
    asked: dict[str, Any], place: dict[str, Any], value: str
) -> None:
    readings = read(exchanges=(send_of_a_place(asked, place),))
    reading = readings.read.get("location_form")
    assert ("" if reading is None else reading.value) == value


def ack(participant: str, status: int = 3) -> Webhook:
    key = {"remoteJid": "120363000000000001@g.us", "id": "ONE", "participant": participant}
    return webhook({"instance_key": "k", "key": key, "update": {"status": status}})


def test_receipts_of_each_participant_are_seen_and_one_is_no_proof() -> None:
    assert read(webhooks=(ack("a"), ack("b"))).read["group_acks"].value == "each"
    assert "group_acks" in read(webhooks=(ack("a"), ack("a", status=4))).unread


def test_presence_before_messages_is_read_as_off_only_after_many() -> None:
    few = tuple(sent("text-plain") for _ in range(MANY - 1))
    assert "presence_events" in read(webhooks=few).unread
    many = (*few, sent("text-plain"))
    assert read(webhooks=many).read["presence_events"].value == "off"
    assert read(settled(presence_events="on"), webhooks=many).read["presence_events"].value == "on"


@pytest.mark.parametrize("text", ["Number disconnected from api", "logout"])
def test_words_of_a_disconnection_are_read(text: str) -> None:
    webhooks = tuple(
        webhook({"messageType": "connection_update", "message": each})
        for each in (text, text, text, "phone_connected")
    )
    assert read(webhooks=webhooks).read["disconnect_text"].value == text


def test_sender_and_paths_are_read() -> None:
    readings = read(webhooks=(webhook({}, agent="axios/0.27.2"),), qr_code_image=False)
    assert readings.read["webhook_user_agent"].value == "axios/0.27.2"
    assert readings.read["qrcode_img"].value == "off"


def test_nothing_a_host_sends_is_a_failure_of_the_reader() -> None:
    odd: tuple[Any, ...] = (
        None, 7, [], "x", {}, {"key": 7, "message": []}, {"key": [], "update": 7},
        {"key": {"remoteJid": {}}, "update": {"status": {}}}, {"messageType": [], "message": {}},
    )  # fmt: skip
    webhooks = tuple(webhook(payload) for payload in odd)
    exchanges = tuple(
        exchange(operation="send_location", status=200, request_body=body, body=body)
        for body in (b"", b"{", b"[]", b'{"messageData":7}', b'{"messageData":{"message":[]}}')
    )
    assert read(webhooks=webhooks, exchanges=exchanges).unread
