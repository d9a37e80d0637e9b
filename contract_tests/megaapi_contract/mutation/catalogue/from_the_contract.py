"""Faults thought up from the contract alone, by people who have read neither laws nor catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import parse_qs, unquote

import orjson

from ...wire import Answer, Request
from ..answers import Altered, document, good, json_of, status, with_body, with_document
from ..edits import edited, put, reached, without
from ..hooks import (
    CONNECTED,
    GONE,
    Echoing,
    Payload,
    Spoilt,
    ack,
    changed,
    connection,
    echo,
    every,
    having,
    inbound,
    kind,
    lost,
    message,
)
from ..memory import After, Frozen, OldTokenToo
from ..mutant import Call, Fault, Mutant
from ..requests import LetIn, Registered, at_instance, bearer, with_token
from .second_look import Besides, Rewritten, _body, _refused

SENDS = (
    "send_text", "send_media_url", "send_media_base64", "send_location", "send_link_preview",
    "send_list", "send_buttons", "send_template", "forward_message", "quote_message",
)  # fmt: skip
MEDIA = ("imageMessage", "videoMessage", "audioMessage", "documentMessage", "stickerMessage")
ACCOUNT = "@s.whatsapp.net"


# Requests of another shape are passed over: they are not what such a gateway gets wrong.
_ODD = (TypeError, AttributeError, LookupError, ValueError)


def to_group(call: Call) -> bool:
    """Whether a group is written to."""
    return str(_body(call, "messageData", "to")).endswith("@g.us")


def own_jid(call: Call) -> str:
    """The number of the instance that calls; empty when it is not linked."""
    headers = tuple(one for one in call.request.headers if one[0].lower() == "authorization")
    answer = call.look(Request("GET", f"/rest/instance/{call.key}", headers))
    return str(reached(json_of(answer), "instance.user.id") or "")


class Rule(Fault):
    """A change of some calls, with a memory of its own: `change` gets the call and the memory."""

    def __init__(self, operations: Sequence[str], change: Callable[[Call, Any], Answer]) -> None:
        self._operations, self._change = operations, change
        self._memory: dict[Any, Any] = {}

    def answer(self, call: Call) -> Answer:
        if call.operation not in self._operations:
            return call.ask(call.request)
        answers: list[Answer] = []

        def ask(request: Request) -> Answer:
            answers.append(call.ask(request))
            return answers[-1]

        try:
            return self._change(replace(call, ask=ask), self._memory)
        except _ODD:
            return answers[0] if answers else call.ask(call.request)


class Told(Fault):
    """A change of some webhooks with a memory of its own."""

    def __init__(self, change: Callable[[Payload, Any], Sequence[Payload]]) -> None:
        self._change: Callable[[Payload, Any], Sequence[Payload]] = change
        self._memory: dict[Any, Any] = {}

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        made = self._change(payload, self._memory)
        if len(made) == 1 and made[0] == orjson.loads(body):
            return (body,)
        return [orjson.dumps(one) for one in made]


def _safe(edit: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The change, where the request has the shape for it."""

    def change(body: Any) -> Any:
        try:
            return edit(orjson.loads(orjson.dumps(body)))
        except _ODD:
            return body

    return change


def _with(answer: Answer, call: Call, edit: Callable[[Any, Call], Any]) -> Answer:
    found = json_of(answer)
    if found is None or not good(answer):
        return answer
    before = orjson.dumps(found)
    try:
        made = edit(found, call)
    except _ODD:
        return answer
    return answer if orjson.dumps(made) == before else with_document(answer, made)


def answered(operations: Sequence[str], edit: Callable[[Any, Call], Any]) -> Callable[[], Fault]:
    """Good answers of these operations, changed by what was asked."""
    return partial(Rule, operations, lambda call, _: _with(call.ask(call.request), call, edit))


# -- instance --------------------------------------------------------------------------------


def _user_before(call: Call, memory: Any) -> Answer:
    answer = call.ask(call.request)
    found = json_of(answer)
    user = reached(found, "instance.user")
    if not good(answer) or user is None:
        return answer
    before, memory["user"] = memory.get("user"), user
    if before is None or before == user:
        return answer
    found["instance"]["user"] = before
    return with_document(answer, found)


def _status_lags(call: Call, memory: Any) -> Answer:
    answer = call.ask(call.request)
    if not good(answer):
        return answer
    linked = b'"connected"' in answer.body
    before, memory[call.key] = memory.get(call.key), answer if linked else None
    return with_body(answer, before.body) if before is not None and not linked else answer


def _user_stays(call: Call, memory: Any) -> Answer:
    answer = call.ask(call.request)
    found = json_of(answer)
    if not good(answer) or not isinstance(reached(found, "instance"), dict):
        return answer
    user = reached(found, "instance.user")
    if user is not None:
        memory[call.key] = user
        return answer
    if call.key not in memory:
        return answer
    found["instance"]["user"] = memory[call.key]
    return with_document(answer, found)


