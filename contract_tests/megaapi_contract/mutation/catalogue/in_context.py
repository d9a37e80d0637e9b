"""Faults of one feature in one context: in groups, after a restart, of long texts, to a LID."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import orjson
from megaapi_mock.domain.json_path import value_on_path

from ...host.http import Answer, Request
from ...judging.results import read_json
from ...judging.values import jid_of
from ..answer_faults import Altered, document, is_good
from ..mutant import Fault, InterceptedCall, Mutant
from ..payload_edits import edit_at, first_value_at, put, remove
from ..webhook_faults import (
    Changed,
    Payload,
    WebhookFilter,
    all_of,
    alter,
    is_ack,
    is_echo,
    is_inbound,
    omit,
)

KIND = "in a context"
LONG = 1000
OTHER = "5511900000077@s.whatsapp.net"
Row = tuple[str, tuple[str, ...], tuple[str, ...], Callable[[], Fault]]


class AfterCalls(Fault):
    """From then on: webhooks and answers of an instance are spoilt once it was asked for this."""

    def __init__(self, operation: str, fault: Fault) -> None:
        self._operation, self._fault = operation, fault
        self._keys: set[str] = set()

    def answer(self, call: InterceptedCall) -> Answer:
        answer = self._fault.answer(call) if call.key in self._keys else call.ask(call.request)
        if call.operation == self._operation and is_good(answer):
            self._keys.add(call.key)
        return answer

    def deliveries(self, url: str, body: bytes) -> Sequence[tuple[str, bytes]]:
        key = orjson.loads(body).get("instance_key")
        return self._fault.deliveries(url, body) if key in self._keys else [(url, body)]


class SecondSilent(Fault):
    """Nothing comes to the second address."""

    def deliveries(self, url: str, body: bytes) -> Sequence[tuple[str, bytes]]:
        return [] if "-second" in url else [(url, body)]


class QueryLost(Fault):
    """The query of the address is left out."""

    def deliveries(self, url: str, body: bytes) -> Sequence[tuple[str, bytes]]:
        return [(url.partition("?")[0], body)]


class Asked(Fault):
    """Something else is asked for than the caller did."""

    def __init__(self, operation: str, when: Callable[[Any], bool], edit: Any) -> None:
        self._operation, self._when, self._edit = operation, when, edit

    def answer(self, call: InterceptedCall) -> Answer:
        return call.ask(self._rewritten(call))

    def _rewritten(self, call: InterceptedCall) -> Request:
        body = read_json(call.request.body)
        if call.operation != self._operation or not isinstance(body, dict):
            return call.request
        return replace(call.request, body=orjson.dumps(self._edit(body))) if self._when(body) \
            else call.request  # fmt: skip


class Twice(Asked):
    """It is answered once and done twice."""

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        body = read_json(call.request.body)
        if call.operation == self._operation and is_good(answer) and self._when(body):
            call.ask(call.request)
        return answer


def _to(end: str) -> Callable[[Any], bool]:
    return lambda body: str(value_on_path(body, "messageData.to")).endswith(end)


def _in_group(payload: Payload) -> bool:
    return jid_of(value_on_path(payload, "key.remoteJid")).group


def _kind(name: str) -> WebhookFilter:
    return lambda payload: payload.get("messageType") == name


def _long(path: str) -> Callable[[Any], bool]:
    return lambda body: len(str(first_value_at(body, path))) > LONG


def _cut_at(path: str) -> Any:
    return edit_at(path, lambda text: str(text)[:LONG])


_CAPTION = "messageData.caption"
_TEXT = "message.extendedTextMessage.text"
_QUOTED = "messageData.message.extendedTextMessage.contextInfo"

ROWS: tuple[Row, ...] = (
    ("the second address is silent after a restart", ("restart",), (),
     lambda: AfterCalls("restart", SecondSilent())),
    ("the query of the address is lost after a logout", ("logout",), (),
     lambda: AfterCalls("logout", QueryLost())),
    ("captions of files to a LID are cut", ("send_media_base64",), (),
     lambda: Asked("send_media_base64", _to("@lid"), edit_at(_CAPTION, lambda text: text[:4]))),
    ("a forward to a group is sent twice", ("forward_message",), (),
     lambda: Twice("forward_message", _to("@g.us"), None)),
    ("long addresses of places are cut", ("send_location",), (),
     lambda: Asked("send_location", _long("messageData.address"), _cut_at("messageData.address"))),
    ("long texts are cut in their echo", ("send_text",), ("from-me-api-echo",),
     lambda: Changed(all_of(is_echo, _long(_TEXT)), alter(_cut_at(_TEXT)))),
    ("receipts of delivery are missing after a restart", ("restart",), ("ack-delivered",),
     lambda: AfterCalls("restart", Changed(is_ack(3), omit))),
    ("pictures in groups name another LID", (), ("group-image",),
     lambda: Changed(all_of(is_inbound, _in_group, _kind("imageMessage")),
                    alter(put("key.participantLid", "1234@lid")))),
    ("reactions in groups do not say whose message it is", (), ("reaction",),
     lambda: Changed(_in_group, alter(remove("message.reactionMessage.key.participant")))),
    ("templates in groups have another type", ("send_template",), ("from-me-api-echo",),
     lambda: Changed(all_of(_in_group, _kind("interactiveMessage")),
                    alter(put("messageType", "buttonsMessage")))),
    ("who writes in groups is another after a restart", ("restart",), ("group-text",),
     lambda: AfterCalls("restart", Changed(all_of(is_inbound, _in_group),
                                     alter(put("key.participant", OTHER))))),
    ("documents in groups have another name", ("send_media_base64",), ("from-me-api-echo",),
     lambda: Changed(all_of(is_echo, _in_group),
                    alter(put("message.documentMessage.fileName", "x.pdf")))),
    ("the status names another number after a logout", ("logout", "instance_status"), (),
     lambda: AfterCalls("logout", Altered(("instance_status",),
                                     document(put("instance.user.id", OTHER))))),
    ("status events are forgotten with the link", ("logout", "config_details"), (),
     lambda: AfterCalls("logout", Altered(("config_details",),
                                     document(put("configData.statusEvents", []))))),
    ("blocked events are forgotten with the token", ("change_token", "config_details"), (),
     lambda: AfterCalls("change_token", Altered(("config_details",),
                                           document(put("configData.blockEvents", []))))),
    ("emoji are missing in listed names", ("list_groups",), (),
     lambda: Altered(("list_groups",), document(edit_at(
         "groups.*.subject", lambda text: text.encode("latin-1", "ignore").decode("latin-1")
     )))),
    ("a quote names no other chat", ("quote_message",), (),
     lambda: Altered(("quote_message",), document(remove(f"{_QUOTED}.remoteJid")))),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of the list."""
    for sentence, operations, events, make in ROWS:
        description = f"{sentence[0].upper()}{sentence[1:]}."
        yield Mutant(f"in context: {sentence}", KIND, description, make, operations, events)
