"""One table of content kinds, held to the samples and to the events of the contract."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.domain.content import KINDS, SILENT, WRAPPERS, ContentKind, keys_of, kind_named
from megaapi_mock.domain.incoming_content import arrival_event
from megaapi_mock.domain.message import content_key
from megaapi_mock.domain.options import options_of
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples
from megaapi_mock.spec.bundle import read_yaml

SAMPLES = Samples(root("fixtures"))
ROWS = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


@ROWS
def test_events_of_a_kind_have_samples(kind: ContentKind) -> None:
    assert {*filter(None, [kind.event]), *kind.answers} <= set(SAMPLES.names())


@ROWS
def test_sample_of_a_kind_holds_it(kind: ContentKind) -> None:
    if kind.event is not None:
        shown = content_key(SAMPLES.payload(kind.event)["message"])
        assert kind_named(shown).event == kind.event


@ROWS
def test_content_of_a_kind_arrives_as_its_event(kind: ContentKind) -> None:
    if kind.event is not None:
        assert arrival_event({kind.key: {}}, group=False) == kind.event


@pytest.mark.parametrize("event", SAMPLES.names())
def test_every_kind_in_a_sample_is_in_the_table(event: str) -> None:
    content = SAMPLES.payload(event).get("message")
    if isinstance(content, dict) and content_key(content) is not None:
        assert content_key(content) in KINDS


@ROWS
def test_only_what_can_be_answered_offers_a_choice(kind: ContentKind) -> None:
    part = {
        "sections": [{"rows": [{"title": "A", "rowId": "a"}]}],
        "buttons": [{"buttonId": "a", "buttonText": {"displayText": "A"}}],
        "options": [{"optionName": "A"}],
        "nativeFlowMessage": {
            "buttons": [
                {"name": "quick_reply", "buttonParamsJson": '{"display_text": "A", "id": "a"}'}
            ]
        },
        "hydratedTemplate": {
            "hydratedButtons": [{"quickReplyButton": {"displayText": "A", "id": "a"}}]
        },
    }
    assert bool(options_of({kind.key: part})) == bool(kind.answers)


def test_messages_about_messages_and_wrappers_have_no_file_of_their_own() -> None:
    assert not any(KINDS[key].media for key in {*SILENT, *WRAPPERS})


def schema(name: str) -> dict[str, Any]:
    """One of the contract's shared schemas."""
    read: dict[str, Any] = read_yaml(root("spec") / "components" / "schemas" / f"{name}.yaml")
    return read


def test_contract_has_every_kind() -> None:
    stated = {*schema("ContentType")["enum"], *schema("CallerContent")["properties"]}
    # Nothing can send a product, and nobody was seen to.
    assert KINDS.keys() - stated == {"productMessage"}
    # What a message may hold inside of another: all but those that are never inside of one.
    beside = {"messageContextInfo", "editedMessage", "ephemeralMessage"}
    received = schema("ReceivedContent")["properties"].keys()
    assert {*schema("ContentType")["enum"]} - received == beside


def test_callers_can_forward_and_quote_every_kind_that_is_a_message() -> None:
    """A kind that no caller may send stands here, or in CallerContent."""
    messages = set(keys_of(lambda kind: not kind.wraps and not kind.refers))
    kept_from_callers = {"albumMessage", "pollCreationMessageV2", "pollCreationMessageV3"}
    assert messages - schema("CallerContent")["properties"].keys() == {
        "productMessage", *kept_from_callers
    }  # fmt: skip


def test_what_callers_send_is_answered_and_echoed_as_the_contract_says() -> None:
    sent = schema("SentContent")["properties"].keys()
    # A plain text is sent as an extended one.
    assert schema("CallerContent")["properties"].keys() - sent == {"conversation"}
    echo = read_yaml(root("spec") / "webhooks" / "from-me-api-echo.yaml")
    body = echo["post"]["requestBody"]["content"]["application/json"]["schema"]
    own = next(part for part in body["allOf"] if "properties" in part)
    assert {*own["properties"]["messageType"]["enum"]} == {*sent}