def _stale(call: Call, memory: Any) -> Answer:
    answer = call.ask(call.request)
    tag = f'W/"{hash(call.request.path) & 0xFFFF:x}"'
    if call.request.header("If-None-Match") == tag:
        return replace(answer, status=304, body=b"")
    headers = tuple(one for one in answer.headers if one[0].lower() != "etag")
    return replace(answer, headers=(*headers, ("ETag", tag)))


def _asked_jid(found: Any, call: Call) -> Any:
    asked = unquote(parse_qs(call.request.query).get("jid", [""])[0])
    if found.get("exists") is True:
        found["jid"] = asked if "@" in asked else f"{asked}{ACCOUNT}"
    return found


def _one_download(call: Call, memory: Any) -> Answer:
    answer = call.ask(call.request)
    file = (call.key, str(_body(call, "messageKeys", "mediaKey")))
    if good(answer) and reached(json_of(answer), "error") is False:
        if file in memory:
            gone = {"error": True, "message": "media not found", "data": ""}
            return with_document(answer, gone)
        memory[file] = True
    return answer


def _empty_success(found: Any, call: Call) -> Any:
    if found.get("error") is True:
        mimetype = _body(call, "messageKeys", "mimetype")
        return {"error": False, "message": "Media message downloaded",
                "data": f"data:{mimetype};base64,"}  # fmt: skip
    return found


def _neighbour_too(call: Call, memory: Any) -> Answer:
    answer = call.ask(call.request)
    if good(answer):
        listed = call.door("GET", "/_mock/instances?limit=5000", None)["items"]
        for one in listed:
            if one["key"] != call.key and one["state"] == "connected":
                call.door("POST", f"/_mock/instances/{one['key']}/unlink", {"by": "gateway"})
                call.strike()
                break
    return answer


def _capitals(found: Any, call: Call) -> Any:
    if "customPairingCode" in call.request.query and "pairingCode" in found:
        found["pairingCode"] = str(found["pairingCode"]).upper()
    return found


# -- webhook settings ------------------------------------------------------------------------


def _no_query(call: Call, memory: Any) -> Answer:
    if call.operation == "webhook_settings":
        answer = call.ask(call.request)
        return _with(answer, call, lambda found, _: _full_url(found, memory.get(call.key)))
    url = str(_body(call, "messageData", "webhookUrl") or "")
    memory[call.key] = url
    if "?" not in url:
        return call.ask(call.request)
    body = orjson.loads(call.request.body)
    body["messageData"]["webhookUrl"] = url.partition("?")[0]
    answer = call.ask(replace(call.request, body=orjson.dumps(body)))
    return _with(answer, call, lambda found, _: _full_url(found, url))


def _full_url(found: Any, url: str | None) -> Any:
    text = orjson.dumps(found).decode()
    if url and "?" in url:
        text = text.replace(f'"{url.partition("?")[0]}"', orjson.dumps(url).decode())
    return orjson.loads(text)


class AcksGoOn(Fault):
    """A webhook that is switched off still gets receipts."""

    def __init__(self) -> None:
        self._off: dict[str, bool] = {}

    def answer(self, call: Call) -> Answer:
        if call.operation == "webhook_settings" and self._off.get(call.key):
            answer = call.ask(call.request)
            return _with(answer, call, lambda found, _: put("webhookData.webhookEnabled", False)(
                put("webhookEnabled", False)(found)))  # fmt: skip
        off = _body(call, "messageData", "webhookEnabled") is False
        url = _body(call, "messageData", "webhookUrl")
        if call.operation != "configure_webhook" or not url:
            return call.ask(call.request)
        self._off[call.key] = off
        if not off:
            return call.ask(call.request)
        body = orjson.loads(call.request.body)
        body["messageData"]["webhookEnabled"] = True
        answer = call.ask(replace(call.request, body=orjson.dumps(body)))
        return with_body(answer, answer.body.replace(b"true", b"false", 1))

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        silent = self._off.get(str(payload.get("instance_key")))
        return () if silent and payload.get("messageType") != "message.ack" else (body,)


def _secondary_first(call: Call, memory: Any) -> Answer:
    second = _body(call, "messageData", "webhookSecondaryUrl")
    if not second:
        return call.ask(call.request)
    body = orjson.loads(call.request.body)
    first = body["messageData"].get("webhookUrl", "")
    body["messageData"]["webhookUrl"] = second
    body["messageData"].pop("webhookSecondaryUrl", None)
    answer = call.ask(replace(call.request, body=orjson.dumps(body)))
    old, new = orjson.dumps(second), orjson.dumps(first)
    return with_body(answer, answer.body.replace(old, new, 1))


