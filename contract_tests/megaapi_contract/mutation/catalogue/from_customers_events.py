"""Faults that cost customers a day, as they would tell them: webhooks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

import orjson
from megaapi_mock.domain.json_path import value_on_path

from ...host.http import Answer
from ...judging.values import jid_of
from ..answer_faults import is_good, json_of
from ..mutant import Fault, InterceptedCall
from ..payload_edits import edit_at, first_value_at, put, remove
from ..webhook_faults import (
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
    omit,
)
from .from_contract_events import is_of_own_phone
from .from_contract_instance import AcksGoOn, BlocksMessages
from .planted_rules import ACCOUNT, MEDIA, PlantedRule, spoil
from .second_call import body_value

_REACTED = "message.reactionMessage"
_VCARD = "message.contactMessage.vcard"


class BlocksAcks(BlocksMessages):
    """Blocking reactions blocks receipts too."""

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        silent = payload.get("instance_key") in self._keys
        return () if silent and payload.get("messageType") == "message.ack" else (body,)


class OldReceiverToo(Fault):
    """After a change of address everything is posted twice, as if to both."""

    def __init__(self) -> None:
        self._urls: dict[str, set[str]] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        url = body_value(call, "messageData", "webhookUrl")
        if call.operation == "configure_webhook" and is_good(answer) and url:
            self._urls.setdefault(call.key, set()).add(str(url))
        return answer

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        several = len(self._urls.get(str(payload.get("instance_key")), ())) > 1
        return (body, body) if several else (body,)


class LostInRestart(Fault):
    """The first message after a restart is lost."""

    def __init__(self) -> None:
        self._restarting_keys: set[str] = set()

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation == "restart" and is_good(answer):
            self._restarting_keys.add(call.key)
        return answer

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        key = payload.get("instance_key")
        if is_inbound(payload) and key in self._restarting_keys:
            self._restarting_keys.discard(key)
            return ()
        return (body,)


def _twice_encoded(node: Any) -> Any:
    if isinstance(node, str):
        return node.encode().decode("latin-1") if not node.isascii() else node
    if isinstance(node, dict):
        return {name: _twice_encoded(one) for name, one in node.items()}
    return [_twice_encoded(one) for one in node] if isinstance(node, list) else node


def _first_jid(payload: Payload, memory: Any) -> Sequence[Payload]:
    jid = payload.get("jid")
    if jid:
        first = memory.setdefault(payload["instance_key"], jid)
        payload["jid"] = first
    return (payload,)


def jid_in_qr(payload: Payload, memory: Any) -> Sequence[Payload]:
    if payload.get("jid"):
        memory[payload["instance_key"]] = payload["jid"]
    elif payload.get("messageType") == "qrcode_update" and payload["instance_key"] in memory:
        return ({**payload, "jid": memory[payload["instance_key"]]},)
    return (payload,)


def _owner_swapped(payload: Payload, memory: Any) -> Sequence[Payload]:
    """An inbound message whose text another instance has just sent bears that one's key."""
    words = value_on_path(payload, "message.conversation") or first_value_at(
        payload, "message.*.text"
    )
    if is_echo(payload):
        memory[words] = payload["instance_key"]
    elif is_inbound(payload) and words in memory:
        return ({**payload, "instance_key": memory[words]},)
    return (payload,)


def _lid_is_senders(payload: Payload) -> Payload:
    lid = first_value_at(payload, "key.senderLid")
    return {**payload, "lid": lid} if lid else payload


def _lid_digits(payload: Payload) -> Payload:
    jid = str(value_on_path(payload, "key.remoteJid"))
    if jid_of(jid).lid and "senderPn" in payload["key"]:
        payload["key"]["senderPn"] = f"{jid.partition('@')[0]}{ACCOUNT}"
    return payload


def _number_for_media(payload: Payload) -> Payload:
    key = payload.get("key", {})
    if jid_of(key.get("remoteJid")).lid and key.get("senderPn"):
        if any(name in payload.get("message", {}) for name in MEDIA):
            key["remoteJid"] = key.pop("senderPn")
    return payload


def _no_participant_pn(payload: Payload) -> Payload:
    if jid_of(value_on_path(payload, "key.participant")).lid:
        payload["key"].pop("participantPn", None)
    return payload


class SubjectAsName(Fault):
    """A group's messages bear its subject as the author's name."""

    def __init__(self) -> None:
        self._subjects: dict[str, str] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation == "create_group" and is_good(answer):
            document = json_of(answer)
            group = document.get("group", document)
            self._subjects[str(group.get("id"))] = str(group.get("subject"))
        return answer

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        subject = self._subjects.get(str(first_value_at(payload, "key.remoteJid")))
        if subject is None or not is_inbound(payload):
            return (body,)
        return (orjson.dumps({**payload, "pushName": subject}),)


def _customers_name(payload: Payload, memory: Any) -> Sequence[Payload]:
    chat = value_on_path(payload, "key.remoteJid")
    if is_inbound(payload):
        memory[chat] = payload.get("pushName")
    elif is_message(payload):
        return ({**payload, "pushName": memory.get(chat, "Ana Exemplo")},)
    return (payload,)


def _plain_conversation(payload: Payload) -> Payload:
    words = first_value_at(payload, "message.extendedTextMessage.text")
    if words is None:
        return payload
    return {**payload, "message": {"conversation": words}, "messageType": "conversation"}


def _wrong_section(payload: Payload, memory: Any) -> Sequence[Payload]:
    list_sections = value_on_path(payload, "message.listMessage.sections")
    if isinstance(list_sections, list):
        memory["sections"] = list_sections
    path = "message.listResponseMessage.singleSelectReply.selectedRowId"
    row_id = first_value_at(payload, path)
    sections = memory.get("sections") or []
    for section in sections[1:]:
        for position, row in enumerate(section.get("rows", ())):
            if row.get("rowId") == row_id and position < len(sections[0]["rows"]):
                return (put(path, sections[0]["rows"][position]["rowId"])(payload),)
    return (payload,)


