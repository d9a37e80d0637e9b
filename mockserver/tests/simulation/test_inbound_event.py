"""What contacts can do, by event, as its sample says it."""

from __future__ import annotations

import json

import pytest
from megaapi_mock.errors import ControlRefused
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.simulation.contact_events import NON_MESSAGE_EVENTS
from megaapi_mock.simulation.inbound_event import InboundEvents
from megaapi_mock.spec.gateway_events import CAUSED_BY_GATEWAY

SAMPLES = Samples(root("fixtures"))
CAUSED = [name for name in SAMPLES.names() if name not in CAUSED_BY_GATEWAY]


@pytest.fixture(scope="module")
def events() -> InboundEvents:
    return InboundEvents(SAMPLES)


@pytest.mark.parametrize("name", CAUSED)
def test_what_the_gateway_does_not_cause_a_contact_does(events: InboundEvents, name: str) -> None:
    event = events[name]
    assert json.loads(event.payload) == SAMPLES.payload(name)
    assert event.is_message == (name not in NON_MESSAGE_EVENTS)
    assert events[name] is event


@pytest.mark.parametrize("name", CAUSED_BY_GATEWAY)
def test_what_the_gateway_causes_no_contact_does(events: InboundEvents, name: str) -> None:
    with pytest.raises(ControlRefused, match="is not something a contact does; the gateway causes"):
        events[name]


def test_a_name_that_nobody_knows_is_guessed(events: InboundEvents) -> None:
    with pytest.raises(ControlRefused, match="did you mean text-plain or"):
        events["text-plan"]
    with pytest.raises(ControlRefused, match=r"there are .*text-plain"):
        events["zzzzz"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("conversation", "text-plain or "),
        ("imageMessage", "image or "),
        ("listResponseMessage", "list-response"),
    ],
)
def test_a_message_type_leads_to_the_event(events: InboundEvents, name: str, meant: str) -> None:
    with pytest.raises(ControlRefused) as refusal:
        events[name]
    sentence = f"event: {name} is a messageType; the event is called {meant}"
    assert str(refusal.value).startswith(sentence)


@pytest.mark.parametrize(
    ("name", "private", "in_group", "plain"),
    [
        ("text-plain", False, False, True),
        ("group-text", False, True, True),
        ("status-story", True, False, False),
        ("newsletter", True, False, True),
        ("image", False, False, False),
        ("reaction", False, False, False),
        ("album", False, False, False),
        ("presence", False, False, False),
    ],
)
def test_an_event_says_where_it_can_happen_and_how_plain_it_is(
    events: InboundEvents, name: str, private: bool, in_group: bool, plain: bool
) -> None:
    event = events[name]
    assert (event.private, event.in_group, event.plain) == (private, in_group, plain)


@pytest.mark.parametrize(
    ("name", "path"),
    [("text-plain", "message.conversation"),
     ("text-extended", "message.extendedTextMessage.text"),
     ("image", "message.imageMessage.caption"),
     ("sticker", None)],
)  # fmt: skip
def test_an_event_says_where_its_text_is(
    events: InboundEvents, name: str, path: str | None
) -> None:
    assert events[name].text_path == path