# -- access ----------------------------------------------------------------------------------


class CaselessToken(Fault):
    """The token is compared without case."""

    def answer(self, call: Call) -> Answer:
        answer = call.ask(call.request)
        token = call.tokens.get(call.key, "") if answer.status == 401 else ""
        if token and bearer(call.request).lower() == token.lower():
            return call.ask(with_token(call.request, token))
        return answer


class NeighboursRead(Fault):
    """On GET any instance's token is right."""

    def answer(self, call: Call) -> Answer:
        answer = call.ask(call.request)
        if answer.status == 401 and call.request.method == "GET":
            tokens = call.tokens
            if bearer(call.request) in tokens.values() and call.key in tokens:
                return call.ask(with_token(call.request, tokens[call.key]))
        return answer


class TokenFirst(Fault):
    """A send to an instance nobody knows is refused for its token."""

    def answer(self, call: Call) -> Answer:
        answer = call.ask(call.request)
        if call.operation in SENDS and answer.status == 404 and b"Instance" in answer.body:
            if bearer(call.request) in call.tokens.values():
                shown = {"name": "UNAUTHORIZED", "message": "Unauthorized", "statusCode": 401}
                return with_document(status(401)(answer), shown)
        return answer


class LogoutByGet(Fault):
    """GET logs out too."""

    def answer(self, call: Call) -> Answer:
        answer = call.ask(call.request)
        if answer.status == 404 and re.fullmatch(r"/rest/instance/[^/]+/logout", call.request.path):
            if call.request.method == "GET":
                return call.ask(replace(call.request, method="DELETE"))
        return answer


class NoBodies(Fault):
    """GET and DELETE with a body are bad requests."""

    def answer(self, call: Call) -> Answer:
        answer = call.ask(call.request)
        if call.operation in ("list_groups", "leave_group") and call.request.body and good(answer):
            shown = {"name": "BAD_REQUEST", "message": "Bad request", "statusCode": 400}
            return with_document(status(400)(answer), shown)
        return answer


def _wrong_403(call: Call, memory: Any) -> Answer:
    answer = call.ask(call.request)
    text = b"Number not registered on WhatsApp"
    return with_body(answer, answer.body.replace(b"Instance not logged in", text))


# -- sends -----------------------------------------------------------------------------------


def _repeat(call: Call, memory: Any) -> Answer:
    asked = (call.key, _body(call, "messageData", "to"), _body(call, "messageData", "text"))
    if asked in memory:
        call.strike()
        return memory[asked]  # type: ignore[no-any-return]
    answer = call.ask(call.request)
    if good(answer):
        memory[asked] = answer
    return answer


def _blank_lines(call: Call, memory: Any) -> Answer:
    text = _body(call, "messageData", "text")
    if not isinstance(text, str) or "\n" not in text:
        return call.ask(call.request)
    body = orjson.loads(call.request.body)
    body["messageData"]["text"] = text.replace("\n", " ")
    answer = call.ask(replace(call.request, body=orjson.dumps(body)))
    spoilt, right = orjson.dumps(text.replace("\n", " ")), orjson.dumps(text)
    return with_body(answer, answer.body.replace(spoilt, right))


def _joiners(text: Any) -> Any:
    return re.sub("[\u200c\u200d\ufe0f]", "", text) if isinstance(text, str) else text


def _milliseconds(found: Any, call: Call) -> Any:
    return (
        edited("messageData.messageTimestamp", lambda at: f"{at}000")(found)
        if to_group(call)
        else found
    )


def _bare_unregistered(call: Call, memory: Any) -> Answer:
    if "@" in str(_body(call, "messageData", "to")):
        return call.ask(call.request)
    return Registered(("send_text", "send_media_url", "quote_message")).answer(call)


def _old_group(call: Call, memory: Any) -> Answer:
    to = str(_body(call, "messageData", "to"))
    if not re.fullmatch(r"\d+-\d+@g\.us", to):
        return call.ask(call.request)
    body = orjson.loads(call.request.body)
    body["messageData"]["to"] = to.partition("-")[0] + ACCOUNT
    return call.ask(replace(call.request, body=orjson.dumps(body)))


_TYPES = {"png": "image/png", "jpg": "image/jpeg", "mp4": "video/mp4", "pdf": "application/pdf"}


def _by_extension(body: Any) -> Any:
    data = body.get("messageData") if isinstance(body, dict) else None
    if isinstance(data, dict) and data.get("type") == "document":
        ending = str(data.get("fileName", "")).rpartition(".")[2].lower()
        if ending in _TYPES:
            data["mimeType"] = _TYPES[ending]
    return body