def _replier(payload: Payload) -> Payload:
    author = value_on_path(payload, "key.participant") or value_on_path(payload, "key.remoteJid")
    edit_at("message.*.contextInfo.participant", lambda _: author)(payload)
    return payload


def _itself(payload: Payload) -> Payload:
    identity = payload["key"]["id"]
    for path in ("message.protocolMessage.key.id",
                 "message.editedMessage.message.protocolMessage.key.id"):  # fmt: skip
        payload = put(path, identity)(payload)
    return payload


def _is_edit(payload: Payload) -> bool:
    return b"editedMessage" in orjson.dumps(payload.get("message"))


def _admins(payload: Payload) -> Payload:
    author = value_on_path(payload, "key.participant")
    path = "message.protocolMessage.key.participant"
    if author and first_value_at(payload, path):
        put(path, author)(payload)
    return payload


def _punctuate_numbers(card: Any) -> str:
    return re.sub(r"waid=(\d\d)(\d\d)(\d{5})(\d+)", r"waid=+\1 \2 \3-\4", str(card))


def _as_author(payload: Payload) -> Payload:
    edit_at("key.remoteJid", lambda _: value_on_path(payload, "key.participant"))(payload)
    return payload


def _status(payload: Payload) -> bool:
    return str(value_on_path(payload, "key.remoteJid")) == "status@broadcast"


FAULTS: tuple[PlantedRule, ...] = (
    (12, ("block_events",), ("ack-server",), "Blocking reactions blocks receipts.", BlocksAcks),
    (13, ("configure_webhook",), ("text-plain",), "The old receiver keeps getting events.",
     OldReceiverToo),
    (14, ("configure_webhook",), ("ack-server",), "Disabled, but receipts go on.", AcksGoOn),
    (19, (), ("text-plain",), "Accents are encoded twice on delivery.",
     partial(Changed, lambda one: not orjson.dumps(one).isascii(), alter(_twice_encoded))),
    (20, ("logout",), ("disconnected",), "Receipts come after the logout.",
     partial(RepeatedAfterAnother, connection(GONE), is_ack(3, 4))),
    (21, (), ("connected",), "After a swap the jid is the old number's.", spoil(_first_jid)),
    (22, (), ("qrcode",), "A QR event claims a connected number.", spoil(jid_in_qr)),
    (23, ("restart",), ("text-plain",), "What is written in a restart is lost.", LostInRestart),
    (24, ("send_text",), ("text-extended",), "Events swap their owner.", spoil(_owner_swapped)),
    (25, (), ("text-plain",), "The root lid is the sender's.",
     partial(Changed, lambda one: is_inbound(one) and not one.get("isGroup"),
             alter(_lid_is_senders))),
    (26, (), ("text-plain-lid",), "The sender's number is made of LID digits.",
     partial(Changed, is_inbound, alter(_lid_digits))),
    (27, (), ("image",), "Pictures of a hidden contact come under the number.",
     partial(Changed, is_inbound, alter(_number_for_media))),
    (28, (), ("group-text",), "The author's number is missing in LID groups.",
     partial(Changed, is_inbound, alter(_no_participant_pn))),
    (29, (), ("group-text",), "The subject is the author's name.", SubjectAsName),
    (30, (), ("from-me-phone",), "Own messages bear the customer's name.",
     spoil(_customers_name)),
    (31, (), ("from-me-phone",), "What the owner types is dropped.",
     partial(Changed, is_of_own_phone, omit)),
    (32, ("send_text",), ("from-me-api-echo",), "An echo is a conversation.",
     partial(Changed, is_echo, alter(_plain_conversation))),
    (33, ("send_text",), ("ack-server",), "Receipts' ids are in small letters.",
     partial(Changed, is_ack(), alter(edit_at("key.id", lambda one: str(one).lower())))),
    (34, ("send_media_base64",), ("ack-played",), "Played never comes.",
     partial(Changed, is_ack(5), alter(put("update.status", 4)))),
    (35, ("send_text", "create_group"), ("ack-server",), "Receipts in a group look private.",
     partial(Changed, is_ack(), alter(put("isGroup", False)))),
    (36, (), ("list-response",), "A row of another section is told.", spoil(_wrong_section)),
    (37, (), ("buttons-response",), "A button's place stands for its id.",
     partial(Changed, is_inbound, alter(put(
         "message.buttonsResponseMessage.selectedButtonId", "id0")))),
    (38, (), ("text-quoted-reply",), "A quote names the replier.",
     partial(Changed, is_inbound, alter(_replier))),
    (39, (), ("reaction",), "A withdrawn reaction has no text.",
     partial(Changed, has_value(f"{_REACTED}.text", ""), alter(remove(f"{_REACTED}.text")))),
    (40, (), ("edited",), "An edit points at itself.",
     partial(Changed, all_of(is_inbound, _is_edit), alter(_itself))),
    (41, (), ("deleted",), "An admin's deletion names the admin.",
     partial(Changed, is_inbound, alter(_admins))),
    (42, (), ("contact",), "The number of a card has punctuation.",
     partial(Changed, is_inbound, alter(edit_at(_VCARD, _punctuate_numbers)))),
    (43, (), ("poll-creation",), "A poll has no secret.",
     partial(Changed, has_value("message.pollCreationMessageV3"),
             alter(remove("message.messageContextInfo.messageSecret")))),
    (44, (), ("status-story",), "A status looks like a private chat.",
     partial(Changed, _status, alter(_as_author))),
)  # fmt: skip
