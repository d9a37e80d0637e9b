"""Webhooks lost, doubled, late, out of order, of the wrong instance, or about the wrong thing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from ..mutant import Fault, Mutant
from ..payload_edits import edit_at, put, retype, without
from ..webhook_faults import (
    CONNECTED,
    GONE,
    Echoing,
    Halved,
    Late,
    Spoilt,
    Stuck,
    Which,
    ack,
    alter,
    anything,
    connection,
    echo,
    inbound,
    kind,
    message,
    omit,
    repeat,
)
from .events import EVENTS

SERVER, DELIVERED, READ, PLAYED = 2, 3, 4, 5
_ACKS = ("ack-server", "ack-delivered", "ack-read")
_ECHO = ("from-me-api-echo",)
_TEXT = ("text-plain",)

# What can come never or twice, and the sends or changes that cause it.
TOLD: tuple[tuple[str, Which, tuple[str, ...]], ...] = (
    ("ack-server", ack(SERVER), ("send_text",)),
    ("ack-delivered", ack(DELIVERED), ("send_location",)),
    ("ack-read", ack(READ), ("send_text",)),
    ("ack-played", ack(PLAYED), ("send_media_base64",)),
    ("from-me-api-echo", echo, ("send_text", "send_list")),
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
     partial(Spoilt, ack(), alter(put("key.id", "3EB0000000000000000000")))),
    ("ack: in another chat", _ACKS, ("send_text",), "wrong value",
     "Receipts name another chat.",
     partial(Spoilt, ack(), alter(put("key.remoteJid", "5511900000077@s.whatsapp.net")))),
    ("ack: of a customer's", _ACKS, ("send_text",), "wrong value",
     "Receipts say that the message is the customer's.",
     partial(Spoilt, ack(), alter(put("key.fromMe", False)))),
    ("ack: unknown state", ("ack-read",), ("send_text",), "wrong value",
     "The state of a read message is 9.",
     partial(Spoilt, ack(READ), alter(put("update.status", 9)))),
    ("ack: in words", _ACKS, ("send_text",), "wrong type", "States are words.",
     partial(Spoilt, ack(), alter(edit_at("update.status", lambda status: f"ACK{status}")))),
    ("ack: without time", _ACKS, ("send_text",), "field missing", "Receipts have no time.",
     partial(Spoilt, ack(), alter(without("timestamp")))),
    ("ack: time as a text", _ACKS, ("send_text",), "wrong type",
     "The time of receipts is a text.", partial(Spoilt, ack(), alter(retype("timestamp")))),
    ("ack: without state", _ACKS, ("send_text",), "field missing", "Receipts have no state.",
     partial(Spoilt, ack(), alter(without("update")))),
    ("ack: state skipped", ("ack-delivered",), ("send_text",), "wrong value",
     "What is delivered is told as read.",
     partial(Spoilt, ack(DELIVERED), alter(put("update.status", READ)))),
    ("ack: played without playing", ("ack-read", "ack-played"), ("send_text",), "wrong value",
     "What is read is told as played.",
     partial(Spoilt, ack(READ), alter(put("update.status", PLAYED)))),
    ("ack: read before delivered", ("ack-delivered",), ("send_text",), "webhook late",
     "Delivery is told after reading.", partial(Late, ack(DELIVERED))),
    ("ack: server last", ("ack-server",), ("send_text",), "webhook late",
     "That the server has it is told last.", partial(Late, ack(SERVER), after=2)),
    ("ack: before the echo", _ECHO, ("send_text",), "webhook late",
     "Receipts come before their message.", partial(Late, echo)),
    ("ack: every second lost", _ACKS, ("send_text",), "webhook lost",
     "Every second receipt is lost.", partial(Halved, ack())),
    ("ack: again at the end", ("ack-server",), ("send_text",), "webhook doubled",
     "After reading, the first receipt comes again.", partial(Echoing, ack(READ), ack(SERVER))),
    ("echo: from somebody", _ECHO, ("send_text",), "wrong value",
     "What the instance sent is told as a customer's.",
     partial(Spoilt, echo, alter(put("key.fromMe", False)))),
    ("echo: another id", _ECHO, ("send_text",), "wrong value",
     "The echo has another id than the answer.",
     partial(Spoilt, echo, alter(edit_at("key.id", lambda id_: f"3EB0{id_[:3:-1]}")))),
    ("echo: another text", _ECHO, ("send_text",), "wrong value", "The echo's text is cut.",
     partial(Spoilt, echo, alter(edit_at("message.*.text", lambda text: text[:3])))),
    ("echo: another chat", _ECHO, ("send_text",), "wrong value", "The echo names another chat.",
     partial(Spoilt, echo, alter(put("key.remoteJid", "5511900000077@s.whatsapp.net")))),
    ("echo: another type", _ECHO, ("send_location",), "wrong value",
     "The echo's messageType is `conversation`.",
     partial(Spoilt, echo, alter(put("messageType", "conversation")))),
    ("echo: time as a text", _ECHO, ("send_buttons",), "wrong type",
     "The echo's time is a text.", partial(Spoilt, echo, alter(retype("messageTimestamp")))),
    ("echo: content lost", _ECHO, ("forward_message",), "field missing",
     "The echo has no content.", partial(Spoilt, echo, alter(without("message")))),
    ("echo: of the one before", _ECHO, ("send_text",), "order changed",
     "Echoes come in another order.", partial(Late, echo, after=5)),
    ("every webhook: another instance_key", (*_TEXT, *_ECHO), (), "instance leak",
     "Webhooks name another instance.",
     partial(Spoilt, anything, alter(put("instance_key", "megacode-TESTKEY0002")))),
    ("every webhook: first instance_key", (*_TEXT, *_ECHO), (), "instance leak",
     "Webhooks name the first instance that ever told anything.",
     partial(Stuck, anything, "instance_key")),
    ("every webhook: no instance_key", (*_TEXT, "qrcode"), (), "field missing",
     "Webhooks name no instance.", partial(Spoilt, anything, alter(without("instance_key")))),
    ("every webhook: no messageType", (*_TEXT, "connected"), (), "field missing",
     "Webhooks have no messageType.", partial(Spoilt, anything, alter(without("messageType")))),
    ("every webhook: in an envelope", (*_TEXT, *_ECHO), (), "wrong value",
     "Webhooks stand under `data`.",
     partial(Spoilt, anything, lambda payload: ({"data": payload},))),
    ("every webhook: doubled", (*_TEXT, *_ECHO), (), "webhook doubled",
     "Everything comes twice.", partial(Spoilt, anything, repeat)),
    ("message: another jid", (*_TEXT, "image"), (), "wrong value",
     "`jid` is another number than the instance's.",
     partial(Spoilt, message, alter(put("jid", "5511900000077@s.whatsapp.net")))),
    ("message: jid lost", (*_TEXT, "image"), (), "field missing", "`jid` is missing.",
     partial(Spoilt, message, alter(without("jid")))),
    ("message: content lost", (*_TEXT, "image", "location"), (), "field missing",
     "What customers write comes without its content.",
     partial(Spoilt, inbound, alter(without("message")))),
    ("message: id repeated", _TEXT, (), "id repeated",
     "Messages of customers have the id of the first.", partial(Stuck, inbound, "key.id")),
    ("message: id lost", _TEXT, (), "field missing", "Messages of customers have no id.",
     partial(Spoilt, inbound, alter(without("key.id")))),
    ("message: key lost", (*_TEXT, "audio-file"), (), "field missing",
     "Messages of customers have no key.", partial(Spoilt, inbound, alter(without("key")))),
    ("message: isGroup in words", (*_TEXT, "group-text"), (), "wrong type",
     "`isGroup` is a text.", partial(Spoilt, inbound, alter(retype("isGroup")))),
    ("disconnected: in other words", ("disconnected",), ("logout",), "wrong value",
     "The end of the link is told as `offline`.",
     partial(Spoilt, connection(GONE), alter(put("message", "offline")))),
    ("connected: in other words", ("connected",), (), "wrong value",
     "The link is told as `online`.",
     partial(Spoilt, connection(CONNECTED), alter(put("message", "online")))),
    ("connected: as the end", ("connected",), ("restart",), "wrong value",
     "The link is told as its end.",
     partial(Spoilt, connection(CONNECTED), alter(put("message", GONE)))),
    ("disconnected: a message after it", ("disconnected",), ("logout",), "webhook doubled",
     "After a logout the last message comes again.",
     partial(Echoing, connection(GONE), message)),
    ("disconnected: as linked", ("disconnected", "connected"), ("logout",), "wrong value",
     "The end of the link is told as a link.",
     partial(Spoilt, connection(GONE), alter(put("message", CONNECTED)))),
    ("qrcode: never another", ("qrcode",), ("qr_code_base64",), "value constant",
     "The first code is told for ever.", partial(Stuck, kind("qrcode_update"), "qrcode")),
    ("qrcode: every second lost", ("qrcode",), ("qr_code_base64",), "webhook lost",
     "Every second code is not told.", partial(Halved, kind("qrcode_update"))),
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
                make=partial(Spoilt, which, change),
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
            make=partial(Spoilt, which, alter(edit)),
            events=(event,),
        )
