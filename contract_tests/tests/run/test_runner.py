"""Whole runs: against the mock in this process, over HTTP, through a proxy, as somebody's host."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from megaapi_contract.host.http import Answer, Request
from megaapi_contract.host.target import HttpTarget, MockTarget, is_vendor
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import INCOMPLETE, Report
from megaapi_contract.probes.laws import connection
from megaapi_contract.probes.laws.assertions import value_at
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.runner import prepare_run
from megaapi_contract.run.runner import run as run_all
from megaapi_mock.testing import MockServer

from ..support import KEY, LISTED, TOKEN, free_port

# Whole runs: `make hosts` has them.
pytestmark = pytest.mark.hosts

# What CI always tries; benchmarks/contract_seeds.py tries as many as you like.
SEEDS = (1, 2, 3)


def report_of(options: RunOptions, target: Any = None) -> Report:
    with prepare_run(options, target) as context:
        return run_all(context)


def clean(report: Report) -> None:
    sentences = [f"{b.probe}: {b.kind} {b.operation}: {b.message}" for b in report.breaches]
    assert sentences == []
    assert report.unusable == ""


@pytest.mark.parametrize(
    "seed", [SEEDS[0], *(pytest.param(seed, marks=pytest.mark.hosts) for seed in SEEDS[1:])]
)
def test_the_mock_in_this_process_is_clean_and_complete(seed: int) -> None:
    report = report_of(RunOptions(target="mock", quick=True, seed=seed))
    clean(report)
    assert report.unanswered == {}
    assert report.complete and report.exit_code == 0
    assert {result.state for result in report.results} <= {"passed", "left out"}


@pytest.mark.hosts
def test_the_same_seed_asks_the_same() -> None:
    first, second = (
        [
            (exchange.method, exchange.url, exchange.request_body)
            for exchange in report_of(
                RunOptions(target="mock", quick=True, seed=9, operations=("send_list",))
            ).exchanges
        ]
        for _ in range(2)
    )
    assert first == second


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


@pytest.fixture
def quick_restarts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mock restarts at once: nobody waits long for an instance that stays unlinked."""
    monkeypatch.setattr(connection, "RESTARTS", 1.0)


@pytest.mark.hosts
@pytest.mark.usefixtures("quick_restarts")
def test_over_http_on_another_port(server: MockServer) -> None:
    report = report_of(_over_http(server.url))
    clean(report)
    assert report.complete


def _over_http(url: str, **others: Any) -> RunOptions:
    return RunOptions(target=url, key=KEY, token=TOKEN, quick=True, seed=4, **others)


@pytest.mark.hosts
@pytest.mark.usefixtures("quick_restarts")
def test_behind_a_proxy_that_only_passes_bytes_on(server: MockServer) -> None:
    with passing_on(int(server.url.rpartition(":")[2])) as url:
        report = report_of(_over_http(url))
    clean(report)
    assert report.complete


def test_as_somebodys_host_it_only_reads(server: MockServer) -> None:
    report = report_of(_over_http(server.url, control_api=False, pace=0))
    clean(report)
    operations = {exchange.operation for exchange in report.exchanges} - {None}
    assert {Contract().by_id[str(name)].effect for name in operations} == {"reads"}
    assert report.exit_code == INCOMPLETE
    assert "qr_code_page" in report.unanswered, "a connected instance shows no QR code"
    assert not report.complete
    messages = server.app.test_client().get("/_mock/messages").get_json()["items"]
    assert messages == []


def test_as_somebodys_host_it_sends_to_the_listed_alone(server: MockServer) -> None:
    allow = frozenset({"reads", "sends"})
    report = report_of(
        _over_http(
            server.url,
            control_api=False,
            pace=0,
            allow=allow,
            recipients=(LISTED,),
            max_messages=30,
        )
    )
    clean(report)
    messages = server.app.test_client().get("/_mock/messages?limit=200").get_json()["items"]
    assert {message["chat"] for message in messages} == {f"{LISTED}@s.whatsapp.net"}
    assert 0 < report.messages_sent <= 30


ECHOED = "a text is echoed and acknowledged"


@contextmanager
def through_a_tunnel(server: MockServer) -> Iterator[tuple[RunOptions, HttpTarget]]:
    """The mock as a real host that reaches the receiver only by a public address with a path."""
    port = free_port()
    target = HttpTarget(server.url)
    target.real = True
    with passing_on(port) as tunnel:
        yield _over_http(
            server.url, control_api=False, pace=0, allow=frozenset({"reads", "sends", "changes"}),
            recipients=(LISTED,), probes=(ECHOED,), webhook_port=port,
            webhook_url=f"{tunnel}/the/tunnel/",
        ), target  # fmt: skip


def test_webhooks_of_a_real_host_come_through_a_tunnel(server: MockServer) -> None:
    with through_a_tunnel(server) as (options, target):
        report = report_of(options, target)
    clean(report)
    assert [result.state for result in report.results] == ["passed"]
    kinds = [webhook.json["messageType"] for webhook in report.webhooks]
    assert kinds[0] == "extendedTextMessage" and "message.ack" in kinds
    assert all("/the/tunnel/" in webhook.url for webhook in report.webhooks)
    instance = server.app.test_client().get(f"/_mock/instances/{KEY}").get_json()
    assert instance["webhook"]["url"] == ""


