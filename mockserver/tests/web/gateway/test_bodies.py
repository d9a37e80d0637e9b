"""Bodies as the ancestor's framework reads them, odd ones, and what the switch turns back."""

from __future__ import annotations

import gc
import gzip
import io
import json
import re
import time
import weakref
import zlib
from typing import Any
from urllib.parse import urlencode

import pytest
from megaapi_mock.codec import (
    ANSWER_PARTS,
    JSON_PARTS,
    TooDeep,
    TooManyParts,
    Unreadable,
    parse_json,
)
from megaapi_mock.errors import CUT, LATE, Overloaded
from megaapi_mock.errors.names import did_you_mean
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.gateway.request import BODY_LIMIT
from megaapi_mock.web.gateway.urlencoded import ESCAPES_MOST, FIELDS_MOST, TooManyFields, parse_form

from ...conftest import MakeApp
from ...slowness import slowness
from ...support import AUTH, KEY

TEXT = f"/rest/sendMessage/{KEY}/text"
BODY = {"messageData": {"to": "5511900000002", "text": "Ol\u00e1"}}
RAW = json.dumps(BODY).encode()
ZIPPED = gzip.compress(RAW, mtime=0)
JSON = "application/json"
# Far more than any of these takes on a busy machine, far less than what they took before.
QUICK = 5.0


def post(app: MockApp, body: bytes, type_: str | None = JSON, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if type_ is not None:
        named["Content-Type"] = type_
    return app.test_client().post(TEXT, data=body, headers={**AUTH, **named})


def sent_text(reply: Any) -> str:
    assert reply.status_code == 200, reply.headers.get("X-Mock-Reason")
    return str(reply.get_json()["messageData"]["message"]["extendedTextMessage"]["text"])


# -- compressed ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", ZIPPED),
        ("GZIP", ZIPPED),
        ("gzip", gzip.compress(RAW[:9], mtime=0) + gzip.compress(RAW[9:], mtime=0)),
        ("deflate", zlib.compress(RAW)),
        ("identity", RAW),
    ],
)
def test_a_compressed_body_is_inflated(encoding: str, body: bytes, app: MockApp) -> None:
    assert sent_text(post(app, body, Content_Encoding=encoding)) == "Ol\u00e1"
    (exchange,) = app.test_client().get("/_mock/exchanges").get_json()["items"]
    assert exchange["request"]["body"] == BODY


@pytest.mark.parametrize("body", [RAW, ZIPPED[:-9], b"\x1f\x8b", zlib.compress(RAW)])
def test_a_body_that_is_no_gzip_is_400(body: bytes, app: MockApp) -> None:
    reply = post(app, body, Content_Encoding="gzip")
    assert (reply.status_code, reply.get_json()["name"]) == (400, "BAD_REQUEST")
    assert "not gzip" in reply.headers["X-Mock-Reason"]


def test_an_inflated_body_above_the_limit_is_413(make_app: MakeApp) -> None:
    app = make_app(switches={"body_limit_mib": "1"})
    bomb = gzip.compress(b'{"messageData": "' + b"x" * 2**24 + b'"}')
    reply = post(app, bomb, Content_Encoding="gzip")
    assert reply.status_code == 413
    assert "inflates to more than 1 MiB" in reply.headers["X-Mock-Reason"]


# -- neither object nor list ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"null", "the body is JSON, but neither an object nor a list"),
        (
            json.dumps(json.dumps(BODY)).encode(),
            "the body is JSON, but neither an object nor a list; it is a string that holds JSON: "
            "encode it once",
        ),
        (b"={}", "the body is not JSON: X; it begins with '={}'"),
    ],
)
def test_what_is_neither_object_nor_list_is_said_to_be_so(
    body: bytes, reason: str, app: MockApp
) -> None:
    reply = post(app, body)
    assert (reply.status_code, reply.get_json()["name"]) == (400, "BAD_REQUEST")
    # What orjson says between the two is its own.
    said = re.sub(r"JSON: [^;]*;", "JSON: X;", reply.headers["X-Mock-Reason"])
    assert said == reason