def _length_of_text(found: Any, call: Call) -> Any:
    length = len(str(_body(call, "messageData", "base64")).rpartition(",")[2])
    return edited("messageData.message.*.fileLength", lambda _: str(length))(found)


_FILE = ("mediaKey", "fileSha256", "fileEncSha256", "directPath", "url")


def _last_file(call: Call, memory: Any) -> Answer:
    answer = call.ask(call.request)
    found = json_of(answer)
    shown = next(iter((reached(found, "messageData.message") or {}).values()), None)
    if not good(answer) or not isinstance(shown, dict):
        return answer
    own = {name: shown[name] for name in _FILE if name in shown}
    before, memory[call.key] = memory.get(call.key), own
    if before is None:
        return answer
    shown.update(before)
    return with_document(answer, found)


def _low_limit(call: Call, memory: Any) -> Answer:
    answer = call.ask(call.request)
    if good(answer) and len(str(_body(call, "messageData", "base64"))) > 9 * 2**20 * 4 // 3:
        shown = {"name": "PAYLOAD_TOO_LARGE", "message": "request entity too large",
                 "statusCode": 413}  # fmt: skip
        return with_document(status(413)(answer), shown)
    return answer


def _unsigned(value: Any) -> Any:
    return value.lstrip("-") if isinstance(value, str) else value


def _few_rows(sections: Any) -> Any:
    if not isinstance(sections, list):
        return sections
    return [
        {**one, "rows": one["rows"][:1]}
        if at and isinstance(one, dict) and one.get("rows")
        else one
        for at, one in enumerate(sections)
    ]


def _number_ids(row: Any) -> Any:
    return str(int(row)) if isinstance(row, str) and row.isdecimal() else row


def _swapped(found: Any, call: Call) -> Any:
    shown = reached(found, "messageData.message.listMessage")
    if to_group(call) and isinstance(shown, dict):
        first, second = shown.get("description"), shown.get("footerText")
        shown["description"], shown["footerText"] = second, first
    return found


def _quoted_me(found: Any, call: Call) -> Any:
    if reached(orjson.loads(call.request.body), "messageData.key.fromMe") is False or (
        reached(orjson.loads(call.request.body), "messageData.quoteMessage.key.fromMe") is False
    ):
        return edited("messageData.message.*.contextInfo.participant",
                      lambda _: own_jid(call))(found)  # fmt: skip
    return found


# -- chat ------------------------------------------------------------------------------------


class DeletesNewest(Fault):
    """What is deleted is the newest message to the chat."""

    def __init__(self) -> None:
        self._newest: dict[tuple[str, str], str] = {}

    def answer(self, call: Call) -> Answer:
        if call.operation in SENDS:
            answer = call.ask(call.request)
            chat = str(reached(json_of(answer), "messageData.key.remoteJid"))
            if good(answer):
                self._newest[call.key, chat] = str(reached(json_of(answer), "messageData.key.id"))
            return answer
        asked = _body(call, "messageData", "key", "id")
        chat = str(_body(call, "messageData", "key", "remoteJid"))
        newest = self._newest.get((call.key, chat))
        if call.operation != "delete_message" or newest in (None, asked):
            return call.ask(call.request)
        body = call.request.body.replace(str(asked).encode(), str(newest).encode())
        answer = call.ask(replace(call.request, body=body))
        return with_body(answer, answer.body.replace(str(newest).encode(), str(asked).encode()))


def _repeats_id(found: Any, call: Call) -> Any:
    inner = reached(found, "messageData.message.protocolMessage.key.id")
    return found if inner is None else put("messageData.key.id", inner)(found)


def _for_everyone(call: Call, memory: Any) -> Answer:
    answer = call.ask(call.request)
    to, identity = _body(call, "to"), _body(call, "messageData", "id")
    if good(answer) and to and identity:
        jid = to if "@" in str(to) else f"{to}{ACCOUNT}"
        key = {"remoteJid": jid, "fromMe": True, "id": identity}
        body = orjson.dumps({"messageData": {"to": to, "key": key}})
        path = call.request.path.replace("deleteMessageFromMe", "deleteMessage")
        call.ask(replace(call.request, target=path, method="POST", body=body))
    return answer


# -- groups ----------------------------------------------------------------------------------


def _no_last(found: Any, call: Call) -> Any:
    if len(found.get("groups", [])) > 1:
        found["groups"] = found["groups"][:-1]
    return found


def _stale_members(call: Call, memory: Any) -> Answer:
    answer = call.ask(call.request)
    found = json_of(answer)
    shown = found.get("group", found) if isinstance(found, dict) else None
    if not good(answer) or not isinstance(shown, dict) or "participants" not in shown:
        return answer
    first = memory.setdefault(
        (call.key, shown.get("id")), {"participants": shown["participants"], "size": shown["size"]}
    )
    if first["participants"] == shown["participants"]:
        return answer
    shown.update(first)
    return with_document(answer, found)


