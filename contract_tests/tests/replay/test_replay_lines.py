"""Every line that a report prints reproduces its fault: on somebody's host, and on a mock."""

from __future__ import annotations

import dataclasses
import json
import os
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from megaapi_contract.cli import main
from megaapi_contract.host.http import Answer, Request
from megaapi_contract.host.target import HttpTarget, MockTarget, Target
from megaapi_contract.run import preparation
from megaapi_contract.run.options import RunOptions
from megaapi_mock.testing import MockServer

from ..support import KEY, LISTED, TOKEN

Spoil = Callable[[Request, Answer], Answer]
GIVEN = {
    "MEGAAPI_INSTANCE_KEY": KEY,
    "MEGAAPI_TOKEN": TOKEN,
}


def contract(*command: str) -> Result:
    return CliRunner().invoke(main, [*command], env=GIVEN, catch_exceptions=False)


def created(request: Request, answer: Answer) -> Answer:
    """201 for every 200 but those that read an instance's own settings."""
    own = request.path.count("/") == 3 and request.method == "GET"
    return dataclasses.replace(answer, status=201) if answer.status == 200 and not own else answer


def forbidding(request: Request, answer: Answer) -> Answer:
    """403 in place of 401 for whatever is about settings."""
    bad = answer.status == 401 and request.path.startswith("/rest/config/")
    return dataclasses.replace(answer, status=403) if bad else answer


def spoilt(host: HttpTarget | MockTarget, spoil: Spoil) -> Target:
    """The host with its answers spoilt, but for those of its control API."""
    send = host.send

    def sent(request: Request) -> Answer:
        answer = send(request)
        return answer if request.path.startswith("/_mock/") else spoil(request, answer)

    host.send = sent
    return host


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


def every_line_reproduces(folder: Path) -> dict[str, str]:
    """Runs each line of a report, from its folder as it says; every sentence by its file."""
    report = json.loads((folder / "report.json").read_bytes())
    faults = [*report["failures"], *report["findings"]]
    sentences, wrong = {}, {}
    for each in faults:
        words = shlex.split(os.path.expandvars(each["again"]))
        assert words[:3] == ["megaapi-contract", "replay", each["replay"]]
        second_run = contract("replay", str(folder / each["replay"]), *words[3:])
        sentences[each["replay"]] = second_run.output
        if second_run.exit_code != 1 or not second_run.output.startswith("still fails"):
            wrong[each["replay"]] = second_run.output
    assert wrong == {}
    return sentences


def run(*options: str, folder: Path) -> dict[str, str]:
    common_options = ["--quick", "--seed", "5", "--pace", "0", "--report", str(folder)]
    result = contract("run", *common_options, *options)
    assert result.exit_code == 1, result.output
    return every_line_reproduces(folder)


Spoiling = Callable[[Spoil], None]


@pytest.fixture
def spoiling(monkeypatch: pytest.MonkeyPatch) -> Spoiling:
    """From now on every host's answers are spoilt."""
    monkeypatch.setenv("RECIPIENT", LISTED)

    def spoil(spoil_way: Spoil) -> None:
        def make(options: RunOptions) -> Target:
            if options.target == "mock":
                return spoilt(MockTarget(seed=options.seed), spoil_way)
            return spoilt(HttpTarget(options.target, timeout=options.timeout), spoil_way)

        monkeypatch.setattr(preparation, "make_target", make)

    return spoil


ALLOWED = ("--allow", "sends", "--allow", "changes", "--recipient", LISTED, "--max-messages", "60")


@pytest.mark.hosts
def test_on_somebodys_host(server: MockServer, spoiling: Spoiling, tmp_path: Path) -> None:
    spoiling(created)
    report = run("--target", server.url, "--no-control-api", *ALLOWED, folder=tmp_path)
    about = " ".join(report)
    for operation in ("send-media-url", "send-link-preview", "send-template", "configure-webhook"):
        assert f"status-{operation}" in about
    law = next(tmp_path.glob("failures/*law-send*"))
    alone = contract("replay", str(law), "--target", server.url, "--no-control-api", "--quick")
    assert (alone.exit_code, alone.output[:9]) == (2, "not tried"), alone.output


def test_on_somebodys_host_that_is_only_read(
    server: MockServer, spoiling: Spoiling, tmp_path: Path
) -> None:
    spoiling(created)
    report = run("--target", server.url, "--no-control-api", folder=tmp_path)
    assert any("status-group-details" in file for file in report)


@pytest.mark.hosts
def test_on_a_mock_of_bad_tokens(spoiling: Spoiling, tmp_path: Path) -> None:
    spoiling(forbidding)
    report = run("--target", "mock", folder=tmp_path)
    assert any("status-config-details" in file for file in report)
