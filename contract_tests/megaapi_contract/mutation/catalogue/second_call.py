"""Faults that a good first answer hides: the second time, the odd form, the thing beside it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import orjson

from ...host.http import Answer, Request
from ...safety.fence import UNKNOWN_ROUTE
from ..answer_faults import (
    Altered,
    document,
    has_status,
    has_text,
    is_good,
    status,
    with_document,
)
from ..mutant import Fault, InterceptedCall, Mutant
from ..payload_edits import edit_at, put
from ..request_faults import LetIn, Mend, at_instance, bearer, with_token
from ..stateful_faults import NotDone
from ..webhook_faults import Changed, alter, is_ack, is_echo, is_inbound

_TEXT = "messageData.message.extendedTextMessage.text"
_NAMES = {403: "FORBIDDEN", 500: "INTERNAL_SERVER_ERROR"}
_CALLS = {
    "configure_webhook": ("webhook", "configWebhook"),
    "block_events": ("config", "blockEvents"),
    "accept_webhook_events": ("config", "configAcceptWebhooks"),
}


def _refuse(answer: Answer) -> Answer:
    """In the gateway's own form: that it is a refusal is all that is wrong with it."""
    error_body = {"name": _NAMES[answer.status], "message": "Refused", "statusCode": answer.status}
    answer_with_reason = replace(answer, headers=(*answer.headers, ("X-Mock-Reason", "a fault")))
    return with_document(answer_with_reason, error_body)


class Refusing(Fault):
    """Some good requests are refused as if they were unusable."""

    def __init__(self, operation: str, odd: Callable[[InterceptedCall], bool]) -> None:
        self._operation, self._odd = operation, odd

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation == self._operation and is_good(answer) and self._odd(call):
            return _refuse(status(500)(answer))
        return answer


class Sometimes(Fault):
    """Some calls of an operation are answered and not done."""

    def __init__(self, operation: str, when: Callable[[InterceptedCall], bool]) -> None:
        self._operation, self._when, self._not_done = operation, when, NotDone(operation)

    def answer(self, call: InterceptedCall) -> Answer:
        if call.operation == self._operation and self._when(call):
            return self._not_done.answer(call)
        return call.ask(call.request)


class OnceOnly(Fault):
    """Each instance can do it once; again it is refused, or answered and not done."""

    def __init__(self, operation: str, *, refusal_status: int = 0) -> None:
        self._operation, self._refusal_status = operation, refusal_status
        self._not_done = NotDone(operation)
        self._past_keys: set[str] = set()

    def answer(self, call: InterceptedCall) -> Answer:
        is_repeated = call.operation == self._operation and call.key in self._past_keys
        if is_repeated and not self._refusal_status:
            return self._not_done.answer(call)
        answer = call.ask(call.request)
        if call.operation == self._operation and is_good(answer):
            self._past_keys.add(call.key)
        return (
            _refuse(status(self._refusal_status)(answer))
            if is_repeated and is_good(answer)
            else answer
        )


class Besides(Fault):
    """An operation sends another call of the same instance after itself."""

    def __init__(self, operation: str, also: str, body: Any) -> None:
        self._operation, self._also, self._body = operation, also, orjson.dumps(body)

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation == self._operation and is_good(answer):
            controller, verb = _CALLS[self._also]
            token = call.tokens.get(call.key, bearer(call.request))
            headers = (("Content-Type", "application/json"),)
            path = f"/rest/{controller}/{call.key}/{verb}"
            call.ask(with_token(Request("POST", path, headers, self._body), token))
        return answer


class Rewritten(Fault):
    """An operation is done with other fields than it was asked for."""

    def __init__(self, operation: str, edit: Callable[[Any], Any]) -> None:
        self._operation, self._edit = operation, edit

    def answer(self, call: InterceptedCall) -> Answer:
        if call.operation != self._operation:
            return call.ask(call.request)
        try:
            body = self._edit(orjson.loads(call.request.body))
        except orjson.JSONDecodeError:
            return call.ask(call.request)
        return call.ask(replace(call.request, body=orjson.dumps(body)))


