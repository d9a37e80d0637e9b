"""The command as people use it: plans, reports, replays, the list of probes."""

from __future__ import annotations

import json
import shlex
import signal
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from megaapi_contract.cli import main
from megaapi_contract.host.http import Answer, Request
from megaapi_contract.host.target import MockTarget
from megaapi_contract.judging.results import read_json
from megaapi_contract.run import preparation, runner
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.planning import NOT_THE_TOKEN

from .support import KEY, LISTED, REAL, TOKEN


def contract(*command: str) -> Result:
    return CliRunner().invoke(main, [*command], catch_exceptions=False)


def planned(*options: str) -> Result:
    host_options = ["--instance-key", KEY, "--token", TOKEN, "--seed", "1", "--quick", "--plan"]
    return contract("run", "--target", REAL, *host_options, *options)


def test_a_plan_of_a_real_host_only_reads_and_sends_nothing() -> None:
    result = planned()
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines and all(line.startswith(("GET ", "POST ")) for line in lines)
    assert all("downloadMediaMessage" in line for line in lines if line.startswith("POST"))
    assert "nothing was sent" in result.stderr


@pytest.mark.parametrize(
    ("options", "meant"),
    [
        (["--allow", "disconects"], "disconnects"),
        (["--allow", "send"], "sends"),
        (["--operation", "sendTex"], "send_text"),
        (["--probe", "examples_of_send_tex"], "examples"),
    ],
)
def test_wrong_name_gets_the_one_that_was_meant(options: list[str], meant: str) -> None:
    result = planned(*options)
    assert result.exit_code == 2
    assert f"did you mean {meant}" in result.stderr


def _has_json(line: str) -> bool:
    body = line.split(" ", 2)[2] if line.count(" ") > 1 else ""
    # Long bodies are cut where a person reads them.
    return body.endswith("...") or read_json(body.encode()) is not None


@pytest.mark.parametrize(
    "command",
    [
        ["run", "--target", "mock", "--spec"],
        ["run", "--target", "mock", "--quick", "--operation", "send_text", "--report"],
        ["fit", "--target", "mock", "-o"],
        ["replay", "--target", "mock"],
        ["restore", "--token", TOKEN],
    ],
    ids=lambda command: command[0],
)
def test_a_name_too_long_for_a_file_is_refused_in_a_sentence(command: list[str]) -> None:
    result = contract(*command, "x" * 5000)
    assert result.exit_code == 2
    assert "File name too long" in result.stderr and "mistake in" not in result.stderr


def test_a_plan_with_sends_names_the_listed_alone() -> None:
    result = planned("--allow", "sends", "--recipient", LISTED, "--max-messages", "12")
    sends = [line for line in result.stdout.splitlines() if "/sendMessage/" in line]
    # What has another token, or a body that nobody can read, reaches nobody.
    reaching = [one for one in sends if not one.endswith(NOT_THE_TOKEN) and _has_json(one)]
    assert 0 < len(reaching) <= 12
    bodies = [json.loads(line.split(" ", 2)[2]) for line in sends if line.endswith("}")]
    assert {body["messageData"].get("to") for body in bodies if "messageData" in body} <= {
        LISTED, f"{LISTED}@s.whatsapp.net", None,
    }  # fmt: skip


def test_the_same_plan_twice() -> None:
    assert planned().stdout == planned().stdout


