"""The vendor's collection of 2022 and its PHP class, called against the mock."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import orjson
import pytest
import yaml
from megaapi_mock.profile import default_profile, load_profile
from megaapi_mock.resources import root
from megaapi_mock.spec.plans import PLANS
from megaapi_mock.web.app import MockApp, build_app

from .forms import differences
from .support import AUTH, KEY, RecordingTransport

Json = dict[str, Any]
RECORDING = yaml.safe_load(
    (root("fixtures") / "recordings" / "collection-2022.yaml").read_text(encoding="utf-8")
)
CALLS: list[Json] = RECORDING["calls"]
# As many messages as the recorded answer lists.
SENT_BEFORE = {"chats": 1, "messages": 2}
RECORDED = [call for call in CALLS if "recorded" in call]
PHP: list[Json] = yaml.safe_load(
    (root("fixtures") / "recordings" / "php-class.yaml").read_text(encoding="utf-8")
)["calls"]
each_recorded = pytest.mark.parametrize("call", RECORDED, ids=lambda call: call["name"])


@pytest.fixture(scope="module")
def app_of_2022() -> Iterator[MockApp]:
    app = build_app(
        profile=load_profile("token", root("fixtures")),
        transport=RecordingTransport(),
    )
    yield app
    assert list(app.runtime.records.bugs) == []
    app.stop(1)


@pytest.fixture(autouse=True)
def _at_the_start(app_of_2022: MockApp) -> None:
    app_of_2022.runtime.instances.store.reset()


def perform(app: MockApp, call: Json) -> Any:
    """The call as the collection makes it, with this world's key and token."""
    options: Json = {
        "headers": AUTH,
        "query_string": call.get("query", "").format(instance_key=KEY),
    }
    if call.get("form"):
        options["data"] = {"file": (BytesIO(b"x"), "file.bin")}
    elif "body" in call:
        options["json"] = call["body"]
    path = call["path"].format(instance_key=KEY)
    return app.test_client().open(path, method=call["method"], **options)


def answer_to(app: MockApp, call: Json) -> Any:
    """The answer's document; what downloads, or lists messages, has some that were really sent."""
    if call["name"] == "downloadMediaMessage":
        call = {**call, "body": {"messageKeys": sent_picture(app)}}
    for _ in range(SENT_BEFORE.get(call["name"], 0)):
        data = {"to": "5511900000002", "text": "Ola bom dia"}
        path = f"/rest/sendMessage/{KEY}/text"
        app.test_client().post(path, json={"messageData": data}, headers=AUTH)
    reply = perform(app, call)
    assert reply.status_code == 200, (reply.data, reply.headers.get("X-Mock-Reason"))
    return orjson.loads(reply.get_data())


def sent_picture(app: MockApp) -> Json:
    data = {"to": "5511900000002", "url": "https://files.example.test/a.jpg", "type": "image"}
    path = f"/rest/sendMessage/{KEY}/mediaUrl"
    reply = app.test_client().post(path, json={"messageData": data}, headers=AUTH)
    part = reply.get_json()["messageData"]["message"]["imageMessage"]
    keys = {name: part[name] for name in ("mediaKey", "directPath", "url", "mimetype")}
    return {**keys, "messageType": "image"}


def declared(call: Json) -> list[str]:
    """Where the recording says today's answer differs; each with a reason."""
    entries = call.get("differs", [])
    assert all(entry["reason"] for entry in entries)
    return [entry["at"] for entry in entries]


def test_the_recording_is_whole() -> None:
    assert (len(CALLS), len(RECORDED)) == (57, 22)


@each_recorded
def test_recorded_answer_has_the_form_of_the_mocks_answer(app_of_2022: MockApp, call: Json) -> None:
    answer = answer_to(app_of_2022, call)
    assert differences(call["recorded"], answer) == set(declared(call)), answer


@pytest.mark.parametrize(
    "call", [call for call in CALLS if "single" in call], ids=lambda call: call["name"]
)
def test_answer_for_one_of_many_has_the_form_of_a_single_send(
    app_of_2022: MockApp, call: Json
) -> None:
    """What stands under each recipient is what the operation for one answers as messageData."""
    [(jid, recorded)] = call["recorded"]["messageData"]["data"].items()
    body = {"messageData": {**call["body"]["messageData"], "to": jid}}
    single = {"name": "", "method": "POST", "path": call["single"], "body": body}
    answered = answer_to(app_of_2022, single)["messageData"]
    assert differences(recorded, answered) == set()


@pytest.mark.parametrize("plan", PLANS)
def test_every_request_is_answered_or_refused_with_its_plan_named(plan: str) -> None:
    app = build_app(profile=default_profile(plan), transport=RecordingTransport())
    try:
        for call in CALLS:
            app.runtime.instances.store.reset()
            reply = perform(app, call)
            reason = reply.headers.get("X-Mock-Reason", "")
            if reply.status_code == 404:
                assert "an operation of plan" in reason, (call["name"], reason)
            elif reply.status_code >= 400:
                assert reason, (call["name"], reply.data)
        assert list(app.runtime.records.bugs) == []
    finally:
        app.stop(1)


def test_the_table_of_the_php_class_is_whole() -> None:
    assert (len(PHP), len({call["name"].split()[0] for call in PHP})) == (47, 36)


@pytest.mark.parametrize("call", PHP, ids=lambda call: call["name"])
def test_call_of_the_php_class_is_answered_under_its_plan(app_of_2022: MockApp, call: Json) -> None:
    reply = perform(app_of_2022, call)
    reason = reply.headers.get("X-Mock-Reason", "")
    if "unusable" in call:
        assert reply.status_code == 500 and "messageData/key" in reason
    elif call["name"].startswith("qrcode"):
        assert reply.status_code == 403 and "log out first" in reason
    else:
        assert reply.status_code == 200, reason


def test_calls_that_plan_code_refuses_name_the_plans_that_have_them() -> None:
    app = build_app(profile=default_profile(), transport=RecordingTransport())
    try:
        for call in PHP:
            reply, plans = perform(app, call), call.get("plan")
            reason = reply.headers.get("X-Mock-Reason", "")
            assert (reply.status_code == 404) == (plans is not None), call["name"]
            if plans is not None:
                assert f"is an operation of plan {plans}, not of plan code" in reason, reason
    finally:
        app.stop(1)


@pytest.mark.parametrize(
    ("recorded", "answered", "found"),
    [
        ({"a": 1}, {"a": 2}, set()),
        ({"a": 1}, {"a": 1.0}, {"a"}),
        ({"a": 1}, {"a": True}, {"a"}),
        ({"a": 1}, {"b": 1}, {"a", "b"}),
        ({"a": [{"b": 1}]}, {"a": [{"b": ""}]}, {"a.b"}),
        ({"a": [1]}, {"a": []}, {"a"}),
        ({"a": ""}, {"a": "x"}, {"a"}),
        ({"a": "12"}, {"a": "ab"}, {"a"}),
        ({"status": "PENDING"}, {"status": "SENT"}, {"status"}),
        ([1], {"a": 1}, {""}),
    ],
)
def test_differences_in_form_are_found(recorded: Any, answered: Any, found: set[str]) -> None:
    assert differences(recorded, answered) == found
