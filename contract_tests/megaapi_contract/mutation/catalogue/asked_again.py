"""Faults of what is remembered too long, of documented forms refused, and of unasked extras."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

import orjson

from ...host.http import Answer, Request
from ...judging.values import jid_of
from ..answer_faults import is_good, with_body, with_document
from ..mutant import Fault, InterceptedCall, Mutant
from ..payload_edits import edit_at
from .from_users_instance import asked_jid
from .planted_rules import rule, spoil, spoil_answers
from .second_call import Refusing, body_value

KIND = "asked again"
Row = tuple[str, tuple[str, ...], tuple[str, ...], Callable[[], Fault]]


def _first_answer(call: InterceptedCall, memory: Any) -> Answer:
    """Whoever was looked up once is what they were then."""
    answer = call.ask(call.request)
    if not is_good(answer):
        return answer
    first = memory.setdefault((call.key, jid_of(asked_jid(call)).user), answer.body)
    return answer if first == answer.body else with_body(answer, first)


def _first_page(call: InterceptedCall, memory: Any) -> Answer:
    """The page is made once for each series of codes."""
    answer = call.ask(call.request)
    if not is_good(answer):
        memory.pop(call.key, None)
        return answer
    first = memory.setdefault(call.key, answer.body)
    return answer if first == answer.body else with_body(answer, first)


def _without_device(document: Any, _: InterceptedCall) -> Any:
    return edit_at("instance.user.id", lambda jid: re.sub(r":\d+@", "@", str(jid)))(document)


def _without_business(payload: Any, _: Any) -> Sequence[Any]:
    payload.pop("verifiedBizName", None)
    return (payload,)


class SilentCode(Fault):
    """Who types the code is linked, and nobody is told."""

    def __init__(self) -> None:
        self._typed: set[str] = set()

    def note_control_call(self, request: Request) -> None:
        if request.path.endswith("/link") and b'"code"' in request.body:
            self._typed.add(request.path.split("/")[3])

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        is_linked = payload.get("message") == "phone_connected"
        return () if is_linked and payload.get("instance_key") in self._typed else (body,)


class TakesAll(Fault):
    """Unknown routes of one controller are answered like successes."""

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        is_unknown = not call.operation and b"Resource " in answer.body
        if not is_unknown or not call.request.path.startswith("/rest/config/"):
            return answer
        return replace(with_document(answer, {"error": False}), status=200)


def _has_stray_parameter(call: InterceptedCall) -> bool:
    return "Content-Type" in dict(parse_qsl(call.request.query))


def _has_stray_field(call: InterceptedCall) -> bool:
    return "isGroup" in (body_value(call, "messageData") or {})


def _has_empty_body(call: InterceptedCall) -> bool:
    return call.request.body == b"{}"


def _is_beside(call: InterceptedCall) -> bool:
    return body_value(call, "to") is not None


ROWS: tuple[Row, ...] = (
    ("an account is looked up once", ("is_on_whatsapp",), (),
     rule(("is_on_whatsapp",), _first_answer)),
    ("the page keeps the first code of a series", ("qr_code_page",), (),
     rule(("qr_code_page",), _first_page)),
    ("the user's id names no device", ("instance_status",), (),
     spoil_answers(("instance_status",), _without_device)),
    ("a code that was typed links silently", ("pairing_code",), ("connected",), SilentCode),
    ("the vendor's form of deleting for oneself is refused", ("delete_message_from_me",), (),
     lambda: Refusing("delete_message_from_me", _is_beside)),
    ("the Config controller takes every path", ("config_details", "instance_status"), (),
     TakesAll),
    ("a stray parameter spoils a new group", ("create_group",), (),
     lambda: Refusing("create_group", _has_stray_parameter)),
    ("a stray field spoils a place", ("send_location",), (),
     lambda: Refusing("send_location", _has_stray_field)),
    ("a restart with a body is refused", ("restart",), (),
     lambda: Refusing("restart", _has_empty_body)),
    ("a status with a body is refused", ("instance_status",), (),
     lambda: Refusing("instance_status", _has_empty_body)),
    ("nobody is a verified business", (), ("text-plain",), spoil(_without_business)),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of the list."""
    for sentence, operations, events, make in ROWS:
        description = f"{sentence[0].upper()}{sentence[1:]}."
        yield Mutant(f"asked again: {sentence}", KIND, description, make, operations, events)