class UnknownRoutes(Fault):
    """Whatever nobody knows is answered in another way."""

    def __init__(self, is_known_route: bool, change: Callable[[Answer], Answer]) -> None:
        self._is_known_route, self._change = is_known_route, change

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        is_concerned = (
            call.operation == "" and (call.request.path != UNKNOWN_ROUTE) is self._is_known_route
        )
        return self._change(answer) if is_concerned and answer.status == 404 else answer


def body_value(call: InterceptedCall, *path: str) -> Any:
    """A member of the JSON body, by its path; None where there is none."""
    try:
        document = orjson.loads(call.request.body)
    except orjson.JSONDecodeError:
        return None
    for step in path:
        document = document.get(step) if isinstance(document, dict) else None
    return document


def _has_jid(call: InterceptedCall) -> bool:
    return "@" in str(body_value(call, "messageData", "to"))


def _accents_lost(text: Any) -> str:
    plain = unicodedata.normalize("NFD", str(text))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def _small(url: Any) -> Any:
    return url.lower() if isinstance(url, str) else url


def _emoji_lost(text: Any) -> str:
    return "".join(letter if ord(letter) < 0x2000 else "?" for letter in str(text))


def _at_new_unlinked_instance(call: InterceptedCall) -> Request | None:
    instance = call.control_api("POST", "/_mock/instances", {"connected": False})
    return at_instance(call.request, call.key, instance)


def _begins_right(call: InterceptedCall) -> Request | None:
    token, token_given = call.tokens.get(call.key, ""), bearer(call.request)
    return with_token(call.request, token) if token and token_given[:4] == token[:4] else None


def _big_media(call: InterceptedCall) -> bool:
    return len(str(body_value(call, "messageData", "base64") or "")) > 2**20


def _one_address(call: InterceptedCall) -> bool:
    keys = body_value(call, "messageKeys") or {}
    return not keys.get("directPath")


def _let_in(operation: str, when: Any, mend: Mend) -> Callable[[], Fault]:
    return partial(LetIn, (operation,), when, mend)


def _text(change: Callable[[Any], Any]) -> Callable[[], Fault]:
    return partial(Altered, ("send_text",), document(edit_at(_TEXT, change)))


_LOGGED_IN = has_text("already logged in")


def _people(change: Callable[[list[Any]], list[Any]]) -> Callable[[Any], Any]:
    return edit_at(
        "group_data.participants",
        lambda people: change(people) if isinstance(people, list) else people,
    )