def _demoted(found: Any, call: Call) -> Any:
    change = edited("group.participants.*.admin", _no_super)
    return edited("participants.*.admin", _no_super)(change(found))


def _no_super(rank: Any) -> Any:
    return "admin" if rank == "superadmin" else rank


def _first_result(found: Any, call: Call) -> Any:
    for name in ("updated", "participants", "data", "response", "result"):
        results = found.get(name)
        if isinstance(results, list) and results and isinstance(results[0], dict):
            for one in results[1:]:
                one["status"] = results[0].get("status")
                if "attrs" in one and "attrs" in results[0]:
                    one["attrs"] = {**one["attrs"], "error": results[0]["attrs"].get("error")}
    return found


def _by_prefix(call: Call, memory: Any) -> Answer:
    answer = call.ask(call.request)
    data = _body(call, "group_data") or {}
    people = data.get("participants") or []
    if not good(answer) or not isinstance(people, list):
        return answer
    jid = data.get("jid")
    look = replace(call.request, method="GET", body=b"",
                   target=f"/rest/group/{call.key}/group?jid={jid}")  # fmt: skip
    listed = json_of(call.look(look)) or {}
    members = listed.get("group", listed).get("participants", [])
    own = own_jid(call).partition("@")[0]
    bare = [str(one)[:-1] for one in people if "@" not in str(one)]
    more = [
        who["id"].partition("@")[0]
        for who in members
        if any(who["id"].startswith(one) for one in bare)
        and who["id"].partition("@")[0] not in (own, *map(str, people))
    ]
    if more:
        body = orjson.dumps({"group_data": {"jid": jid, "participants": more}})
        call.ask(replace(call.request, body=body))
    return answer


# -- webhooks --------------------------------------------------------------------------------


def _one_sender(payload: Payload, memory: Any) -> Sequence[Payload]:
    if payload.get("isGroup") is not True or not inbound(payload):
        return (payload,)
    place = (reached(payload, "key.remoteJid"), payload.get("messageTimestamp"))
    own = {"participant": reached(payload, "key.participant"), "name": payload.get("pushName"),
           "lid": reached(payload, "key.participantLid")}  # fmt: skip
    first = memory.setdefault(place, own)
    if first["participant"] != own["participant"]:
        payload["key"]["participant"], payload["pushName"] = first["participant"], first["name"]
        if "participantLid" in payload["key"] and first["lid"]:
            payload["key"]["participantLid"] = first["lid"]
    return (payload,)


def _media_of_lid(payload: Payload) -> bool:
    return (
        inbound(payload)
        and str(reached(payload, "key.remoteJid")).endswith("@lid")
        and any(name in payload.get("message", {}) for name in MEDIA)
    )


def _caption_before(payload: Payload, memory: Any) -> Sequence[Payload]:
    shown = reached(payload, "message.imageMessage")
    if inbound(payload) and isinstance(shown, dict):
        before, memory[payload["instance_key"]] = (
            memory.get(payload["instance_key"]), shown.get("caption"),
        )  # fmt: skip
        if before and not shown.get("caption"):
            shown["caption"] = before
    return (payload,)


def _time_of_send(payload: Payload, memory: Any) -> Sequence[Payload]:
    state, identity = reached(payload, "update.status"), reached(payload, "key.id")
    if payload.get("messageType") == "message.ack":
        if state == 2:
            memory[identity] = payload.get("timestamp")
        elif identity in memory:
            payload["timestamp"] = memory[identity]
    return (payload,)


def _old_text(payload: Payload, memory: Any) -> Sequence[Payload]:
    shown = payload.get("message")
    if not isinstance(shown, dict):
        return (payload,)
    text = shown.get("conversation") or reached(shown, "extendedTextMessage.text")
    if text:
        memory[reached(payload, "key.id")] = text
    inner = reached(shown, "protocolMessage.editedMessage") or reached(
        shown, "editedMessage.message.protocolMessage.editedMessage"
    )
    of = reached(shown, "protocolMessage.key.id") or reached(
        shown, "editedMessage.message.protocolMessage.key.id"
    )
    if isinstance(inner, dict) and of in memory:
        for path in ("conversation", "extendedTextMessage.text"):
            put(path, memory[of])(inner)
    return (payload,)


def _newest_quoted(payload: Payload, memory: Any) -> Sequence[Payload]:
    chat, shown = reached(payload, "key.remoteJid"), payload.get("message")
    if not message(payload) or not isinstance(shown, dict):
        return (payload,)
    quoted = reached(shown, "*.contextInfo.quotedMessage")
    if quoted is not None and chat in memory:
        put("*.contextInfo.quotedMessage", memory[chat])(shown)
        return (payload,)
    memory[chat] = orjson.loads(orjson.dumps(shown))
    return (payload,)


