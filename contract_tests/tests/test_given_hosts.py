"""A host that is somebody's own: what stands before it, how it limits, and what it is left like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from megaapi_contract.errors import CallCut, SetupError, Unusable
from megaapi_contract.host.http import Answer, Request, request
from megaapi_contract.host.target import HttpTarget, MockTarget
from megaapi_contract.judging.results import Report
from megaapi_contract.probes.laws import all_laws
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.runner import prepare_run
from megaapi_contract.run.runner import run as run_all
from megaapi_contract.safety import gate
from megaapi_mock.spec.plans import EVERY_PLAN
from megaapi_mock.testing import MockServer

from .spoiling import Bench, Contract, Fault
from .support import KEY, LISTED, TOKEN

# Whole runs against hosts.
pytestmark = pytest.mark.hosts

HTML = (("Content-Type", "text/html; charset=utf-8"),)
JSON = (("Content-Type", "application/json"),)
Between = Callable[[Request, Callable[[Request], Answer]], Answer]


@dataclass
class Somebodys:
    """The mock as a host that people are behind, with something between."""

    behind: HttpTarget
    between: Between = lambda request, ask: ask(request)
    name: str = "https://host.example.test"
    real: bool = True
    in_process: bool = False
    asked: list[Request] = field(default_factory=list)

    def send(self, request: Request) -> Answer:
        self.asked.append(request)
        return self.between(request, self.behind.send)

    def close(self) -> None:
        return None


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


def run_with(
    server: MockServer, between: Between, *allow: str, **others: Any
) -> tuple[Report, Somebodys]:
    host = Somebodys(HttpTarget(server.url), between)
    options = RunOptions(
        target=host.name, key=KEY, token=TOKEN, quick=True, seed=3, pace=0,
        allow=frozenset({"reads", *allow}), recipients=(LISTED,), **others,
    )  # fmt: skip
    with prepare_run(options, host) as context:
        return run_all(context), host


def from_then_on(number: int, answer: Answer) -> Between:
    """That answer to everything after so many requests."""
    count = 0

    def between(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        nonlocal count
        count += 1
        return ask(request) if count < number else answer

    return between


@pytest.mark.parametrize("status", [200, 403, 404, 500, 522, 530])
def test_a_page_in_place_of_every_answer_is_nobodys_broken_promise(
    status: int, server: MockServer
) -> None:
    report, host = run_with(server, from_then_on(12, Answer(status, HTML, b"<h1>Wait</h1>")))
    assert f"answers {status} with text/html where a gateway answers JSON" in report.unusable
    assert (report.exit_code, report.failures) == (2, [])
    assert len(host.asked) <= 13


def test_a_page_of_one_operation_alone_is_its_own_fault(server: MockServer) -> None:
    def between(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        mine = request.path.startswith("/rest/group/list/")
        return Answer(404, HTML, b"<pre>Cannot GET</pre>") if mine else ask(request)

    report, _ = run_with(server, between, operations=("list_groups",))
    assert report.unusable == ""
    assert {breach.operation for breach in report.failures} == {"list_groups"}


def limiting(turns: int) -> Between:
    """Too many requests, so often in a row; then the answer."""
    calls_left = 0

    def between(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        nonlocal calls_left
        calls_left = turns if calls_left == 0 else calls_left - 1
        return Answer(429, (*JSON, ("Retry-After", "0")), b"{}") if calls_left else ask(request)

    return between


def test_a_host_that_wants_a_rest_gets_it(server: MockServer) -> None:
    report, _ = run_with(server, limiting(2), operations=("config_details",))
    assert (report.unusable, report.failures) == ("", [])
    assert {exchange.status for exchange in report.exchanges} >= {200}
    assert 429 not in {exchange.status for exchange in report.exchanges}


def test_a_host_that_never_has_enough_rest_is_not_judged(server: MockServer) -> None:
    with pytest.raises(Unusable, match="still answers 429 after 3 rests"):
        run_with(server, limiting(99))


# -- a moment's failure -------------------------------------------------------------------------


def cutting(action: str, turns: int, failure: Answer | None) -> Between:
    """So many calls of this path are cut, or answered by a proxy; then the host answers."""
    calls_left = turns

    def between(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        nonlocal calls_left
        if action not in request.path or calls_left == 0:
            return ask(request)
        calls_left -= 1
        if failure is None:
            raise CallCut("cut")
        return failure

    return between


FAILURES = [None, *(Answer(status, HTML, b"<h1>Bad</h1>") for status in (502, 503, 504))]


@pytest.fixture
def no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "RESTS_AFTER_CUT", (0.0, 0.0))


@pytest.mark.usefixtures("no_rest")
@pytest.mark.parametrize("failure", FAILURES)
def test_a_read_that_fails_for_a_moment_is_asked_again(
    failure: Answer | None, server: MockServer
) -> None:
    between = cutting("rest/group/list", 2, failure)
    report, _ = run_with(server, between, operations=("list_groups",))
    assert (report.unusable, report.failures) == ("", [])
    assert any("2 reads asked again, 0 probes ended early" in note for note in report.notes)


@pytest.mark.usefixtures("no_rest")
@pytest.mark.parametrize("failure", FAILURES)
def test_a_send_that_fails_is_never_repeated_and_the_run_goes_on(
    failure: Answer | None, server: MockServer
) -> None:
    between = cutting("sendMessage", 1, failure)
    operations = ("send_text", "send_location")
    report, host = run_with(server, between, "sends", operations=operations)
    assert (report.unusable, report.failures) == ("", [])
    sends = [request for request in host.asked if "sendMessage" in request.path]
    # Not at once, and not later: other probes may send the same under another token.
    assert sends.count(sends[0]) == 1
    assert any("0 reads asked again, 1 probes ended early" in note for note in report.notes)
    assert any(result.state == "passed" for result in report.results)


@pytest.mark.usefixtures("no_rest")
def test_a_host_that_goes_on_failing_is_not_judged(server: MockServer) -> None:
    between = cutting("sendMessage", 99, FAILURES[1])
    operations = ("send_text", "send_location", "send_link_preview", "send_list")
    report, host = run_with(server, between, "sends", operations=operations)
    assert report.exit_code == 2 and "502" in report.unusable
    assert sum("sendMessage" in request.path for request in host.asked) == 3


# -- groups ----------------------------------------------------------------------------------


def groups_of(server: MockServer) -> Any:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return server.app.test_client().get(f"/rest/group/list/{KEY}", headers=headers).get_json()


class Cut(Exception):
    """Stands for whatever ends a run: the user, or the connection."""


@pytest.mark.parametrize("end", [Unusable("cut"), KeyboardInterrupt(), Answer(200, JSON, b"{}")])
def test_a_group_whose_answer_never_came_is_left_again(end: Any, server: MockServer) -> None:
    def between(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        answer = ask(request)
        if not request.path.endswith("/create") or answer.status != 200:
            return answer
        answers.append(answer)
        if isinstance(end, BaseException):
            raise end
        return Answer(end.status, end.headers, end.body)

    answers: list[Answer] = []
    before = groups_of(server)
    try:
        run_with(server, between, "changes", operations=("create_group",))
    except KeyboardInterrupt:
        assert isinstance(end, KeyboardInterrupt)
    assert answers
    assert groups_of(server) == before


def test_a_group_that_may_be_left_is_told(server: MockServer) -> None:
    """Made without an answer, and then the list of groups breaks: nobody can look for it."""

    def between(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        answer = ask(request)
        if request.path.endswith("/create") and answer.status == 200:
            answers.append(answer)
            raise Unusable("cut")
        return Answer(200, JSON, b"{}") if answers and "/group/list/" in request.path else answer

    answers: list[Answer] = []
    report, _ = run_with(server, between, "changes", operations=("create_group",))
    assert answers and report.exit_code == 2
    assert "a group of the run may be left" in report.unusable


def test_no_group_is_made_where_groups_cannot_be_read(server: MockServer) -> None:
    def between(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        mine = request.path.startswith("/rest/group/list/")
        return Answer(200, JSON, b'{"groups": null}') if mine else ask(request)

    report, host = run_with(server, between, "changes", operations=("create_group",))
    assert not [one for one in host.asked if one.path.endswith("/create")]
    assert "cannot be read" in report.unanswered["create_group"]


# -- what it may, and why not ----------------------------------------------------------------


def test_recipients_are_written_as_people_do() -> None:
    for number in (f"+{LISTED}", f" {LISTED}"):
        assert RunOptions(target="mock", recipients=(number,)).recipients == (LISTED,)
    for wrong in ("100000000000001@lid", "12", "Ana"):
        with pytest.raises(SetupError, match="give 8 to 15 digits"):
            RunOptions(target="mock", recipients=(wrong,))


def test_a_media_url_is_an_address() -> None:
    with pytest.raises(SetupError, match="--media-url notaurl: give an address"):
        RunOptions(target="mock", media_url="notaurl")


def test_what_stays_for_want_of_messages_says_so(server: MockServer) -> None:
    report, _ = run_with(
        server, Somebodys.between, "sends", max_messages=0, operations=("send_text", "send_list")
    )
    assert report.exit_code == 2
    assert "0 messages are sent (--max-messages)" in report.unusable
    report, _ = run_with(
        server, Somebodys.between, "sends", max_messages=1,
        operations=("send_text", "send_location", "instance_status"),
    )  # fmt: skip
    reasons = " ".join(report.unanswered.values())
    assert "1 messages are sent (--max-messages)" in reasons
    assert "somebody else" not in reasons


# -- what it has forgotten -------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["restart", "logout"])
def test_a_webhook_that_a_restart_forgets_is_a_finding(operation: str) -> None:
    target = MockTarget(profile=EVERY_PLAN)

    def alter(outgoing: Request, answer: Answer) -> Answer:
        if outgoing.path.rpartition("/")[0].endswith(f"/{operation}"):
            key = outgoing.path.rpartition("/")[2]
            instances = target.send(
                request("GET", "/_mock/instances?limit=5000", headers=HOST)
            ).body
            assert key.encode() in instances
            path = f"/_mock/instances/{key}/webhook"
            target.send(request("DELETE", path, headers=HOST))
        return answer

    try:
        for probe in all_laws():
            if operation in probe.operations and probe.needs_people:
                breaches = Bench(Contract(plan=EVERY_PLAN), target).tried(probe, Fault(alter))
                grades = {breach.promise.grade for breach in breaches}
                assert grades <= {"inferred"}, (probe.name, [each.message for each in breaches])
    finally:
        target.close()


HOST = (("Host", "127.0.0.1"),)
