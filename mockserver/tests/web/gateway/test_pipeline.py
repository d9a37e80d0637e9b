"""The order of checks, bad input and the tolerances of real clients, over every operation."""

from __future__ import annotations

import io
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.clock import Clock
from megaapi_mock.domain.instance import Instance
from megaapi_mock.domain.undo_table import UndoTable
from megaapi_mock.profile import default_profile
from megaapi_mock.resources import root
from megaapi_mock.settings import Settings
from megaapi_mock.spec.operations import Operation, operations
from megaapi_mock.spec.plans import EVERY_PLAN
from megaapi_mock.spec.valid_bundle import valid_bundle
from megaapi_mock.web.app import MockApp, build_app
from megaapi_mock.web.gateway.request import BODY_LIMIT

from ...conftest import MakeApp
from ...support import AUTH, KEY, START, TOKEN, UNLINKED, UNLINKED_TOKEN, RecordingTransport

# Uploads and what is about a whole host have tests of their own: test_multipart, test_host_calls.
OPERATIONS = [
    found
    for found in operations(valid_bundle(root("spec")))
    if not found.takes_file and not found.is_of_host
]
WITH_BODY = [found for found in OPERATIONS if found.request_schema is not None]
LINKED_ONLY = [found for found in OPERATIONS if found.needs_connection]
INTERNAL = {"name": "INTERNAL_SERVER_ERROR", "message": "Internal Server Error", "statusCode": 500}

EVERYTHING = default_profile(EVERY_PLAN)
by_id = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda found: found.id)
with_body = pytest.mark.parametrize("operation", WITH_BODY, ids=lambda found: found.id)
linked_only = pytest.mark.parametrize("operation", LINKED_ONLY, ids=lambda found: found.id)


@pytest.fixture
def make_app(make_app: MakeApp) -> MakeApp:
    """Apps with the operations of every plan, unless a test names a profile."""

    def make(*, switches: dict[str, str] | None = None, **parts: Any) -> MockApp:
        parts.setdefault("profile", EVERYTHING.with_switches(switches or {}))
        return make_app(**parts)

    return make


@pytest.fixture(scope="module")
def shared() -> Any:
    """One app for calls that must change nothing; held to that at its end."""
    app = build_app(
        profile=EVERYTHING, clock=Clock(frozen_at=START), transport=RecordingTransport()
    )
    before = state_of(app)
    yield app
    assert state_of(app) == before
    assert list(app.runtime.records.bugs) == []
    assert app.stop(60) == 0


def state_of(app: MockApp) -> list[Any]:
    """Everything an instance knows."""
    found = []
    for key in app.runtime.instances.store.keys():
        with app.runtime.instances.store.change(key) as instance:
            found.append(
                (
                    instance.as_json(),
                    instance.filter,
                    instance.connection,
                    tables_of(instance),
                    instance.next_due,
                )
            )
    return found


def tables_of(instance: Instance) -> list[Any]:
    state = instance.state
    values = (getattr(state, field.name) for field in fields(state))
    return [list(value.items()) for value in values if isinstance(value, UndoTable)]


def example_of(operation: Operation) -> dict[str, Any]:
    """The request of the operation's plain success."""
    path = root("fixtures") / "examples" / operation.controller / operation.id / "ok.json"
    request: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))["request"]
    return request


def call(app: MockApp, operation: Operation, key: str = KEY, **options: Any) -> Any:
    options.setdefault("headers", AUTH)
    example = example_of(operation)
    if not {"json", "data", "input_stream"} & set(options) and example.get("body") is not None:
        options["json"] = example["body"]
    options.setdefault("query_string", example.get("query") or {})
    path = options.pop("path", operation.path.format(instance_key=key))
    return app.test_client().open(path, method=options.pop("method", operation.method), **options)


# -- order of checks: shared/evidence, instance-webhook-config.yaml conventions.mock_choice -----


