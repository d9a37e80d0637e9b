"""What each kind of event alone can be asked."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from megaapi_mock.events.addresses import Person
from megaapi_mock.events.families import (
    CONNECTED,
    AckEvent,
    CallEvent,
    ConnectionEvent,
    GroupParticipantsEvent,
    GroupUpdateEvent,
    MessageEvent,
    PresenceEvent,
    QrCodeEvent,
    UnknownEvent,
)

from .payload_samples import every_payload

ANA, GROUP = "5511900000002", "120363000000000001@g.us"
JID, LID = f"{ANA}@s.whatsapp.net", "100000000000002@lid"
CALL = next(payload for source, name, payload in every_payload() if name == "call")


def event(family: Any, **fields: Any) -> Any:
    return family(fields, fields.get("messageType"))


@pytest.mark.parametrize("family", [MessageEvent, AckEvent])
def test_a_message_and_its_receipt_have_its_id(family: Any) -> None:
    assert event(family, key={"id": "A1"}).id == "A1"


@pytest.mark.parametrize(
    ("status", "state"),
    [(0, "error"), (1, "pending"), (2, "server"), (3, "delivered"), (4, "read"), (5, "played"),
     (6, None)],
)  # fmt: skip
def test_a_receipt_says_how_far_the_message_came(status: int, state: str | None) -> None:
    ack = event(AckEvent, key={"id": "A1"}, update={"status": status})
    assert (ack.status, ack.state) == (status, state)


def test_a_receipt_of_a_group_says_whose_phone_it_is_about() -> None:
    key = {"id": "A1", "remoteJid": GROUP, "participant": LID, "participantPn": JID}
    assert event(AckEvent, key=key).reader == Person(ANA, LID)
    assert event(AckEvent, key={"id": "A1"}).reader == Person()


def test_a_connection_is_there_after_one_message_alone() -> None:
    assert event(ConnectionEvent, message=CONNECTED).is_connected
    closed = event(ConnectionEvent, message="logout", closeReason=401)
    assert not closed.is_connected and (closed.message, closed.close_reason) == ("logout", 401)
    assert event(ConnectionEvent, message=5, closeReason=[1]).message is None
    assert event(ConnectionEvent, closeReason=[1]).close_reason is None


def test_a_code_is_a_picture_where_it_can_be_read() -> None:
    png = b"\x89PNG"
    uri = f"data:image/png;base64,{base64.b64encode(png).decode()}"
    code = event(QrCodeEvent, qrcode=uri)
    assert (code.data_uri, code.png) == (uri, png)
    for odd in ("data:image/png;base64,!!", "no comma", "data:,"):
        assert event(QrCodeEvent, qrcode=odd).png is None


def test_a_call_has_its_caller_its_chat_and_its_kind() -> None:
    data = {"id": "C1", "status": "offer", "from": JID, "chatId": JID, "isVideo": True}
    call = event(CallEvent, data=data)
    assert (call.id, call.status, call.sender) == ("C1", "offer", Person(ANA))
    assert call.is_video and not call.is_group and call.chat is not None
    assert call.chat.jid == JID


@pytest.mark.parametrize("more", [{"isGroup": True}, {"groupJid": GROUP}, {"chatId": GROUP}])
def test_a_call_to_a_group_is_known_by_any_of_its_signs(more: dict[str, Any]) -> None:
    assert event(CallEvent, data={"id": "C1", "from": JID, **more}).is_group


def test_a_call_without_a_type_gets_one_and_keeps_its_payload() -> None:
    bare = {name: value for name, value in CALL.items() if name != "messageType"}
    call = CallEvent(bare, None)
    assert call.webhook is not None and call.webhook["messageType"] == "call"
    assert "messageType" not in call.raw
    broken = CallEvent(bare, None)
    broken.problems = ("data.status is missing",)
    assert broken.webhook is None


def test_what_is_about_a_chat_is_about_no_message() -> None:
    update = event(GroupUpdateEvent, id=GROUP, subject="Equipe", owner=JID, author=JID)
    assert update.id is None and update.chat is not None and update.chat.jid == GROUP
    assert update.changes == {"subject": "Equipe"} and update.sender == Person(ANA)


def test_a_change_of_people_names_them_and_who_did_it() -> None:
    change = event(
        GroupParticipantsEvent, id=GROUP, action="add", participants=[JID, 5, LID],
        author=LID, authorPn=JID,
    )  # fmt: skip
    assert (change.action, change.participants) == ("add", (JID, LID))
    assert change.sender == Person(ANA, LID) and change.is_group


def test_presences_are_told_by_address() -> None:
    presences = {JID: {"lastKnownPresence": "composing"}, LID: {"other": 1}, "x": "odd"}
    assert event(PresenceEvent, id=JID, presences=presences).presences == {JID: "composing"}
    assert event(PresenceEvent, id=JID).presences == {}


def test_what_nobody_knows_says_why_and_has_no_type() -> None:
    unknown = UnknownEvent({"a": 1}, "new.event", "no event of the contract")
    assert unknown.webhook is None and unknown.reason == "no event of the contract"
    assert unknown.message_type == "new.event"