def _unwrapped(payload: Payload) -> Payload:
    inner = reached(payload, "message.documentWithCaptionMessage.message")
    payload["message"], payload["messageType"] = inner, "documentMessage"
    return payload


def _once_connected(payload: Payload, memory: Any) -> Sequence[Payload]:
    if connection(CONNECTED)(payload):
        if payload["instance_key"] in memory:
            return ()
        memory[payload["instance_key"]] = True
    return (payload,)


def _author_is_jid(payload: Payload) -> Payload:
    author = reached(payload, "key.participant")
    if author:
        payload["jid"] = author
    return payload


def _latin(name: Any) -> Any:
    return str(name).encode().decode("latin-1")


def _own_chat(payload: Payload) -> Payload:
    payload["key"]["remoteJid"] = payload["jid"]
    return payload


def _own_phone(payload: Payload) -> bool:
    own = reached(payload, "key.fromMe") is True
    chat = str(reached(payload, "key.remoteJid"))
    return own and message(payload) and not echo(payload) and chat.endswith(ACCOUNT)


def _echo_in_group(payload: Payload) -> bool:
    return echo(payload) and payload.get("isGroup") is True


def _media_echo(payload: Payload) -> bool:
    return echo(payload) and any(name in payload.get("message", {}) for name in MEDIA)


def _other_id(identity: Any) -> str:
    return f"{str(identity)[:-4]}{str(identity)[-4:][::-1]}"


def _no_number(card: Any) -> str:
    return re.sub(r";waid=\d+", "", str(card))


class AddingReplaces(Fault):
    """Only the names accepted last are shown."""

    def __init__(self) -> None:
        self._last: dict[str, Any] = {}

    def answer(self, call: Call) -> Answer:
        answer = call.ask(call.request)
        if call.operation == "accept_webhook_events" and good(answer):
            self._last[call.key] = _body(call, "messageData", "events")
        if call.operation == "config_details" and call.key in self._last:
            last = self._last[call.key]
            return _with(
                answer,
                call,
                lambda found, _: edited("*.webhookEvents", lambda _: last)(
                    edited("webhookEvents", lambda _: last)(found)
                ),
            )
        return answer


class BlocksMessages(Fault):
    """Blocking reactions blocks messages too."""

    def __init__(self) -> None:
        self._keys: set[str] = set()

    def answer(self, call: Call) -> Answer:
        answer = call.ask(call.request)
        if call.operation == "block_events" and good(answer):
            names = _body(call, "messageData", "events") or []
            if "messagesReaction" in names:
                self._keys.add(call.key)
        if call.operation == "accept_webhook_events" and good(answer):
            self._keys.discard(call.key)
        return answer

    def webhook(self, body: bytes) -> Sequence[bytes]:
        payload = orjson.loads(body)
        return () if inbound(payload) and payload.get("instance_key") in self._keys else (body,)


class OldTokenReads(OldTokenToo):
    """A token that was changed still reads."""

    def answer(self, call: Call) -> Answer:
        if call.request.method != "GET" and call.operation != "change_token":
            return call.ask(call.request)
        return super().answer(call)


def _rule(operations: Sequence[str], change: Callable[[Call, Any], Answer]) -> Callable[[], Fault]:
    return partial(Rule, operations, change)


def _rewritten(operation: str, edit: Callable[[Any], Any]) -> Callable[[], Fault]:
    return partial(Rewritten, operation, _safe(edit))


def _told(change: Callable[[Payload, Any], Sequence[Payload]]) -> Callable[[], Fault]:
    return partial(Told, change)


STATUS = ("instance_status",)
_CAPTIONED = kind("documentWithCaptionMessage")
_POLL = "message.pollCreationMessageV3.options"
_ROW = "message.listResponseMessage.singleSelectReply.selectedRowId"
_REACTED = "message.reactionMessage"

