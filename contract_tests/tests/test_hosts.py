"""Hosts that cannot be judged: one sentence, exit 2, no traceback, and never a hang."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from megaapi_contract.cli import main
from megaapi_contract.judging.contract import Contract
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.runner import prepare_run
from megaapi_contract.run.runner import run as run_all

from .support import KEY, TOKEN, answering, free_port, reply

# Whole runs: `make hosts` has them.
pytestmark = pytest.mark.hosts

# What a host may take that never answers, and one that does: a busy machine may make it slow.
TIMEOUT, ROOMY = 1.0, 60.0
# A host that never answers is left after some seconds: whatever takes longer than this hangs.
ALLOWED = 150.0

JSON = "application/json"
_status_call = Contract().by_id["instance_status"]
CONNECTED = json.dumps(Contract().answer_example(_status_call)[2]).encode()


def judged(target: str, *options: str, timeout: float = ROOMY) -> Result:
    """The command against a host that deserves no trust."""
    command = ["run", "--target", target, "--instance-key", KEY, "--token", TOKEN]
    started = time.monotonic()
    result = CliRunner().invoke(
        main, [*command, "--timeout", str(timeout), "--pace", "0", *options],
        catch_exceptions=False,
    )  # fmt: skip
    assert time.monotonic() - started < ALLOWED
    return result


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
    pause = threading.Event()
    while True:
        connection.sendall(b"X-Drip: 1\r\n")
        pause.wait(0.05)


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[")
    pause = threading.Event()
    while True:
        connection.sendall(b"1,")
        pause.wait(0.01)


def silent(connection: socket.socket) -> None:
    connection.recv(1)


NEVER_ANSWERS = ("slow", "dripping", "endless")
BAD: dict[str, tuple[Callable[[socket.socket], None], str]] = {
    "slow": (silent, r"gave no whole answer within 1 s \(--timeout\)"),
    "dripping": (drip, r"gave no whole answer within 1 s"),
    "endless": (endless, r"gave no whole answer within 1 s"),
    "html": (
        lambda c: c.sendall(reply("200 OK", "text/html", b"<h1>Welcome</h1>")),
        "answers 200 with text/html where a gateway answers JSON",
    ),
    "html error": (
        lambda c: c.sendall(reply("502 Bad Gateway", "text/html", b"<h1>bad gateway</h1>")),
        "answers 502 with text/html",
    ),
    "cut at once": (lambda c: None, "cut the connection before its answer was whole"),
    "cut in the body": (
        lambda c: c.sendall(reply("200 OK", JSON, CONNECTED)[:-5]),
        "cut the connection before its answer was whole",
    ),
    "no http": (lambda c: c.sendall(b"220 mail ready\r\n"), "cut the connection|cannot be"),
    "unknown instance": (
        lambda c: c.sendall(reply("404 Not Found", JSON, b"{}")), "does not know the instance key"
    ),
    "wrong token": (
        lambda c: c.sendall(reply("401 Unauthorized", JSON, b"{}")), "refuses the token"
    ),
    "broken": (
        lambda c: c.sendall(reply("500 Internal Server Error", JSON, b"{}")),
        "answers 500 to a status call",
    ),
}  # fmt: skip


def timeout_for(name: str) -> float:
    return TIMEOUT if name in NEVER_ANSWERS else ROOMY


@pytest.mark.parametrize("name", BAD)
def test_a_host_that_cannot_be_judged(name: str) -> None:
    answer, sentence = BAD[name]
    with answering(answer) as url:
        result = judged(url, "--no-control-api", timeout=timeout_for(name))
    told_in_one_sentence(result, sentence)


def told_in_one_sentence(result: Result, words: str) -> None:
    assert result.exit_code == 2, result.output
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert re.search(words, lines[0]), lines[0]
    assert "Traceback" not in result.output


def test_a_host_that_is_down() -> None:
    port = free_port()
    told_in_one_sentence(judged(f"http://127.0.0.1:{port}"), "refuses connections: is the host up")


@pytest.mark.parametrize("status", ["301 Moved Permanently", "307 Temporary Redirect"])
def test_a_redirect_is_told_and_never_followed(status: str) -> None:
    sockets: list[socket.socket] = []
    with answering(sockets.append) as elsewhere:
        location = f"Location: {elsewhere}/rest/instance/{KEY}\r\n"
        with answering(lambda c: c.sendall(reply(status, JSON, b"", extra=location))) as url:
            result = judged(url, "--no-control-api")
    told_in_one_sentence(result, f"redirects to {elsewhere}")
    assert sockets == []


def test_a_name_nobody_knows() -> None:
    told_in_one_sentence(judged("http://no-such-host.invalid"), "cannot be reached")


def test_tls_without_tls() -> None:
    with answering(lambda c: c.sendall(reply("200 OK", JSON, CONNECTED))) as url:
        result = judged(url.replace("http:", "https:"), "--no-control-api")
    told_in_one_sentence(result, "no trusted TLS connection|cut the connection|no whole answer")


def test_a_host_that_dies_meanwhile() -> None:
    answers = 0

    def some(connection: socket.socket) -> None:
        nonlocal answers
        answers += 1
        if answers <= 5:
            connection.sendall(reply("200 OK", JSON, CONNECTED))

    with answering(some) as url:
        options = RunOptions(
            target=url, key=KEY, token=TOKEN, timeout=ROOMY, control_api=False, quick=True, pace=0
        )
        with prepare_run(options) as context:
            report = run_all(context)
    assert "cut the connection" in report.unusable
    assert report.exit_code == 2
    assert not report.complete


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--target", "ftp://127.0.0.1"], "give `mock`, or an address"),
        (["--target", "http://127.0.0.1:8080/rest"], "give only scheme, host and port"),
        (["--target", "http://127.0.0.1:http"], "the port is not a number"),
        (["--target", "http://127.0.0.1:8080"], "needs --instance-key and --token"),
        (["--target", "mock", "--recipient", "12"], "give 8 to 15 digits"),
        (["--target", "mock", "--timeout", "0"], "--timeout must be above 0"),
        (["--target", "mock", "--probe", "no such probe"], "there is no such probe"),
        (["--target", "mock", "--operation", "sendTex"], "did you mean send_text"),
        (["--target", "mok"], "--target mok: did you mean mock?"),
        (["--target", "mock", "--gateway-plan", "strat"], "did you mean start?"),
        (["--target", "mock", "--probe", "law-echoed"], "did you mean "),
    ],
)
def test_wrong_usage(options: list[str], words: str) -> None:
    result = CliRunner().invoke(main, ["run", *options], catch_exceptions=False)
    told_in_one_sentence(result, words)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--timeout", "inf"], "--timeout and --pace take at most"),
        (["--timeout", "nan"], "--timeout and --pace take at most"),
        (["--pace", "1e12"], "--timeout and --pace take at most"),
        (["--gateway-plan", "free"], "it takes code, start, business, token, admin, all"),
        (["--plan"], "--plan is for hosts"),
        (["--webhook-url", "https://t.example.test"], "hands webhooks over by itself"),
        (["--webhook-url", "t.example.test"], "give an address like"),
        (["--webhook-url", "http://["], "this is not an address"),
        (["--webhook-url", "http://t.example.test:port"], "this is not an address"),
        (["--webhook-url", "https://t.example.test/?a=b"], "only scheme, host, port and path"),
    ],
)
def test_wrong_values(options: list[str], words: str) -> None:
    result = CliRunner().invoke(main, ["run", "--target", "mock", *options], catch_exceptions=False)
    told_in_one_sentence(result, words)


def test_no_address() -> None:
    told_in_one_sentence(judged("http://[::1"), "this is not an address")


@pytest.fixture
def connected() -> Iterator[str]:
    with answering(lambda c: c.sendall(reply("200 OK", JSON, CONNECTED))) as url:
        yield url


def test_a_taken_port_for_webhooks(connected: str) -> None:
    used_port = connected.rpartition(":")[2]
    options = ("--no-control-api", "--allow", "changes", "--webhook-port", used_port)
    told_in_one_sentence(judged(connected, *options), "nothing can listen there")


def test_a_public_address_that_does_not_lead_here(connected: str) -> None:
    port = str(free_port())
    options = ("--no-control-api", "--webhook-url", f"{connected}/hooks")
    told_in_one_sentence(judged(connected, *options), "name the port here")
    options = (*options, "--webhook-port", port)
    told_in_one_sentence(judged(connected, *options), "that needs --allow changes")
    options = (*options, "--allow", "changes")
    told_in_one_sentence(judged(connected, *options), "does not come to --webhook-port")
    elsewhere = ("--webhook-url", f"http://127.0.0.1:{port}/hooks", "--webhook-port", "0")
    told_in_one_sentence(judged(connected, *options, *elsewhere), "name the port here")
    down = ("--webhook-url", "http://127.0.0.1:9/hooks")
    told_in_one_sentence(
        judged(connected, *options, *down), "--webhook-url: .* refuses connections"
    )


def test_a_run_that_may_try_nothing_is_no_success(connected: str) -> None:
    result = judged(connected, "--no-control-api", "--operation", "change_token")
    assert result.exit_code == 2
    assert "nothing can be tried" in result.stderr


# What comes, and how often the host is asked until the run ends: a read is tried three times where
# its failure may pass, and so is the status call that tells whether it has.
MEANWHILE = {
    "redirects to": (
        reply("302 Found", JSON, b"{}", extra="Location: https://elsewhere.example.test/\r\n"),
        4,
    ),
    "answers 502 with text/html": (
        reply("502 Bad Gateway", "text/html", b"<html></html>"),
        9,
    ),
}


@pytest.mark.parametrize("words", MEANWHILE)
def test_somebody_else_answers_meanwhile(words: str) -> None:
    answers = 0
    bad, expected = MEANWHILE[words]

    def some(connection: socket.socket) -> None:
        nonlocal answers
        answers += 1
        good = reply("200 OK", JSON, CONNECTED)
        connection.sendall(good if answers <= 3 else bad)

    with answering(some) as url:
        options = RunOptions(
            target=url, key=KEY, token=TOKEN, timeout=ROOMY, control_api=False, quick=True, pace=0
        )
        with prepare_run(options) as context:
            report = run_all(context)
    assert words in report.unusable
    assert (report.exit_code, answers) == (2, expected)


def test_sends_need_somebody_to_send_to() -> None:
    told_in_one_sentence(
        judged("http://127.0.0.1:9", "--allow", "sends"), "--allow sends needs --recipient"
    )


def reported(folder: Path) -> tuple[Any, ElementTree.Element, str]:
    """JSON, the one error of JUnit, and the page."""
    errors = ElementTree.parse(folder / "junit.xml").findall(".//error")
    assert len(errors) == 1
    report = json.loads((folder / "report.json").read_bytes())
    return report, errors[0], (folder / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["slow", "html", "cut at once", "wrong token", "unknown instance"])
def test_a_host_that_cannot_be_judged_leaves_a_report_all_the_same(
    name: str, tmp_path: Path
) -> None:
    answer, sentence = BAD[name]
    with answering(answer) as url:
        options = ("--no-control-api", "--report", str(tmp_path / "new"))
        result = judged(url, *options, timeout=timeout_for(name))
    told_in_one_sentence(result, sentence)
    assert result.stdout == f"Report: {tmp_path}/new/index.html\n"
    report, error, page = reported(tmp_path / "new")
    assert (report["verdict"], report["exit_code"], report["target"]) == ("unusable", 2, url)
    assert report["unusable"] and report["not_complete_because"] == [report["unusable"]]
    assert (error.get("type"), error.get("message")) == ("unusable", report["unusable"])
    assert "Host not usable" in page and "could not be judged" in page


def test_a_host_that_is_down_or_sends_away_leaves_a_report(tmp_path: Path) -> None:
    port = free_port()
    judged(f"http://127.0.0.1:{port}", "--report", str(tmp_path / "down"))
    assert "refuses connections" in reported(tmp_path / "down")[0]["unusable"]
    location = "Location: https://zorba.example.test/\r\n"
    with answering(lambda c: c.sendall(reply("302 Found", JSON, b"", extra=location))) as url:
        judged(url, "--no-control-api", "--report", str(tmp_path / "moved"))
    report, _, page = reported(tmp_path / "moved")
    assert "redirects to" in report["unusable"]
    assert "zorba" not in page + json.dumps(report)


def test_an_address_with_a_password_is_not_kept(tmp_path: Path) -> None:
    result = judged("http://zorba:Segredo77@127.0.0.1:9", "--report", str(tmp_path / "new"))
    told_in_one_sentence(result, "give only scheme, host and port")
    report, _, page = reported(tmp_path / "new")
    assert report["target"] == "the given host"
    for secret in ("zorba", "Segredo77", KEY, f"{TOKEN}"):
        assert secret not in page + json.dumps(report)


def test_a_contract_that_cannot_be_read_leaves_a_report(tmp_path: Path) -> None:
    (tmp_path / "spec").mkdir()
    options = ("--spec", str(tmp_path / "spec"), "--report", str(tmp_path / "new"))
    assert judged("mock", *options).exit_code == 2
    assert reported(tmp_path / "new")[0]["verdict"] == "unusable"