@by_id
def test_unknown_instance_comes_before_a_wrong_token(operation: Operation, shared: MockApp) -> None:
    """404 'Instance not found' even with someone else's token (gestao-logs)."""
    for headers in (AUTH, {"Authorization": "Bearer nobody"}, {}):
        reply = call(shared, operation, key="megacode-NOBODY", headers=headers, data=b"{broken")
        assert reply.status_code == 404
        assert reply.get_json() == {
            "name": "NOT_FOUND",
            "message": "Instance not found",
            "statusCode": 404,
        }


@by_id
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": TOKEN},
        {"apikey": TOKEN},
        {"Authorization": f"Bearer {UNLINKED_TOKEN}"},
        {"Authorization": "Bearer t\u00f6ken".encode().decode("latin-1")},
    ],
    ids=["none", "empty", "no-token", "wrong", "basic", "bare", "apikey", "another's", "latin"],
)
def test_a_wrong_token_comes_before_the_body(
    operation: Operation, headers: dict[str, str], shared: MockApp
) -> None:
    """401 UNAUTHORIZED (ts-mega-service, chatwoot-bridge); the message text is a guess."""
    reply = call(shared, operation, headers=headers, data=b"{broken")
    assert reply.status_code == 401
    assert reply.get_json() == {
        "name": "UNAUTHORIZED",
        "message": "Unauthorized",
        "statusCode": 401,
    }


UNREADABLE = {
    "not json": b"{broken",
    "cut": b'{"messageData": {"to": "5511900000002"',
    "not utf-8": b'{"messageData": {"to": "\xff\xfe"}}',
    "nan": b'{"messageData": {"latitude": NaN}}',
    "single quotes": b"{'messageData': {}}",
    "nested": b"[" * 101 + b"]" * 101,
    "nested deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    # Express reads objects and lists alone (switch body_parsing).
    "text": b'"text"',
    "number": b"5",
    "null": b"null",
    "true": b"true",
    "number beyond a double": b'{"messageData": {"latitude": 1e999}}',
}


@by_id
@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_an_unreadable_body_is_400_everywhere(
    operation: Operation, body: bytes, shared: MockApp
) -> None:
    """Readable comes before the login check, so an unlinked instance says 400 too (tsed)."""
    for key, token in ((KEY, TOKEN), (UNLINKED, UNLINKED_TOKEN)):
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        reply = call(shared, operation, key=key, headers=headers, data=body)
        assert reply.status_code == 400
        assert reply.get_json() == {
            "name": "BAD_REQUEST",
            "message": "Unexpected token in JSON",
            "statusCode": 400,
        }
        assert reply.headers["X-Mock-Reason"]


def test_a_hundred_levels_are_read(app: MockApp) -> None:
    deep: Any = "end"
    for _ in range(98):
        deep = {"a": deep}
    body = {"messageData": {"to": "5511900000002", "text": "oi"}, "extra": deep}
    assert app.test_client().post(SEND_TEXT, headers=AUTH, json=body).status_code == 200
    assert app.test_client().post(SEND_TEXT, headers=AUTH, json=[body]).status_code == 500


def test_brackets_inside_texts_are_no_nesting(app: MockApp) -> None:
    body = {"messageData": {"to": "5511900000002", "text": '[{"' * 500}}
    assert app.test_client().post(SEND_TEXT, headers=AUTH, json=body).status_code == 200


SEND_TEXT = f"/rest/sendMessage/{KEY}/text"


@by_id
def test_a_body_above_32_mib_is_413_and_is_not_kept(operation: Operation, shared: MockApp) -> None:
    """413 (allos-cf98, zyon); the size is our default."""

    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1) -> bytes:
            assert 0 < size <= 2**16
            self.taken += size
            return bytes(size)

    stream = Endless()
    large = {"wsgi.input": stream, "CONTENT_LENGTH": str(BODY_LIMIT + 1)}
    reply = call(shared, operation, data=b"", environ_overrides=large)
    assert reply.status_code == 413
    assert reply.get_json()["name"] == "PAYLOAD_TOO_LARGE"
    # Read to its end, or a client that is still sending would miss the answer.
    assert stream.taken == BODY_LIMIT + 1


