"""Faults thought up from the contract alone: what is sent, and chats."""

from __future__ import annotations

import re
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
    with_body,
    with_document,
)
from ..mutant import Fault, InterceptedCall
from ..payload_edits import edit_at, put
from ..request_faults import Registered
from ..webhook_faults import Changed, Payload, alter, is_echo
from .planted_rules import (
    ACCOUNT,
    MEDIA,
    SENDS,
    PlantedRule,
    own_jid,
    rewritten,
    rule,
    spoil_answers,
    to_group,
)
from .second_call import body_value


def repeat_answer(call: InterceptedCall, memory: Any) -> Answer:
    call_key = (
        call.key,
        body_value(call, "messageData", "to"),
        body_value(call, "messageData", "text"),
    )
    if call_key in memory:
        call.count_hit()
        return memory[call_key]  # type: ignore[no-any-return]
    answer = call.ask(call.request)
    if is_good(answer):
        memory[call_key] = answer
    return answer


def _blank_lines(call: InterceptedCall, memory: Any) -> Answer:
    text = body_value(call, "messageData", "text")
    if not isinstance(text, str) or "\n" not in text:
        return call.ask(call.request)
    body = orjson.loads(call.request.body)
    body["messageData"]["text"] = text.replace("\n", " ")
    answer = call.ask(replace(call.request, body=orjson.dumps(body)))
    one_line, right = orjson.dumps(text.replace("\n", " ")), orjson.dumps(text)
    return with_body(answer, answer.body.replace(one_line, right))


def _joiners(text: Any) -> Any:
    return re.sub("[\u200c\u200d\ufe0f]", "", text) if isinstance(text, str) else text


def _milliseconds(document: Any, call: InterceptedCall) -> Any:
    return (
        edit_at("messageData.messageTimestamp", lambda seconds: f"{seconds}000")(document)
        if to_group(call)
        else document
    )


def _bare_unregistered(call: InterceptedCall, memory: Any) -> Answer:
    if "@" in str(body_value(call, "messageData", "to")):
        return call.ask(call.request)
    return Registered(("send_text", "send_media_url", "quote_message")).answer(call)


def _old_group(call: InterceptedCall, memory: Any) -> Answer:
    to = str(body_value(call, "messageData", "to"))
    if not re.fullmatch(r"\d+-\d+@g\.us", to):
        return call.ask(call.request)
    body = orjson.loads(call.request.body)
    body["messageData"]["to"] = to.partition("-")[0] + ACCOUNT
    return call.ask(replace(call.request, body=orjson.dumps(body)))


_TYPES = {"png": "image/png", "jpg": "image/jpeg", "mp4": "video/mp4", "pdf": "application/pdf"}


def _is_text(value: Any) -> bool:
    """Whether it is what such a gateway reads: another type is refused, and stays so."""
    return isinstance(value, str)


def _ascii(name: Any) -> Any:
    return name.encode("ascii", "ignore").decode() if _is_text(name) else name


def _by_extension(body: Any) -> Any:
    data = body.get("messageData") if isinstance(body, dict) else None
    if isinstance(data, dict) and data.get("type") == "document" and _is_text(data.get("mimeType")):
        ending = str(data.get("fileName", "")).rpartition(".")[2].lower()
        if ending in _TYPES:
            data["mimeType"] = _TYPES[ending]
    return body


def _length_of_text(document: Any, call: InterceptedCall) -> Any:
    length = len(str(body_value(call, "messageData", "base64")).rpartition(",")[2])
    return edit_at("messageData.message.*.fileLength", lambda _: str(length))(document)


_FILE = ("mediaKey", "fileSha256", "fileEncSha256", "directPath", "url")


