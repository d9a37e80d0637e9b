"""Faults that cost customers a day, as they would tell them: what is asked and answered."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from functools import partial
from typing import Any

import orjson
from megaapi_mock.domain.json_path import value_on_path

from ...host.http import Answer
from ..answer_faults import (
    Altered,
    document,
    is_good,
    json_of,
    status,
    with_document,
)
from ..mutant import Fault, InterceptedCall
from ..payload_edits import edit_at, put
from ..request_faults import with_token
from ..stateful_faults import Frozen
from .from_contract_instance import echo_asked_jid, user_stays
from .from_contract_sends import quote_as_own, repeat_answer, repeat_inner_id
from .planted_rules import PlantedRule, rewritten, rule, spoil_answers
from .second_call import Besides, Refusing, body_value

DOWNLOAD = ("download_media",)
SETTINGS = ("webhook_settings",)


def _own_code(document: Any, call: InterceptedCall) -> Any:
    if "customPairingCode" in call.request.query and "pairingCode" in document:
        document["pairingCode"] = "QWRT5678"
    return document


def _needs_link(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    if not is_good(answer):
        return answer
    if call.control_api("GET", f"/_mock/instances/{call.key}", None)["state"] != "connected":
        error_body = {"name": "FORBIDDEN", "message": "Instance not logged in", "statusCode": 403}
        return with_document(status(403)(answer), error_body)
    return answer


def _truncate(data: Any) -> Any:
    head, comma, base64_text = str(data).partition(",")
    return f"{head}{comma}{base64_text[:-4]}" if len(base64_text) > 8 else data


class TokenBeforeKey(Fault):
    """An unknown key with a known token is refused for the token."""

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation == "config_details" and answer.status == 404:
            if (call.request.header("Authorization") or "")[7:] in call.tokens.values():
                error_body = {"name": "UNAUTHORIZED", "message": "Unauthorized", "statusCode": 401}
                return with_document(status(401)(answer), error_body)
        return answer


class BothTokens(Fault):
    """A token that was changed opens everything for ever."""

    def __init__(self) -> None:
        self._old: dict[tuple[str, str], bool] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        token = (call.request.header("Authorization") or "")[7:]
        if call.operation == "change_token" and is_good(answer):
            self._old[call.key, token] = True
        if answer.status == 401 and (call.key, token) in self._old:
            return call.ask(with_token(call.request, call.tokens[call.key]))
        return answer


def _disable_webhook(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    if is_good(answer):
        webhook = call.control_api("GET", f"/_mock/instances/{call.key}", None)["webhook"]
        if webhook.get("enabled"):
            settings = {"url": webhook["url"], "enabled": False}
            call.control_api("POST", f"/_mock/instances/{call.key}/webhook", settings)
            call.count_hit()
    return answer


def _null_url(document: Any) -> Any:
    return edit_at("webhookData.webhookUrl", lambda url: url or None)(document)


def _no_wrapper(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    body = orjson.loads(call.request.body)
    if answer.status == 500 and isinstance(body, dict) and "webhookUrl" in body:
        answer_body = {"error": False, "message": "Webhook updated", "webhookUrl": ""}
        return with_document(status(200)(answer), answer_body)
    return answer


def _view_once(document: Any) -> Any:
    inner = value_on_path(document, "messageData.message.viewOnceMessage.message")
    return put("messageData.message", inner)(document) if inner else document


def _plain_letters(name: Any) -> Any:
    text = unicodedata.normalize("NFD", str(name)).replace("\u2013", "-")
    return "".join(one for one in text if not unicodedata.combining(one) and ord(one) < 128)


def _add_forwarding_info(document: Any, call: InterceptedCall) -> Any:
    if body_value(call, "messageData", "key", "fromMe") is not True:
        return document
    path = "messageData.message.*.contextInfo"
    return edit_at(path, lambda info: info or {"forwardingScore": 1, "isForwarded": True})(document)


def _merge_sections(sections: Any) -> Any:
    if len(sections) < 2:
        return sections
    rows = [row for one in sections for row in one["rows"]]
    return [{**sections[0], "rows": rows}]


def _no_address(document: Any) -> Any:
    location = value_on_path(document, "messageData.message.locationMessage")
    if isinstance(location, dict) and location.get("address") == "":
        del location["address"]
    return document


def _empty_preview(document: Any) -> Any:
    text_message = value_on_path(document, "messageData.message.extendedTextMessage")
    if isinstance(text_message, dict) and "matchedText" not in text_message:
        text_message.update({"matchedText": "", "title": "", "description": ""})
    return document


def _is_bare(call: InterceptedCall) -> bool:
    return not str(body_value(call, "messageData", "base64")).startswith("data:")


def _wrapped_presence(call: InterceptedCall) -> bool:
    return body_value(call, "option") is not None


def _vendors_form(call: InterceptedCall) -> bool:
    return body_value(call, "to") is not None


def _first_alone(call: InterceptedCall, memory: Any) -> Answer:
    people = body_value(call, "group_data", "participants")
    if not isinstance(people, list) or len(people) < 2:
        return call.ask(call.request)
    body = orjson.loads(call.request.body)
    body["group_data"]["participants"] = people[:1]
    answer = call.ask(replace(call.request, body=orjson.dumps(body)))
    document = json_of(answer)
    parts = document.get("updatedParticipants") if isinstance(document, dict) else None
    if is_good(answer) and isinstance(parts, list) and parts:
        inner = parts[0] if isinstance(parts[0], list) else parts
        for one in people[1:]:
            jid = one if "@" in str(one) else f"{one}@s.whatsapp.net"
            copy = orjson.loads(orjson.dumps(inner[0]).replace(
                str(inner[0].get("jid")).encode(), str(jid).encode()))  # fmt: skip
            inner.append(copy)
        return with_document(answer, document)
    return answer


def _one_fails_all(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    if is_good(answer) and b'"403"' in answer.body:
        error_body = {"name": "FORBIDDEN", "message": "Not authorized", "statusCode": 403}
        return with_document(status(403)(answer), error_body)
    return answer


class StaysListed(Fault):
    """A group that was left stays in the list."""

    def __init__(self) -> None:
        self._former_groups: dict[str, list[Any]] = {}
        self._details: dict[tuple[str, str], Any] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        document = json_of(answer)
        if call.operation == "create_group" and is_good(answer):
            group = document.get("group", document)
            self._details[call.key, str(group.get("id"))] = group
        if call.operation == "leave_group" and is_good(answer):
            jid = re.sub("%40", "@", call.request.query.partition("jid=")[2])
            if (call.key, jid) in self._details:
                self._former_groups.setdefault(call.key, []).append(self._details[call.key, jid])
        if call.operation == "list_groups" and is_good(answer) and call.key in self._former_groups:
            document["groups"] = [*document["groups"], *self._former_groups[call.key]]
            return with_document(answer, document)
        return answer


def _no_body(call: InterceptedCall, memory: Any) -> Answer:
    if call.request.body:
        answer = call.look(replace(call.request, target=call.request.target + "x"))
        error_body = {"name": "BAD_REQUEST", "message": "Bad request", "statusCode": 400}
        call.count_hit()
        return with_document(status(400)(answer), error_body)
    return call.ask(call.request)


def _slash(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    if is_good(answer) and call.request.path.endswith("/"):
        text = f'Resource "{call.request.path}" not found'
        error_body = {"name": "NOT_FOUND", "message": text, "statusCode": 404}
        return with_document(status(404)(answer), error_body)
    return answer


def _demote_superadmin(rank: Any) -> Any:
    return "admin" if rank == "superadmin" else rank


_WHOLE, _BARE = r"^(data:[^;]*);.*;base64,", r"\1;base64,"
_PARAMETER = document(edit_at("data", lambda data: re.sub(_WHOLE, _BARE, str(data))))
_DOCUMENTS = "messageData.message.documentMessage.fileName"

FAULTS: tuple[PlantedRule, ...] = (
    (1, ("instance_status",), (), "After a logout the status still names the phone.",
     rule(("instance_status",), user_stays)),
    (2, ("restart",), (), "A restart forgets the receiver.",
     partial(Besides, "restart", "configure_webhook",
             {"messageData": {"webhookUrl": "", "webhookEnabled": False}})),
    (3, ("is_on_whatsapp",), (), "isOnWhatsApp echoes what was asked.",
     spoil_answers(("is_on_whatsapp",), echo_asked_jid)),
    (4, ("pairing_code",), (), "A code of one's own is ignored.",
     spoil_answers(("pairing_code",), _own_code)),
    (5, ("qr_code_base64",), (), "The code is frozen.", partial(Frozen, "qr_code_base64")),
    (6, DOWNLOAD, (), "A voice note loses its codec on download.",
     partial(Altered, DOWNLOAD, _PARAMETER)),
    (7, DOWNLOAD, (), "Downloads need a link.", rule(DOWNLOAD, _needs_link)),
    (8, DOWNLOAD, (), "A file loses its last bytes.",
     partial(Altered, DOWNLOAD, document(edit_at("data", _truncate)))),
    (9, ("config_details",), (), "The token is looked at before the key.", TokenBeforeKey),
    (10, ("change_token",), (), "The old token is still accepted.", BothTokens),
    (11, ("change_token",), (), "Rotating the token silences the webhook.",
     rule(("change_token",), _disable_webhook)),
    (16, SETTINGS, (), "A URL that was never set is null.",
     partial(Altered, SETTINGS, document(_null_url))),
    (17, ("configure_webhook",), (), "A missing wrapper looks like success.",
     rule(("configure_webhook",), _no_wrapper)),
    (45, ("send_text",), (), "A double click is swallowed.", rule(("send_text",), repeat_answer)),
    (46, ("send_media_base64", "send_media_url"), (), "viewOnce is ignored.",
     partial(Altered, ("send_media_base64", "send_media_url"), document(_view_once))),
    (47, ("send_media_base64",), (), "A file name loses its accents.",
     partial(Altered, ("send_media_base64",), document(edit_at(_DOCUMENTS, _plain_letters)))),
    (48, ("forward_message",), (), "An own message is forwarded as somebody else's.",
     spoil_answers(("forward_message",), _add_forwarding_info)),
    (49, ("send_list",), (), "Sections melt together.",
     rewritten("send_list", edit_at("messageData.sections", _merge_sections))),
    (50, ("quote_message",), (), "A quote names the bot.",
     spoil_answers(("quote_message",), quote_as_own)),
    (51, ("send_location",), (), "An empty address is dropped.",
     partial(Altered, ("send_location",), document(_no_address))),
    (52, ("send_link_preview",), (), "A text without link has an empty preview.",
     partial(Altered, ("send_link_preview",), document(_empty_preview))),
    (53, ("send_media_base64",), (), "Bare base64 is refused.",
     partial(Refusing, "send_media_base64", _is_bare)),
    (54, ("delete_message",), (), "A deletion answers the victim's id.",
     spoil_answers(("delete_message",), repeat_inner_id)),
    (55, ("update_presence",), (), "Presence wants a wrapper.",
     partial(Refusing, "update_presence", _wrapped_presence)),
    (56, ("delete_message_from_me",), (), "Delete for me has one form.",
     partial(Refusing, "delete_message_from_me", _vendors_form)),
    (57, ("remove_participants",), (), "Only the first person is moved.",
     rule(("remove_participants",), _first_alone)),
    (58, ("add_participants",), (), "One refused person fails all.",
     rule(("add_participants",), _one_fails_all)),
    (59, ("leave_group", "list_groups"), (), "A group that was left stays listed.", StaysListed),
    (60, ("create_group", "group_details"), (), "The creator is a mere admin.",
     partial(Altered, ("create_group", "group_details"), document(
         edit_at("group.participants.*.admin", _demote_superadmin)))),
    (61, ("leave_group",), (), "DELETE with a body is refused.",
     rule(("leave_group",), _no_body)),
    (62, ("group_details",), (), "A slash before the question mark leads nowhere.",
     rule(("group_details",), _slash)),
)  # fmt: skip
