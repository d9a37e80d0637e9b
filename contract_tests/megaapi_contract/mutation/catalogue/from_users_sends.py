"""Faults users would report: what is sent, and chats."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import orjson
from megaapi_mock.domain.json_path import value_on_path

from ...host.http import Answer, Request
from ...judging.values import jid_of
from ..answer_faults import is_good, json_of, status, with_body, with_document
from ..mutant import Fault, InterceptedCall
from ..payload_edits import edit_at, first_value_at
from ..webhook_faults import is_echo
from .from_contract_sends import DeletesNewest
from .from_users_instance import now
from .planted_rules import ACCOUNT, SENDS, PlantedRule, own_jid, rewritten, rule, to_group
from .second_call import Refusing, body_value

TEXT_MOST, BODY_MOST = 4096, 2**20
QUOTED = "extendedTextMessage.contextInfo"
LINK = re.compile(r"https?://[^\s]+")
MEDIA_CALLS = ("send_media_url", "send_media_base64")


def _text(change: Any) -> Any:
    """The change, of texts alone: another type is refused, and stays so."""
    return lambda value: change(value) if isinstance(value, str) else value


_truncate_text = _text(lambda text: text[:TEXT_MOST])
_joiners = _text(lambda text: re.sub("[\u200d\ufe0f]", "", text))
_link_alone = _text(lambda text: match.group() if (match := LINK.search(text)) else text)
_escape_ampersands = _text(lambda address: address.replace("&", "&amp;"))


def _plain(row: str) -> str:
    letters = unicodedata.normalize("NFKD", row)
    return "".join(one for one in letters if not unicodedata.combining(one) and ord(one) < 128)


def _once_in_ten_seconds(call: InterceptedCall, memory: Any) -> Answer:
    call_key = (
        call.key,
        body_value(call, "messageData", "to"),
        body_value(call, "messageData", "text"),
    )
    moment, first = memory.get(call_key, (None, None))
    is_instance = call.key in call.tokens
    if first is not None and is_instance and now(call) - moment <= 10 and is_good(_status(call)):
        call.count_hit()
        return first  # type: ignore[no-any-return]
    answer = call.ask(call.request)
    if is_good(answer):
        memory[call_key] = now(call), answer
    return answer


def _status(call: InterceptedCall) -> Answer:
    headers = tuple(one for one in call.request.headers if one[0].lower() == "authorization")
    return call.look(Request("GET", f"/rest/instance/{call.key}", headers))


class IdsAgain(Fault):
    """After a restart the ids of messages are those since the link, from the first on."""

    def __init__(self) -> None:
        self._message_ids: dict[str, list[str]] = {}
        self._turn: dict[str, int] = {}
        self._id_in_place_of: dict[str, str] = {}
        self._sending = threading.RLock()

    def answer(self, call: InterceptedCall) -> Answer:
        if call.operation not in SENDS:
            answer = call.ask(replace(call.request, body=self._true(call.request.body)))
            if call.operation == "restart" and is_good(answer):
                self._turn[call.key] = 0
            if call.operation == "logout" and is_good(answer):
                self._message_ids.pop(call.key, None)
                self._turn.pop(call.key, None)
            return self._with_repeated_ids(answer)
        with self._sending:
            answer = call.ask(replace(call.request, body=self._true(call.request.body)))
            message_id = value_on_path(json_of(answer), "messageData.key.id")
            if is_good(answer) and message_id:
                self._count(call.key, str(message_id))
            return self._with_repeated_ids(answer)

    def _count(self, key: str, message_id: str) -> None:
        ids = self._message_ids.setdefault(key, [])
        turn = self._turn.get(key, len(ids))
        if turn < len(ids):
            self._id_in_place_of[message_id] = ids[turn]
        else:
            ids.append(message_id)
        self._turn[key] = turn + 1

    def _with_repeated_ids(self, answer: Answer) -> Answer:
        body = self._with_repeated_ids_in(answer.body)
        return answer if body == answer.body else with_body(answer, body)

    def _with_repeated_ids_in(self, body: bytes) -> bytes:
        for message_id, repeated_id in self._id_in_place_of.items():
            body = body.replace(message_id.encode(), repeated_id.encode())
        return body

    def _true(self, body: bytes) -> bytes:
        """The newest message of an id is meant by it."""
        for message_id, repeated_id in reversed(self._id_in_place_of.items()):
            body = body.replace(repeated_id.encode(), message_id.encode())
        return body

    def webhook(self, body: bytes) -> Sequence[bytes]:
        with self._sending:
            return (self._with_repeated_ids_in(body),)


def _answer_with_known_jid(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    document = json_of(answer)
    to = str(body_value(call, "messageData", "to"))
    if not is_good(answer) or to_group(call) or jid_of(to).lid:
        return answer
    headers = tuple(one for one in call.request.headers if one[0].lower() == "authorization")
    path = f"/rest/instance/isOnWhatsApp/{call.key}?jid={to}"
    lookup = json_of(call.look(Request("GET", path, headers)))
    jid = value_on_path(lookup, "jid")
    if not jid or jid == value_on_path(document, "messageData.key.remoteJid"):
        return answer
    document["messageData"]["key"]["remoteJid"] = jid
    return with_document(answer, document)


def _octets(body: Any) -> Any:
    data = body["messageData"]
    mime_type = data.get("mimeType")
    if (
        data.get("type") == "document"
        and isinstance(mime_type, str)
        and mime_type != "application/pdf"
    ):
        data["mimeType"] = "application/octet-stream"
    return body


def _sticky_gif(call: InterceptedCall, memory: Any) -> Answer:
    body = orjson.loads(call.request.body)
    data = body["messageData"]
    if data.get("type") != "video":
        return call.ask(call.request)
    if "gifPlayback" not in data and call.key in memory:
        data["gifPlayback"] = True
        return call.ask(replace(call.request, body=orjson.dumps(body)))
    answer = call.ask(call.request)
    if is_good(answer) and data.get("gifPlayback") is True:
        memory[call.key] = True
    return answer


def _after_comma(body: Any) -> Any:
    data = body["messageData"]
    if isinstance(data["base64"], str) and data["base64"] and "," not in data["base64"]:
        data["base64"] = f"data:{data.get('mimeType')};base64,"
    return body


def _one_mebibyte(call: InterceptedCall, memory: Any) -> Answer:
    if len(call.request.body) <= BODY_MOST:
        return call.ask(call.request)
    error_body = {"name": "PAYLOAD_TOO_LARGE", "message": "request entity too large",
             "statusCode": 413}  # fmt: skip
    call.count_hit()
    return with_document(status(413)(_status(call)), error_body)


def _no_equator(body: Any) -> Any:
    data = body["messageData"]
    for name in ("latitude", "longitude"):
        value = data.get(name)
        zero = isinstance(value, (int, float)) and not isinstance(value, bool) and value == 0
        if zero or value == "0":
            del data[name]
    return body


def _addresses(body: Any) -> Any:
    for one in body["messageData"]["buttons"]:
        if one.get("type") in ("url", "urlButton"):
            one["payload"] = _escape_ampersands(one.get("payload"))
    return body


def _first_forward(body: Any) -> Any:
    if body["messageData"]["key"].get("fromMe") is not False:
        return body
    return edit_at("messageData.message.*.contextInfo.forwardingScore", lambda _: 0)(body)


class QuotesTheOther(Fault):
    """Whoever quotes an own message in a private chat quotes the other party."""

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation != "quote_message" or not is_good(answer) or to_group(call):
            return answer
        document = json_of(answer)
        context = first_value_at(document, f"messageData.message.{QUOTED}")
        chat = value_on_path(document, "messageData.key.remoteJid")
        if not isinstance(context, dict) or context.get("participant") != _bare(own_jid(call)):
            return answer
        context["participant"] = chat
        return with_document(answer, document)

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        context: Any = first_value_at(payload, f"message.{QUOTED}") if is_echo(payload) else None
        chat = str(value_on_path(payload, "key.remoteJid"))
        own = isinstance(context, dict) and context.get("participant") == payload.get("jid")
        if not own or not chat.endswith(ACCOUNT):
            return (body,)
        context["participant"] = chat
        return (orjson.dumps(payload),)


def _bare(jid: str) -> str:
    return re.sub(r":\d+@", "@", jid)


def _as_own(body: Any) -> Any:
    key = body["messageData"]["key"]
    if jid_of(key.get("remoteJid")).group and key.get("fromMe") is False:
        if key.pop("participant", None):
            key["fromMe"] = True
    return body


def _for_all(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    body = orjson.loads(call.request.body)
    data = body["messageData"]
    key = data.get("key") or {"remoteJid": _jid(body.get("to")), "fromMe": True, "id": data["id"]}
    if is_good(answer) and key.get("fromMe") is True:
        path = call.request.path.replace("deleteMessageFromMe", "deleteMessage")
        revoke = {"messageData": {"to": data.get("to") or body.get("to"), "key": key}}
        call.ask(replace(call.request, target=path, method="POST", body=orjson.dumps(revoke)))
    return answer


def _jid(to: Any) -> str:
    return str(to) if "@" in str(to) else f"{to}{ACCOUNT}"


def _beside(call: InterceptedCall) -> bool:
    return body_value(call, "to") is not None


ROW_IDS = "messageData.sections.*.rows.*.rowId"

FAULTS: tuple[PlantedRule, ...] = (
    (16, ("send_text",), (), "Long texts are cut.",
     rewritten("send_text", edit_at("messageData.text", _truncate_text))),
    (17, ("send_text",), (), "Composed emoji fall apart.",
     rewritten("send_text", edit_at("messageData.text", _joiners))),
    (18, ("send_text",), (), "The same call twice is one message.",
     rule(("send_text",), _once_in_ten_seconds)),
    (19, ("restart", "send_text"), ("from-me-api-echo",), "Ids start again after a restart.",
     IdsAgain),
    (20, ("send_text",), (), "A send is answered with the registered number.",
     rule(("send_text",), _answer_with_known_jid)),
    (21, ("send_media_url",), (), "Every document but a PDF is octets.",
     rewritten("send_media_url", _octets)),
    (22, MEDIA_CALLS, (), "Once a GIF, always a GIF.", rule(MEDIA_CALLS, _sticky_gif)),
    (23, ("send_media_base64",), (), "Bare base64 is an empty file.",
     rewritten("send_media_base64", _after_comma)),
    (24, ("send_media_base64",), (), "Bodies end at one mebibyte.",
     rule(("send_media_base64",), _one_mebibyte)),
    (25, ("send_location",), (), "The equator does not exist.",
     rewritten("send_location", _no_equator)),
    (26, ("send_link_preview",), (), "Only the link of a text is sent.",
     rewritten("send_link_preview", edit_at("messageData.textWithLink", _link_alone))),
    (27, ("send_list",), ("list-response",), "Row ids lose their accents.",
     rewritten("send_list", edit_at(ROW_IDS, _text(_plain)))),
    (28, ("send_buttons",), (), "The third button is missing.",
     rewritten("send_buttons", edit_at("messageData.buttons", lambda all_of: all_of[:2]))),
    (29, ("send_template",), (), "Addresses of buttons are escaped.",
     rewritten("send_template", _addresses)),
    (30, ("forward_message",), (), "A forwarded forward counts as the first.",
     rewritten("forward_message", _first_forward)),
    (31, ("quote_message",), ("from-me-api-echo",), "Quoting oneself names the other.",
     QuotesTheOther),
    (38, ("delete_message",), (), "The newest is deleted in place of the named.", DeletesNewest),
    (39, ("delete_message",), (), "What members wrote is deleted as the admin's own.",
     rewritten("delete_message", _as_own)),
    (40, ("delete_message_from_me",), (), "Only one form deletes.",
     partial(Refusing, "delete_message_from_me", _beside)),
    (41, ("delete_message_from_me",), (), "What is deleted for oneself is deleted for all.",
     rule(("delete_message_from_me",), _for_all)),
    (42, ("update_presence",), (), "Recording shows as typing.",
     rewritten("update_presence", edit_at("option", lambda option: "composing"
                                         if option == "recording" else option))),
)  # fmt: skip