# -- types and charsets -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_", "encoding", "message"),
    [
        (f"{JSON}; charset=iso-8859-1", "", 'unsupported charset "ISO-8859-1"'),
        (f'{JSON}; x=1; Charset="Latin1"', "", 'unsupported charset "LATIN1"'),
        (f"{JSON}; charset=utf-99", "", 'unsupported charset "UTF-99"'),
        ("application/x-www-form-urlencoded; charset=utf-16", "", 'unsupported charset "UTF-16"'),
        (JSON, "br", 'unsupported content encoding "br"'),
        (JSON, "x-gzip", 'unsupported content encoding "x-gzip"'),
    ],
)
def test_an_unreadable_charset_or_encoding_is_415(
    type_: str, encoding: str, message: str, app: MockApp
) -> None:
    reply = post(app, RAW, type_, Content_Encoding=encoding)
    assert reply.get_json() == {
        "name": "UNSUPPORTED_MEDIA_TYPE",
        "message": message,
        "statusCode": 415,
    }


def test_utf_16_is_read(app: MockApp) -> None:
    body = json.dumps(BODY, ensure_ascii=False).encode("utf-16")
    assert sent_text(post(app, body, f"{JSON}; charset=utf-16")) == "Ol\u00e1"


@pytest.mark.parametrize("type_", [None, "text/plain", "application/vnd.api+json", "x" * 5000])
def test_a_body_without_json_or_form_type_is_not_read(type_: str | None, app: MockApp) -> None:
    reply = post(app, RAW, type_)
    assert reply.status_code == 500
    assert "is not read: send application/json" in reply.headers["X-Mock-Reason"]


def test_json_sent_as_a_form_names_the_type(app: MockApp) -> None:
    """What curl -d does without a header."""
    reply = post(app, RAW, "application/x-www-form-urlencoded")
    assert reply.status_code == 500
    assert "read as a form: Content-Type application/x-www" in reply.headers["X-Mock-Reason"]


@pytest.mark.parametrize("body", [b"null", b'"text"', b"7", b"true", b" \n"])
def test_json_that_is_no_object_and_no_list_is_400(body: bytes, app: MockApp) -> None:
    assert post(app, body).status_code == 400


@pytest.mark.parametrize(
    ("escaped", "read"),
    [
        (r"\ud83d\ude00", "\U0001f600"),
        (r"\ud83d", "\ufffd"),
        (r"\uDE00x", "\ufffdx"),
        (r"\ud83d\ud83d\ude00", "\ufffd\U0001f600"),
        (r"\\ud83d", r"\ud83d"),
        (r"\\\ud83d", "\\\ufffd"),
    ],
)
def test_half_a_surrogate_pair_is_taken(escaped: str, read: str, app: MockApp) -> None:
    body = f'{{"messageData":{{"to":"5511900000002","text":"{escaped}"}}}}'
    assert sent_text(post(app, body.encode())) == read


# -- forms --------------------------------------------------------------------------------------


def test_an_extended_form_is_read(app: MockApp) -> None:
    form = urlencode({"messageData[to]": "5511900000002", "messageData[text]": "a & b=\u00e1"})
    assert sent_text(post(app, form.encode(), "application/x-www-form-urlencoded")) == (
        "a & b=\u00e1"
    )


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("a=1&b=", {"a": "1", "b": ""}),
        ("a[b][c]=1&a[b][d]=2", {"a": {"b": {"c": "1", "d": "2"}}}),
        ("a[]=1&a[]=2", {"a": ["1", "2"]}),
        ("a[1]=y&a[0]=x", {"a": ["x", "y"]}),
        ("a=1&a=2", {"a": ["1", "2"]}),
        ("a[0][b]=1&a[1][b]=2", {"a": [{"b": "1"}, {"b": "2"}]}),
        ("a%5Bb%5D=c+d%2B", {"a": {"b": "c d+"}}),
        ("a=%E9", {"a": "%E9"}),
        ("a", {"a": ""}),
        ("=1&[]=2&[a]=3&&", {"": "1", "[]": "2", "[a]": "3"}),
        ("a[101]=1", {"a": {"101": "1"}}),
        ("a=1&a[b]=2", {"a": {"1": "true", "b": "2"}}),
        ("a[b]=2&a=1", {"a": {"b": "2", "1": "true"}}),
        ("", {}),
    ],
)
def test_form_fields_make_objects_and_lists(text: str, document: Any) -> None:
    assert parse_form(text) == document


