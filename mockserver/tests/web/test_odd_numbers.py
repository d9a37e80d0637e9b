"""Numbers at the ends of what programs can hold, wherever either API takes one.

Each is refused in a sentence or kept as it is; none is our own bug, none becomes another number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from megaapi_mock.profile import default_profile
from megaapi_mock.resources import root
from megaapi_mock.spec.plans import EVERY_PLAN
from megaapi_mock.web.app import MockApp
from megaapi_mock.web.control.operation_input import control_document

from ..conftest import MakeApp
from ..support import AUTH, KEY

# As they stand in JSON: some are read as another type, some not at all.
ODD_NUMBERS = (
    "9007199254740993", "-9007199254740993", "9223372036854775808", "18446744073709551617",
    "1e308", "-1e308", "1e309", "-0", "-0.0", "0.1", "-1", "1" + "0" * 400,
)  # fmt: skip
PLACE = "<the number>"
JSON = {"Content-Type": "application/json"}
# Bodies of the control API with a number in each place that takes one. Those of chaos, in `emit`
# too, are the same.
CHAOS = {"duplicate": 2, "drop": 0.1, "reorder": 2, "delay": [0, 1], "burst": 2, "redeliver": 1,
         "hold": 1, "seed": 1}  # fmt: skip
BODIES: Mapping[str, Mapping[str, Any]] = {
    "/instances/{key}/chaos": CHAOS,
    "/instances/{key}/emit": {"event": "text-plain", "count": 1, "chaos": CHAOS},
    "/faults": {"fault": "delay", "seconds": 1, "times": 1, "percent": 50, "skip": 0},
    "/deliveries/verdict": {
        "instance": KEY, "within": 1, "answers": 1, "burst": 1, "patience": 1, "quiet": 1, "wait": 0
    },
    "/clock": {"advance": 1, "set": 1767225600},
    "/plays/{id}/step": {"wait": 0},
    "/plays/{id}/run": {"wait": 0},
}  # fmt: skip
# What the schema leaves open: any field of a payload.
SETS = ("inbound", "emit")


@pytest.fixture
def app(make_app: MakeApp) -> MockApp:
    return make_app(profile=default_profile(EVERY_PLAN))


def leaves(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value that holds no others."""
    if isinstance(node, dict | list):
        for name, value in node.items() if isinstance(node, dict) else enumerate(node):
            yield from leaves(value, (*path, name))
    else:
        yield path


def with_number(body: Any, path: tuple[Any, ...], number: str) -> str:
    """The body as JSON, with the number as it is written in one place."""
    document = json.loads(json.dumps(body))
    node = document
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = PLACE
    return json.dumps(document).replace(f'"{PLACE}"', number)


def require_sane(reply: Any, what: str) -> None:
    """Neither a bare 500 nor anything but JSON."""
    reason = reply.headers.get("X-Mock-Reason")
    assert reply.status_code < 500 or reason, f"{what}: {reply.status_code}"
    document = json.loads(reply.data, parse_constant=lambda name: pytest.fail(f"{what}: {name}"))
    if reply.status_code in (400, 409) and "error" in document:
        assert isinstance(document["error"], str | bool), what


def test_every_number_of_the_control_api_has_its_place_here() -> None:
    named = {path.replace("{id}", "{play}") for path in BODIES}
    missing = []
    for path, item in control_document()["paths"].items():
        schema = item.get("post", {}).get("requestBody", {}).get("content", {})
        text = json.dumps(schema.get("application/json", {}))
        short = path.removeprefix("/_mock")
        if re.search(r'"type": (\["(integer|number)|"(integer|number))', text):
            missing += [short] if short.replace("{id}", "{play}") not in named else []
    assert missing == []