@linked_only
def test_not_linked_comes_before_the_fields(operation: Operation, make_app: MakeApp) -> None:
    """403 'Instance not logged in' (preciflow), 401 by switch (business-docs)."""
    headers = {"Authorization": f"Bearer {UNLINKED_TOKEN}"}
    for status, name in ((403, "FORBIDDEN"), (401, "UNAUTHORIZED")):
        app = make_app(switches={"disconnected_status": str(status)})
        reply = call(app, operation, key=UNLINKED, headers=headers, json={})
        assert reply.status_code == status
        assert reply.get_json() == {
            "name": name,
            "message": "Instance not logged in",
            "statusCode": status,
        }


@by_id
def test_the_others_need_no_link(operation: Operation, make_app: MakeApp) -> None:
    headers = {"Authorization": f"Bearer {UNLINKED_TOKEN}"}
    reply = call(make_app(), operation, key=UNLINKED, headers=headers)
    if not operation.needs_connection:
        assert reply.status_code == 200, reply.data


MISSHAPEN: dict[str, Any] = {
    "empty object": {},
    "list": [],
    "wrapper is null": {"messageData": None, "group_data": None, "messageKeys": None},
    "wrapper is a list": {"messageData": [], "group_data": [], "messageKeys": []},
    "wrapper is a text": {"messageData": "x", "group_data": "x", "messageKeys": "x"},
    "fields without wrapper": {"text": "oi", "webhookUrl": "x", "webhookEnabled": True},
    "wrapper is empty": {"messageData": {}, "group_data": {}, "messageKeys": {}},
    "huge number": {"messageData": {"to": 10**40}, "to": 10**40},
}


@with_body
@pytest.mark.parametrize("body", MISSHAPEN.values(), ids=MISSHAPEN)
def test_a_parsed_but_unusable_body_is_the_bare_500(
    operation: Operation, body: Any, shared: MockApp
) -> None:
    """A missing wrapper is a 500, not a 400 (gestao-logs); its reason travels beside it."""
    reply = call(shared, operation, json=body)
    assert (reply.status_code, reply.get_json()) == (500, INTERNAL)
    assert f"spec/{operation.spec_file}" in reply.headers["X-Mock-Reason"]


@with_body
@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_a_body_that_is_not_sent_as_json_is_not_read(
    operation: Operation, content_type: str, shared: MockApp
) -> None:
    body = json.dumps(example_of(operation)["body"]).encode()
    reply = call(shared, operation, data=body, headers={**AUTH, "Content-Type": content_type})
    assert (reply.status_code, reply.get_json()) == (500, INTERNAL)
    assert "Content-Type" in reply.headers["X-Mock-Reason"]


@with_body
def test_no_body_at_all_is_the_bare_500(operation: Operation, shared: MockApp) -> None:
    reply = call(shared, operation, data=b"")
    assert (reply.status_code, reply.get_json()) == (500, INTERNAL)


@by_id
def test_a_missing_required_query_parameter_is_the_bare_500(
    operation: Operation, shared: MockApp
) -> None:
    """Bad input is 500 on this gateway (open questions of isOnWhatsApp, pairingCode, groups)."""
    required = [name for name in example_of(operation).get("query") or {}]
    if not required:
        return
    key, token = (UNLINKED, UNLINKED_TOKEN) if operation.id == "pairing_code" else (KEY, TOKEN)
    reply = call(
        shared, operation, key=key, headers={"Authorization": f"Bearer {token}"}, query_string={}
    )
    assert (reply.status_code, reply.get_json()) == (500, INTERNAL)