def test_a_form_is_bounded_in_fields_and_depth(app: MockApp) -> None:
    with pytest.raises(TooManyFields):
        parse_form("a=1&" * FIELDS_MOST)
    assert post(app, b"a=1&" * 1000, "application/x-www-form-urlencoded").status_code == 413
    deep: Any = parse_form("a" + "[b]" * 100_000 + "=1")
    levels = 0
    while isinstance(deep, dict):
        (deep,) = deep.values()
        levels += 1
    assert levels == 34


# -- the other value ----------------------------------------------------------------------------


def test_json_only_reads_any_charset_and_no_type_and_inflates_nothing(make_app: MakeApp) -> None:
    app = make_app(switches={"body_parsing": "json_only"})
    assert sent_text(post(app, RAW, None)) == "Ol\u00e1"
    assert sent_text(post(app, RAW, f"{JSON}; charset=iso-8859-1")) == "Ol\u00e1"
    assert post(app, ZIPPED, Content_Encoding="gzip").status_code == 400
    assert post(app, b"null").status_code == 500
    assert post(app, rb'{"messageData":{"text":"\ud800"}}').status_code == 400
    form = post(app, b"messageData[to]=1", "application/x-www-form-urlencoded")
    assert "only JSON is" in form.headers["X-Mock-Reason"]
    assert app.test_client().post(TEXT.upper().replace(KEY.upper(), KEY)).status_code == 404


# -- paths --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", [f"/REST/SENDMESSAGE/{KEY}/TEXT", f"/rest/sendmessage/{KEY}/text/", f"/Rest/x/{KEY}/"]
)
def test_the_letter_case_of_a_path_does_not_matter(path: str, app: MockApp) -> None:
    reply = app.test_client().post(path, json=BODY, headers=AUTH)
    assert reply.status_code == (404 if "/x/" in path else 200)


def test_the_letter_case_of_a_key_matters(app: MockApp) -> None:
    reply = app.test_client().post(TEXT.replace(KEY, KEY.upper()), json=BODY, headers=AUTH)
    assert (reply.status_code, reply.get_json()["message"]) == (404, "Instance not found")


def test_a_doubled_slash_is_an_unknown_route(app: MockApp) -> None:
    """Waitress takes it off and tells it here alone."""
    told = {"RAW_URI": f"/{TEXT}", "REQUEST_URI": f"/{TEXT}"}
    options: dict[str, Any] = {"environ_overrides": told}
    reply = app.test_client().post(TEXT, json=BODY, headers=AUTH, **options)
    assert reply.get_json()["message"] == f'Resource "/{TEXT}" not found'


# -- what a server gives up -----------------------------------------------------------------------


class NoRoom:
    """A body for which there is no room, as `serving` says so."""

    def read(self, size: int | None = -1) -> bytes:
        raise Overloaded("other calls hold 96 bytes of large bodies")

    def skip(self, size: int) -> None:
        """Forget the rest."""


GIVEN_UP = pytest.mark.parametrize(
    ("environ", "status", "reason"),
    [
        ({LATE: "after 120 s 3 bytes of the body had come"}, 408, "after 120 s 3 bytes"),
        ({CUT: "the connection was closed when 3 bytes"}, 400, "the connection was closed"),
        ({"wsgi.input": NoRoom()}, 503, "other calls hold 96 bytes"),
    ],
    ids=["late", "cut", "no room"],
)


@GIVEN_UP
def test_a_call_whose_body_is_given_up_is_refused_and_recorded(
    environ: dict[str, Any], status: int, reason: str, app: MockApp
) -> None:
    reply = app.test_client().post(
        TEXT, headers=AUTH, content_type=JSON, data=RAW, environ_overrides=environ
    )
    assert (reply.status_code, reply.get_json()["statusCode"]) == (status, status)
    assert reason in reply.headers["X-Mock-Reason"]
    assert ("Retry-After" in reply.headers) == (status == 503)
    client = app.test_client()
    assert client.get("/_mock/messages").get_json()["items"] == []
    recorded = client.get("/_mock/exchanges").get_json()["items"][-1]
    assert recorded["response"]["status"] == status
    assert not app.runtime.records.bugs


