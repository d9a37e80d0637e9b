"""Faults users would report: instances, webhook settings and config."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote

import orjson
from megaapi_mock.domain.json_path import value_on_path

from ...host.http import Answer, Request
from ...judging.values import jid_of
from ..answer_faults import (
    Altered,
    document,
    is_good,
    json_of,
    with_body,
    with_document,
)
from ..mutant import Fault, InterceptedCall
from ..payload_edits import edit_at
from ..request_faults import bearer, with_token
from ..webhook_faults import Payload, is_inbound
from .planted_rules import PlantedRule, rule, spoil_answers
from .second_call import body_value

STATUS, LOOK_UP = ("instance_status",), ("is_on_whatsapp",)
DOWNLOAD = ("download_media",)
OLD_GROUP = re.compile(r"\d+-\d+@g\.us")
NO_MEDIA = {"error": True, "message": "media not found", "data": ""}
BLOCK = 65_536


def now(call: InterceptedCall) -> float:
    """What time it is for the mock."""
    return float(call.control_api("GET", "/_mock/clock", None)["now"])


def asked_jid(call: InterceptedCall) -> str:
    """Who is asked about."""
    return unquote(parse_qs(call.request.query).get("jid", [""])[0])


def _first_owner(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    document = json_of(answer)
    user = value_on_path(document, "instance.user")
    if not is_good(answer) or not user:
        return answer
    first = memory.setdefault(call.key, {"id": user["id"], "name": user["name"]})
    if first["id"] == user["id"]:
        return answer
    user.update(first)
    return with_document(answer, document)


class StillAUser(Fault):
    """A link that ended on the phone leaves its user in the status; a logout does not."""

    def __init__(self) -> None:
        self._users: dict[str, Any] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        self._remember(call)
        answer = call.ask(call.request)
        if call.operation == "logout" and is_good(answer):
            self._users.pop(call.key, None)
        document = json_of(answer)
        if call.operation != "instance_status" or not is_good(answer):
            return answer
        user = value_on_path(document, "instance.user")
        if user is not None or call.key not in self._users:
            return answer
        document["instance"]["user"] = self._users[call.key]
        return with_document(answer, document)

    def _remember(self, call: InterceptedCall) -> None:
        if not call.key or call.key not in call.tokens:
            return
        status_request = Request("GET", f"/rest/instance/{call.key}")
        document = json_of(call.look(with_token(status_request, call.tokens[call.key])))
        user = value_on_path(document, "instance.user")
        if user is not None:
            self._users[call.key] = user


def _answer_from_cache(call: InterceptedCall, memory: Any) -> Answer:
    answer = call.ask(call.request)
    digits = re.sub(r"\D", "", jid_of(asked_jid(call)).user)
    if not is_good(answer) or len(digits) < 12 or jid_of(asked_jid(call)).group:
        return answer
    moment, first = memory.get((call.key, digits[:12]), (None, None))
    if first is not None and now(call) - moment < 60:
        return answer if first.body == answer.body else with_body(answer, first.body)
    memory[call.key, digits[:12]] = now(call), answer
    return answer


def _no_old_groups(document: Any, call: InterceptedCall) -> Any:
    if OLD_GROUP.fullmatch(asked_jid(call)):
        return {**document, "exists": False, "jid": asked_jid(call)}
    return document


def _url_safe(data: Any) -> Any:
    head, comma, base64_text = str(data).partition(",")
    return f"{head}{comma}{base64_text.translate(str.maketrans('+/', '-_', '='))}"


def _is_linked(call: InterceptedCall, key: str) -> bool:
    return bool(call.control_api("GET", f"/_mock/instances/{key}", None)["state"] == "connected")


class LastCodesPage(Fault):
    """The page shows the code that was asked for last, by whomever."""

    def __init__(self) -> None:
        self._last: tuple[str, str] = ("", "")

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        if call.operation == "qr_code_base64" and is_good(answer):
            code = value_on_path(json_of(answer), "qrcode")
            self._last = (call.key, code) if code else self._last
        key, code = self._last
        if call.operation != "qr_code_page" or not is_good(answer) or key in ("", call.key):
            return answer
        if key not in call.tokens or _is_linked(call, key):
            return answer
        page = re.sub(rb"data:image/png;base64,[A-Za-z0-9+/=]+", code.encode(), answer.body)
        return answer if page == answer.body else with_body(answer, page)


def _as_number(document: Any, call: InterceptedCall) -> Any:
    requested_code = parse_qs(call.request.query).get("customPairingCode", [""])[0]
    if re.fullmatch(r"[0-9]{8}", requested_code) and document.get("pairingCode") == requested_code:
        document["pairingCode"] = str(int(requested_code))
    return document


class NewestOfABurst(Fault):
    """Of what arrives during a restart each chat keeps the newest message alone."""

    def __init__(self) -> None:
        self._control_api: Callable[..., Any] | None = None
        self._since: dict[str, set[str]] = {}

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        self._control_api = call.control_api
        if call.operation == "restart" and is_good(answer):
            self._since[call.key] = {one["id"] for one in self._messages(call.key)}
        return answer

    def _messages(self, key: str) -> list[Any]:
        assert self._control_api is not None
        messages = self._control_api("GET", f"/_mock/messages?instance={key}&limit=5000", None)
        return [one for one in messages["items"] if not one["from_me"]]

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        key = str(payload.get("instance_key"))
        before = self._since.get(key)
        if before is None or not is_inbound(payload):
            return (body,)
        burst = [one for one in self._messages(key) if one["id"] not in before]
        chat = [one["id"] for one in burst if one["chat"] == self._chat(burst, payload)]
        message_id = value_on_path(payload, "key.id")
        if message_id not in chat or message_id in self._later(key):
            return (body,)
        return (body,) if chat[-1] == message_id else ()

    def _chat(self, burst: list[Any], payload: Payload) -> Any:
        message_id = value_on_path(payload, "key.id")
        return next((one["chat"] for one in burst if one["id"] == message_id), None)

    def _later(self, key: str) -> set[str]:
        """What came when the connection was open again."""
        assert self._control_api is not None
        deliveries = self._control_api("GET", f"/_mock/deliveries?instance={key}&limit=5000", None)[
            "items"
        ]
        connection_times = [one["time"] for one in deliveries if one["event"] == "connected"]
        if not connection_times:
            return set()
        return {one["id"] for one in self._messages(key) if one["time"] > max(connection_times)}


def _no_last_block(data: Any) -> Any:
    head, comma, base64_text = str(data).partition(",")
    content = base64.b64decode(base64_text)
    if len(content) <= BLOCK:
        return data
    return f"{head}{comma}{base64.b64encode(content[: len(content) // BLOCK * BLOCK]).decode()}"


def _path_alone(document: Any, call: InterceptedCall) -> Any:
    without_path = not body_value(call, "messageKeys", "directPath")
    with_url = bool(body_value(call, "messageKeys", "url"))
    return dict(NO_MEDIA) if without_path and with_url and not document.get("error") else document


class TokenBegins(Fault):
    """Whatever begins with the token is the token."""

    def answer(self, call: InterceptedCall) -> Answer:
        answer = call.ask(call.request)
        token = call.tokens.get(call.key, "") if answer.status == 401 else ""
        if token and bearer(call.request).startswith(token):
            return call.ask(with_token(call.request, token))
        return answer


FAULTS: tuple[PlantedRule, ...] = (
    (1, STATUS, (), "The status names the first phone for ever.", rule(STATUS, _first_owner)),
    (2, STATUS, (), "A phone that unlinks stays in the status.", StillAUser),
    (3, LOOK_UP, (), "Look-ups are cached by twelve digits.", rule(LOOK_UP, _answer_from_cache)),
    (4, LOOK_UP, (), "Old group ids are looked up as persons.",
     spoil_answers(LOOK_UP, _no_old_groups)),
    (5, ("qr_code_base64",), (), "The QR code comes in the URL-safe alphabet.",
     partial(Altered, ("qr_code_base64",), document(edit_at("qrcode", _url_safe)))),
    (6, ("qr_code_page",), (), "The QR page shows another instance's code.", LastCodesPage),
    (7, ("pairing_code",), (), "A pairing code of digits loses its zeros.",
     spoil_answers(("pairing_code",), _as_number)),
    (8, ("restart",), (), "Of each chat only the newest message outlives a restart.",
     NewestOfABurst),
    (9, DOWNLOAD, (), "A download loses its last block.",
     partial(Altered, DOWNLOAD, document(edit_at("data", _no_last_block)))),
    (10, DOWNLOAD, (), "There is no download by url alone.", spoil_answers(DOWNLOAD, _path_alone)),
    (11, ("send_text", "instance_status"), (), "A token need only begin rightly.", TokenBegins),
)  # fmt: skip