@pytest.mark.parametrize(
    "operation", [found for found in OPERATIONS if found.recipient], ids=lambda found: found.id
)
def test_a_recipient_without_whatsapp_comes_last(operation: Operation, shared: MockApp) -> None:
    """403 'Number not registered on WhatsApp' (preciflow, business-docs)."""
    body = json.loads(json.dumps(example_of(operation)["body"]))
    place = body.get("messageData", body) if "messageData" in (operation.recipient or "") else body
    for number in ("5511900000099", "+55 11 90000-0002", "", "12", "0" * 12, "5511900000002@c.us"):
        place["to"] = number
        reply = call(shared, operation, json=body)
        if number == "" and reply.status_code == 500:
            continue
        group = "-" in number
        assert reply.status_code == (500 if group else 403), (number, reply.data)
        if not group:
            assert reply.get_json() == {
                "name": "FORBIDDEN",
                "message": "Number not registered on WhatsApp",
                "statusCode": 403,
            }


# -- routes -------------------------------------------------------------------------------------


@by_id
def test_another_method_is_an_unknown_route(operation: Operation, shared: MockApp) -> None:
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"} - {operation.method}:
        reply = call(shared, operation, method=method, query_string={})
        url = operation.path.format(instance_key=KEY)
        assert reply.status_code == 404
        assert reply.get_json() == {
            "name": "NOT_FOUND",
            "message": f'Resource "{url}" not found',
            "statusCode": 404,
        }
        assert operation.method in reply.headers["X-Mock-Reason"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/rest",
        "/rest/",
        f"/rest/instance/{KEY}/connectionState",
        f"/rest/sendMessage/{KEY}/mediaMessage",
        f"/rest/chat/{KEY}/presence",
        f"/rest//sendMessage/{KEY}/text",
        "/rest/instance/%00",
        "/rest/a?b=c&d=%2F",
    ],
)
def test_an_unknown_route_quotes_the_url(path: str, shared: MockApp) -> None:
    """Wording of the framework, logged on a live host (gestao-logs)."""
    reply = shared.test_client().post(path, headers=AUTH)
    assert reply.status_code == 404
    assert reply.get_json()["message"] in (f'Resource "{path}" not found', "Instance not found")


def test_operations_of_other_plans_are_unknown_routes(make_app: MakeApp) -> None:
    app = make_app(profile=default_profile("business"))
    reply = app.test_client().get(f"/rest/config/{KEY}", headers=AUTH)
    assert reply.status_code == 404
    assert "plan business" in reply.headers["X-Mock-Reason"]
    assert make_app().test_client().get(f"/rest/config/{KEY}", headers=AUTH).status_code == 200


# -- tolerances ---------------------------------------------------------------------------------


@by_id
@pytest.mark.parametrize(
    "headers",
    [{"Authorization": f"bearer {TOKEN}"}, {"Authorization": f"BEARER  {TOKEN} "}],
    ids=["lower", "upper"],
)
def test_the_scheme_may_be_written_in_any_case(
    operation: Operation, headers: dict[str, str], make_app: MakeApp
) -> None:
    assert call(make_app(), operation, headers=headers, json={}).status_code != 401


@by_id
def test_a_trailing_slash_and_stray_parameters_are_fine(
    operation: Operation, make_app: MakeApp
) -> None:
    """Vendor's own pages put a slash before the question mark; n8n adds Content-Type=... ."""
    plain, odd = call(make_app(), operation), make_app()
    query = {**(example_of(operation).get("query") or {}), "Content-Type": "text/plain"}
    path = operation.path.format(instance_key=KEY) + "/"
    reply = call(odd, operation, path=path, query_string=query)
    assert (reply.status_code, reply.data) == (plain.status_code, plain.data)


@by_id
def test_a_json_body_on_get_and_delete_is_fine(operation: Operation, make_app: MakeApp) -> None:
    """The n8n node sends {} on its GET and DELETE calls too."""
    if operation.method == "POST":
        return
    plain = call(make_app(), operation)
    for body in ({}, {"any": "thing"}, []):
        reply = call(make_app(), operation, json=body)
        assert (reply.status_code, reply.data) == (plain.status_code, plain.data)


