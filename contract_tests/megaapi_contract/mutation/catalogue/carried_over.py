"""Faults of what one call or event leaves for the next: another's code, caption, chat, name."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from megaapi_mock.domain.json_path import value_on_path

from ...host.http import Answer, Request
from ...judging.values import jid_of
from ...probes.laws.requests import GOOD_REQUESTS
from ..answer_faults import is_good, json_of, with_document
from ..mutant import Fault, InterceptedCall, Mutant
from ..payload_edits import edit_at, put
from ..request_faults import bearer, with_token
from ..stateful_faults import Frozen
from ..webhook_faults import Changed, Payload, alter, is_echo
from .from_users_instance import asked_jid
from .planted_rules import changed_answer, rewritten, rule, spoil, spoil_answers
from .second_call import Besides, body_value

KIND = "carried over"
FILES = ("send_media_url", "send_media_base64")
UNAUTHORIZED = {"name": "UNAUTHORIZED", "message": "Unauthorized", "statusCode": 401}
Row = tuple[str, tuple[str, ...], tuple[str, ...], Callable[[], Fault]]


def _look_up_by_its_end(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    if not is_good(answer):
        return answer
    first = memory.setdefault((call.key, jid_of(asked_jid(call)).user[-8:]), json_of(answer))
    return answer if first == json_of(answer) else with_document(answer, first)


def _code_of_before(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    custom = dict(parse_qsl(call.request.query)).get("customPairingCode")
    if not is_good(answer) or not (custom or memory):
        return answer
    memory[""] = custom or memory[""]
    return with_document(answer, {**json_of(answer), "pairingCode": memory[""]})


def _caption_of_before(call: InterceptedCall, memory: Any) -> Answer:
    caption = body_value(call, "messageData", "caption")
    if caption:
        memory[call.key] = caption
    if caption != "" or call.key not in memory:
        return call.ask(call.request)
    body = orjson.loads(call.request.body)
    body["messageData"]["caption"] = memory[call.key]
    return call.ask(replace(call.request, body=orjson.dumps(body)))


def _old_token_after_restart(call: InterceptedCall, memory: Any) -> Answer:
    """A new token opens until the next restart, the one of before from then on."""
    new = memory.get((call.key, "new"))
    if (call.key, "restarted") in memory and new is not None:
        if bearer(call.request) == memory[call.key, "old"]:
            return call.ask(with_token(call.request, new))
        return replace(with_document(call.look(call.request), UNAUTHORIZED), status=401)
    answer = call.ask(call.request)
    if call.operation == "change_token" and is_good(answer):
        memory.setdefault((call.key, "old"), bearer(call.request))
        memory[call.key, "new"] = body_value(call, "messageData", "token")
    if call.operation == "restart" and is_good(answer) and new is not None:
        memory[call.key, "restarted"] = True
    return answer


def _status_by_presence(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    if call.operation == "update_presence":
        memory[call.key] = body_value(call, "option")
        return answer
    document = json_of(answer)
    if not is_good(answer) or memory.get(call.key) != "unavailable":
        return answer
    status = {"key": call.key, "status": "disconnected"}
    return with_document(answer, {**document, "instance": status})


def _deleted_for_all(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    data = body_value(call, "messageData") or {}
    if is_good(answer) and "key" in data:
        target = call.request.target.removesuffix("FromMe")
        call.ask(replace(call.request, target=target))
    return answer


def _left_by_all(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    if call.operation == "leave_group":
        memory.setdefault("", set()).add(asked_jid(call))
        return answer

    def without_those(document: Any, _: InterceptedCall) -> Any:
        left = memory.get("", ())
        document["groups"] = [each for each in document["groups"] if each["id"] not in left]
        return document

    return changed_answer(answer, call, without_those)


class OneIdTogether(Fault):
    """Sends that are under way together get one id."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._first_ids: dict[str, str] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        # The gate sends together from the threads of one pool, each named after it: no pause
        # tells as surely who is under way together.
        pool, _, number = threading.current_thread().name.rpartition("_")
        if call.operation != "send_text" or not (pool and number.isdigit()):
            return call.ask(call.request)
        with self._lock:
            answer = call.ask(call.request)
            id_ = str(value_on_path(json_of(answer), "messageData.key.id"))
            first = self._first_ids.setdefault(pool, id_)
        edit = edit_at("messageData.key.id", lambda _: first)
        return changed_answer(answer, call, lambda document, _: edit(document))


