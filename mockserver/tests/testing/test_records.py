"""What a test looks at: short in a report, with the files that messages carry."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable

import pytest
from megaapi_mock.testing import Call, Instance, Message, Mock, Webhook

from .conftest import Ask

ANA = "5511900000002"
# Larger than what a record shows of a body.
LARGE = b"\x89PNG made up" + bytes(range(256)) * 400


def send_image(shop: Instance, ask: Ask, data: bytes) -> None:
    picture = {"type": "image", "mimeType": "image/png", "fileName": "a.png", "caption": "Foto"}
    encoded = f"data:image/png;base64,{b64encode(data).decode()}"
    body = {"to": ANA, "base64": encoded, **picture}
    assert ask(shop, f"sendMessage/{shop.key}/mediaBase64", body)[0] == 200


def test_a_repr_is_one_short_line_whatever_is_in_it(mock: Mock, shop: Instance, ask: Ask) -> None:
    ana = shop.customer(ANA, name="Ana")
    send_image(shop, ask, LARGE)
    ana.sends_image(LARGE, caption="linha\n" * 10_000)
    group, fault = shop.group(members=[ana]), shop.fault("reply", status=503)
    everything = [
        *(*shop.sent.all(), *shop.calls.all(), *shop.inbox.all(), ana, shop, mock, fault),
        *(group, group.customer(ana), *group.members, shop.phone(ana), mock.clock),
        *(ana.says("oi"), ana.does("call")),
    ]
    for record in everything:
        assert "\n" not in repr(record) and len(repr(record)) < 500, repr(record)
        assert repr(record).isprintable() and "base64" not in repr(record)


def test_what_a_repr_says(shop: Instance, ask: Ask) -> None:
    told = shop.customer(ANA).says("oi")
    assert repr(told) == f"<Message {told.id}: conversation from {ANA}, text 'oi', delivered>"
    webhook = shop.inbox.wait_for("text-plain")
    assert repr(webhook) == f"<Webhook {webhook.id}: text-plain, text 'oi', delivered 200>"
    ask(shop, f"sendMessage/{shop.key}/text", {"to": ANA, "text": "Olá"})
    (call,) = shop.calls.all()
    path = f"/rest/sendMessage/{shop.key}/text"
    assert repr(call) == f"<Call {call.id}: POST {path} answered 200>"
    sent = shop.sent.wait_for()
    assert repr(sent).startswith(f"<Message {sent.id}: extendedTextMessage to {ANA}, text 'Olá', ")


def test_a_long_text_is_shortened_in_a_failed_wait(shop: Instance, ask: Ask) -> None:
    ask(shop, f"sendMessage/{shop.key}/text", {"to": ANA, "text": "Olá " * 5_000})
    with pytest.raises(AssertionError, match="more letters") as failed:
        shop.sent.wait_for(text="Oi " * 5_000, timeout=0)
    assert len(str(failed.value)) < 2_000


@pytest.mark.parametrize("data", [b"\x89PNG made up", LARGE])
def test_the_bytes_of_what_a_customer_sent(shop: Instance, data: bytes) -> None:
    told = shop.customer(ANA).sends_image(data, caption="Foto")
    webhook = shop.inbox.wait_for("image", message=told)
    assert told.media == webhook.media == data
    assert told.no_media is webhook.no_media is None
    assert shop.calls.all() == []


def test_the_bytes_of_what_the_bot_sent(shop: Instance, ask: Ask) -> None:
    send_image(shop, ask, LARGE)
    assert shop.sent.wait_for(kind="imageMessage").media == LARGE


def test_every_kind_of_file(shop: Instance) -> None:
    ana = shop.customer(ANA)
    sent: list[tuple[Callable[[bytes], Message], bytes]] = [
        (ana.sends_video, b"video"),
        (ana.sends_audio, b"OggS"),
        (ana.sends_document, b"%PDF"),
        (ana.sends_sticker, b"RIFF"),
        (shop.phone(ana).sends_image, b"\x89PNG"),
    ]
    for send, data in sent:
        assert send(data).media == data


def test_a_message_without_a_file_says_so(shop: Instance) -> None:
    told = shop.customer(ANA).says("oi")
    assert told.media is None
    assert told.no_media == f"message {told.id} carries no file: it is conversation"
    webhook = shop.inbox.wait_for()
    assert webhook.media is None
    assert webhook.no_media == f"webhook {webhook.id} carries no file: it is conversation"
    shop.unlink()
    other = shop.inbox.wait_for("disconnected")
    assert str(other.no_media).endswith("carries no file: it is not a message")


def test_a_file_that_is_gone_says_so(mock: Mock, shop: Instance) -> None:
    told = shop.customer(ANA).sends_image(b"\x89PNG")
    mock.clock.advance(40 * 24 * 3600)
    assert told.media is None and "expired" in str(told.no_media)
    assert Message(told.shown).media is None
    assert "could be asked for the file" in str(Message(told.shown).no_media)


def test_the_fields_of_a_message(shop: Instance) -> None:
    group = shop.group(members=[ANA])
    told = group.says(ANA, "oi")
    assert (told.chat, told.number) == (group.jid, group.jid.partition("@")[0])
    assert (told.sender, told.from_me) == (f"{ANA}@s.whatsapp.net", False)
    assert (told.reason, told.deleted, told.time) == (None, None, told.shown["time"])
    shop.customer(ANA).goes_offline()
    shop.customer(ANA).comes_back()
    first = shop.customer(ANA).says("oi")
    shop.customer(ANA).deletes(first)
    shown = shop.control_api.find("/messages", instance=shop.key, from_me="false")
    assert [Message(it).deleted for it in shown if it["id"] == first.id] == ["everyone"]


def test_the_fields_of_a_webhook_and_a_call(shop: Instance, ask: Ask) -> None:
    def bot(environ, start_response):
        environ["wsgi.input"].read()
        start_response("202 Accepted", [("Content-Type", "application/json")])
        return [b'{"got": true}']

    shop.webhook_to(bot)
    ana = shop.customer(ANA)
    ana.says("oi")
    webhook = shop.inbox.wait_for("text-plain")
    assert (webhook.status, webhook.answer, webhook.reason) == (202, {"got": True}, None)
    assert (webhook.chat, webhook.time) == (ana.jid, webhook.shown["time"])
    assert Webhook({**webhook.shown, "attempts": []}).answer is None
    ask(shop, f"sendMessage/{shop.key}/text", {"to": ANA, "text": "Oi"})
    call = shop.calls.wait_for("send_text")
    assert (call.method, call.path) == ("POST", f"/rest/sendMessage/{shop.key}/text")
    assert call.time == Call(call.shown).time == call.shown["time"]


def test_what_is_not_a_message_says_so(shop: Instance) -> None:
    call = shop.customer(ANA).does("call")
    assert str(call) == "call, which is not a message"
    with pytest.raises(LookupError, match="call is not a message: it has no id"):
        _ = call.id