@with_body
def test_extra_fields_are_fine(operation: Operation, make_app: MakeApp) -> None:
    body = json.loads(json.dumps(example_of(operation)["body"]))
    plain = call(make_app(), operation, json=body)
    for place in (body, *(value for value in body.values() if isinstance(value, dict))):
        place["isGroup"], place["preview_url"], place["x"] = False, None, {"deep": [1]}
    reply = call(make_app(), operation, json=body)
    assert (reply.status_code, reply.data) == (plain.status_code, plain.data)


@by_id
def test_head_answers_as_get_without_a_body(operation: Operation, make_app: MakeApp) -> None:
    if operation.method != "GET":
        return
    full, head = call(make_app(), operation), call(make_app(), operation, method="HEAD")
    assert head.status_code == full.status_code
    assert head.data == b""
    assert head.headers["Content-Length"] == full.headers["Content-Length"]


@by_id
def test_cors_is_open(operation: Operation, shared: MockApp) -> None:
    asked = call(shared, operation, method="OPTIONS", headers={"Origin": "http://app.example.test"})
    assert asked.status_code == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert operation.method in asked.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    refused = call(shared, operation, headers={})
    assert refused.headers["Access-Control-Allow-Origin"] == "*"


def test_a_byte_order_mark_and_a_charset_are_fine(app: MockApp) -> None:
    body = b"\xef\xbb\xbf" + json.dumps(
        {"messageData": {"to": "5511900000002", "text": "Ol\u00e1"}}, ensure_ascii=False
    ).encode("utf-8")
    for content_type in ("application/json; charset=utf-8", "Application/JSON"):
        reply = app.test_client().post(
            SEND_TEXT, headers={**AUTH, "Content-Type": content_type}, data=body
        )
        assert reply.status_code == 200
        sent = reply.get_json()["messageData"]["message"]
        assert sent == {"extendedTextMessage": {"text": "Ol\u00e1"}}


@pytest.mark.parametrize(
    "to",
    [
        "5511900000002",
        "5511900000002@s.whatsapp.net",
        "5511900000002:7@s.whatsapp.net",
        "100000000000002@lid",
    ],
)
def test_one_person_under_several_addresses_is_one_chat(to: str, app: MockApp) -> None:
    body = {"messageData": {"to": to, "text": "oi"}}
    reply = app.test_client().post(SEND_TEXT, headers=AUTH, json=body)
    given = to if "@" in to else f"{to}@s.whatsapp.net"
    assert reply.get_json()["messageData"]["key"]["remoteJid"] == given
    kept = app.test_client().get("/_mock/messages").get_json()["items"]
    assert [message["chat"] for message in kept] == ["5511900000002@s.whatsapp.net"]


@pytest.mark.parametrize("text", ["", "a\x00b", "\u202e\U0001f600", "x" * 100_000, "\r\n"])
def test_any_text_goes_through_unchanged(text: str, app: MockApp) -> None:
    body = {"messageData": {"to": "5511900000002", "text": text}}
    reply = app.test_client().post(SEND_TEXT, headers=AUTH, json=body)
    assert reply.get_json()["messageData"]["message"]["extendedTextMessage"]["text"] == text


# -- help beside the answer ---------------------------------------------------------------------


def test_every_answer_names_its_exchange(app: MockApp) -> None:
    client = app.test_client()
    reply = client.post(SEND_TEXT, headers=AUTH, json={"messageData": {}})
    exchange_id = reply.headers["X-Mock-Exchange"]
    (exchange,) = client.get("/_mock/exchanges").get_json()["items"]
    assert exchange["id"] == exchange_id
    assert exchange["operation"] == "send_text"
    assert exchange["instance"] == KEY
    assert exchange["reason"] == reply.headers["X-Mock-Reason"]
    assert any("'to' is a required property" in text for text in exchange["violations"])
    assert exchange["request"]["body"] == {"messageData": {}}
    assert exchange["response"]["status"] == 500