class SlashLosesJid(Fault):
    """With a slash before the question mark the first group is shown."""

    def answer(self, call: InterceptedCall) -> Answer:
        request = call.request
        if call.operation != "group_details" or not request.path.endswith("/"):
            return call.ask(request)
        headers = tuple(one for one in request.headers if one[0].lower() == "authorization")
        listing = call.look(Request("GET", f"/rest/group/list/{call.key}", headers))
        jid = value_on_path(json_of(listing), "groups.0.id")
        if jid is None:
            return call.ask(request)
        return call.ask(replace(request, target=f"{request.path}?{urlencode({'jid': jid})}"))


class ChatOfTheLast(Fault):
    """Receipts name the chat that was written to last."""

    def __init__(self) -> None:
        self._last: dict[str, str] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        to = str(body_value(call, "messageData", "to") or "")
        if call.operation == "send_text" and jid_of(to).user.isdecimal():
            self._last[call.key] = to if "@" in to else f"{to}@s.whatsapp.net"
        return call.ask(call.request)

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        last = self._last.get(str(payload.get("instance_key")))
        if payload.get("messageType") != "message.ack" or last is None:
            return (body,)
        payload["key"]["remoteJid"] = last
        return (orjson.dumps(payload),)


class HeldWhileWriting(Fault):
    """What is sent while somebody is seen writing is told when the writer pauses, or never."""

    def __init__(self) -> None:
        self._writing: set[str] = set()

    def answer(self, call: InterceptedCall) -> Answer:
        if call.operation == "update_presence":
            is_writing = body_value(call, "option") in ("composing", "recording")
            (self._writing.add if is_writing else self._writing.discard)(call.key)
        return call.ask(call.request)

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        return () if is_echo(payload) and payload["instance_key"] in self._writing else (body,)


class NextOneToo(Fault):
    """A filter takes the event after the filtered one along."""

    def __init__(self) -> None:
        self._blocking: set[str] = set()
        self._due: set[str] = set()

    def answer(self, call: InterceptedCall) -> Answer:
        if call.operation == "block_events":
            self._blocking.add(call.key)
        return call.ask(call.request)

    def note_control_call(self, request: Request) -> None:
        key = request.path.split("/")[3] if request.path.endswith("/inbound") else ""
        if key in self._blocking and b'"reaction"' in request.body:
            self._due.add(key)

    def webhook(self, body: bytes) -> Sequence[bytes]:
        key = str(orjson.loads(body).get("instance_key"))
        if key not in self._due:
            return (body,)
        self._due.discard(key)
        return ()


