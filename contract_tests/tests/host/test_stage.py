"""Instances for probes: the given one of a host, or new ones of a mock, deleted afterwards."""

from __future__ import annotations

import json
from typing import Any

import pytest
from megaapi_contract.errors import Impossible, NotTried, Unusable
from megaapi_contract.host.host_instance import HostInstance
from megaapi_contract.host.http import Answer, Request
from megaapi_contract.host.mock_health import is_mock
from megaapi_contract.host.stage import NO_WHATSAPP, WORLD, GivenStage, MockStage
from megaapi_contract.host.target import HttpTarget
from megaapi_mock.testing import MockServer

from ..support import KEY, TOKEN


@pytest.mark.parametrize("linked", [True, False])
def test_the_given_instance_is_the_only_one(linked: bool) -> None:
    instance = HostInstance(KEY, TOKEN, connected=linked)
    stage = GivenStage(instance)
    assert stage.instance(connected=None) is stage.instance(connected=linked) is instance
    sentence = "the given instance is not linked" if not linked else "no instance without a phone"
    with pytest.raises(NotTried, match=sentence):
        stage.instance(connected=not linked)


def test_nobody_plays_the_phone_of_a_given_instance() -> None:
    stage = GivenStage(HostInstance(KEY, TOKEN))
    assert not stage.phone and not stage.pass_time(5)
    with pytest.raises(NotTried, match="no control API"):
        stage.control_api("GET", "/_mock/clock")


class ControlApi:
    """Answers as a mock's control API does, and keeps what was asked."""

    name, real = "http://127.0.0.1:9", False

    def __init__(self, *, in_process: bool = True, accounts: set[str] | None = None) -> None:
        self.in_process = in_process
        self.accounts = set(WORLD) if accounts is None else accounts
        self.calls: list[str] = []
        self.headers: dict[str, str] = {}
        self.instances = 0
        self.status = 0

    def send(self, request: Request) -> Answer:
        body = json.loads(request.body) if request.body else {}
        self.calls.append(f"{request.method} {request.path.removeprefix('/_mock')}")
        self.headers = dict(request.headers)
        status, document = self.answer(request, body)
        return Answer(self.status or status, (), json.dumps(document).encode())

    def answer(self, request: Request, body: dict[str, Any]) -> tuple[int, Any]:
        if request.method == "POST" and request.path == "/_mock/instances":
            self.instances += 1
            self.accounts |= {body["number"]} if "number" in body else set()
            key = f"megacode-TESTKEY{self.instances:04}"
            return 201, {"key": key, "token": "TESTTOKEN0001", "number": "5511900000001"}
        if "/contacts/" in request.path and request.method == "GET":
            number = request.path.rpartition("/")[2]
            return (200, {}) if number in self.accounts else (404, {"error": "nobody"})
        return 200, {}

    def close(self) -> None:
        return None


def test_each_place_is_a_new_instance_of_the_mock() -> None:
    api = ControlApi()
    stage = MockStage(api)
    first, second = stage.instance(), stage.instance(connected=False)
    assert first.key != second.key and (first.connected, second.connected) == (True, False)
    assert (first.token, first.number) == ("TESTTOKEN0001", "5511900000001")
    assert set(stage.tokens) == {"megacode-TESTKEY0001", first.key, second.key}


def test_everybody_of_the_suites_world_has_an_account_and_one_has_none() -> None:
    api = ControlApi(accounts={*WORLD[1:], NO_WHATSAPP})
    MockStage(api).instance()
    assert set(WORLD) <= api.accounts
    [unregistered] = [call for call in api.calls if call.startswith("POST") and "contacts" in call]
    assert unregistered.endswith(f"/contacts/{NO_WHATSAPP}")


def test_where_the_number_has_no_account_nothing_is_taken_away() -> None:
    api = ControlApi()
    MockStage(api).instance()
    assert not any(call.startswith("POST") and "contacts" in call for call in api.calls)


def test_a_frozen_clock_runs_until_the_stage_closes() -> None:
    with MockServer() as server:
        server.control_api.call("POST", "/clock", {"freeze": True, "set": 1_767_225_600})
        stage = MockStage(HttpTarget(server.url))
        stage.instance()
        stage.instance()
        assert not server.control_api.call("GET", "/clock")["frozen"]
        stage.close()
        stage.close()
        clock = server.control_api.call("GET", "/clock")
        assert clock == {"now": 1_767_225_600, "frozen": True}


def test_a_clock_that_runs_is_left_alone() -> None:
    with MockServer() as server:
        stage = MockStage(HttpTarget(server.url))
        stage.instance()
        assert stage.frozen_at is None
        stage.close()
        assert not server.control_api.call("GET", "/clock")["frozen"]


def test_what_a_stage_made_is_deleted_and_what_is_gone_is_no_error() -> None:
    api = ControlApi()
    stage = MockStage(api)
    instance = stage.instance()
    stage.adopt(["megacode-TESTKEY0099"])
    api.calls.clear()
    stage.close()
    assert api.calls == [
        "DELETE /instances/megacode-TESTKEY0001",
        f"DELETE /instances/{instance.key}",
        "DELETE /instances/megacode-TESTKEY0099",
    ]
    api.calls.clear()
    stage.close()
    assert api.calls == []
    stage.adopt([KEY])
    api.status = 404
    stage.close()
    stage.adopt([KEY])
    api.status = 500
    with pytest.raises(Unusable, match="answers 500 to DELETE"):
        stage.close()


@pytest.mark.parametrize(
    ("status", "error"), [(400, Impossible), (404, Impossible), (409, Impossible), (503, Unusable)]
)
def test_a_refusal_of_the_control_api_has_its_kind(status: int, error: type[Exception]) -> None:
    api = ControlApi()
    api.status = status
    with pytest.raises(error):
        MockStage(api).control_api("GET", "/_mock/clock")


def test_time_passes_in_this_process_alone() -> None:
    here, elsewhere = ControlApi(), ControlApi(in_process=False)
    assert MockStage(here).pass_time(5)
    assert not MockStage(elsewhere).pass_time(5)
    assert (here.calls, elsewhere.calls) == (["POST /clock"], [])


def test_a_token_of_the_control_api_goes_with_every_call() -> None:
    api = ControlApi(in_process=False)
    MockStage(api, control_token=TOKEN).control_api("GET", "/_mock/clock")
    assert api.headers["X-Mock-Token"] == TOKEN and "Host" not in api.headers
    MockStage(ControlApi()).control_api("GET", "/_mock/clock")


@pytest.mark.parametrize(
    ("status", "health", "mock"),
    [
        (200, {"status": "ok", "version": "1.0"}, True),
        (404, {"status": "ok", "version": "1.0"}, False),
        (200, {"status": "down", "version": "1.0"}, False),
        (200, {"status": "ok", "version": 1}, False),
        (200, {"status": "ok", "version": "1.0", "more": 1}, False),
        (200, {"status": "ok"}, False),
        (200, ["status", "version"], False),
    ],
)
def test_a_mock_is_known_by_its_health_alone(status: int, health: Any, mock: bool) -> None:
    api = ControlApi()
    api.answer = lambda request, body: (status, health)  # type: ignore[method-assign]
    assert is_mock(api, TOKEN) == mock
    assert api.headers["X-Mock-Token"] == TOKEN
