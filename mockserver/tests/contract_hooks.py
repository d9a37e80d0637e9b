"""What Schemathesis needs to judge this gateway: a fresh instance for each case, and its oddities.

Imported by the tests, and by `schemathesis run` as its hooks (SCHEMATHESIS_HOOKS), which then
finds the mock at $LAWS_MOCK and leaves its notes in the file $LAWS_NOTES.
"""

from __future__ import annotations

import atexit
import json
import os
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import Any

import schemathesis
from megaapi_mock.domain.jid import Jid
from megaapi_mock.reference.calls import examples_of
from megaapi_mock.resources import root
from megaapi_mock.spec.operations import Operation, operations
from megaapi_mock.spec.plans import ADMIN_TOKEN
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.spec.validate import resolve
from schemathesis.core.parameters import ParameterLocation

FRIENDS = ("5511900000002", "5511900000004@s.whatsapp.net", "5531990000005", "100000000000006@lid")
# In place of a token in the configuration; the case's own instance has the real one.
PLACEHOLDER = "TESTKEYPLACEHOLDER"
LINKING = frozenset({"qr_code_page", "qr_code_image", "qr_code_base64", "pairing_code"})
CONTRACT = valid_bundle(root("spec"))
OPERATIONS = {each.id: each for each in operations(CONTRACT)}


def query_examples(operation: Operation) -> dict[str, str]:
    """The example of every query parameter that the operation requires."""
    parameters = operation.definition.get("parameters", ())
    resolved = [resolve(parameter, CONTRACT.document) for parameter in parameters]
    return {
        parameter["name"]: str(parameter["example"])
        for parameter in resolved
        if parameter["in"] == "query" and parameter.get("required")
    }


BODIES = frozenset(id_ for id_, each in OPERATIONS.items() if each.request_schema is not None)
QUERIES = frozenset(id_ for id_, each in OPERATIONS.items() if query_examples(each))
TO_CHATS = frozenset(id_ for id_, each in OPERATIONS.items() if each.recipient is not None)


@dataclass(frozen=True)
class Oddity:
    """A finding that is the vendor's own: which check, where, which status, and how we know."""

    name: str
    failure: str
    status: int
    operations: frozenset[str]
    reason: str
    sources: tuple[str, ...]
    why: str


# Every finding Schemathesis may make. Each is a 500 where others would answer 4xx, told apart by
# the reason the mock gives beside it; a row nothing meets any more fails the tests.
ODDITIES = (
    Oddity(
        "unusable body", "ServerError", 500, BODIES,
        r"^(messageData|messageKeys|group_data|data|to|option)[/: ]|^body: (?!Content-Type)"
        r"|^request: Missing required request body|^body: Content-Type \(none\): send the file",
        ("gestao-logs", "business-docs"),
        "a body without its wrapper, or with a field missing or of another type, crashes into a"
        " 500; logged for configWebhook, documented as 'wrong data' for the rest",
    ),
    Oddity(
        "body that is not declared JSON", "ContentTypeServerError", 500, BODIES,
        r"^body: Content-Type \S*( is not read: send application/json|: send the file as mult)",
        ("ancestor", "gestao-logs"),
        "the framework's parser passes such a body over, which leaves the wrapper missing",
    ),
    Oddity(
        "unusable query parameter", "ServerError", 500,
        QUERIES | {"create_instance"},
        r"^request: .* query parameter|^customPairingCode: |^phoneNumber: |^allowOnlyAdmins: "
        r"|^instance_key",
        ("ancestor", "gestao-logs", "baileys"),
        "the parameter is used unseen; bad input is a 500 on this gateway",
    ),
    Oddity(
        "another method of a path without a key", "UnsupportedMethodResponse", 404,
        frozenset(id_ for id_, each in OPERATIONS.items() if "{" not in each.path),
        r"is not an operation of plan", ("gestao-logs", "ancestor"),
        "the router answers as for any path that it does not know",
    ),
    Oddity(
        "group the instance is not in", "ServerError", 500, TO_CHATS,
        r"is not a group of", ("baileys", "gestao-logs"),
        "the library throws, and the gateway masks what it does not know as 500",
    ),
    Oddity(
        "unknown media type", "ServerError", 500,
        frozenset({"send_media_url", "send_media_base64", "media_url_to_many"}),
        r"is not a media type", ("business-docs", "gestao-logs"), "'wrong data' is a 500",
    ),
    Oddity(
        "address that cannot be fetched", "ServerError", 500,
        frozenset({
            "send_media_url", "send_buttons", "send_template", "media_url_to_many",
            "send_template_with_media", "set_profile_picture_url",
        }),
        r"is not an http or https address", ("business-docs", "gestao-logs"),
        "'wrong data' is a 500",
    ),
    Oddity(
        "no button", "ServerError", 500,
        frozenset({
            "send_buttons", "send_template", "template_to_many", "send_template_with_media",
        }),
        r"buttons is empty", ("business-docs", "gestao-logs"), "'wrong data' is a 500",
    ),
    Oddity(
        "nobody named", "ServerError", 500,
        frozenset({
            "create_group", "add_participants", "remove_participants", "promote_participants",
            "demote_participants",
        }),
        r"participants is empty", ("gestao-logs", "baileys"), "the library throws on nobody",
    ),
    Oddity(
        "somebody else's picture", "ServerError", 500,
        frozenset({"set_profile_picture_url", "upload_profile_picture"}),
        r"is somebody else, whose picture", ("baileys",),
        "WhatsApp refuses, and the library throws",
    ),
    Oddity(
        "media of no template", "ServerError", 500, frozenset({"send_template_with_media"}),
        r"is not image, video or document", ("business-docs",), "'wrong data' is a 500",
    ),
    Oddity(
        "invite code of no group", "ServerError", 500, frozenset({"group_invite_info"}),
        r"no group has the invite code", ("baileys",),
        "the library throws when WhatsApp refuses the code",
    ),
    Oddity(
        "message without content", "ServerError", 500,
        frozenset({"forward_message", "quote_message"}),
        r"no content to forward|nothing to quote|not the content a webhook carries", ("baileys",),
        "'no content in message' of the library becomes a 500",
    ),
)  # fmt: skip