def test_key_and_token_from_the_environment() -> None:
    names = {"MEGAAPI_INSTANCE_KEY": KEY, "MEGAAPI_TOKEN": TOKEN}
    command = ["run", "--target", REAL, "--plan", "--quick", "--operation", "list_groups"]
    result = CliRunner().invoke(main, command, env=names, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert f"GET /rest/group/list/{KEY}" in result.stdout


def test_the_probes_are_listed() -> None:
    lines = contract("probes").stdout.splitlines()
    assert len(lines) > 300
    assert "examples   examples of send_text: sends" in lines


SPOILT = "fuzzing of send_text"


class Spoilt(MockTarget):
    """The mock, but a sent text has no time."""

    def send(self, request: Request) -> Answer:
        answer = super().send(request)
        if request.path.endswith("/text") and answer.status == 200:
            document = json.loads(answer.body)
            document["messageData"].pop("messageTimestamp", None)
            return Answer(200, answer.headers, json.dumps(document).encode())
        return answer


@pytest.fixture
def spoilt(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The mock is spoilt until the function is called."""
    with monkeypatch.context() as patch:
        patch.setattr(preparation, "make_target", lambda options: Spoilt(seed=options.seed))
        yield patch.undo


@pytest.mark.hosts
def test_a_fault_is_reported_and_replayed(tmp_path: Path, spoilt: Callable[[], None]) -> None:
    report = tmp_path / "report"
    run = ("run", "--target", "mock", "--quick", "--seed", "1", "--operation", "send_text")
    result = contract(*run, "--report", str(report))
    assert result.exit_code == 1, result.output
    assert {path.name for path in report.iterdir()} >= {
        "index.html", "junit.xml", "exchanges.har", "report.json", "failures",
    }  # fmt: skip
    recordings = sorted((report / "failures").glob("*schema-send-text*.json"))
    assert recordings
    line = next(
        each
        for each in result.stdout.splitlines()
        if "replay" in each and str(recordings[0]) in each
    )
    replay_run = contract(*shlex.split(line)[1:])
    assert (replay_run.exit_code, replay_run.stdout[:11]) == (1, "still fails")
    spoilt()
    healed = contract("replay", str(recordings[0]), "--target", "mock")
    assert (healed.exit_code, healed.stdout[:8]) == (0, "does not")


@pytest.mark.hosts
def test_a_law_is_replayed_by_its_probe(tmp_path: Path, spoilt: Callable[[], None]) -> None:
    run = ("run", "--target", "mock", "--quick", "--seed", "1", "--operation", "send_text")
    contract(*run, "--report", str(tmp_path / "report"))
    recordings = sorted((tmp_path / "report" / "failures").glob("*law-send-text*.json"))
    assert contract("replay", str(recordings[0]), "--target", "mock", "--quick").exit_code == 1
    spoilt()
    assert contract("replay", str(recordings[0]), "--target", "mock", "--quick").exit_code == 0


def test_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    result = contract("run", "--target", "mock", "--quick", "--report", str(tmp_path))
    assert result.exit_code == 2 and len(result.stderr.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_judges_nothing(
    number: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(runner, "try_probe", lambda *given: signal.raise_signal(number))
    result = contract("run", "--target", "mock", "--quick")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (
        130, "megaapi-contract: interrupted: nothing is judged"
    )  # fmt: skip
    assert signal.getsignal(signal.SIGTERM) is before


class EndedByHand(Spoilt):
    """Somebody presses Ctrl-C during the second text, and again while all is put away."""

    texts, again = 0, False

    def send(self, request: Request) -> Answer:
        text = request.path.endswith("/text")
        self.texts += text
        if self.texts == 2 and (text or self.again):
            raise KeyboardInterrupt
        return super().send(request)


@pytest.mark.parametrize("again", [False, True])
def test_what_was_found_before_ctrl_c_is_reported(
    again: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EndedByHand, "again", again)
    monkeypatch.setattr(preparation, "make_target", lambda options: EndedByHand(seed=options.seed))
    run = ("run", "--target", "mock", "--quick", "--seed", "1", "--operation", "send_text")
    result = contract(*run, "--report", str(tmp_path))
    assert result.exit_code == 130
    assert result.stderr.splitlines()[-1] == "megaapi-contract: interrupted: nothing is judged"
    assert "INTERRUPTED" in result.stdout and "promised by spec/" in result.stdout
    report = json.loads((tmp_path / "report.json").read_bytes())
    assert (report["verdict"], report["interrupted"], report["exit_code"]) == (
        "interrupted", True, 130
    )  # fmt: skip
    # What the interrupted probe itself had found counts too.
    probe = report["probes"][-1]
    assert (probe["state"], probe["reason"]) == ("failed", "the run was interrupted")
    assert report["failures"] and all(
        (tmp_path / each["replay"]).is_file() for each in report["failures"]
    )
    root = ElementTree.parse(tmp_path / "junit.xml").getroot()
    assert [each.get("type") for each in root.iter("error")] == ["interrupted"]
    assert any(each.get("type") == "schema" for each in root.iter("failure"))
    assert "Interrupted" in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_ctrl_c_before_anything_was_asked_leaves_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        preparation, "make_target", lambda options: signal.raise_signal(signal.SIGINT)
    )
    result = contract("run", "--target", "mock", "--report", str(tmp_path / "new"))
    assert result.exit_code == 130
    report = json.loads((tmp_path / "new" / "report.json").read_bytes())
    assert (report["verdict"], report["probes"]) == ("interrupted", [])
    assert "kept in" not in (tmp_path / "new" / "index.html").read_text(encoding="utf-8")


class Silent(MockTarget):
    """The mock, but it does not say why it answers 500."""

    def send(self, request: Request) -> Answer:
        answer = super().send(request)
        headers = tuple(pair for pair in answer.headers if pair[0] != "X-Mock-Reason")
        return Answer(answer.status, headers, answer.body) if answer.status == 500 else answer


@pytest.mark.hosts
def test_a_500_without_a_reason_is_a_failure() -> None:
    options = RunOptions(target="mock", quick=True, seed=1, operations=("send_text",))
    with runner.prepare_run(options, Silent()) as context:
        report = runner.run(context)
    assert report.exit_code == 1
    assert {breach.kind for breach in report.failures} == {"bare-500"}
