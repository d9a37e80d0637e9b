"""Commands whose output cannot be written: what they do is done, and nothing is a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import click
import pytest
from megaapi_contract.capture.capture import Capture
from megaapi_contract.capture.relay import Passage
from megaapi_contract.cli import main
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import Report
from megaapi_contract.run import fit
from megaapi_contract.run.context import RunContext
from megaapi_contract.run.runner import run

from ..support import KEY, REAL, TOKEN

FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="there is no full device")
GIVEN = ("--instance-key", KEY, "--token", TOKEN, "--seed", "1")
PROBE = ("--quick", "--probe", "examples of instance_status")
COMMANDS: dict[str, tuple[str, ...]] = {
    "--help": (),
    "--version": (),
    "probes": (),
    "run": ("--target", "mock", *PROBE),
    "run --plan": ("--target", REAL, *GIVEN, *PROBE),
    "fit": ("--target", "mock", "--seed", "1", "-o", "{new}"),
    "drift": ("{capture}",),
    "learn": ("{capture}", "-o", "{new}"),
    "replay": ("{capture}", "--target", "mock"),
    "proxy": ("--help",),
    "restore": ("--help",),
    "mutate": ("--help",),
}
# Their exit codes are verdicts.
VERDICTS = {"run", "drift", "replay"}
EACH = pytest.mark.parametrize("command", COMMANDS)


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory, contract: Contract) -> Path:
    """A capture of one call, whose answer is not as the contract has it."""
    folder = tmp_path_factory.mktemp("captures") / "one"
    one = Capture(folder, contract, tell=lambda line: None)
    key = (("Authorization", f"Bearer {TOKEN}"),)
    one.write("call", Passage("GET", f"/rest/instance/{KEY}", key, b"", 418, (), b"[]", 1.0, 0.01))
    one.close()
    return folder


@pytest.fixture
def gone() -> Iterator[IO[str]]:
    """Standard output whose reader has gone."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", encoding="utf-8") as stream:
        yield stream


@pytest.fixture
def full() -> Iterator[IO[str]]:
    """Standard output on a full disk."""
    with FULL.open("w", encoding="utf-8") as stream:
        yield stream


class Command:
    """The program in this process, with a standard output of the test's own."""

    def __init__(self, patch: pytest.MonkeyPatch, capture: Path, new: Path) -> None:
        self._patch, self._places, self.new = patch, {"capture": capture, "new": new}, new

    def run(self, command: str, stdout: IO[str] | None) -> object:
        """Its exit code."""
        words = [word.format(**self._places) for word in COMMANDS[command]]
        return self.run_words([*command.split(), *words], stdout)

    def run_words(self, words: list[str], stdout: IO[str] | None) -> object:
        self._patch.setattr(sys, "stdout", stdout)
        with pytest.raises(SystemExit) as ending:
            main.main(words, prog_name="megaapi-contract")
        return ending.value.code


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, capture: Path, tmp_path: Path) -> Command:
    def read_one(context: RunContext, *progress: Any) -> Report:
        options = replace(
            context.options, probes=("what is refused leaves no trace: webhook_settings",)
        )
        return run(replace(context, options=options), *progress)

    # All that `fit` tries takes a minute.
    monkeypatch.setattr(fit, "run_all", read_one)
    return Command(monkeypatch, capture, tmp_path / "new")


def test_every_command_is_tried() -> None:
    named = {each.split()[0] for each in COMMANDS}
    assert set(main.list_commands(click.Context(main))) <= named


@needs_full
@EACH
def test_a_full_disk_is_said_in_a_sentence(
    command: str, program: Command, full: IO[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert program.run(command, full) == 2
    sentences = capsys.readouterr().err
    assert sentences.endswith(
        "megaapi-contract: stdout cannot take what is printed: No space left on device\n"
    )
    assert "Traceback" not in sentences and "a mistake in" not in sentences
    if "{new}" in COMMANDS[command]:
        assert len(program.new.read_text(encoding="utf-8").splitlines()) > 5


@needs_full
def test_a_verdict_on_a_full_disk_is_said_on_stderr(
    program: Command, full: IO[str], capsys: pytest.CaptureFixture[str]
) -> None:
    program.run("run", full)
    assert "megaapi-contract: mock keeps its contract\n" in capsys.readouterr().err


@EACH
def test_a_reader_that_has_gone_needs_no_word(
    command: str, program: Command, gone: IO[str], capsys: pytest.CaptureFixture[str]
) -> None:
    code = program.run(command, gone)
    assert "stdout" not in capsys.readouterr().err
    expected = 141
    if command in VERDICTS:
        with open(os.devnull, "w", encoding="utf-8") as nowhere:
            expected = program.run(command, nowhere)  # type: ignore[assignment]
        assert expected == (1 if command == "drift" else expected)
    assert code == expected


@EACH
def test_a_closed_stdout_fails_nothing(command: str, program: Command) -> None:
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        expected = program.run(command, nowhere)
    program.new.unlink(missing_ok=True)
    assert program.run(command, None) == expected


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_small_encoding_has_escapes_for_what_it_lacks(
    encoding: str, program: Command, tmp_path: Path, capture: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    printed, new = tmp_path / "printed", tmp_path / "prop😀sals"
    with printed.open("w", encoding=encoding) as stream:
        assert program.run_words(["learn", str(capture), "-o", str(new)], stream) == 0
    assert new.exists() and r"prop\ud83d\ude00sals is written" in printed.read_text(encoding)
    assert f"{encoding} lacks 1 of the characters" in capsys.readouterr().err


@needs_full
@pytest.mark.parametrize("words", [["run", "--nonsense"], ["run", "--target", REAL]])
def test_a_mistake_keeps_its_code_where_stderr_is_full(
    words: list[str], program: Command, full: IO[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", full)
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        assert program.run_words(words, nowhere) == 2


@needs_full
def test_a_run_goes_on_where_stderr_is_full(
    program: Command, full: IO[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "stderr", full)
    printed = tmp_path / "printed"
    with printed.open("w", encoding="utf-8") as stream:
        program.run("run", stream)
    assert "mock keeps its contract" in printed.read_text(encoding="utf-8")


@pytest.mark.parametrize("command", ["run", "fit", "learn", "drift", "replay"])
def test_a_file_that_cannot_be_written_is_said_before_the_work(
    command: str, program: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    (tmp_path / "file").write_text("in the way")
    option = {"run": "--report", "fit": "-o", "learn": "-o"}.get(command, "--send-back")
    words = [
        word.format(capture=program._places["capture"], new=tmp_path / "ignored")
        for word in COMMANDS[command]
    ]
    for module, name in (
        ("run.command.prepare_run", "run"), ("run.fit.prepare_run", "fit"),
        ("capture.drift_command.read_capture", "read"),
    ):  # fmt: skip
        monkeypatch.setattr(f"megaapi_contract.{module}", lambda *_, name=name: pytest.fail(name))
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        places = [option, str(tmp_path / "file" / "new")]
        assert program.run_words([command, *words, *places], nowhere) == 2
    assert "Not a directory" in capsys.readouterr().err