Ask = Callable[..., Any]


@dataclass
class Watch:
    """Prepares each case and keeps count. `ask(method, path, body, token)` reaches the mock."""

    ask: Ask
    answers: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    ours: list[str] = field(default_factory=list)
    _turns: count[int] = field(default_factory=lambda: count(1))

    # -- before a case -----------------------------------------------------------------------

    def prepare(self, case: Any) -> None:
        """Give the case an instance of its own, and mostly values that exist there.

        Every fifth case finds the connection in the state its operation does not want, every
        fourth keeps the random values it was generated with, every third gets values that the
        contract allows and the gateway cannot use.
        """
        turn, operation = next(self._turns), operation_id(case)
        key, token = f"megacode-TESTCASE{turn:06d}", f"TESTCASE{turn:06d}"
        connected = (operation not in LINKING) ^ (turn % 5 == 0)
        made = {"key": key, "token": token, "connected": connected}
        self.ask("POST", "/_mock/instances", made)
        if not _spoilt(case, ParameterLocation.PATH) and "{" in OPERATIONS[operation].path:
            case.path_parameters["instance_key"] = key
        is_of_host = OPERATIONS[operation].is_of_host
        for name, value in dict(case.headers or {}).items():
            if name.lower() == "authorization" and value == f"Bearer {PLACEHOLDER}":
                case.headers[name] = f"Bearer {ADMIN_TOKEN if is_of_host else token}"
        if OPERATIONS[operation].is_key_in_query and not _spoilt(case, ParameterLocation.QUERY):
            case.query["instance_key"] = key
        if turn % 4 and connected:
            self._fill(case, turn, key, token)

    def _fill(self, case: Any, turn: int, key: str, token: str) -> None:
        operation = operation_id(case)
        if not _spoilt(case, ParameterLocation.QUERY) and "jid" in (case.query or {}):
            example = query_examples(OPERATIONS[operation]).get("jid", "")
            wants_group = Jid.parse(example).group
            case.query["jid"] = self._group(key, token) if wants_group else FRIENDS[0]
        if not _spoilt(case, ParameterLocation.QUERY):
            case.query.update(self._addresses(case.query or {}, operation, turn, key, token))
        if _spoilt(case, ParameterLocation.BODY) or not isinstance(case.body, dict):
            return
        if OPERATIONS[operation].takes_file:
            return
        body = json.loads(json.dumps(case.body))
        data = body.get("messageData")
        for place in (body, data):
            if isinstance(place, dict) and isinstance(place.get("to"), list):
                place["to"] = [FRIENDS[0]]
            elif isinstance(place, dict) and "to" in place:
                to = str(place["to"])
                group = to.endswith("@g.us")
                place["to"] = self._group(key, token) if group else FRIENDS[len(to) % len(FRIENDS)]
        self._fill_fields(operation, body, turn, key, token)
        case.body = body

    def _addresses(
        self, query: dict[str, Any], operation: str, turn: int, key: str, token: str
    ) -> dict[str, str]:
        """Whose picture, and which invite: somebody's and a real one, of those that are asked."""
        filled = {name: FRIENDS[0] for name in ("to", "chat_id") if name in query}
        if operation == "upload_profile_picture" and turn % 2:
            filled["to"] = self._group(key, token)
        if "group_id" in query:
            filled["group_id"] = self._group(key, token)
        if "code" in query and turn % 2:
            filled["code"] = query_examples(OPERATIONS[operation])["code"]
        return filled

    def _fill_fields(
        self, operation: str, body: dict[str, Any], turn: int, key: str, token: str
    ) -> None:
        data: Any = body.get("messageData")
        if isinstance(body.get("group_data"), dict):
            if "jid" in body["group_data"]:
                body["group_data"]["jid"] = self._group(key, token)
            body["group_data"]["participants"] = [FRIENDS[0], FRIENDS[2]] if turn % 3 else []
        if operation in ("send_media_url", "send_media_base64", "media_url_to_many"):
            data["type"] = "image" if turn % 3 else "smell"
        if "buttons" in (data or {}):
            data["buttons"] = (data["buttons"] or _buttons(operation)) if turn % 3 else []
        if operation == "send_template_with_media":
            data["imageUrl"] = "https://files.example.test/picture.jpg"
            data["mediaType"] = "smell" if turn % 5 == 1 else "image"
        if operation == "set_profile_picture_url" and turn % 3:
            data["url"] = "https://files.example.test/a.jpg"
            # Else it stays somebody else.
            if turn % 2:
                data["to"] = self._group(key, token)
        if operation in ("send_media_url", "media_url_to_many"):
            data["url"] = "https://files.example.test/picture.jpg"
        if operation == "download_media":
            body["messageKeys"] = self._media(key, token)

    def _group(self, key: str, token: str) -> str:
        made = {"group_data": {"group_name": "Equipe", "participants": [FRIENDS[0]]}}
        answer = self.ask("POST", f"/rest/group/{key}/create", made, token)
        return str(answer["group"]["id"])

    def _media(self, key: str, token: str) -> dict[str, Any]:
        data = {"to": FRIENDS[0], "type": "image", "base64": b64encode(b"picture").decode()}
        path = f"/rest/sendMessage/{key}/mediaBase64"
        sent = self.ask("POST", path, {"messageData": data}, token)["messageData"]["message"]
        names = ("mediaKey", "directPath", "url", "mimetype")
        return {name: sent["imageMessage"][name] for name in names} | {"messageType": "image"}

    # -- after a case ------------------------------------------------------------------------

    def count(self, case: Any, response: Any) -> None:
        """Remember which status an operation gave."""
        self.answers[f"{operation_id(case)} {response.status_code}"] += 1

    def is_oddity(self, failure: Any, case: Any, response: Any) -> bool:
        """Whether a finding is the vendor's own."""
        for oddity in ODDITIES:
            if (
                type(failure).__name__ == oddity.failure
                and response.status_code == oddity.status
                and operation_id(case) in oddity.operations
                and re.search(oddity.reason, reason_of(response))
            ):
                self.met[oddity.name] += 1
                return True
        kind = type(failure).__name__
        said = reason_of(response) or str(failure).partition("\n")[0]
        self.ours.append(f"{operation_id(case)}: {response.status_code} {kind}: {said}")
        return False

    def notes(self) -> dict[str, Any]:
        """Everything counted, and the findings that are no oddity."""
        return {"answers": self.answers, "met": self.met, "ours": sorted(set(self.ours))}