@pytest.mark.parametrize("path", BODIES)
def test_numbers_in_bodies_of_the_control_api(path: str, app: MockApp) -> None:
    client, body = app.test_client(), BODIES[path]
    address = "/_mock" + path.format(key=KEY, id="play-1")
    for place in leaves(body):
        for number in ODD_NUMBERS:
            reply = client.post(address, data=with_number(body, place, number), headers=JSON | AUTH)
            require_sane(reply, f"{place} = {number:.30}")
    assert client.get("/_mock/state").status_code == 200


@pytest.mark.parametrize("name", ["limit", "wait", "epoch", "since"])
@pytest.mark.parametrize("path", ["exchanges", "deliveries", "fault-hits", "messages"])
def test_numbers_in_queries_of_the_control_api(path: str, name: str, app: MockApp) -> None:
    client = app.test_client()
    for number in ODD_NUMBERS:
        if name == "wait" and number in ("0.1", "-0", "-0.0"):
            # A wait like any other.
            continue
        reply = client.get(f"/_mock/{path}", query_string={name: number})
        require_sane(reply, f"{name}={number:.30}")
        # An id that nobody has is an id all the same.
        assert (path, name) == ("messages", "since") or reply.status_code >= 400, number


@pytest.mark.parametrize("text", ["٣", "1_0", " 5", "+5", "0x10", "1e", ".5", "inf", "nan"])
def test_a_number_in_a_query_is_written_as_in_json(text: str, app: MockApp) -> None:
    reply = app.test_client().get("/_mock/exchanges", query_string={"wait": text})
    assert reply.status_code == 400 and "wait" in reply.get_json()["error"]


@pytest.mark.parametrize("route", SETS)
@pytest.mark.parametrize(
    "number", [each for each in ODD_NUMBERS if each != "0.1"], ids=lambda number: number[:24]
)
def test_a_number_of_a_payload_is_refused_or_sent_as_it_was_given(
    route: str, number: str, app: MockApp
) -> None:
    client = app.test_client()
    url = {"webhookUrl": "http://127.0.0.1:9/hook", "webhookEnabled": True}
    client.post(f"/rest/webhook/{KEY}/configWebhook", json={"messageData": url}, headers=AUTH)
    body = {"event": "text-plain", "set": {"messageTimestamp": 1}, "force": True}
    if route == "inbound":
        body["from"] = "5511900000002"
    reply = client.post(
        f"/_mock/instances/{KEY}/{route}",
        data=with_number(body, ("set", "messageTimestamp"), number), headers=JSON,
    )  # fmt: skip
    require_sane(reply, number)
    if reply.status_code >= 400:
        assert reply.status_code == 400
        return
    [delivery] = client.get("/_mock/deliveries").get_json()["items"]
    shown = delivery["payload"]["messageTimestamp"]
    assert repr(shown) == repr(json.loads(number)) or shown == json.loads(number)
    assert client.put("/_mock/state", data=client.get("/_mock/state").data).status_code == 200


def examples() -> list[Any]:
    """The first example of each operation that takes a body."""
    files = sorted((root("fixtures") / "examples").glob("*/*/ok.json"))
    operations = [
        pytest.param(
            file.parent.name, json.loads(file.read_bytes())["request"], id=file.parent.name
        )
        for file in files
    ]
    return [each for each in operations if (each.values[1] or {}).get("body")]


@pytest.mark.parametrize(("operation", "request_"), examples())
def test_numbers_in_calls_of_the_gateway(
    operation: str, request_: Mapping[str, Any], app: MockApp
) -> None:
    client = app.test_client()
    [route] = [each for each in app.runtime.api.operations if each.id == operation]
    path = route.path.format(**{"instance_key": KEY} | dict(request_["path"]))
    # Those that end what the next would need are tried in one place each.
    places = list(leaves(request_["body"]))[:6]
    for place in places:
        for number in ODD_NUMBERS:
            data = with_number(request_["body"], place, number)
            reply = client.open(path, method=route.method, data=data, headers=JSON | AUTH)
            require_sane(reply, f"{place} = {number:.30}")
    assert client.get("/_mock/state").status_code == 200
