"""Faults thought up from the contract alone: instances, webhook settings, access, config."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote

import orjson
from megaapi_mock.domain.json_path import value_on_path

from ...host.http import Answer
from ..answer_faults import Altered, document, is_good, json_of, status, with_body, with_document
from ..mutant import Fault, InterceptedCall
from ..payload_edits import edit_at, in_order, put
from ..request_faults import bearer, with_token
from ..stateful_faults import After, Frozen, OldTokenToo
from ..webhook_faults import is_inbound
from .planted_rules import (
    ACCOUNT,
    SENDS,
    PlantedRule,
    changed_answer,
    rule,
    spoil_answers,
)
from .second_call import Besides, body_value

STATUS = ("instance_status",)


def _user_before(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    document = json_of(answer)
    user = value_on_path(document, "instance.user")
    if not is_good(answer) or user is None:
        return answer
    before, memory["user"] = memory.get("user"), user
    if before is None or before == user:
        return answer
    document["instance"]["user"] = before
    return with_document(answer, document)


def _status_lags(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    if not is_good(answer):
        return answer
    linked = b'"connected"' in answer.body
    before, memory[call.key] = memory.get(call.key), answer if linked else None
    return with_body(answer, before.body) if before is not None and not linked else answer


def user_stays(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    document = json_of(answer)
    if not is_good(answer) or not isinstance(value_on_path(document, "instance"), dict):
        return answer
    user = value_on_path(document, "instance.user")
    if user is not None:
        memory[call.key] = user
        return answer
    if call.key not in memory:
        return answer
    document["instance"]["user"] = memory[call.key]
    return with_document(answer, document)


def _stale(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    tag = f'W/"{hash(call.request.path) & 0xFFFF:x}"'
    if call.request.header("If-None-Match") == tag:
        return replace(answer, status=304, body=b"")
    headers = tuple(one for one in answer.headers if one[0].lower() != "etag")
    return replace(answer, headers=(*headers, ("ETag", tag)))


def echo_asked_jid(document: Any, call: InterceptedCall) -> Any:
    requested_jid = unquote(parse_qs(call.request.query).get("jid", [""])[0])
    if document.get("exists") is True:
        document["jid"] = requested_jid if "@" in requested_jid else f"{requested_jid}{ACCOUNT}"
    return document


def _one_download(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    file = (call.key, str(body_value(call, "messageKeys", "mediaKey")))
    if is_good(answer) and value_on_path(json_of(answer), "error") is False:
        if file in memory:
            error_body = {"error": True, "message": "media not found", "data": ""}
            return with_document(answer, error_body)
        memory[file] = True
    return answer


def _empty_success(document: Any, call: InterceptedCall) -> Any:
    if document.get("error") is True:
        mimetype = body_value(call, "messageKeys", "mimetype")
        return {"error": False, "message": "Media message downloaded",
                "data": f"data:{mimetype};base64,"}  # fmt: skip
    return document


def _neighbour_too(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    if is_good(answer):
        instances = call.control_api("GET", "/_mock/instances?limit=5000", None)["items"]
        for one in instances:
            if one["key"] != call.key and one["state"] == "connected":
                call.control_api("POST", f"/_mock/instances/{one['key']}/unlink", {"by": "gateway"})
                call.count_hit()
                break
    return answer


def _capitals(document: Any, call: InterceptedCall) -> Any:
    if "customPairingCode" in call.request.query and "pairingCode" in document:
        document["pairingCode"] = str(document["pairingCode"]).upper()
    return document


def _no_query(call: InterceptedCall, memory: Any) -> Answer:
    if call.operation == "webhook_settings":
        answer = call.ask(call.request)
        return changed_answer(
            answer, call, lambda document, _: _full_url(document, memory.get(call.key))
        )
    url = str(body_value(call, "messageData", "webhookUrl") or "")
    memory[call.key] = url
    if "?" not in url:
        return call.ask(call.request)
    body = orjson.loads(call.request.body)
    body["messageData"]["webhookUrl"] = url.partition("?")[0]
    answer = call.ask(replace(call.request, body=orjson.dumps(body)))
    return changed_answer(answer, call, lambda document, _: _full_url(document, url))


def _full_url(document: Any, url: str | None) -> Any:
    text = orjson.dumps(document).decode()
    if url and "?" in url:
        text = text.replace(f'"{url.partition("?")[0]}"', orjson.dumps(url).decode())
    return orjson.loads(text)


class AcksGoOn(Fault):
    """A webhook that is switched off still gets receipts."""

    def __init__(self) -> None:
        self._switched_off: dict[str, bool] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        if call.operation == "webhook_settings" and self._switched_off.get(call.key):
            answer = call.ask(call.request)
            switched_off = in_order(
                put("webhookData.webhookEnabled", False), put("webhookEnabled", False)
            )
            return changed_answer(answer, call, lambda document, _: switched_off(document))
        is_switched_off = body_value(call, "messageData", "webhookEnabled") is False
        url = body_value(call, "messageData", "webhookUrl")
        if call.operation != "configure_webhook" or not url:
            return call.ask(call.request)
        self._switched_off[call.key] = is_switched_off
        if not is_switched_off:
            return call.ask(call.request)
        body = orjson.loads(call.request.body)
        body["messageData"]["webhookEnabled"] = True
        answer = call.ask(replace(call.request, body=orjson.dumps(body)))
        return with_body(answer, answer.body.replace(b"true", b"false", 1))

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        silent = self._switched_off.get(str(payload.get("instance_key")))
        return () if silent and payload.get("messageType") != "message.ack" else (body,)


def _secondary_first(call: InterceptedCall, memory: Any) -> Answer:
    second = body_value(call, "messageData", "webhookSecondaryUrl")
    if not second:
        return call.ask(call.request)
    body = orjson.loads(call.request.body)
    first = body["messageData"].get("webhookUrl", "")
    body["messageData"]["webhookUrl"] = second
    body["messageData"].pop("webhookSecondaryUrl", None)
    answer = call.ask(replace(call.request, body=orjson.dumps(body)))
    old, new = orjson.dumps(second), orjson.dumps(first)
    return with_body(answer, answer.body.replace(old, new, 1))


class CaselessToken(Fault):
    """The token is compared without case."""

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        token = call.tokens.get(call.key, "") if answer.status == 401 else ""
        if token and bearer(call.request).lower() == token.lower():
            return call.ask(with_token(call.request, token))
        return answer


class NeighboursRead(Fault):
    """On GET any instance's token is right."""

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if answer.status == 401 and call.request.method == "GET":
            tokens = call.tokens
            if bearer(call.request) in tokens.values() and call.key in tokens:
                return call.ask(with_token(call.request, tokens[call.key]))
        return answer


