"""What a second instance can write: each event by a call that its operation's schema takes."""

from __future__ import annotations

import pytest
from megaapi_contract.errors import NotTried
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.known_fields import KnownFields
from megaapi_contract.probes.laws.requests import good_requests_of
from megaapi_contract.run.peer.messages import WRITINGS, MessageRequest
from megaapi_mock.spec.operations import JSON
from megaapi_mock.spec.plans import EVERY_PLAN

from ...support import LISTED, OWN

REQUEST = MessageRequest(to=OWN, reader=OWN, message="3EB0C767D097B7C7C901")
TEXT_PATHS = {"message.conversation", "message.extendedTextMessage.text"}
VALUES = {
    "degreesLatitude": -12.5, "degreesLongitude": -38.5, "mimetype": "image/png",
}  # fmt: skip


@pytest.fixture(scope="module")
def every_plan() -> Contract:
    return Contract(plan=EVERY_PLAN)


def fits(contract: Contract, operation: str, data: object) -> bool:
    definition = contract.by_id[operation].definition
    schema = definition["requestBody"]["content"][JSON]["schema"]
    return contract.compiler.compile(schema).is_valid({"messageData": data})


@pytest.mark.parametrize("event", WRITINGS)
def test_each_writing_is_a_call_that_the_contract_takes(event: str, every_plan: Contract) -> None:
    writing = WRITINGS[event]
    body = writing.body(event, REQUEST)
    assert body["to"] == OWN
    assert fits(every_plan, writing.operation, body), body


@pytest.mark.parametrize("event", WRITINGS)
def test_each_field_that_a_law_may_set_reaches_the_call(event: str, every_plan: Contract) -> None:
    writing = WRITINGS[event]
    for path, name in writing.fields.items():
        value = VALUES.get(path.rpartition(".")[2], "Pedido 7")
        body = writing.body(event, MessageRequest(OWN, OWN, "1", {path: value}))
        assert body[name] == value
        assert fits(every_plan, writing.operation, body), (path, body)


@pytest.mark.parametrize("event", WRITINGS)
def test_each_field_that_a_law_may_set_stands_in_the_event(
    event: str, every_plan: Contract
) -> None:
    content = every_plan.events[event].definition["requestBody"]["content"][JSON]
    examples = (example["value"] for example in content["examples"].values())
    known = KnownFields(content["schema"], examples, every_plan.document)
    for path in WRITINGS[event].fields:
        if path in TEXT_PATHS and len(TEXT_PATHS & WRITINGS[event].fields.keys()) == 2:
            # A text stands in one of two places, and a law sets the one that its event has.
            continue
        document: object = "Pedido 7"
        for step in reversed(path.split(".")):
            document = {step: document}
        assert [*known.unknown_in(document)] == [], path


def test_operations_and_events_are_those_of_the_contract(every_plan: Contract) -> None:
    for event, writing in WRITINGS.items():
        assert {event, writing.arrives_as} <= every_plan.events.keys()
        assert every_plan.by_id[writing.operation].effect == "sends"
        assert writing.operation in good_requests_of(every_plan)


def test_what_an_api_has_no_field_for_is_not_tried() -> None:
    request = MessageRequest(OWN, OWN, "1", {"message.stickerMessage.isAnimated": True})
    with pytest.raises(NotTried, match="sticker by send_media_base64, which has no field for"):
        WRITINGS["sticker"].body("sticker", request)


def test_a_reply_names_the_message_of_the_other_side() -> None:
    key = WRITINGS["text-quoted-reply"].body("text-quoted-reply", REQUEST)["key"]
    assert key == {"remoteJid": f"{OWN}@s.whatsapp.net", "fromMe": False, "id": REQUEST.message}


def test_a_deletion_names_the_writers_own_message() -> None:
    key = WRITINGS["deleted"].body("deleted", REQUEST)["key"]
    assert (key["fromMe"], key["id"]) == (True, REQUEST.message)


def test_a_card_holds_nobody_but_the_reader() -> None:
    card = WRITINGS["contact"].body("contact", MessageRequest("1@g.us", LISTED, "1"))["vcard"]
    assert card["phoneNumber"] == LISTED
