"""What a running mock really sends, as a receiver reads it: every event, in every generation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from megaapi_mock.events import (
    AckEvent,
    AnyEvent,
    ConnectionEvent,
    MessageEvent,
    QrCodeEvent,
    UnknownEvent,
    parse,
)
from megaapi_mock.web.app import MockApp

from ..conftest import MakeApp
from ..control import ControlApi
from ..support import AUTH, KEY, RecordingTransport
from .payload_samples import EVENTS, GENERATIONS

HOOK = "http://127.0.0.1:9/hook"
ANA, ANA_JID = "5511900000002", "5511900000002@s.whatsapp.net"
GROUP = "120363000000000001@g.us"
ROWS = [{"title": "Sim", "description": "Agora", "rowId": "yes"}]
LIST = {
    "title": "t",
    "text": "Confirma?",
    "description": "x",
    "buttonText": "Abrir",
    "listType": 0,
    "sections": [{"title": "Menu", "rows": ROWS}],
}


class Receiver:
    """A bot's ear: every webhook of an app, parsed."""

    def __init__(self, app: MockApp) -> None:
        self.app, self.control_api = app, ControlApi(app)
        app.runtime.instances.publisher.change(KEY, lambda instance: instance.set_webhook(HOOK))

    def heard(self) -> list[AnyEvent]:
        """What came since the last look; each of the contract and without a problem."""
        assert self.app.runtime.webhooks.courier.wait_idle(60)
        transport = self.app.runtime.webhooks.courier._transport
        assert isinstance(transport, RecordingTransport)
        events = [parse(json.loads(body)) for _, body, _ in transport.posts]
        transport.posts.clear()
        assert [
            event for event in events if isinstance(event, UnknownEvent) or event.problems
        ] == []
        return events

    def inbound(self, event: str, **body: Any) -> AnyEvent:
        """The event that a contact causes."""
        self.heard()
        self.control_api.post(
            f"/instances/{KEY}/inbound", {"event": event, "from": ANA, **body}, status=201
        )
        return self.heard()[0]

    def calls(self, path: str, body: Any) -> Any:
        """What the gateway's own API answers."""
        reply = self.app.test_client().post(f"/rest/{path}", json=body, headers=AUTH)
        assert reply.status_code == 200, reply.headers.get("X-Mock-Reason")
        return reply.get_json()

    def sends(self, operation: str, **data: Any) -> str:
        """The id that a send answers."""
        answer = self.calls(f"sendMessage/{KEY}/{operation}", {"messageData": data})
        return str(answer["messageData"]["key"]["id"])


@pytest.fixture(params=GENERATIONS)
def receiver(make_app: MakeApp, request: pytest.FixtureRequest) -> Iterator[Receiver]:
    yield Receiver(make_app(switches={"payload_generation": request.param}))


def test_every_event_that_the_mock_can_emit(receiver: Receiver) -> None:
    for event in EVENTS:
        receiver.control_api.post(f"/instances/{KEY}/emit", {"event": event}, status=201)
        (parsed,) = receiver.heard()
        assert parsed.message_type == receiver_type(parsed, event)


def receiver_type(parsed: AnyEvent, event: str) -> str:
    """The event's messageType, or what stood for it in 2023."""
    old = isinstance(parsed, MessageEvent) and parsed.message_type == "messageContextInfo"
    return "messageContextInfo" if old else EVENTS[event].message_type


def test_conversation_with_a_bot(receiver: Receiver) -> None:
    greeting = receiver.inbound("text-plain", text="oi")
    assert isinstance(greeting, MessageEvent)
    assert (greeting.text, greeting.sender.number, greeting.from_me) == ("oi", ANA, False)

    sent = receiver.sends("listMessage", to=greeting.answer_to, **LIST)
    echo, *acks = receiver.heard()
    assert (echo.id, echo.from_me, echo.text) == (sent, True, "Confirma?")
    receiver.control_api.post("/clock", {"advance": 60})
    acks += receiver.heard()
    assert [ack.state for ack in acks if isinstance(ack, AckEvent) and ack.id == sent] == [
        "server",
        "delivered",
        "read",
    ]

    tap = receiver.inbound("list-response", option="yes")
    assert tap.choice is not None
    assert (tap.choice.id, tap.choice.title, tap.quoted_id) == ("yes", "Sim", sent)
    reaction = receiver.inbound("reaction", message=sent)
    assert reaction.reaction is not None
    assert reaction.reaction.message_id == sent
    edit = receiver.inbound("edited", text="Não, espera")
    assert edit.text == "Não, espera"
    # The newest text of the contact's own.
    assert edit.edited_id == greeting.id
    assert receiver.inbound("deleted", message=greeting.id).deleted_id == greeting.id


def test_reference_quotes_and_forwards(receiver: Receiver) -> None:
    question = receiver.inbound("text-plain", text="Quanto custa?", group=GROUP)
    quote = receiver.sends("quoteMessage", to=question.answer_to, text="Dez", **question.reference)
    (echo, *_) = receiver.heard()
    assert (echo.id, echo.quoted_id, echo.quoted_text) == (quote, question.id, "Quanto custa?")
    assert echo.is_group
    forwarded = receiver.sends("forwardMessage", to=ANA, **question.reference)
    (echo, *_) = receiver.heard()
    assert (echo.id, echo.text, echo.is_forwarded) == (forwarded, "Quanto custa?", True)


@pytest.mark.parametrize(
    "event", ["image", "video", "audio-voice-note", "document", "document-with-caption", "sticker"]
)
def test_media_is_downloaded_with_what_it_says(receiver: Receiver, event: str) -> None:
    media = receiver.inbound(event).media
    assert media is not None
    answer = receiver.calls(f"instance/downloadMediaMessage/{KEY}", media.download_body)
    assert answer["data"].startswith(f"data:{media.mimetype};base64,")


def test_hidden_number_is_answered_by_its_number(receiver: Receiver) -> None:
    event = receiver.inbound("text-plain-lid")
    assert event.answer_to == ANA_JID
    receiver.sends("text", to=event.answer_to, text="oi")


def test_connection_comes_and_goes(receiver: Receiver) -> None:
    receiver.control_api.post(f"/instances/{KEY}/unlink", {"by": "phone"})
    (gone,) = receiver.heard()
    assert isinstance(gone, ConnectionEvent)
    assert not gone.is_connected
    client = receiver.app.test_client()
    # What a call causes leaves once its answer was read.
    assert client.get(f"/rest/instance/qrcode_base64/{KEY}", headers=AUTH).get_data()
    codes = [event for event in receiver.heard() if isinstance(event, QrCodeEvent)]
    assert codes
    assert codes[0].png is not None
    receiver.control_api.post(f"/instances/{KEY}/link")
    back = receiver.heard()[-1]
    assert isinstance(back, ConnectionEvent)
    assert back.is_connected