def _buttons(operation: str) -> Any:
    """The buttons of the first example of the contract."""
    content = OPERATIONS[operation].definition["requestBody"]["content"]["application/json"]
    _name, example = next(examples_of(content, CONTRACT.document))
    return example["value"]["messageData"]["buttons"]


def operation_id(case: Any) -> str:
    """The operation's id in the contract."""
    return str(case.operation.definition.raw["operationId"])


def reason_of(response: Any) -> str:
    """X-Mock-Reason, or nothing."""
    return str((response.headers.get("x-mock-reason") or [""])[0])


def _spoilt(case: Any, location: ParameterLocation) -> bool:
    return case.meta is not None and bool(case.meta.is_negative_at(location))


def an_intended_500_says_why(ctx: Any, response: Any, case: Any) -> None:
    """A 500 without a reason beside it is our own bug, whatever the contract allows."""
    assert response.status_code != 500 or reason_of(response), "500 without X-Mock-Reason"


def _over_http(origin: str) -> Ask:
    connection = HTTPConnection(origin.removeprefix("http://"), timeout=60)

    def ask(method: str, path: str, body: Any, token: str = "") -> Any:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body), headers)
        reply = connection.getresponse()
        content = reply.read()
        assert reply.status < 300, (method, path, reply.status, content)
        return json.loads(content)

    return ask


def _install(origin: str, notes: Path) -> None:
    """Become the hooks of this `schemathesis run`."""
    watch = Watch(_over_http(origin))
    schemathesis.check(an_intended_500_says_why)
    schemathesis.hook("before_call")(lambda ctx, case, kwargs: watch.prepare(case))
    schemathesis.hook("after_call")(lambda ctx, case, response: watch.count(case, response))
    schemathesis.hook("filter_failure")(
        lambda ctx, failure, case, response: not watch.is_oddity(failure, case, response)
    )
    atexit.register(lambda: notes.write_text(json.dumps(watch.notes()), encoding="utf-8"))


if "LAWS_MOCK" in os.environ:
    _install(os.environ["LAWS_MOCK"], Path(os.environ["LAWS_NOTES"]))