def _last_file(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    document = json_of(answer)
    content = next(iter((value_on_path(document, "messageData.message") or {}).values()), None)
    if not is_good(answer) or not isinstance(content, dict):
        return answer
    own = {name: content[name] for name in _FILE if name in content}
    before, memory[call.key] = memory.get(call.key), own
    if before is None:
        return answer
    content.update(before)
    return with_document(answer, document)


def _low_limit(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    if is_good(answer) and len(str(body_value(call, "messageData", "base64"))) > 9 * 2**20 * 4 // 3:
        error_body = {"name": "PAYLOAD_TOO_LARGE", "message": "request entity too large",
                 "statusCode": 413}  # fmt: skip
        return with_document(status(413)(answer), error_body)
    return answer


def _drop_sign(value: Any) -> Any:
    return value.lstrip("-") if isinstance(value, str) else value


def _few_rows(sections: Any) -> Any:
    if not isinstance(sections, list):
        return sections
    return [
        {**one, "rows": one["rows"][:1]}
        if position and isinstance(one, dict) and one.get("rows")
        else one
        for position, one in enumerate(sections)
    ]


def _number_ids(row: Any) -> Any:
    return str(int(row)) if isinstance(row, str) and row.isdecimal() else row


def _swap_description_and_footer(document: Any, call: InterceptedCall) -> Any:
    list_message = value_on_path(document, "messageData.message.listMessage")
    if to_group(call) and isinstance(list_message, dict):
        first, second = list_message.get("description"), list_message.get("footerText")
        list_message["description"], list_message["footerText"] = second, first
    return document


def quote_as_own(document: Any, call: InterceptedCall) -> Any:
    if value_on_path(orjson.loads(call.request.body), "messageData.key.fromMe") is False or (
        value_on_path(orjson.loads(call.request.body), "messageData.quoteMessage.key.fromMe")
        is False
    ):
        return edit_at("messageData.message.*.contextInfo.participant",
                      lambda _: own_jid(call))(document)  # fmt: skip
    return document


class DeletesNewest(Fault):
    """What is deleted is the newest message to the chat."""

    def __init__(self) -> None:
        self._newest: dict[tuple[str, str], str] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        if call.operation in SENDS:
            answer = call.ask(call.request)
            chat = str(value_on_path(json_of(answer), "messageData.key.remoteJid"))
            if is_good(answer):
                self._newest[call.key, chat] = str(
                    value_on_path(json_of(answer), "messageData.key.id")
                )
            return answer
        message_id = body_value(call, "messageData", "key", "id")
        chat = str(body_value(call, "messageData", "key", "remoteJid"))
        newest = self._newest.get((call.key, chat))
        if call.operation != "delete_message" or newest in (None, message_id):
            return call.ask(call.request)
        body = call.request.body.replace(str(message_id).encode(), str(newest).encode())
        answer = call.ask(replace(call.request, body=body))
        return with_body(
            answer, answer.body.replace(str(newest).encode(), str(message_id).encode())
        )


def repeat_inner_id(document: Any, call: InterceptedCall) -> Any:
    inner = value_on_path(document, "messageData.message.protocolMessage.key.id")
    return document if inner is None else put("messageData.key.id", inner)(document)


def _for_everyone(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    to, identity = body_value(call, "to"), body_value(call, "messageData", "id")
    if is_good(answer) and to and identity:
        jid = to if "@" in str(to) else f"{to}{ACCOUNT}"
        key = {"remoteJid": jid, "fromMe": True, "id": identity}
        body = orjson.dumps({"messageData": {"to": to, "key": key}})
        path = call.request.path.replace("deleteMessageFromMe", "deleteMessage")
        call.ask(replace(call.request, target=path, method="POST", body=body))
    return answer


def _media_echo(payload: Payload) -> bool:
    return is_echo(payload) and any(name in payload.get("message", {}) for name in MEDIA)


def _other_id(identity: Any) -> str:
    return f"{str(identity)[:-4]}{str(identity)[-4:][::-1]}"


FAULTS: tuple[PlantedRule, ...] = (
    (24, ("send_text",), (), "The same text again is not sent.",
     rule(("send_text",), repeat_answer)),
    (25, ("send_text",), ("from-me-api-echo",), "Line breaks become blanks at the recipient.",
     rule(("send_text",), _blank_lines)),
    (26, ("send_text", "send_link_preview"), (), "Joiners of emoji are lost.",
     rewritten("send_text", edit_at("messageData.text", _joiners))),
    (27, SENDS, (), "Sends to groups are dated in milliseconds.",
     spoil_answers(SENDS, _milliseconds)),
    (28, ("send_media_url", "send_media_base64"), ("from-me-api-echo",),
     "Echoes of files have another id.",
     partial(Changed, _media_echo, alter(edit_at("key.id", _other_id)))),
    (29, ("send_text",), (), "Digits without WhatsApp are written to.",
     rule(("send_text", "send_media_url", "quote_message"), _bare_unregistered)),
    (30, ("send_text",), (), "Old group ids are taken for persons.",
     rule(("send_text",), _old_group)),
    (31, ("send_media_url",), (), "The extension decides on the type.",
     rewritten("send_media_url", _by_extension)),
    (32, ("send_media_base64",), (), "File names lose what is not ASCII.",
     rewritten("send_media_base64", edit_at("messageData.fileName", _ascii))),
    (33, ("send_media_base64",), (), "A file is as long as its base64.",
     spoil_answers(("send_media_base64",), _length_of_text)),
    (34, ("send_media_base64",), (), "A file is told as the one before.",
     rule(("send_media_base64",), _last_file)),
    (35, ("send_media_base64",), (), "Files above 9 MiB are refused.",
     rule(("send_media_base64",), _low_limit)),
    (36, ("send_location",), (), "Degrees as text lose their sign.",
     rewritten("send_location", edit_at("messageData.longitude", _drop_sign))),
    (37, ("send_list",), (), "Later sections have one row.",
     rewritten("send_list", edit_at("messageData.sections", _few_rows))),
    (38, ("send_list",), (), "Row ids of digits lose their zeros.",
     rewritten("send_list", edit_at("messageData.sections.*.rows.*.rowId", _number_ids))),
    (39, ("send_list",), (), "Text and footer change places in groups.",
     spoil_answers(("send_list",), _swap_description_and_footer)),
    (40, ("quote_message",), (), "Every quoted author is the instance.",
     spoil_answers(("quote_message",), quote_as_own)),
    (41, ("forward_message",), (), "The score of a forward never grows.",
     partial(Altered, ("forward_message",), document(
         put("messageData.message.*.contextInfo.forwardingScore", 1)))),
    (42, ("delete_message",), (), "The newest message is deleted.", DeletesNewest),
    (43, ("delete_message",), (), "A deletion has the id of what it deletes.",
     spoil_answers(("delete_message",), repeat_inner_id)),
    (44, ("delete_message_from_me",), (), "Deleted for oneself is deleted for all.",
     rule(("delete_message_from_me",), _for_everyone)),
)  # fmt: skip
