"""Faults users would report: webhooks."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from typing import Any

import orjson
from megaapi_mock.domain.json_path import value_on_path

from ...host.http import Answer
from ...judging.values import jid_of
from ..answer_faults import is_good, json_of
from ..mutant import Fault, InterceptedCall
from ..payload_edits import edit_at, first_value_at, places, put, remove
from ..webhook_faults import (
    CONNECTED,
    Changed,
    Payload,
    all_of,
    alter,
    connection,
    has_value,
    is_ack,
    is_inbound,
    omit,
)
from .from_customers_events import jid_in_qr
from .from_users_settings import blank_settings
from .planted_rules import MEDIA, PlantedRule, changed_answer, spoil
from .second_call import body_value

FILES = (*MEDIA, "documentWithCaptionMessage", "viewOnceMessage", "viewOnceMessageV2", "ptvMessage")
FAILED_MOST = 5
PARENT = "message.messageContextInfo.messageAssociation.parentMessageKey"
CARDS = "message.contactsArrayMessage.contacts"
MENTIONS = "message.extendedTextMessage.contextInfo.mentionedJid"


class ShortLength(Fault):
    """A body ends after as many bytes as it has characters."""

    def webhook(self, body: bytes) -> Sequence[bytes]:
        return (body[: len(body.decode())],)


def _first_writer(payload: Payload, memory: Any) -> Sequence[Payload]:
    key = payload.get("instance_key")
    if connection(CONNECTED)(payload):
        for writer in [one for one in memory if one[0] == key]:
            del memory[writer]
    chat = str(value_on_path(payload, "key.remoteJid"))
    if is_inbound(payload) and jid_of(chat).group and "pushName" in payload:
        payload["pushName"] = memory.setdefault((key, chat), payload["pushName"])
    return (payload,)


def _file_of_a_lid(payload: Payload) -> bool:
    chat = str(value_on_path(payload, "key.remoteJid"))
    files = any(name in (payload.get("message") or {}) for name in FILES)
    return is_inbound(payload) and jid_of(chat).lid and files


def _edit_of(payload: Payload) -> Any:
    for path in ("message", "message.editedMessage.message"):
        protocol_message = first_value_at(payload, f"{path}.protocolMessage")
        if isinstance(protocol_message, dict) and "editedMessage" in protocol_message:
            return protocol_message
    return None


def _first_edit(payload: Payload, memory: Any) -> Sequence[Payload]:
    edit = _edit_of(payload) if is_inbound(payload) else None
    if edit is not None:
        message = edit["key"]["id"]
        first = memory.setdefault(message, payload["key"]["id"])
        edit["key"]["id"] = message if first == payload["key"]["id"] else first
    return (payload,)


def _first_picture(payload: Payload, memory: Any) -> Sequence[Payload]:
    album = first_value_at(payload, f"{PARENT}.id")
    if album is not None:
        first = memory.setdefault(album, value_on_path(payload, "key.id"))
        if first != value_on_path(payload, "key.id"):
            put(f"{PARENT}.id", first)(payload)
    return (payload,)


class SectionChosen(Fault):
    """A choice from a list of several sections is named after its section."""

    def __init__(self) -> None:
        self._lists: dict[str, list[Any]] = {}
        self._sending = threading.RLock()

    def answer(self, call: InterceptedCall) -> Answer:
        if call.operation != "send_list":
            return call.ask(call.request)
        with self._sending:
            answer = call.ask(call.request)
            message_id, sections = (
                value_on_path(json_of(answer), "messageData.key.id"),
                body_value(call, "messageData", "sections"),
            )
            if is_good(answer) and message_id and isinstance(sections, list) and len(sections) > 1:
                self._lists[str(message_id)] = sections
        return answer

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        list_reply = value_on_path(payload, "message.listResponseMessage")
        if not isinstance(list_reply, dict):
            return (body,)
        with self._sending:
            sections = self._lists.get(str(value_on_path(list_reply, "contextInfo.stanzaId")), [])
        row = value_on_path(list_reply, "singleSelectReply.selectedRowId")
        for section in sections:
            if any(one.get("rowId") == row for one in section["rows"]):
                list_reply["title"] = section.get("title", "")
                return (orjson.dumps(payload),)
        return (body,)


def _first_card(payload: Payload) -> Payload:
    cards = first_value_at(payload, CARDS)
    return edit_at(f"{CARDS}.*.vcard", lambda _: cards[0]["vcard"])(payload)  # type: ignore[no-any-return]


def _no_context(payload: Payload) -> Payload:
    for name in ("image", "video", "audio", "document"):
        for node, key in list(places(payload, f"message.{name}Message.contextInfo")):
            if "stanzaId" in node[key]:
                del node[key]
    return payload


class GivenUp(Fault):
    """After five deliveries in a row that failed the webhook is off until it is set again."""

    def __init__(self) -> None:
        self._switched_off: set[str] = set()
        self._since: dict[str, str] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation == "configure_webhook" and is_good(answer):
            self._switched_off.discard(call.key)
            self._since[call.key] = next(reversed(self._ids(call)), "")
        if call.operation and call.key not in self._switched_off and self._fails(call):
            self._switched_off.add(call.key)
        if call.operation == "webhook_settings" and call.key in self._switched_off:
            return changed_answer(answer, call, _switched_off)
        return answer

    def _recent_exchanges(self, call: InterceptedCall) -> list[Any]:
        if call.key not in call.tokens:
            return []
        path = f"/_mock/deliveries?instance={call.key}&limit=5000"
        exchanges = call.control_api("GET", path, None)["items"]
        return [one for one in exchanges if one["attempts"]]

    def _ids(self, call: InterceptedCall) -> list[str]:
        return [one["id"] for one in self._recent_exchanges(call)]

    def _fails(self, call: InterceptedCall) -> bool:
        exchanges = self._recent_exchanges(call)
        ids = [one["id"] for one in exchanges]
        since = self._since.get(call.key)
        last = exchanges[ids.index(since) + 1 :] if since in ids else exchanges
        statuses = [one["attempts"][-1].get("status") or 0 for one in last][-FAILED_MOST:]
        return len(statuses) == FAILED_MOST and all(one >= 400 for one in statuses)

    def webhook(self, body: bytes) -> Sequence[bytes]:
        return () if orjson.loads(body).get("instance_key") in self._switched_off else (body,)


def _switched_off(document: Any, call: InterceptedCall) -> Any:
    url = first_value_at(document, "*.webhookUrl") or value_on_path(document, "webhookUrl")
    blank_settings(document, call)
    for path in ("webhookUrl", "*.webhookUrl"):
        put(path, url)(document)
    return document


class OneKeyPerAddress(Fault):
    """Whoever posted to an address first names the instance of all that comes there."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def deliveries(self, url: str, body: bytes) -> Sequence[tuple[str, bytes]]:
        payload = orjson.loads(body)
        first = self._first.setdefault(url, payload["instance_key"])
        if first == payload["instance_key"]:
            return ((url, body),)
        return ((url, orjson.dumps({**payload, "instance_key": first})),)


