"""The control API: its description, who may come in, and what a clock that moves sets in motion."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from io import BytesIO
from typing import Any

import orjson
import pytest
import zxingcpp
from megaapi_mock import __version__
from megaapi_mock.resources import root
from megaapi_mock.settings import Settings
from megaapi_mock.spec.bundle import read_yaml
from megaapi_mock.testing import MockServer
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.control.state_routes import LATEST
from megaapi_mock.web.gateway.request import BODY_LIMIT
from openapi_spec_validator import validate
from PIL import Image

from ...conftest import MakeApp
from ...control import METHODS, ControlApi, control, validator
from ...slowness import slowness
from ...support import AUTH, KEY, START, UNLINKED, UNLINKED_TOKEN
from .bot_calls import UNLINKED_AUTH, hear, heard, send_text

# -- the description ---------------------------------------------------------------------------


def test_the_description_is_valid_openapi() -> None:
    validate(read_yaml(root("spec") / "control.yaml"))


def test_the_description_has_exactly_the_routes_there_are(app: MockApp) -> None:
    app.control.ready()
    routes = {
        (str(rule).replace("<", "{").replace(">", "}"), method)
        for rule in app.url_map.iter_rules()
        if str(rule).startswith("/_mock")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    written = {
        (path, method.upper())
        for path, item in control()["paths"].items()
        for method in item
        if method in METHODS
    }
    assert routes == written


def operations_of_control() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in control()["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


@pytest.mark.parametrize(
    ("path", "method", "operation"),
    [pytest.param(*row, id=row[2]["operationId"]) for row in operations_of_control()],
)
def test_every_route_is_told_in_two_languages_with_examples_that_fit(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    assert operation["summary"] and operation["x-summary-pt"] and operation["description"]
    for status, response in operation["responses"].items():
        if "$ref" in response:
            response = control()["components"]["responses"][response["$ref"].rpartition("/")[2]]
        for kind, content in response["content"].items():
            assert content["examples"], (status, kind)
            for example in content["examples"].values():
                if kind == "application/json":
                    validator(method, path, int(status)).validate(example["value"])
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    assert bool(body) == ("requestBody" in operation)
    if body:
        assert body["examples"]


# -- who may come in ---------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST:1"])
def test_this_machine_may_come_in(calm: ControlApi, host: str) -> None:
    calm.get("/health", headers={"Host": host})


@pytest.mark.parametrize("host", ["evil.example", "192.0.2.7:8080", "127.0.0.1.evil.example"])
def test_a_foreign_host_is_refused(calm: ControlApi, host: str) -> None:
    assert host in calm.refusal("GET", "/health", status=403, headers={"Host": host})


def test_a_host_that_is_none_is_refused(calm: ControlApi) -> None:
    reply = calm.client.get("/_mock/health", headers={"Host": "[bad"})
    assert reply.status_code in (400, 403)
    assert list(reply.get_json()) == ["error"]


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost:1", "http://["]
)
def test_a_foreign_origin_is_refused(calm: ControlApi, origin: str) -> None:
    options = {"headers": {"Origin": origin}}
    assert (
        "control API" in calm.refusal("POST", "/reset", status=403, **options)
        or origin == "http://["
    )


def test_the_own_origin_is_fine(calm: ControlApi) -> None:
    calm.get("/health", headers={"Origin": "http://127.0.0.1:81", "Host": "127.0.0.1:81"})


def test_beyond_loopback_the_control_api_is_shut_without_a_token(make_app: MakeApp) -> None:
    control_api = ControlApi(make_app(settings=Settings(host="0.0.0.0")))
    for token in ("", "anything"):
        sentence = control_api.refusal(
            "GET", "/health", status=403, headers={"X-Mock-Token": token}
        )
        assert "--control-token" in sentence
    # What is not there is behind the same control_api.
    assert control_api.client.get("/_mock/nothing").status_code == 403
    assert control_api.client.get("/docs/swagger.json").status_code == 200


def test_on_loopback_no_token_is_asked_for(make_app: MakeApp) -> None:
    ControlApi(make_app(settings=Settings(control_token="TESTTOKEN"))).get("/health")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.0.7"])
def test_a_token_once_set_is_asked_for(make_app: MakeApp, host: str) -> None:
    control_api = ControlApi(make_app(settings=Settings(host=host, control_token="TESTTOKEN")))
    control_api.refusal("GET", "/health", status=403)
    control_api.refusal("GET", "/health", status=403, headers={"X-Mock-Token": "TESTTOKEN2"})
    control_api.refusal(
        "GET", "/health", status=403, headers={"X-Mock-Token": "ção".encode().decode("latin-1")}
    )
    control_api.get("/health", headers={"X-Mock-Token": "TESTTOKEN"})


def test_beyond_loopback_with_the_token_any_host_name_is_fine(make_app: MakeApp) -> None:
    control_api = ControlApi(make_app(settings=Settings(host="0.0.0.0", control_token="TESTTOKEN")))
    control_api.get("/health", headers={"X-Mock-Token": "TESTTOKEN", "Host": "mock.lan:8080"})
    origin = {"Origin": "https://evil.example", "X-Mock-Token": "TESTTOKEN"}
    control_api.refusal("GET", "/health", status=403, headers=origin)


# -- paths, methods, bodies --------------------------------------------------------------------


def test_health(calm: ControlApi) -> None:
    assert calm.get("/health") == {"status": "ok", "version": __version__}
    assert calm.client.get("/_mock/health/").get_json() == {"status": "ok", "version": __version__}


def test_the_control_api_lists_its_routes(calm: ControlApi) -> None:
    routes = calm.get("")["routes"]
    assert {"GET /_mock", "GET /_mock/instances"} <= set(routes)
    assert calm.client.get("/_mock/").get_json()["routes"] == routes


@pytest.mark.parametrize("path", ["/_mock/nothing", "/_mock/instances/x/y"])
def test_what_is_not_there_is_said_so(calm: ControlApi, path: str) -> None:
    for method in ("GET", "POST", "DELETE", "PATCH"):
        reply = calm.client.open(path, method=method)
        assert reply.status_code == 404
        assert reply.get_json() == {"error": f"there is no {path}: see spec/control.yaml"}


def test_another_method_is_told_which_there_is(calm: ControlApi) -> None:
    reply = calm.client.get(f"/_mock/instances/{KEY}/link")
    assert reply.status_code == 405
    sentence = f"/_mock/instances/{KEY}/link takes POST, not GET"
    assert reply.get_json() == {"error": sentence}
    reply = calm.client.put("/_mock/clock")
    assert reply.get_json() == {"error": "/_mock/clock takes GET, POST, not PUT"}


@pytest.mark.parametrize("path", ["/_mockery", "/docsx"])
def test_paths_that_only_begin_alike_are_the_gateways(calm: ControlApi, path: str) -> None:
    reply = calm.client.get(path)
    assert reply.get_json()["name"] == "NOT_FOUND"


WITH_BODY = [
    "/instances",
    f"/instances/{KEY}/link",
    f"/instances/{KEY}/unlink",
    f"/instances/{KEY}/inbound",
    "/clock",
]


@pytest.mark.parametrize("path", WITH_BODY)
@pytest.mark.parametrize(
    ("raw", "word"),
    [
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "must be a JSON object"),
        (b'"text"', "must be a JSON object"),
        (b"[" * 300 + b"]" * 300, "nests beyond"),
        (b'{"surprise": 1}', "surprise: no such field"),
        (b'{"set": NaN}', "not JSON"),
    ],
)
def test_bodies_that_cannot_be_used(calm: ControlApi, path: str, raw: bytes, word: str) -> None:
    assert word in calm.refusal("POST", path, data=raw)


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("/instances", {"key": 5}, "key: must be a string"),
        ("/instances", {"connected": "yes"}, "connected: must be true or false"),
        ("/instances", {"number": "123"}, "number: '123' must be 8 to 15 digits"),
        ("/instances", {"number": ""}, "number: '' must be 8 to 15 digits"),
        ("/instances", {"number": "5511900000099"}, "has no WhatsApp account"),
        ("/instances", {"key": "a/b"}, "key: must be letters, digits"),
        ("/instances", {"key": ""}, "key: must be letters, digits"),
        ("/instances", {"key": "k" * 101}, "at most 100"),
        ("/instances", {"token": "a b"}, "token: must be printable ASCII"),
        ("/instances", {"token": ""}, "token: must be printable ASCII"),
        (f"/instances/{UNLINKED}/link", {"number": 5511900000003}, "number: must be a string"),
        (f"/instances/{UNLINKED}/link", {"number": "0511900000003"}, "must be 8 to 15 digits"),
        (f"/instances/{UNLINKED}/link", {"number": "٥٥١١٩٠٠٠٠٠٠٠٣"}, "must be 8 to 15 digits"),
        (f"/instances/{UNLINKED}/link", {"number": "5511900000099"}, "has no WhatsApp account"),
        (
            f"/instances/{KEY}/unlink",
            {"by": "magic"},
            'by: must be phone, gateway or ban, not "magic"',
        ),
        (f"/instances/{KEY}/unlink", {"by": 1}, "by: must be phone, gateway or ban, not 1"),
        ("/clock", {}, "advance"),
        ("/clock", {"freeze": None}, "advance"),
        ("/clock", {"freeze": 1}, "freeze: must be true or false"),
        ("/clock", {"advance": True}, "advance: must be a number"),
        ("/clock", {"advance": "1"}, "advance: must be a number"),
        ("/clock", {"advance": -0.5}, "advance: must be a number of seconds from 0, not -0.5"),
        ("/clock", {"advance": 1e300}, "end of 9999"),
        ("/clock", {"set": LATEST + 1}, "set: must be a number from 0 to 253402300799"),
        ("/clock", {"set": LATEST, "advance": 1}, "end of 9999"),
        ("/clock", {"set": -1}, "set: must be a number from 0 to 253402300799, not -1"),
    ],
)
def test_values_that_cannot_be(calm: ControlApi, path: str, body: Any, sentence: str) -> None:
    assert sentence in calm.refusal("POST", path, body)


@pytest.mark.parametrize(
    ("path", "field", "most", "of_word"),
    [
        ("/instances", "name", 1000, "x"),
        ("/instances", "token", 1000, "x"),
        ("/instances", "webhook_url", 8000, "http://127.0.0.1:9/"),
        (f"/instances/{KEY}/webhook", "url", 8000, "http://127.0.0.1:9/"),
        (f"/instances/{KEY}/groups", "subject", 1000, "x"),
    ],
)
def test_texts_that_are_kept_have_a_longest(
    app: MockApp, path: str, field: str, most: int, of_word: str
) -> None:
    control_api = ControlApi(app)
    longest = of_word.ljust(most, "x")
    sentence = f"{field}: must be a string of at most {most} characters, not of {most + 1}"
    assert control_api.refusal("POST", path, {field: f"{longest}x"}) == sentence
    status = 200 if path.endswith("webhook") else 201
    control_api.post(path, {field: longest}, status=status)


def test_a_body_beyond_the_limit_is_refused(calm: ControlApi) -> None:
    sentence = calm.refusal("POST", "/instances", status=413, data=b" " * (BODY_LIMIT + 1))
    assert f"is larger than {BODY_LIMIT} bytes" in sentence


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/link"),
        ("POST", "/unlink"),
        ("POST", "/inbound"),
    ],
)
def test_an_unknown_key_is_404(calm: ControlApi, method: str, path: str) -> None:
    sentence = calm.refusal(method, f"/instances/megacode-NOBODY{path}", status=404)
    assert "megacode-NOBODY" in sentence


# -- the clock ---------------------------------------------------------------------------------


def shown_qr(app: MockApp) -> str:
    """What a phone would read from the QR picture."""
    reply = app.test_client().get(f"/rest/instance/qrcode-img/{UNLINKED}", headers=UNLINKED_AUTH)
    assert reply.mimetype == "image/png"
    (code,) = zxingcpp.read_barcodes(Image.open(BytesIO(reply.get_data())))
    return str(code.text)


def test_a_series_of_five_qr_codes_each_twenty_seconds(
    app: MockApp, control_api: ControlApi
) -> None:
    hear(app, UNLINKED, UNLINKED_TOKEN)
    codes = [shown_qr(app)]
    for _ in range(4):
        control_api.post("/clock", {"advance": 19})
        assert shown_qr(app) == codes[-1]
        control_api.post("/clock", {"advance": 1})
        codes.append(shown_qr(app))
    assert len(set(codes)) == 5
    assert control_api.get(f"/instances/{UNLINKED}")["state"] == "qr"
    assert heard(app, control_api, UNLINKED) == ["qrcode"] * 5
    control_api.post("/clock", {"advance": 20})
    assert control_api.get(f"/instances/{UNLINKED}")["state"] == "disconnected"
    control_api.post("/clock", {"advance": 3600})
    assert heard(app, control_api, UNLINKED) == ["qrcode"] * 5
    # The next look opens a new series, with codes never seen before.
    assert shown_qr(app) not in codes
    control_api.post(f"/instances/{UNLINKED}/link")
    control_api.post("/clock", {"advance": 3600})
    assert heard(app, control_api, UNLINKED) == ["qrcode"] * 6 + ["connected"]


def test_a_pushed_qr_code_is_the_one_on_show(app: MockApp, control_api: ControlApi) -> None:
    hear(app, UNLINKED, UNLINKED_TOKEN)
    path = f"/rest/instance/qrcode_base64/{UNLINKED}"
    shown = app.test_client().get(path, headers=UNLINKED_AUTH).get_json()["qrcode"]
    assert app.runtime.webhooks.courier.wait_idle(60)
    (delivery,) = control_api.items(f"/deliveries?instance={UNLINKED}")
    assert delivery["payload"]["qrcode"] == shown


def test_acknowledgements_come_when_their_time_has_come(make_app: MakeApp) -> None:
    app = make_app(switches={"ack_delays": "1,2,3.5"})
    control_api = ControlApi(app)
    hear(app, KEY, "TESTKEY0001")
    send_text(app)
    seen = [control_api.items("/messages")[0]["state"]]
    for seconds in (0.9, 0.1, 1, 1.4, 0.1):
        control_api.post("/clock", {"advance": seconds})
        seen.append(control_api.items("/messages")[0]["state"])
    assert seen == ["pending", "pending", "server", "delivered", "delivered", "read"]
    assert heard(app, control_api) == [
        "from-me-api-echo",
        "ack-server",
        "ack-delivered",
        "ack-read",
    ]
    times = [item["time"] for item in control_api.walk("/deliveries")]
    assert times == [START, START + 1, START + 2, START + 3.5]


def test_each_acknowledgement_bears_its_own_time_after_a_long_jump(make_app: MakeApp) -> None:
    app = make_app(switches={"ack_delays": "1,2,3.5"})
    control_api = ControlApi(app)
    hear(app, KEY, "TESTKEY0001")
    send_text(app)
    control_api.post("/clock", {"advance": 86_400})
    times = [item["time"] for item in control_api.walk("/deliveries")]
    assert times == [START, START + 1, START + 2, START + 3.5]


def test_looking_is_no_way_to_lose_an_acknowledgement(make_app: MakeApp) -> None:
    """Whoever looks first when something is due makes it happen, and its webhook is owed."""
    app = make_app(switches={"ack_delays": "1,2,3"})
    control_api = ControlApi(app)
    hear(app, KEY, "TESTKEY0001")
    send_text(app)
    # As if the time had come with nobody told: the timers' thread has not run yet.
    app.runtime.clock._stand = (START + 60, 0.0)
    assert control_api.items("/messages")[0]["state"] == "read"
    assert heard(app, control_api)[1:] == ["ack-server", "ack-delivered", "ack-read"]


def test_presence_fades_after_twenty_seconds(app: MockApp, control_api: ControlApi) -> None:
    reply = app.test_client().post(
        f"/rest/chat/{KEY}/presenceUpdateChat",
        json={"to": "5511900000002", "option": "composing"},
        headers=AUTH,
    )
    assert reply.status_code == 200
    chat = "5511900000002@s.whatsapp.net"
    assert control_api.get(f"/instances/{KEY}")["presence"] == {chat: "composing"}
    control_api.post("/clock", {"advance": 19.9})
    assert control_api.get(f"/instances/{KEY}")["presence"] == {chat: "composing"}
    control_api.post("/clock", {"advance": 0.1})
    assert control_api.get(f"/instances/{KEY}")["presence"] == {}


def test_whoever_sends_has_stopped_typing(app: MockApp, control_api: ControlApi) -> None:
    client, chat = app.test_client(), "5511900000002@s.whatsapp.net"
    body = {"to": "5511900000002", "option": "composing"}
    client.post(f"/rest/chat/{KEY}/presenceUpdateChat", json=body, headers=AUTH)
    send_text(app)
    assert control_api.get(f"/instances/{KEY}")["presence"] == {chat: "available"}


def test_a_restart_that_takes_its_time_ends_with_the_clock(make_app: MakeApp) -> None:
    app = make_app(switches={"restart_seconds": "5"})
    control_api = ControlApi(app)
    app.test_client().delete(f"/rest/instance/{KEY}/restart", headers=AUTH).get_data()
    assert control_api.get(f"/instances/{KEY}")["state"] == "connecting"
    control_api.post("/clock", {"advance": 5})
    assert control_api.get(f"/instances/{KEY}")["state"] == "connected"


def test_a_day_passes_quickly(make_app: MakeApp) -> None:
    app = make_app(switches={"ack_delays": "60,600,3600"})
    control_api = ControlApi(app)
    shown_qr(app)
    for _ in range(100):
        send_text(app)
    begin = time.process_time()
    control_api.post("/clock", {"advance": 86_400})
    assert time.process_time() - begin < 2 * slowness()
    assert {item["state"] for item in control_api.walk("/messages")} == {"read"}
    assert control_api.get(f"/instances/{UNLINKED}")["state"] == "disconnected"


# -- the stream --------------------------------------------------------------------------------


def told(lines: bytes) -> tuple[str, Any]:
    """One server-sent event."""
    id_, kind, data = lines.decode().removesuffix("\n\n").split("\n")
    assert id_.startswith("id: ")
    return kind.removeprefix("event: "), orjson.loads(data.removeprefix("data: "))


def test_the_stream_answers_at_once_and_ends_at_once(app: MockApp) -> None:
    with closing(app.test_client().get("/_mock/stream", buffered=False)) as stream:
        assert stream.mimetype == "text/event-stream"
        lines = stream.iter_encoded()
        assert next(lines) == b": here\n\n"
        send_text(app)
        app.close_streams()
        assert next(lines, None) is None


def test_the_stream_shows_what_the_lists_show(app: MockApp, control_api: ControlApi) -> None:
    hear(app, KEY, "TESTKEY0001")
    with closing(app.test_client().get("/_mock/stream", buffered=False)) as stream:
        lines = stream.iter_encoded()
        next(lines)
        send_text(app)
        assert app.runtime.webhooks.courier.wait_idle(60)
        # Four deliveries owed, one exchange, four deliveries ended; the rest is of the instance.
        events: list[tuple[str, Any]] = []
        while sum(kind in ("delivery", "exchange") for kind, _ in events) < 9:
            events += [told(frame) for frame in next(lines).split(b"\n\n")[:-1]]
        app.close_streams()
        assert next(lines, None) is None
    kinds = [kind for kind, _ in events]
    assert (kinds.count("delivery"), kinds.count("exchange")) == (8, 1)
    (exchange,) = [document for kind, document in events if kind == "exchange"]
    assert exchange == control_api.items("/exchanges?operation=send_text&order=newest")[0]
    last = {document["id"]: document for kind, document in events if kind == "delivery"}
    messages = [document for kind, document in events if kind == "message"]
    assert messages[-1] == control_api.items("/messages?order=newest")[0]
    assert list(last.values()) == control_api.items("/deliveries?order=newest")[::-1]


def test_over_a_real_connection_nothing_is_held_back() -> None:
    with MockServer() as server:
        host, _, port = server.url.removeprefix("http://").partition(":")
        with closing(HTTPConnection(host, int(port), timeout=60)) as reader:
            reader.request("GET", "/_mock/stream")
            stream = reader.getresponse()
            assert stream.readline() == b": here\n" and stream.readline() == b"\n"
            with closing(HTTPConnection(host, int(port), timeout=60)) as caller:
                caller.request("GET", f"/rest/instance/{KEY}", headers=AUTH)
                caller.getresponse().read()
            assert stream.readline().startswith(b"id: ")
            assert stream.readline() == b"event: exchange\n"
            assert orjson.loads(stream.readline().removeprefix(b"data: "))["instance"] == KEY
            assert stream.readline() == b"\n"
            server.app.close_streams()
            assert stream.read() == b""


def test_after_the_end_a_stream_is_empty(app: MockApp) -> None:
    app.close_streams()
    with closing(app.test_client().get("/_mock/stream", buffered=False)) as stream:
        assert stream.get_data() == b""


def test_a_stream_that_is_left_leaves_nothing_behind(app: MockApp) -> None:
    stream = app.test_client().get("/_mock/stream", buffered=False)
    next(stream.iter_encoded())
    assert app.runtime.records.journal.feed.readers == 1
    stream.close()
    assert app.runtime.records.journal.feed.readers == 0