# Number in the list, operations, events, sentence, fault.
FAULTS: tuple[
    tuple[int, tuple[str, ...], tuple[str, ...], str, Callable[[], Fault]], ...
] = (
    (1, STATUS, (), "The status names the user asked for before.", _rule(STATUS, _user_before)),
    (2, STATUS, (), "The status lags one call behind a logout.", _rule(STATUS, _status_lags)),
    (3, STATUS, (), "The user stays after the logout.", _rule(STATUS, _user_stays)),
    (4, STATUS, (), "The tag of a status is that of its path.", _rule(STATUS, _stale)),
    (5, ("is_on_whatsapp",), (), "The address asked for is the one found.",
     answered(("is_on_whatsapp",), _asked_jid)),
    (6, ("download_media",), (), "The type of a file loses its parameters.",
     partial(Altered, ("download_media",), document(edited(
         "data", lambda data: re.sub(r"^(data:[^;]*);.*;base64,", r"\1;base64,", str(data)))))),
    (7, ("download_media",), (), "A file can be fetched once.",
     _rule(("download_media",), _one_download)),
    (8, ("download_media",), (), "A file that is gone is an empty success.",
     answered(("download_media",), _empty_success)),
    (9, ("logout",), (), "A logout forgets the webhook.",
     partial(Besides, "logout", "configure_webhook",
             {"messageData": {"webhookUrl": "", "webhookEnabled": False}})),
    (10, ("logout",), (), "A logout ends a neighbour's link.", _rule(("logout",), _neighbour_too)),
    (11, ("restart",), (), "A restart ends the link.",
     partial(After, "restart", "POST", "/_mock/instances/{key}/unlink", {"by": "gateway"})),
    (12, ("pairing_code",), (), "A code of one's own comes back in capitals.",
     answered(("pairing_code",), _capitals)),
    (13, ("qr_code_base64",), (), "The code never changes.", partial(Frozen, "qr_code_base64")),
    (14, ("configure_webhook",), ("text-plain",), "Webhooks go to the address without its query.",
     _rule(("configure_webhook", "webhook_settings"), _no_query)),
    (15, ("configure_webhook",), ("ack-server",), "Receipts come though webhooks are off.",
     AcksGoOn),
    (16, ("configure_webhook",), (), "The second address takes the first one's place.",
     _rule(("configure_webhook",), _secondary_first)),
    (18, SENDS, (), "Tokens are compared without case.", CaselessToken),
    (19, STATUS, (), "A neighbour's token reads.", NeighboursRead),
    (20, SENDS, (), "The token is looked at before the instance.", TokenFirst),
    (21, ("send_location",), (), "Not linked is told as not registered.",
     _rule(("send_location",), _wrong_403)),
    (22, ("logout",), (), "GET logs out.", LogoutByGet),
    (23, ("list_groups", "leave_group"), (), "A body on GET is a bad request.", NoBodies),
    (24, ("send_text",), (), "The same text again is not sent.", _rule(("send_text",), _repeat)),
    (25, ("send_text",), ("from-me-api-echo",), "Line breaks become blanks at the recipient.",
     _rule(("send_text",), _blank_lines)),
    (26, ("send_text", "send_link_preview"), (), "Joiners of emoji are lost.",
     _rewritten("send_text", edited("messageData.text", _joiners))),
    (27, SENDS, (), "Sends to groups are dated in milliseconds.", answered(SENDS, _milliseconds)),
    (28, ("send_media_url", "send_media_base64"), ("from-me-api-echo",),
     "Echoes of files have another id.",
     partial(Spoilt, _media_echo, changed(edited("key.id", _other_id)))),
    (29, ("send_text",), (), "Digits without WhatsApp are written to.",
     _rule(("send_text", "send_media_url", "quote_message"), _bare_unregistered)),
    (30, ("send_text",), (), "Old group ids are taken for persons.",
     _rule(("send_text",), _old_group)),
    (31, ("send_media_url",), (), "The extension decides on the type.",
     _rewritten("send_media_url", _by_extension)),
    (32, ("send_media_base64",), (), "File names lose what is not ASCII.",
     _rewritten("send_media_base64", edited(
         "messageData.fileName", lambda name: str(name).encode("ascii", "ignore").decode()))),
    (33, ("send_media_base64",), (), "A file is as long as its base64.",
     answered(("send_media_base64",), _length_of_text)),
    (34, ("send_media_base64",), (), "A file is told as the one before.",
     _rule(("send_media_base64",), _last_file)),
    (35, ("send_media_base64",), (), "Files above 9 MiB are refused.",
     _rule(("send_media_base64",), _low_limit)),
    (36, ("send_location",), (), "Degrees as text lose their sign.",
     _rewritten("send_location", edited("messageData.longitude", _unsigned))),
    (37, ("send_list",), (), "Later sections have one row.",
     _rewritten("send_list", edited("messageData.sections", _few_rows))),
    (38, ("send_list",), (), "Row ids of digits lose their zeros.",
     _rewritten("send_list", edited("messageData.sections.*.rows.*.rowId", _number_ids))),
    (39, ("send_list",), (), "Text and footer change places in groups.",
     answered(("send_list",), _swapped)),
    (40, ("quote_message",), (), "Every quoted author is the instance.",
     answered(("quote_message",), _quoted_me)),
    (41, ("forward_message",), (), "The score of a forward never grows.",
     partial(Altered, ("forward_message",), document(
         put("messageData.message.*.contextInfo.forwardingScore", 1)))),
    (42, ("delete_message",), (), "The newest message is deleted.", DeletesNewest),
    (43, ("delete_message",), (), "A deletion has the id of what it deletes.",
     answered(("delete_message",), _repeats_id)),
    (44, ("delete_message_from_me",), (), "Deleted for oneself is deleted for all.",
     _rule(("delete_message_from_me",), _for_everyone)),
    (45, ("list_groups",), (), "The last group is missing.", answered(("list_groups",), _no_last)),
    (46, ("group_details",), (), "Members are those of the first look.",
     _rule(("group_details",), _stale_members)),
    (47, ("group_details", "create_group"), (), "Nobody is superadmin.",
     answered(("group_details", "create_group"), _demoted)),
    (48, ("add_participants",), (), "Everybody gets the first one's result.",
     answered(("add_participants",), _first_result)),
    (49, ("remove_participants",), (), "Numbers are removed by their beginning.",
     _rule(("remove_participants",), _by_prefix)),
    (50, (), ("group-text",), "A batch of a group has one author.", _told(_one_sender)),
    (51, (), ("image",), "Files of a LID have no number.",
     partial(Spoilt, _media_of_lid, changed(without("key.senderPn")))),
    (52, (), ("image",), "A picture has the caption of the one before.", _told(_caption_before)),
    (53, (), ("ack-read",), "Read comes as delivered.",
     partial(Spoilt, every(ack(4), lambda one: str(
         reached(one, "key.remoteJid")).endswith(ACCOUNT)), changed(put("update.status", 3)))),
    (54, (), ("list-response",), "A choice is told by its place.",
     partial(Spoilt, having(_ROW), changed(put(_ROW, "1")))),
    (55, (), ("ack-read",), "Receipts have the time of the send.", _told(_time_of_send)),
    (57, (), ("reaction",), "A reaction points to the wrong side.",
     partial(Spoilt, having(_REACTED), changed(edited(
         f"{_REACTED}.key.fromMe", lambda own: not own)))),
    (58, (), ("reaction",), "A reaction taken back is silent.",
     partial(Spoilt, having(f"{_REACTED}.text", ""), lost)),
    (59, (), ("edited",), "An edit carries the old text.", _told(_old_text)),
    (60, (), ("deleted",), "A deletion names itself.",
     partial(Spoilt, every(inbound, having("message.protocolMessage.type", "REVOKE", 0)),
             changed(lambda one: put("message.protocolMessage.key.id", one["key"]["id"])(one)))),
    (61, (), ("text-quoted-reply",), "A quote shows the newest message.", _told(_newest_quoted)),
    (62, (), ("document-with-caption",), "A document with caption is unwrapped.",
     partial(Spoilt, _CAPTIONED, changed(_unwrapped))),
    (63, (), ("audio-voice-note",), "Voice notes lose their codec.",
     partial(Spoilt, inbound, changed(edited(
         "message.audioMessage.mimetype", lambda name: str(name).partition(";")[0])))),
    (64, ("send_text",), ("from-me-api-echo",), "Groups have no echo.",
     partial(Spoilt, _echo_in_group, lost)),
    (65, ("logout",), ("disconnected",), "Receipts come after the logout.",
     partial(Echoing, connection(GONE), ack(3, 4))),
    (66, (), ("text-plain",), "Names are decoded twice.",
     partial(Spoilt, inbound, changed(edited("pushName", _latin)))),
    (68, (), ("connected",), "The second link is silent.", _told(_once_connected)),
    (69, (), ("group-text",), "The root jid of a group's message is its author.",
     partial(Spoilt, lambda one: one.get("isGroup") is True and inbound(one),
             changed(_author_is_jid))),
    (70, (), ("from-me-phone",), "What the owner types is in the own chat.",
     partial(Spoilt, _own_phone, changed(_own_chat))),
    (71, (), ("poll-creation",), "The last option of a poll is lost.",
     partial(Spoilt, having(_POLL), changed(edited(
         _POLL, lambda options: options[:-1] if len(options) > 2 else options)))),
    (72, (), ("contact",), "A card has no number to dial.",
     partial(Spoilt, inbound, changed(edited("message.contactMessage.vcard", _no_number)))),
    (73, ("change_token",), (), "The old token still reads.", OldTokenReads),
    (74, ("accept_webhook_events",), (), "Adding an event replaces the others.", AddingReplaces),
    (75, ("block_events",), ("text-plain",), "Blocking reactions blocks messages.",
     BlocksMessages),
)  # fmt: skip


def mutants() -> Iterator[Mutant]:
    """Every fault of the list that can be put on the wire."""
    for number, operations, events, sentence, make in FAULTS:
        name = f"outsider {number:02}: {sentence.rstrip('.').lower()}"
        yield Mutant(name, "thought up outside", sentence, make, operations, events)


_ = (LetIn, at_instance, _refused)