def test_strict_answers_422_with_every_violation(make_app: MakeApp) -> None:
    app = make_app(settings=Settings(strict=True))
    reply = app.test_client().post(SEND_TEXT, headers=AUTH, json={"messageData": {}})
    assert reply.status_code == 422
    assert reply.get_json()["statusCode"] == 422
    assert len(reply.get_json()["violations"]) == 2
    fine = app.test_client().post(
        SEND_TEXT, headers=AUTH, json={"messageData": {"to": "5511900000002", "text": "oi"}}
    )
    assert fine.status_code == 200


def test_a_reason_is_one_printable_line(app: MockApp) -> None:
    body = {"messageData": {"to": "5511\r\nX_Evil: 1\u00e9\x00", "text": "oi"}}
    reply = app.test_client().post(SEND_TEXT, headers=AUTH, json=body)
    assert reply.status_code == 403
    assert "X_Evil" not in dict(reply.headers)
    assert reply.headers["X-Mock-Reason"].isprintable()


OUTAGES = {
    "cdn_502": (502, "text/plain", b"error code: 502"),
    "empty_200": (200, None, b""),
    "error_true": (200, "application/json", None),
}


@pytest.mark.parametrize("outage", OUTAGES)
@by_id
def test_an_outage_answers_every_call(outage: str, operation: Operation, outages: Any) -> None:
    """The CDN's plain 502, the empty 200 and 200 with error true (allos-cf98, preciflow)."""
    status, content_type, body = OUTAGES[outage]
    reply = call(outages[outage], operation)
    assert (reply.status_code, reply.mimetype or None) == (status, content_type)
    if body is None:
        assert reply.get_json()["error"] is True
    else:
        assert reply.data == body


@pytest.fixture(scope="module")
def outages() -> Any:
    apps = {
        name: build_app(
            profile=EVERYTHING.with_switches({"outage": name}),
            clock=Clock(frozen_at=START),
            transport=RecordingTransport(),
        )
        for name in OUTAGES
    }
    yield apps
    for app in apps.values():
        app.stop(1)


def test_a_bug_of_ours_is_a_500_without_a_reason_and_changes_nothing(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
) -> None:
    from megaapi_mock.handlers.call import Call, Json, operation
    from megaapi_mock.handlers.registry import discover

    @operation()
    def send_text(call: Call) -> Json:
        call.instance.chats.send(call.to, {"extendedTextMessage": {"text": "half"}})
        raise RuntimeError("planted")

    app = make_app(handlers={**discover(), "send_message/send_text": send_text})
    before = state_of(app)
    body = {"messageData": {"to": "5511900000002", "text": "oi"}}
    reply = app.test_client().post(SEND_TEXT, headers=AUTH, json=body)
    assert (reply.status_code, reply.get_json()) == (500, INTERNAL)
    assert "X-Mock-Reason" not in reply.headers
    assert state_of(app) == before
    assert "planted" in app.runtime.records.bugs.pop()
    assert "planted" in caplog.text


def test_a_reply_against_the_contract_is_logged_and_stands(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture
) -> None:
    from megaapi_mock.handlers.call import Call, Json, operation, success
    from megaapi_mock.handlers.registry import discover

    @operation()
    def send_text(call: Call) -> Json:
        call.instance.chats.send(call.to, {"extendedTextMessage": {"text": "sent"}})
        return success("Message sent", messageData={"key": {}})

    app = make_app(handlers={**discover(), "send_message/send_text": send_text})
    body = {"messageData": {"to": "5511900000002", "text": "oi"}}
    reply = app.test_client().post(SEND_TEXT, headers=AUTH, json=body)
    assert reply.status_code == 200
    assert len(app.test_client().get("/_mock/messages").get_json()["items"]) == 1
    assert "spec/paths/send_message/send_text.yaml" in app.runtime.records.bugs.pop()
    assert "our own bug" in caplog.text