FAULTS: tuple[PlantedRule, ...] = (
    (51, (), ("text-plain",), "Content-Length counts characters.", ShortLength),
    (52, (), ("group-text",), "A group's messages have the name of its first writer.",
     spoil(_first_writer)),
    (53, (), ("image", "text-plain-lid"), "Hidden numbers lose their phone in media.",
     partial(Changed, _file_of_a_lid, alter(remove("key.senderPn")))),
    (54, (), ("reaction",), "A reaction taken back is never told.",
     partial(Changed, all_of(is_inbound, has_value("message.reactionMessage.text", "")), omit)),
    (55, (), ("edited",), "The second edit points at the first.", spoil(_first_edit)),
    (56, (), ("ack-played",), "Played is reported as read.",
     partial(Changed, is_ack(5), alter(put("update.status", 4)))),
    (57, (), ("album",), "Pictures of an album hang on the first.", spoil(_first_picture)),
    (58, (), ("list-response",), "A choice is named after its section.", SectionChosen),
    (59, (), ("contacts-array",), "The second card is the first again.",
     partial(Changed, has_value(CARDS), alter(_first_card))),
    (60, (), ("text-mention",), "Only the first mention counts.",
     partial(Changed, all_of(is_inbound, has_value(MENTIONS)), alter(edit_at(
         MENTIONS, lambda people: people[:1])))),
    (61, (), ("text-quoted-reply",), "Replies with a file do not say to what.",
     partial(Changed, is_inbound, alter(_no_context))),
    (62, (), ("qrcode",), "The QR event names the last owner.", spoil(jid_in_qr)),
    (63, ("webhook_settings",), ("text-plain",), "A receiver that errs is given up.", GivenUp),
    (64, (), ("text-plain",), "Two instances with one address have one key.", OneKeyPerAddress),
)  # fmt: skip