@GIVEN_UP
@pytest.mark.parametrize(
    ("method", "path"),
    [("POST", "faults"), ("PUT", "state"), ("POST", f"instances/{KEY}/inbound")],
)
def test_a_control_call_whose_body_is_given_up_is_refused(
    environ: dict[str, Any], status: int, reason: str, method: str, path: str, app: MockApp
) -> None:
    data = b'{"fault": "bad-gateway"}'
    reply = app.test_client().open(
        f"/_mock/{path}", method=method, data=data, environ_overrides=environ
    )
    assert (reply.status_code, reason in reply.get_json()["error"]) == (status, True)
    assert ("Retry-After" in reply.headers) == (status == 503)
    assert app.test_client().get("/_mock/faults").get_json()["items"] == []


# -- odd sizes ----------------------------------------------------------------------------------


def test_a_body_shorter_than_its_content_length_is_not_carried_out(app: MockApp) -> None:
    options: dict[str, Any] = {
        "input_stream": io.BytesIO(RAW),
        "environ_overrides": {"CONTENT_LENGTH": str(len(RAW) + 5)},
    }
    reply = app.test_client().post(TEXT, headers=AUTH, content_type=JSON, **options)
    assert (reply.status_code, reply.get_json()["message"]) == (400, "request aborted")
    assert f"after {len(RAW)} of the {len(RAW) + 5} bytes" in reply.headers["X-Mock-Reason"]
    assert app.test_client().get("/_mock/messages").get_json()["items"] == []


@pytest.mark.parametrize("came", [b"", b"{}", b'{"event": "text"}'])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"instances/{KEY}/inbound"),
        ("POST", "faults"),
        ("POST", "reset"),
        ("POST", "clock"),
        ("PUT", "state"),
        ("DELETE", f"instances/{KEY}"),
        ("DELETE", "faults"),
    ],
)
def test_control_body_shorter_than_its_content_length_is_not_carried_out(
    method: str, path: str, came: bytes, app: MockApp
) -> None:
    client = app.test_client()
    client.post("/_mock/faults", json={"fault": "bad-gateway", "instance": KEY})
    before = client.get("/_mock/state").get_json()
    # As granian hands it on.
    options: dict[str, Any] = {
        "input_stream": io.BytesIO(came),
        "environ_overrides": {"CONTENT_LENGTH": "200", "wsgi.input_terminated": True},
    }
    reply = client.open(f"/_mock/{path}", method=method, content_type=JSON, **options)
    assert reply.status_code == 400
    assert f"after {len(came)} of the 200 bytes" in reply.get_json()["error"]
    after = client.get("/_mock/state").get_json()
    assert {**after, "checksum": ""} == {**before, "checksum": ""}


@pytest.mark.parametrize(
    "inner",
    [
        pytest.param(b"[" + b"[]," * 8_000_000 + b"[]]", id="lists"),
        pytest.param(b"[" + b"{}," * JSON_PARTS + b"{}]", id="objects"),
        pytest.param(b'["a"' + b',"a"' * 7_000_000 + b"]", id="strings"),
        pytest.param(b"[1" + b",1" * 14_000_000 + b"]", id="numbers"),
        pytest.param(b"{%b}" % b",".join(b'"k%d":1' % n for n in range(1_500_000)), id="names"),
        pytest.param(b'["\\\\"' + b',"\\\\"' * 4_000_000 + b"]", id="strings of a backslash"),
        pytest.param(b'["' + b"x" * 3_000_000 + b'",1' + b",1" * JSON_PARTS + b"]", id="late"),
    ],
)
def test_body_with_too_many_parts_is_refused_unread(inner: bytes, app: MockApp) -> None:
    body = b'{"messageData":{"to":"5511900000002","text":"x","y":%b}}' % inner
    assert len(body) < BODY_LIMIT
    started = time.process_time()
    reply = post(app, body)
    assert (reply.status_code, reply.get_json()["name"]) == (413, "PAYLOAD_TOO_LARGE")
    assert f"more than {JSON_PARTS:,} names and values" in reply.headers["X-Mock-Reason"]
    assert time.process_time() - started < QUICK * slowness()