def test_a_phone_that_is_off_is_no_fault_of_a_real_host(server: MockServer) -> None:
    path = server.app.test_client()
    armed = path.post("/_mock/faults", json={"fault": "accepted-undelivered"})
    assert armed.status_code == 201, armed.get_json()
    with through_a_tunnel(server) as (options, target):
        report = report_of(options, target)
    clean(report)
    assert [result.state for result in report.results] == ["passed"]
    statuses = [value_at(webhook.json, "update", "status") for webhook in report.webhooks]
    assert statuses == [None, 2]


def test_what_the_owner_has_blocked_is_not_asked_for(server: MockServer) -> None:
    blocked = server.app.test_client().post(
        f"/rest/config/{KEY}/blockEvents", headers={"Authorization": f"Bearer {TOKEN}"},
        json={"messageData": {"events": ["messagesStatus"]}},
    )  # fmt: skip
    assert blocked.status_code == 200
    with through_a_tunnel(server) as (options, target):
        report = report_of(options, target)
    assert [result.reason for result in report.results] == [
        "the given instance blocks messagesStatus"
    ]
    assert [result.state for result in report.results] == ["left out"]
    assert report.messages_sent == 0


@pytest.mark.hosts
@pytest.mark.parametrize("chosen", [(), ("block_events",), ("create_group",)])
def test_as_somebodys_host_it_leaves_everything_as_it_was(
    chosen: tuple[str, ...], server: MockServer
) -> None:
    _own_settings(server)
    before = _state(server)
    allow = frozenset({"reads", "changes"})
    report = report_of(
        _over_http(
            server.url, control_api=False, pace=0, allow=allow, recipients=(LISTED,),
            operations=chosen,
        )
    )  # fmt: skip
    clean(report)
    called_operations = {each.operation for each in report.exchanges if each.ok}
    assert called_operations >= {"create_group", "leave_group", "configure_webhook"} or chosen
    assert _state(server) == before


def _own_settings(server: MockServer) -> None:
    """A webhook and blocked events that are not what a new instance has."""
    for path, data in (
        (f"/rest/webhook/{KEY}/configWebhook",
         {"webhookUrl": "https://bot.example.test/hook", "webhookEnabled": True}),
        (f"/rest/config/{KEY}/blockEvents", {"events": ["messagesReaction", "presence"]}),
    ):  # fmt: skip
        _ask(server, "POST", path, {"messageData": data})


def _state(server: MockServer) -> list[Any]:
    config = _ask(server, "GET", f"/rest/config/{KEY}")["configData"]
    return [
        _ask(server, "GET", f"/rest/webhook/{KEY}"),
        {name: sorted(events) for name, events in config.items()},
        _ask(server, "GET", f"/rest/group/list/{KEY}"),
    ]


def _ask(server: MockServer, method: str, path: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    client = server.app.test_client()
    answer = client.open(path, method=method, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


class Faulty(MockTarget):
    """The mock, but texts are answered with another status."""

    def send(self, request: Request) -> Answer:
        answer = super().send(request)
        if request.path.endswith("/text") and answer.status == 200:
            return Answer(201, answer.headers, answer.body)
        return answer


def test_a_host_that_is_wrong_fails() -> None:
    options = RunOptions(target="mock", quick=True, seed=1, operations=("send_text",))
    report = report_of(options, Faulty())
    assert report.exit_code == 1
    assert any(b.operation == "send_text" and "201" in b.message for b in report.failures)


class Guessed(MockTarget):
    """The mock, but a fact nobody has confirmed is otherwise."""

    def send(self, request: Request) -> Answer:
        answer = super().send(request)
        about_config = request.path.startswith("/rest/config/") and request.method == "GET"
        if about_config and answer.status == 200:
            return Answer(answer.status, answer.headers, b'{"error": "perhaps"}')
        return answer


def test_a_wrong_guess_is_a_finding_unless_strict() -> None:
    options = {"target": "mock", "quick": True, "seed": 1, "operations": ("config_details",)}
    lenient = report_of(RunOptions(**options), Guessed())
    assert lenient.failures == [] and lenient.findings
    assert {breach.promise.grade for breach in lenient.findings} <= {"inferred", "baileys"}
    strict = report_of(RunOptions(**options, strict=True), Guessed())
    assert strict.failures and strict.exit_code == 1


@pytest.mark.parametrize(
    ("host", "real"),
    [
        ("apinocode01.megaapi.com.br", True),
        ("MEGAAPI.COM.BR.", True),
        ("megaapi.com.br.example.test", False),
        ("notmegaapi.com.br", False),
    ],
)
def test_the_vendors_domain(host: str, real: bool) -> None:
    assert is_vendor(host) is real


def test_every_host_that_is_not_this_machine_is_real() -> None:
    assert HttpTarget("https://mock.example.test").real
    assert not HttpTarget("http://127.0.0.1:8080").real


@contextmanager
def passing_on(port: int) -> Iterator[str]:
    """A TCP proxy that does not look at what it passes on."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[threading.Thread] = []

    def pump(source: socket.socket, sink: socket.socket) -> None:
        try:
            while piece := source.recv(65536):
                sink.sendall(piece)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            # One side has hung up; the other sees it by itself.
            return

    def both_ways(near: socket.socket) -> None:
        with near, ExitStack() as stack:
            try:
                far = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            except OSError:
                # The run has ended, and nobody listens any more: what comes late is cut.
                return
            back = threading.Thread(target=pump, args=(far, near), daemon=True)
            back.start()
            pump(near, far)
            back.join()

    def serve() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=both_ways, args=(near,), daemon=True)
            thread.start()
            threads.append(thread)

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in (server, *threads):
            thread.join(timeout=60)
