"""Faults thought up from the contract alone: webhooks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import orjson
from megaapi_mock.domain.json_path import value_on_path

from ...judging.values import jid_of
from ..payload_edits import edit_at, first_value_at, put, remove
from ..webhook_faults import (
    CONNECTED,
    GONE,
    Changed,
    Payload,
    RepeatedAfterAnother,
    all_of,
    alter,
    connection,
    has_value,
    is_ack,
    is_echo,
    is_inbound,
    is_message,
    kind,
    omit,
)
from .planted_rules import (
    ACCOUNT,
    MEDIA,
    PlantedRule,
    spoil,
)

_CAPTIONED = kind("documentWithCaptionMessage")
_POLL = "message.pollCreationMessageV3.options"
_ROW = "message.listResponseMessage.singleSelectReply.selectedRowId"
_REACTED = "message.reactionMessage"


def _one_sender(payload: Payload, memory: Any) -> Sequence[Payload]:
    if payload.get("isGroup") is not True or not is_inbound(payload):
        return (payload,)
    place = (value_on_path(payload, "key.remoteJid"), payload.get("messageTimestamp"))
    own = {"participant": value_on_path(payload, "key.participant"),
           "name": payload.get("pushName"),
           "lid": value_on_path(payload, "key.participantLid")}  # fmt: skip
    first = memory.setdefault(place, own)
    if first["participant"] != own["participant"]:
        payload["key"]["participant"], payload["pushName"] = first["participant"], first["name"]
        if "participantLid" in payload["key"] and first["lid"]:
            payload["key"]["participantLid"] = first["lid"]
    return (payload,)


def _media_of_lid(payload: Payload) -> bool:
    return (
        is_inbound(payload)
        and jid_of(value_on_path(payload, "key.remoteJid")).lid
        and any(name in payload.get("message", {}) for name in MEDIA)
    )


def _caption_before(payload: Payload, memory: Any) -> Sequence[Payload]:
    image = value_on_path(payload, "message.imageMessage")
    if is_inbound(payload) and isinstance(image, dict):
        before, memory[payload["instance_key"]] = (
            memory.get(payload["instance_key"]), image.get("caption"),
        )  # fmt: skip
        if before and not image.get("caption"):
            image["caption"] = before
    return (payload,)


def _time_of_send(payload: Payload, memory: Any) -> Sequence[Payload]:
    state, identity = value_on_path(payload, "update.status"), value_on_path(payload, "key.id")
    if payload.get("messageType") == "message.ack":
        if state == 2:
            memory[identity] = payload.get("timestamp")
        elif identity in memory:
            payload["timestamp"] = memory[identity]
    return (payload,)


def _old_text(payload: Payload, memory: Any) -> Sequence[Payload]:
    message = payload.get("message")
    if not isinstance(message, dict):
        return (payload,)
    text = message.get("conversation") or value_on_path(message, "extendedTextMessage.text")
    if text:
        memory[value_on_path(payload, "key.id")] = text
    inner = value_on_path(message, "protocolMessage.editedMessage") or value_on_path(
        message, "editedMessage.message.protocolMessage.editedMessage"
    )
    of = value_on_path(message, "protocolMessage.key.id") or value_on_path(
        message, "editedMessage.message.protocolMessage.key.id"
    )
    if isinstance(inner, dict) and of in memory:
        for path in ("conversation", "extendedTextMessage.text"):
            put(path, memory[of])(inner)
    return (payload,)


def _newest_quoted(payload: Payload, memory: Any) -> Sequence[Payload]:
    chat, content = value_on_path(payload, "key.remoteJid"), payload.get("message")
    if not is_message(payload) or not isinstance(content, dict):
        return (payload,)
    quoted_message = first_value_at(content, "*.contextInfo.quotedMessage")
    if quoted_message is not None and chat in memory:
        put("*.contextInfo.quotedMessage", memory[chat])(content)
        return (payload,)
    memory[chat] = orjson.loads(orjson.dumps(content))
    return (payload,)


def _unwrap_document(payload: Payload) -> Payload:
    inner = value_on_path(payload, "message.documentWithCaptionMessage.message")
    payload["message"], payload["messageType"] = inner, "documentMessage"
    return payload


def _once_connected(payload: Payload, memory: Any) -> Sequence[Payload]:
    if connection(CONNECTED)(payload):
        if payload["instance_key"] in memory:
            return ()
        memory[payload["instance_key"]] = True
    return (payload,)


def _author_is_jid(payload: Payload) -> Payload:
    author = value_on_path(payload, "key.participant")
    if author:
        payload["jid"] = author
    return payload


def _latin(name: Any) -> Any:
    return str(name).encode().decode("latin-1")


def _own_chat(payload: Payload) -> Payload:
    payload["key"]["remoteJid"] = payload["jid"]
    return payload


def is_of_own_phone(payload: Payload) -> bool:
    own = value_on_path(payload, "key.fromMe") is True
    chat = str(value_on_path(payload, "key.remoteJid"))
    return own and is_message(payload) and not is_echo(payload) and chat.endswith(ACCOUNT)


def _echo_in_group(payload: Payload) -> bool:
    return is_echo(payload) and payload.get("isGroup") is True


def _no_number(card: Any) -> str:
    return re.sub(r";waid=\d+", "", str(card))


FAULTS: tuple[PlantedRule, ...] = (
    (50, (), ("group-text",), "A batch of a group has one author.", spoil(_one_sender)),
    (51, (), ("image",), "Files of a LID have no number.",
     partial(Changed, _media_of_lid, alter(remove("key.senderPn")))),
    (52, (), ("image",), "A picture has the caption of the one before.", spoil(_caption_before)),
    (53, (), ("ack-read",), "Read comes as delivered.",
     partial(Changed, all_of(is_ack(4), lambda one: str(
         value_on_path(one, "key.remoteJid")).endswith(ACCOUNT)), alter(put("update.status", 3)))),
    (54, (), ("list-response",), "A choice is told by its place.",
     partial(Changed, has_value(_ROW), alter(put(_ROW, "1")))),
    (55, (), ("ack-read",), "Receipts have the time of the send.", spoil(_time_of_send)),
    (57, (), ("reaction",), "A reaction points to the wrong side.",
     partial(Changed, has_value(_REACTED), alter(edit_at(
         f"{_REACTED}.key.fromMe", lambda own: not own)))),
    (58, (), ("reaction",), "A reaction taken back is silent.",
     partial(Changed, has_value(f"{_REACTED}.text", ""), omit)),
    (59, (), ("edited",), "An edit carries the old text.", spoil(_old_text)),
    (60, (), ("deleted",), "A deletion names itself.",
     partial(Changed, all_of(is_inbound, has_value("message.protocolMessage.type", "REVOKE", 0)),
             alter(lambda one: put("message.protocolMessage.key.id", one["key"]["id"])(one)))),
    (61, (), ("text-quoted-reply",), "A quote shows the newest message.", spoil(_newest_quoted)),
    (62, (), ("document-with-caption",), "A document with caption is unwrapped.",
     partial(Changed, _CAPTIONED, alter(_unwrap_document))),
    (63, (), ("audio-voice-note",), "Voice notes lose their codec.",
     partial(Changed, is_inbound, alter(edit_at(
         "message.audioMessage.mimetype", lambda name: str(name).partition(";")[0])))),
    (64, ("send_text",), ("from-me-api-echo",), "Groups have no echo.",
     partial(Changed, _echo_in_group, omit)),
    (65, ("logout",), ("disconnected",), "Receipts come after the logout.",
     partial(RepeatedAfterAnother, connection(GONE), is_ack(3, 4))),
    (66, (), ("text-plain",), "Names are decoded twice.",
     partial(Changed, is_inbound, alter(edit_at("pushName", _latin)))),
    (68, (), ("connected",), "The second link is silent.", spoil(_once_connected)),
    (69, (), ("group-text",), "The root jid of a group's message is its author.",
     partial(Changed, lambda one: one.get("isGroup") is True and is_inbound(one),
             alter(_author_is_jid))),
    (70, (), ("from-me-phone",), "What the owner types is in the chat with their own number.",
     partial(Changed, is_of_own_phone, alter(_own_chat))),
    (71, (), ("poll-creation",), "The last option of a poll is lost.",
     partial(Changed, has_value(_POLL), alter(edit_at(
         _POLL, lambda options: options[:-1] if len(options) > 2 else options)))),
    (72, (), ("contact",), "A card has no number to dial.",
     partial(Changed, is_inbound, alter(edit_at("message.contactMessage.vcard", _no_number)))),
)  # fmt: skip