@pytest.mark.parametrize("digits", [10, 5_000, 5_000_000])
def test_an_index_of_many_digits_in_a_form_is_a_name(digits: int, app: MockApp) -> None:
    fields = f"messageData[to]=5511900000002&messageData[text]=oi&x[{'9' * digits}]=1"
    assert sent_text(post(app, fields.encode(), "application/x-www-form-urlencoded")) == "oi"
    assert not app.runtime.records.bugs


def test_a_form_of_millions_of_escapes_is_refused_before_it_is_read(app: MockApp) -> None:
    started = time.process_time()
    body = b"messageData[text]=" + b"%41" * (ESCAPES_MOST + 1)
    reply = post(app, body, "application/x-www-form-urlencoded")
    assert reply.status_code == 413
    assert "more than 2,000,000 percent escapes" in reply.headers["X-Mock-Reason"]
    assert time.process_time() - started < 1.0 * slowness()


@pytest.mark.parametrize("length", [5, 500], ids=["no JSON", "too short"])
def test_a_body_that_is_refused_is_not_kept(length: int, app: MockApp) -> None:
    class Held(io.BytesIO):
        """Can be asked whether it still is there."""

    post(app, RAW)
    gc.collect()
    gc.disable()
    try:
        stream = Held(b'{"a":')
        gone = weakref.ref(stream)
        environ = {"CONTENT_LENGTH": str(length), "wsgi.input": stream}
        with app.test_request_context(TEXT, method="POST", headers=AUTH, content_type=JSON) as made:
            environ = {**made.request.environ, **environ}
        app(environ, lambda *_: None)
        del environ, stream
        assert gone() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("marks", ['[{"\\', ",", ":", '\\"', "\\\\,"])
def test_marks_in_a_text_are_no_structure(marks: str, app: MockApp) -> None:
    text = marks * 2 * JSON_PARTS
    assert (
        sent_text(
            post(app, json.dumps({"messageData": {**BODY["messageData"], "text": text}}).encode())
        )
        == text
    )


@pytest.mark.parametrize("opened", [b"[", b'{"a":'])
def test_100_levels_are_read_and_101_are_not(opened: bytes) -> None:
    closed = b"]" if opened == b"[" else b"}"
    fits = opened * 100 + b"1" + closed * 100
    wide = b"[" + (fits + b",") * 200 + b"1]"
    assert parse_json(fits) is not None
    assert parse_json(b"[" + (fits[len(opened) : -1] + b",") * 200 + b"1]") is not None
    for body in (opened + fits + closed, wide):
        with pytest.raises(TooDeep):
            parse_json(body)


@pytest.mark.parametrize(
    "body", [b"[}" * 240_000, b'["' + b'\\"' * 12_000_000, b"[" * 490_000, b"]" * 10**6]
)
def test_what_is_no_json_is_refused_quickly(body: bytes) -> None:
    started = time.process_time()
    with pytest.raises(Unreadable):
        parse_json(body)
    assert time.process_time() - started < QUICK * slowness()


def test_as_many_parts_as_allowed_are_read() -> None:
    assert parse_json(b"[1" + b",1" * (JSON_PARTS - 1) + b"]")
    assert parse_json(b"[1" + b",1" * JSON_PARTS + b"]", parts=ANSWER_PARTS)
    with pytest.raises(TooManyParts):
        parse_json(b"[1" + b",1" * JSON_PARTS + b"]")


def test_millions_of_parts_are_refused_by_the_control_api_too(app: MockApp) -> None:
    with pytest.raises(TooManyParts):
        parse_json(b"[" + b"[]," * JSON_PARTS + b"[]]")
    reply = app.test_client().post(
        "/_mock/faults", data=b'{"fault":[' + b"[]," * 8_000_000 + b"[]]}"
    )
    assert reply.status_code == 400


def test_a_name_of_megabytes_is_compared_with_nothing(app: MockApp) -> None:
    name = "send_tex" * 2_500_000
    started = time.process_time()
    client = app.test_client()
    assert did_you_mean(name, ["send_text"]) == ""
    fields = {"fault": name}, {"fault": "reply", name: 1}, {"fault": "reply", "operation": name}
    for body in fields:
        reply = client.post("/_mock/faults", json=body)
        assert reply.status_code == 400
        assert len(reply.data) < 10_000
    assert client.post(f"/rest/{name[:50_000]}/{KEY}").status_code == 404
    assert time.process_time() - started < QUICK * slowness()
