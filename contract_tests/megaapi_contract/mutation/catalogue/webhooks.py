"""Webhooks lost, doubled, late, out of order, of the wrong instance, or about the wrong thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from ..mutant import Fault, Mutant
from ..payload_edits import edit_at, put, remove, retype
from ..webhook_faults import (
    CONNECTED,
    GONE,
    Changed,
    EverySecondLost,
    FirstValueKept,
    LateWebhooks,
    RepeatedAfterAnother,
    WebhookFilter,
    alter,
    any_webhook,
    connection,
    is_ack,
    is_echo,
    is_inbound,
    is_message,
    kind,
    omit,
    repeat,
)
from .events import EVENTS

SERVER, DELIVERED, READ, PLAYED = 2, 3, 4, 5
_ACKS = ("ack-server", "ack-delivered", "ack-read")
_ECHO = ("from-me-api-echo",)
_TEXT = ("text-plain",)

# What can come never or twice, and the sends or changes that cause it.
TOLD: tuple[tuple[str, WebhookFilter, tuple[str, ...]], ...] = (
    ("ack-server", is_ack(SERVER), ("send_text",)),
    ("ack-delivered", is_ack(DELIVERED), ("send_location",)),
    ("ack-read", is_ack(READ), ("send_text",)),
    ("ack-played", is_ack(PLAYED), ("send_media_base64",)),
    ("from-me-api-echo", is_echo, ("send_text", "send_list")),
    ("text-plain", kind("conversation"), ()),
    ("image", kind("imageMessage"), ()),
    ("reaction", kind("reactionMessage"), ()),
    ("connected", connection(CONNECTED), ("restart",)),
    ("disconnected", connection(GONE), ("logout",)),
    ("qrcode", kind("qrcode_update"), ("qr_code_base64",)),
    ("call", kind("call"), ()),
    ("presence", kind("presence.update"), ()),
    ("group-participants", kind("group-participants.update"), ()),
)

# Name, events, operations, kind, sentence, fault.
FAULTS: tuple[
    tuple[str, tuple[str, ...], tuple[str, ...], str, str, Callable[[], Fault]], ...
] = (
    ("ack: for another id", _ACKS, ("send_text",), "wrong value",
     "Receipts name a message that nobody sent.",
     partial(Changed, is_ack(), alter(put("key.id", "3EB0000000000000000000")))),
    ("ack: in another chat", _ACKS, ("send_text",), "wrong value",
     "Receipts name another chat.",
     partial(Changed, is_ack(), alter(put("key.remoteJid", "5511900000077@s.whatsapp.net")))),
    ("ack: of a customer's", _ACKS, ("send_text",), "wrong value",
     "Receipts say that the message is the customer's.",
     partial(Changed, is_ack(), alter(put("key.fromMe", False)))),
    ("ack: unknown state", ("ack-read",), ("send_text",), "wrong value",
     "The state of a read message is 9.",
     partial(Changed, is_ack(READ), alter(put("update.status", 9)))),
    ("ack: in words", _ACKS, ("send_text",), "wrong type", "States are words.",
     partial(Changed, is_ack(), alter(edit_at("update.status", lambda status: f"ACK{status}")))),
    ("ack: without time", _ACKS, ("send_text",), "field missing", "Receipts have no time.",
     partial(Changed, is_ack(), alter(remove("timestamp")))),
    ("ack: time as a text", _ACKS, ("send_text",), "wrong type",
     "The time of receipts is a text.", partial(Changed, is_ack(), alter(retype("timestamp")))),
    ("ack: without state", _ACKS, ("send_text",), "field missing", "Receipts have no state.",
     partial(Changed, is_ack(), alter(remove("update")))),
    ("ack: state skipped", ("ack-delivered",), ("send_text",), "wrong value",
     "What is delivered is told as read.",
     partial(Changed, is_ack(DELIVERED), alter(put("update.status", READ)))),
    ("ack: played without playing", ("ack-read", "ack-played"), ("send_text",), "wrong value",
     "What is read is told as played.",
     partial(Changed, is_ack(READ), alter(put("update.status", PLAYED)))),
    ("ack: read before delivered", ("ack-delivered",), ("send_text",), "webhook late",
     "Delivery is told after reading.", partial(LateWebhooks, is_ack(DELIVERED))),
    ("ack: server last", ("ack-server",), ("send_text",), "webhook late",
     "That the server has it is told last.", partial(LateWebhooks, is_ack(SERVER), after=2)),
    ("ack: before the echo", _ECHO, ("send_text",), "webhook late",
     "Receipts come before their message.", partial(LateWebhooks, is_echo)),
    ("ack: every second lost", _ACKS, ("send_text",), "webhook lost",
     "Every second receipt is lost.", partial(EverySecondLost, is_ack())),
    ("ack: again at the end", ("ack-server",), ("send_text",), "webhook doubled",
     "After reading, the first receipt comes again.",
     partial(RepeatedAfterAnother, is_ack(READ), is_ack(SERVER))),
    ("echo: from somebody", _ECHO, ("send_text",), "wrong value",
     "What the instance sent is told as a customer's.",
     partial(Changed, is_echo, alter(put("key.fromMe", False)))),
    ("echo: another id", _ECHO, ("send_text",), "wrong value",
     "The echo has another id than the answer.",
     partial(Changed, is_echo, alter(edit_at("key.id", lambda id_: f"3EB0{id_[:3:-1]}")))),
    ("echo: another text", _ECHO, ("send_text",), "wrong value", "The echo's text is cut.",
     partial(Changed, is_echo, alter(edit_at("message.*.text", lambda text: text[:3])))),
    ("echo: another chat", _ECHO, ("send_text",), "wrong value", "The echo names another chat.",
     partial(Changed, is_echo, alter(put("key.remoteJid", "5511900000077@s.whatsapp.net")))),
    ("echo: another type", _ECHO, ("send_location",), "wrong value",
     "The echo's messageType is `conversation`.",
     partial(Changed, is_echo, alter(put("messageType", "conversation")))),
    ("echo: time as a text", _ECHO, ("send_buttons",), "wrong type",
     "The echo's time is a text.", partial(Changed, is_echo, alter(retype("messageTimestamp")))),
    ("echo: content lost", _ECHO, ("forward_message",), "field missing",
     "The echo has no content.", partial(Changed, is_echo, alter(remove("message")))),
    ("echo: of the one before", _ECHO, ("send_text",), "order changed",
     "Echoes come in another order.", partial(LateWebhooks, is_echo, after=5)),
    ("every webhook: another instance_key", (*_TEXT, *_ECHO), (), "instance leak",
     "Webhooks name another instance.",
     partial(Changed, any_webhook, alter(put("instance_key", "megacode-TESTKEY0002")))),
    ("every webhook: first instance_key", (*_TEXT, *_ECHO), (), "instance leak",
     "Webhooks name the first instance that ever told anything.",
     partial(FirstValueKept, any_webhook, "instance_key")),
    ("every webhook: no instance_key", (*_TEXT, "qrcode"), (), "field missing",
     "Webhooks name no instance.", partial(Changed, any_webhook, alter(remove("instance_key")))),
    ("every webhook: no messageType", (*_TEXT, "connected"), (), "field missing",
     "Webhooks have no messageType.", partial(Changed, any_webhook, alter(remove("messageType")))),
    ("every webhook: in an envelope", (*_TEXT, *_ECHO), (), "wrong value",
     "Webhooks stand under `data`.",
     partial(Changed, any_webhook, lambda payload: ({"data": payload},))),
    ("every webhook: doubled", (*_TEXT, *_ECHO), (), "webhook doubled",
     "Everything comes twice.", partial(Changed, any_webhook, repeat)),
    ("message: another jid", (*_TEXT, "image"), (), "wrong value",
     "`jid` is another number than the instance's.",
     partial(Changed, is_message, alter(put("jid", "5511900000077@s.whatsapp.net")))),
    ("message: jid lost", (*_TEXT, "image"), (), "field missing", "`jid` is missing.",
     partial(Changed, is_message, alter(remove("jid")))),
    ("message: content lost", (*_TEXT, "image", "location"), (), "field missing",
     "What customers write comes without its content.",
     partial(Changed, is_inbound, alter(remove("message")))),
    ("message: id repeated", _TEXT, (), "id repeated",
     "Messages of customers have the id of the first.",
     partial(FirstValueKept, is_inbound, "key.id")),
    ("message: id lost", _TEXT, (), "field missing", "Messages of customers have no id.",
     partial(Changed, is_inbound, alter(remove("key.id")))),
    ("message: key lost", (*_TEXT, "audio-file"), (), "field missing",
     "Messages of customers have no key.", partial(Changed, is_inbound, alter(remove("key")))),
    ("message: isGroup in words", (*_TEXT, "group-text"), (), "wrong type",
     "`isGroup` is a text.", partial(Changed, is_inbound, alter(retype("isGroup")))),
    ("disconnected: in other words", ("disconnected",), ("logout",), "wrong value",
     "The end of the link is told as `offline`.",
     partial(Changed, connection(GONE), alter(put("message", "offline")))),
    ("connected: in other words", ("connected",), (), "wrong value",
     "The link is told as `online`.",
     partial(Changed, connection(CONNECTED), alter(put("message", "online")))),
    ("connected: as the end", ("connected",), ("restart",), "wrong value",
     "The link is told as its end.",
     partial(Changed, connection(CONNECTED), alter(put("message", GONE)))),
    ("disconnected: a message after it", ("disconnected",), ("logout",), "webhook doubled",
     "After a logout the last message comes again.",
     partial(RepeatedAfterAnother, connection(GONE), is_message)),
    ("disconnected: as linked", ("disconnected", "connected"), ("logout",), "wrong value",
     "The end of the link is told as a link.",
     partial(Changed, connection(GONE), alter(put("message", CONNECTED)))),
    ("qrcode: never another", ("qrcode",), ("qr_code_base64",), "value constant",
     "The first code is told for ever.", partial(FirstValueKept, kind("qrcode_update"), "qrcode")),
    ("qrcode: every second lost", ("qrcode",), ("qr_code_base64",), "webhook lost",
     "Every second code is not told.", partial(EverySecondLost, kind("qrcode_update"))),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of webhooks."""
    for event, which, operations in TOLD:
        for name, kind_, change in (
            ("lost", "webhook lost", omit), ("doubled", "webhook doubled", repeat),
        ):  # fmt: skip
            yield Mutant(
                name=f"{event}: {name}",
                kind=kind_,
                sentence=f"{event} is {name}.",
                make=partial(Changed, which, change),
                operations=operations,
                events=(event,),
            )
    for name, events, operations, kind_, sentence, make in FAULTS:
        yield Mutant(name, kind_, sentence, make, operations, events)
    for event, name, sentence, which, edit in EVENTS:
        yield Mutant(
            name=f"{event}: {name}",
            kind="wrong event",
            sentence=sentence,
            make=partial(Changed, which, alter(edit)),
            events=(event,),
        )