class TokenFirst(Fault):
    """A send to an instance nobody knows is refused for its token."""

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation in SENDS and answer.status == 404 and b"Instance" in answer.body:
            if bearer(call.request) in call.tokens.values():
                error_body = {"name": "UNAUTHORIZED", "message": "Unauthorized", "statusCode": 401}
                return with_document(status(401)(answer), error_body)
        return answer


class LogoutByGet(Fault):
    """GET logs out too."""

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if answer.status == 404 and re.fullmatch(r"/rest/instance/[^/]+/logout", call.request.path):
            if call.request.method == "GET":
                return call.ask(replace(call.request, method="DELETE"))
        return answer


class NoBodies(Fault):
    """GET and DELETE with a body are bad requests."""

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        reads = call.operation in ("list_groups", "leave_group")
        if reads and call.request.body and is_good(answer):
            error_body = {"name": "BAD_REQUEST", "message": "Bad request", "statusCode": 400}
            return with_document(status(400)(answer), error_body)
        return answer


def _wrong_403(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    text = b"Number not registered on WhatsApp"
    return with_body(answer, answer.body.replace(b"Instance not logged in", text))


class AddingReplaces(Fault):
    """Only the names accepted last are shown."""

    def __init__(self) -> None:
        self._last: dict[str, Any] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation == "accept_webhook_events" and is_good(answer):
            self._last[call.key] = body_value(call, "messageData", "events")
        if call.operation == "config_details" and call.key in self._last:
            last = self._last[call.key]
            return changed_answer(
                answer,
                call,
                lambda document, _: edit_at("*.webhookEvents", lambda _: last)(
                    edit_at("webhookEvents", lambda _: last)(document)
                ),
            )
        return answer


class BlocksMessages(Fault):
    """Blocking reactions blocks messages too."""

    def __init__(self) -> None:
        self._keys: set[str] = set()

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation == "block_events" and is_good(answer):
            names = body_value(call, "messageData", "events") or []
            if "messagesReaction" in names:
                self._keys.add(call.key)
        if call.operation == "accept_webhook_events" and is_good(answer):
            self._keys.discard(call.key)
        return answer

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        return () if is_inbound(payload) and payload.get("instance_key") in self._keys else (body,)


class OldTokenReads(OldTokenToo):
    """A token that was changed still reads."""

    def answer(self, call: InterceptedCall) -> Answer:
        if call.request.method != "GET" and call.operation != "change_token":
            return call.ask(call.request)
        return super().answer(call)


FAULTS: tuple[PlantedRule, ...] = (
    (1, STATUS, (), "The status names the user asked for before.", rule(STATUS, _user_before)),
    (2, STATUS, (), "The status lags one call behind a logout.", rule(STATUS, _status_lags)),
    (3, STATUS, (), "The user stays after the logout.", rule(STATUS, user_stays)),
    (4, STATUS, (), "The tag of a status is that of its path.", rule(STATUS, _stale)),
    (5, ("is_on_whatsapp",), (), "The address asked for is the one found.",
     spoil_answers(("is_on_whatsapp",), echo_asked_jid)),
    (6, ("download_media",), (), "The type of a file loses its parameters.",
     partial(Altered, ("download_media",), document(edit_at(
         "data", lambda data: re.sub(r"^(data:[^;]*);.*;base64,", r"\1;base64,", str(data)))))),
    (7, ("download_media",), (), "A file can be fetched once.",
     rule(("download_media",), _one_download)),
    (8, ("download_media",), (), "A file that is gone is an empty success.",
     spoil_answers(("download_media",), _empty_success)),
    (9, ("logout",), (), "A logout forgets the webhook.",
     partial(Besides, "logout", "configure_webhook",
             {"messageData": {"webhookUrl": "", "webhookEnabled": False}})),
    (10, ("logout",), (), "A logout ends a neighbour's link.", rule(("logout",), _neighbour_too)),
    (11, ("restart",), (), "A restart ends the link.",
     partial(After, "restart", "POST", "/_mock/instances/{key}/unlink", {"by": "gateway"})),
    (12, ("pairing_code",), (), "A code of one's own comes back in capitals.",
     spoil_answers(("pairing_code",), _capitals)),
    (13, ("qr_code_base64",), (), "The code never changes.", partial(Frozen, "qr_code_base64")),
    (14, ("configure_webhook",), ("text-plain",), "Webhooks go to the address without its query.",
     rule(("configure_webhook", "webhook_settings"), _no_query)),
    (15, ("configure_webhook",), ("ack-server",), "Receipts come though webhooks are off.",
     AcksGoOn),
    (16, ("configure_webhook",), (), "The second address takes the first one's place.",
     rule(("configure_webhook",), _secondary_first)),
    (18, SENDS, (), "Tokens are compared without case.", CaselessToken),
    (19, STATUS, (), "A neighbour's token reads.", NeighboursRead),
    (20, SENDS, (), "The token is looked at before the instance.", TokenFirst),
    (21, ("send_location",), (), "Not linked is told as not registered.",
     rule(("send_location",), _wrong_403)),
    (22, ("logout",), (), "GET logs out.", LogoutByGet),
    (23, ("list_groups", "leave_group"), (), "A body on GET is a bad request.", NoBodies),
    (73, ("change_token",), (), "The old token still reads.", OldTokenReads),
    (74, ("accept_webhook_events",), (), "Adding an event replaces the others.", AddingReplaces),
    (75, ("block_events",), ("text-plain",), "Blocking reactions blocks messages.",
     BlocksMessages),
)  # fmt: skip
