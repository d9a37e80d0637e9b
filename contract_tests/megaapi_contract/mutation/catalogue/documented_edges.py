"""Faults of what the documents name and people seldom send or look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from unicodedata import normalize

from ...host.http import Answer, Headers, Request
from ..answer_faults import Altered, document, json_of
from ..mutant import Fault, InterceptedCall, Mutant
from ..payload_edits import edit_at
from ..request_faults import bearer
from ..webhook_faults import Changed, alter, is_ack
from .planted_rules import changed_answer, rewritten, rule, spoil_answers
from .second_call import Refusing, body_value

KIND = "documented edges"
Row = tuple[str, tuple[str, ...], tuple[str, ...], Callable[[], Fault]]
HIGHEST = 90


def _is_off_the_map(call: InterceptedCall) -> bool:
    return abs(float(body_value(call, "messageData", "latitude") or 0)) > HIGHEST


def _in_ascii(name: Any) -> str:
    return normalize("NFKD", str(name)).encode("ascii", "ignore").decode()


def _with_token(answer: Any, call: InterceptedCall) -> Any:
    return {**answer, "configData": {**answer["configData"], "token": bearer(call.request)}}


def _every_group(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    headers = tuple(one for one in call.request.headers if one[0].lower() == "authorization")
    listing = json_of(call.look(Request("GET", f"/rest/group/list/{call.key}", headers)))
    groups = [{k: v for k, v in one.items() if k != "participants"} for one in listing["groups"]]
    return changed_answer(answer, call, lambda document, _: {**document, "groups": groups})


def _with_like_letters(answer: Any, call: InterceptedCall) -> Any:
    if "customPairingCode=" in call.request.target:
        return answer
    return {**answer, "pairingCode": answer["pairingCode"][:-1] + "O"}


def _keeping_deleted(call: InterceptedCall, memory: Any) -> Answer:
    """Lists of messages go on showing what was deleted for oneself."""
    if call.operation == "delete_message_from_me":
        chat = body_value(call, "to") or body_value(call, "messageData", "to")
        headers = tuple(one for one in call.request.headers if one[0].lower() == "authorization")
        path = f"/rest/instance/messages/{call.key}?chat_id={chat}"
        for row in json_of(call.look(Request("GET", path, headers))):
            memory[call.key, row["key"]["remoteJid"], row["key"]["id"]] = row
        return call.ask(call.request)
    answer = call.ask(call.request)
    return changed_answer(answer, call, lambda document, _: _with_rows(document, call.key, memory))


def _with_rows(document: Any, key: str, memory: Any) -> Any:
    chats, ids = (
        {row["key"]["remoteJid"] for row in document},
        {row["key"]["id"] for row in document},
    )
    kept_rows = [
        row for (owner, chat, one), row in memory.items()
        if owner == key and chat in chats and one not in ids
    ]  # fmt: skip
    return [*kept_rows, *document]


def _whole_picture(answer: Any, call: InterceptedCall) -> Any:
    if "type=icon" in call.request.target:
        return answer
    return {**answer, "data": answer["data"].replace("_icon.", "_image.")}


class TypeWithCharset(Fault):
    """Webhooks name a charset beside their type."""

    def headers(self, body: bytes, headers: Headers) -> Headers:
        others = [one for one in headers if one[0].lower() != "content-type"]
        return (*others, ("Content-Type", "application/json; charset=utf-8"))


ROWS: tuple[Row, ...] = (
    ("pairing codes have letters like digits", ("pairing_code",), (),
     spoil_answers(("pairing_code",), _with_like_letters)),
    ("what is deleted for oneself stays in the list of messages",
     ("list_messages", "delete_message_from_me"), (),
     rule(("list_messages", "delete_message_from_me"), _keeping_deleted)),
    ("without a size the whole picture comes", ("profile_picture",), (),
     spoil_answers(("profile_picture",), _whole_picture)),
    ("invite links lead nowhere", ("group_invite_info",), (),
     partial(Refusing, "group_invite_info", lambda call: "chat.whatsapp" in call.request.target)),
    ("webhooks name a charset", ("configure_webhook",), ("text-plain",), TypeWithCharset),
    ("the newest instance is listed first", ("list_instances",), (),
     lambda: Altered(("list_instances",), document(
         edit_at("instances", lambda instances: instances[::-1])))),
    ("places off the map are refused", ("send_location",), (),
     partial(Refusing, "send_location", _is_off_the_map)),
    ("own messages are forwarded as those of others", ("forward_message",), (),
     rewritten("forward_message", edit_at("messageData.key.fromMe", lambda own: False))),
    ("names of uploaded files lose their accents", ("upload_document",), (),
     lambda: Altered(("upload_document",), document(
         edit_at("messageData.message.documentMessage.fileName", _in_ascii)))),
    ("whatever text is given blocks", ("block_chat",), (),
     rewritten("block_chat", edit_at("option", bool))),
    ("groups of others are administered too", ("admin_groups",), (),
     rule(("admin_groups",), _every_group)),
    ("receipts have a name", ("send_text",), ("ack-server", "ack-delivered", "ack-read"),
     lambda: Changed(is_ack(), alter(lambda payload: {**payload, "pushName": "Loja"}))),
    ("the configuration shows the token", ("config_details",), (),
     spoil_answers(("config_details",), _with_token)),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of the list."""
    for sentence, operations, events, make in ROWS:
        description = f"{sentence[0].upper()}{sentence[1:]}."
        yield Mutant(f"documented edges: {sentence}", KIND, description, make, operations, events)