# Name, operations, events, sentence, fault.
FAULTS: tuple[
    tuple[str, tuple[str, ...], tuple[str, ...], str, Callable[[], Fault]], ...
] = (
    ("send_text: emoji lost", ("send_text",), (), "Emoji become question marks.",
     _text(_emoji_lost)),
    ("send_text: accents lost", ("send_text",), (), "Accents are lost.", _text(_accents_lost)),
    ("send_text: escaped", ("send_text",), (), "`&` and `<` come back escaped.",
     _text(lambda text: str(text).replace("&", "&amp;").replace("<", "&lt;"))),
    ("send_text: trimmed", ("send_text",), (), "Blanks at both ends are lost.",
     _text(lambda text: str(text).strip())),
    ("send_text: stars lost", ("send_text",), (), "Signs of bold text are lost.",
     _text(lambda text: str(text).replace("*", ""))),
    ("send_text: cut at 1000", ("send_text",), (), "Long texts are cut after 1000 characters.",
     _text(lambda text: str(text)[:1000])),
    ("send_text: no JIDs", ("send_text",), (), "A recipient given as a JID is refused.",
     partial(Refusing, "send_text", _has_jid)),
    ("send_text: no digits", ("send_text",), (), "A recipient given in digits is refused.",
     partial(Refusing, "send_text", lambda call: not _has_jid(call))),
    ("send_text: empty refused", ("send_text",), (), "An empty text is refused.",
     partial(Refusing, "send_text", lambda call: body_value(call, "messageData", "text") == "")),
    ("send_text: once only", ("send_text",), (), "The second text of an instance is refused.",
     partial(OnceOnly, "send_text", refusal_status=500)),
    ("send_location: texts refused", ("send_location",), (), "Degrees as texts are refused.",
     partial(Refusing, "send_location",
             lambda call: isinstance(body_value(call, "messageData", "latitude"), str))),
    ("send_media_base64: small files alone", ("send_media_base64",), (),
     "Files above a megabyte are refused.", partial(Refusing, "send_media_base64", _big_media)),
    ("send_media_base64: no data URIs", ("send_media_base64",), (), "A data URI is refused.",
     partial(Refusing, "send_media_base64", lambda call: str(
         body_value(call, "messageData", "base64")).startswith("data:"))),
    ("download_media: both addresses", ("download_media",), (), "`url` alone is not enough.",
     partial(Refusing, "download_media", _one_address)),
    ("download_media: once only", ("download_media",), (), "A second file cannot be fetched.",
     partial(OnceOnly, "download_media", refusal_status=500)),
    ("is_on_whatsapp: no digits", ("is_on_whatsapp",), (), "A number in digits is refused.",
     partial(Refusing, "is_on_whatsapp", lambda call: "40s.whatsapp" not in call.request.query
             and "@" not in call.request.query)),
    ("logout: once only", ("logout",), (), "A second logout is refused.",
     partial(OnceOnly, "logout", refusal_status=403)),
    ("logout: forgets the webhook", ("logout",), (), "After a logout the webhook is not set.",
     partial(Besides, "logout", "configure_webhook",
             {"messageData": {"webhookUrl": "", "webhookEnabled": False}})),
    ("restart: forgets the webhook", ("restart",), (), "After a restart the webhook is not set.",
     partial(Besides, "restart", "configure_webhook",
             {"messageData": {"webhookUrl": "", "webhookEnabled": False}})),
    ("restart: blocks everything", ("restart",), (), "After a restart nothing is told.",
     partial(Besides, "restart", "block_events",
             {"messageData": {"events": ["messagesInput", "messagesStatus"]}})),
    ("change_token: blocks everything", ("change_token",), (),
     "After a change of token calls are not told.",
     partial(Besides, "change_token", "block_events", {"messageData": {"events": ["calls"]}})),
    ("block_events: first alone", ("block_events",), (), "One of several events is blocked.",
     partial(Rewritten, "block_events", edit_at("messageData.events",
             lambda names: names[:1] if isinstance(names, list) else names))),
    ("block_events: once only", ("block_events",), (), "A second block is not kept.",
     partial(OnceOnly, "block_events")),
    ("accept_webhook_events: all at once", ("accept_webhook_events",), (),
     "Accepting one event accepts all.",
     partial(Rewritten, "accept_webhook_events",
             put("messageData.events", ["presence", "calls", "messagesInput", "groups"]))),
    ("configure_webhook: always on", ("configure_webhook",), (), "A webhook cannot be turned off.",
     partial(Rewritten, "configure_webhook", put("messageData.webhookEnabled", True))),
    ("configure_webhook: once only", ("configure_webhook",), (), "A second address is not kept.",
     partial(OnceOnly, "configure_webhook")),
    ("configure_webhook: one address", ("configure_webhook",), ("text-plain",),
     "The second receiver gets nothing.",
     partial(Rewritten, "configure_webhook", put("messageData.webhookSecondaryEnabled", False))),
    ("configure_webhook: in small letters", ("configure_webhook",), ("text-plain",),
     "The address is kept in small letters.",
     partial(Rewritten, "configure_webhook",
             edit_at("messageData.webhookUrl", _small))),
    ("update_presence: composing alone", ("update_presence",), (),
     "Only `composing` is seen by anybody.",
     partial(Sometimes, "update_presence", lambda call: body_value(call, "option") != "composing")),
    ("update_presence: turned round", ("update_presence",), (), "`composing` is shown as `paused`.",
     partial(Rewritten, "update_presence",
             edit_at("option", lambda option: "paused" if option == "composing" else option))),
    ("delete_message_from_me: one form", ("delete_message_from_me",), (),
     "The body with everything under messageData is refused.",
     partial(Refusing, "delete_message_from_me", lambda call: body_value(call, "to") is None)),
    ("delete_message: own messages alone", ("delete_message",), (),
     "A message nobody knows cannot be deleted.",
     partial(Refusing, "delete_message", lambda call: str(
         body_value(call, "messageData", "key", "id")) == "3EB0FFEEDDCCBBAAFFEEDD")),
    ("add_participants: first alone", ("add_participants",), (), "One of several is added.",
     partial(Rewritten, "add_participants", _people(lambda people: people[:1]))),
    ("remove_participants: last stays", ("remove_participants",), (), "The last one stays in.",
     partial(Rewritten, "remove_participants", _people(lambda people: people[:-1] or people))),
    ("create_group: first alone", ("create_group",), (), "One of several is in a new group.",
     partial(Rewritten, "create_group", _people(lambda people: people[:1]))),
    ("create_group: one name", ("create_group",), (), "Every group is called the same.",
     partial(Rewritten, "create_group", put("group_data.group_name", "Equipe"))),
    ("create_group: once only", ("create_group",), (), "An instance has one group at most.",
     partial(OnceOnly, "create_group", refusal_status=500)),
    ("qr_code_base64: linked too", ("qr_code_base64",), (), "A linked instance shows a code.",
     _let_in("qr_code_base64", _LOGGED_IN, _at_new_unlinked_instance)),
    ("qr_code_page: linked too", ("qr_code_page",), (), "A linked instance shows a code.",
     _let_in("qr_code_page", _LOGGED_IN, _at_new_unlinked_instance)),
    ("qr_code_image: linked too", ("qr_code_image",), (), "A linked instance shows a code.",
     _let_in("qr_code_image", _LOGGED_IN, _at_new_unlinked_instance)),
    ("pairing_code: linked too", ("pairing_code",), (), "A linked instance gives a code.",
     _let_in("pairing_code", _LOGGED_IN, _at_new_unlinked_instance)),
    ("instance_status: tokens by their beginning", ("instance_status",), (),
     "A token is right when it begins rightly.",
     _let_in("instance_status", has_status(401), _begins_right)),
    ("send_text: tokens by their beginning", ("send_text",), (),
     "A token is right when it begins rightly.",
     _let_in("send_text", has_status(401), _begins_right)),
    ("unknown routes: 200", ("instance_status",), (), "Paths nobody knows are answered with 200.",
     partial(UnknownRoutes, False, status(200))),
    ("other methods: 405", ("send_text", "list_groups"), (), "Other methods are answered with 405.",
     partial(UnknownRoutes, True, status(405))),
    ("ack: an hour late", ("send_text",), ("ack-server", "ack-read"),
     "Receipts tell the time of the next hour.",
     partial(Changed, is_ack(), alter(edit_at("timestamp", lambda moment: moment + 3600)))),
    ("ack: to the person", ("send_text", "create_group"), ("ack-server", "ack-read"),
     "Receipts of a group name a person as the chat.",
     partial(Changed, is_ack(), alter(edit_at(
         "key.remoteJid", lambda jid: str(jid).replace("@g.us", "@s.whatsapp.net"))))),
    ("echo: a second off", ("send_text",), ("from-me-api-echo",),
     "The echo's time is not that of the answer.",
     partial(Changed, is_echo, alter(edit_at("messageTimestamp", lambda moment: moment + 1)))),
    ("echo: unmarked in groups", ("send_text", "create_group"), ("from-me-api-echo",),
     "Echoes of a group say that it is none.",
     partial(Changed, is_echo, alter(put("isGroup", False)))),
    ("message: time of yesterday", (), ("text-plain", "image"),
     "Messages of customers have yesterday's time.",
     partial(Changed, is_inbound,
             alter(edit_at("messageTimestamp", lambda moment: moment - 86400)))),
    ("message: everybody is one", (), ("text-plain",), "All customers have one number.",
     partial(Changed, is_inbound, alter(put("key.remoteJid", "5511900000002@s.whatsapp.net")))),
    ("message: everybody has one name", (), ("text-plain",), "All customers have one name.",
     partial(Changed, is_inbound, alter(put("pushName", "Contato Teste")))),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of the second look."""
    for name, operations, events, sentence, make in FAULTS:
        yield Mutant(name, "second look", sentence, make, operations, events)