class FirstOfATitle(Fault):
    """A choice is looked up by its title."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], str] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        if call.operation == "send_list":
            for section in body_value(call, "messageData", "sections") or ():
                for row in value_on_path(section, "rows") or ():
                    title = (call.key, str(value_on_path(row, "title")))
                    self._rows.setdefault(title, str(value_on_path(row, "rowId")))
        return call.ask(call.request)

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        part = value_on_path(payload, "message.listResponseMessage")
        if part is None:
            return (body,)
        row_id = self._rows.get((str(payload["instance_key"]), str(part.get("title"))))
        if row_id in (None, part["singleSelectReply"]["selectedRowId"]):
            return (body,)
        part["singleSelectReply"]["selectedRowId"] = row_id
        return (orjson.dumps(payload),)


def _name_of_who_wrote_before(payload: Payload, memory: Any) -> Sequence[Payload]:
    chat = (payload.get("instance_key"), value_on_path(payload, "key.remoteJid"))
    if value_on_path(payload, "key.fromMe") is False:
        memory[chat] = payload.get("pushName")
    elif "message" in payload and not is_echo(payload) and memory.get(chat):
        payload["pushName"] = memory[chat]
    return (payload,)


def _number_of_who_came_first(payload: Payload, memory: Any) -> Sequence[Payload]:
    number = value_on_path(payload, "key.senderPn")
    if number is not None:
        first = memory.setdefault(payload.get("instance_key"), number)
        if payload.get("messageType") not in ("conversation", "extendedTextMessage"):
            payload["key"]["senderPn"] = first
    return (payload,)


def _receipt_after_the_end(payload: Payload, memory: Any) -> Sequence[Payload]:
    key, gone = payload.get("instance_key"), "gone"
    if "update" in payload:
        memory[key] = payload
    if payload.get("message") == "Number disconnected from api":
        memory[key, gone] = 0
    elif (key, gone) in memory and key in memory:
        memory[key, gone] += 1
        # The end itself is heard by then.
        return (memory[key], payload) if memory[key, gone] > 1 else (payload,)
    return (payload,)


def _no_sign(degree: Any) -> Any:
    return abs(degree) if isinstance(degree, float) and -1 < degree < 0 else degree


def _ten_rows(sections: Any) -> Any:
    for number, section in enumerate(sections):
        before = sum(len(one["rows"]) for one in sections[:number])
        section["rows"] = section["rows"][: max(0, 10 - before)]
    return sections


def _author_lost(document: Any, call: InterceptedCall) -> Any:
    key = document["messageData"]["message"]["protocolMessage"]["key"]
    if "participant" in key:
        key["participant"] = "5511900000077@s.whatsapp.net"
    return document


ROWS: tuple[Row, ...] = (
    ("look-ups are kept by the last eight digits", ("is_on_whatsapp",), (),
     rule(("is_on_whatsapp",), _look_up_by_its_end)),
    ("the page of the code is kept for everybody", ("qr_code_page",), (),
     partial(Frozen, "qr_code_page", everybody=True)),
    ("a pairing code of one's own is everybody's from then on", ("pairing_code",), (),
     rule(("pairing_code",), _code_of_before)),
    ("receipts go on after a logout", ("logout",), ("ack-read", "disconnected"),
     spoil(_receipt_after_the_end)),
    ("addresses are cut after 255 characters", ("configure_webhook",), (),
     rewritten("configure_webhook",
               edit_at("messageData.webhookUrl", lambda url: url[:255]))),
    *((f"{operation}: an empty caption is the last one", (operation,), (),
       rule((operation,), _caption_of_before)) for operation in FILES),
    ("degrees between -1 and 0 lose their sign", ("send_location",), (),
     rewritten("send_location", lambda body: edit_at("messageData.latitude", _no_sign)(
         edit_at("messageData.longitude", _no_sign)(body)))),
    ("rows beyond the tenth are lost", ("send_list",), (),
     rewritten("send_list", edit_at("messageData.sections", _ten_rows))),
    ("of rows with one title the first is chosen", ("send_list",), ("list-response",),
     FirstOfATitle),
    ("sends under way together have one id", ("send_text",), (), OneIdTogether),
    ("a restart brings the old token back", ("change_token", "restart"), (),
     rule(tuple(GOOD_REQUESTS), _old_token_after_restart)),
    ("reading the configuration accepts everything", ("config_details", "block_events"),
     ("reaction",),
     partial(Besides, "config_details", "accept_webhook_events",
             {"messageData": {"events": ["messagesReaction"]}})),
    ("the event after a filtered one is lost", ("block_events",), ("text-plain",), NextOneToo),
    ("the status follows the presence", ("update_presence", "instance_status"), (),
     rule(("update_presence", "instance_status"), _status_by_presence)),
    ("what is sent while writing is not told", ("update_presence", "send_text"),
     ("from-me-api-echo",), HeldWhileWriting),
    ("deleting for oneself deletes for everybody", ("delete_message_from_me",), (),
     rule(("delete_message_from_me",), _deleted_for_all)),
    ("an admin's deletion names another author", ("delete_message",), (),
     spoil_answers(("delete_message",), _author_lost)),
    ("who leaves a group takes all others along", ("leave_group", "list_groups"), (),
     rule(("leave_group", "list_groups"), _left_by_all)),
    ("with a slash the first group is shown", ("group_details",), (), SlashLosesJid),
    ("a second hidden writer has the number of the first", (), ("image", "text-plain-lid"),
     spoil(_number_of_who_came_first)),
    ("receipts name the chat of the last message", ("send_text",), ("ack-read",), ChatOfTheLast),
    ("groups of the old kind are no groups", (), ("group-text", "group-image"),
     lambda: Changed(lambda payload: "-" in str(value_on_path(payload, "key.remoteJid")),
                    alter(put("isGroup", False)))),
    ("the instance's own phone has the name of who wrote before", (), ("from-me-phone",),
     spoil(_name_of_who_wrote_before)),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of the list."""
    for sentence, operations, events, make in ROWS:
        description = f"{sentence[0].upper()}{sentence[1:]}."
        yield Mutant(f"carried over: {sentence}", KIND, description, make, operations, events)
