"""Faults users would report: webhook settings and config."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import unquote

import orjson
from megaapi_mock.domain.json_path import value_on_path

from ...host.http import Answer
from ..answer_faults import has_status, is_good, json_of, with_body
from ..mutant import Fault, InterceptedCall
from ..payload_edits import edit_at, put
from ..request_faults import LetIn, right_token
from ..stateful_faults import OldTokenToo
from ..webhook_faults import GONE, Payload, connection, is_ack
from .from_contract_instance import AcksGoOn, AddingReplaces
from .planted_rules import PlantedRule, changed_answer, rule
from .second_call import body_value

TOKEN_MOST = 16


class SecretDecoded(Fault):
    """Deliveries go to the address with its query decoded."""

    def deliveries(self, url: str, body: bytes) -> Sequence[tuple[str, bytes]]:
        path, mark, query = url.partition("?")
        return ((f"{path}{mark}{unquote(query)}", body),)


class LogoutForgets(Fault):
    """Once the disconnection is told, the webhook settings are blank until they are set again."""

    def __init__(self) -> None:
        self._leaving: set[str] = set()
        self._blank: set[str] = set()

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation == "logout" and is_good(answer):
            self._leaving.add(call.key)
        if call.operation == "configure_webhook" and is_good(answer):
            self._leaving.discard(call.key)
            self._blank.discard(call.key)
        if call.operation == "webhook_settings" and call.key in self._blank:
            return changed_answer(answer, call, blank_settings)
        return answer

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        key = str(payload.get("instance_key"))
        if key in self._blank:
            return ()
        if key in self._leaving and connection(GONE)(payload):
            self._leaving.discard(key)
            self._blank.add(key)
        return (body,)


def blank_settings(document: Any, call: InterceptedCall) -> Any:
    for path, value in (("webhookUrl", ""), ("webhookEnabled", False)):
        put(path, value)(document)
        put(f"*.{path}", value)(document)
    return document


class ConnectionGoesOn(AcksGoOn):
    """A webhook that is switched off is still told of the connection."""

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        silent = self._switched_off.get(str(payload.get("instance_key")))
        linked = payload.get("messageType") in ("connection_update", "qrcode_update")
        return () if silent and not linked else (body,)


class ReceiptsToTheOld(Fault):
    """Receipts go to the address there was when the message was sent."""

    def __init__(self) -> None:
        self._then: dict[str, str] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        url = ""
        if call.key in call.tokens:
            url = call.control_api("GET", f"/_mock/instances/{call.key}", None)["webhook"]["url"]
        answer = call.ask(call.request)
        message_id = value_on_path(json_of(answer), "messageData.key.id")
        if is_good(answer) and message_id and url:
            self._then[str(message_id)] = url
        return answer

    def deliveries(self, url: str, body: bytes) -> Sequence[tuple[str, bytes]]:
        payload = orjson.loads(body)
        then = self._then.get(str(value_on_path(payload, "key.id"))) if is_ack()(payload) else None
        return ((then or url, body),)


def category(payload: Payload) -> str:
    """The name under which Config blocks this webhook."""
    if value_on_path(payload, "message.reactionMessage") is not None:
        return "messagesReaction"
    names = {"message.ack": "messagesStatus", "connection_update": "connectionStatus",
             "qrcode_update": "qrCode"}  # fmt: skip
    own = "messagesOutput" if value_on_path(payload, "key.fromMe") else "messagesInput"
    return names.get(str(payload.get("messageType")), own)


class OneFilter(Fault):
    """What one instance blocks is blocked for all."""

    def __init__(self) -> None:
        self._blocked: set[str] = set()

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        names = set(map(str, body_value(call, "messageData", "events") or ()))
        if call.operation == "block_events" and is_good(answer):
            self._blocked |= names
        if call.operation == "accept_webhook_events" and is_good(answer):
            self._blocked -= names
        return answer

    def webhook(self, body: bytes) -> Sequence[bytes]:
        return () if category(orjson.loads(body)) in self._blocked else (body,)


class StaysBlocked(Fault):
    """What was blocked and is added again stays silent until a restart."""

    def __init__(self) -> None:
        self._blocked: dict[str, set[str]] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation == "block_events" and is_good(answer):
            names = body_value(call, "messageData", "events") or ()
            self._blocked.setdefault(call.key, set()).update(map(str, names))
        if call.operation == "restart" and is_good(answer):
            self._blocked.pop(call.key, None)
        return answer

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        blocked = self._blocked.get(str(payload.get("instance_key")), set())
        return () if category(payload) in blocked else (body,)


class StatusReplaces(AddingReplaces):
    """Only the states accepted last are shown."""

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation == "accept_status_events" and is_good(answer):
            self._last[call.key] = body_value(call, "messageData", "events")
        if call.operation == "config_details" and call.key in self._last:
            last = self._last[call.key]
            return changed_answer(
                answer,
                call,
                lambda document, _: edit_at("*.statusEvents", lambda _: last)(document),
            )
        return answer


class OldTokenInTwo(OldTokenToo):
    """A token that was changed still opens groups and chats."""

    def answer(self, call: InterceptedCall) -> Answer:
        is_lenient = call.request.path.startswith(("/rest/group/", "/rest/chat/"))
        if not is_lenient and call.operation != "change_token":
            return call.ask(call.request)
        return super().answer(call)


def _short_token(call: InterceptedCall, memory: Any) -> Answer:
    token = body_value(call, "messageData", "token")
    if not isinstance(token, str) or len(token) <= TOKEN_MOST:
        return call.ask(call.request)
    body = call.request.body.replace(token.encode(), token[:TOKEN_MOST].encode())
    answer = call.ask(replace(call.request, body=body))
    return with_body(answer, answer.body.replace(token[:TOKEN_MOST].encode(), token.encode()))


FAULTS: tuple[PlantedRule, ...] = (
    (12, ("configure_webhook",), ("text-plain",), "The secret in the address is decoded.",
     SecretDecoded),
    (13, ("logout", "webhook_settings"), ("qrcode",), "A logout blanks the webhook settings.",
     LogoutForgets),
    (14, ("configure_webhook",), ("connected", "qrcode"),
     "A webhook that is off is told of the connection.", ConnectionGoesOn),
    (15, ("configure_webhook",), ("ack-read",), "Receipts go to the address of the send.",
     ReceiptsToTheOld),
    (32, ("block_events",), ("reaction",), "One instance's filter silences the other.",
     OneFilter),
    (33, ("config_details",), (), "The settings have no guard.",
     partial(LetIn, ("config_details",), has_status(401), right_token)),
    (34, ("accept_webhook_events",), ("reaction",), "What is blocked stays blocked.",
     StaysBlocked),
    (35, ("accept_status_events",), (), "The second state replaces the first.", StatusReplaces),
    (36, ("change_token",), (), "The old token opens groups and chats.", OldTokenInTwo),
    (37, ("change_token",), (), "Tokens are kept in sixteen characters.",
     rule(("change_token",), _short_token)),
)  # fmt: skip
