"""Runs and replays as commands: what is written and raised when a run ends in any way."""

from __future__ import annotations

import errno
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from megaapi_contract.errors import NotTried, SetupError, SuiteBug, Unusable
from megaapi_contract.host.host_instance import HostInstance
from megaapi_contract.judging.contract import Contract
from megaapi_contract.judging.results import Report, Result, RunInterrupted
from megaapi_contract.probes.session import Session
from megaapi_contract.replay.recording import FORMAT, VERSION
from megaapi_contract.replay.replay import Recording
from megaapi_contract.run import command
from megaapi_contract.run.context import RunContext
from megaapi_contract.run.options import RunOptions
from megaapi_mock.errors import SetupError as MockSetupError

from ..made_up import bad, failure, good, interrupted, unusable
from ..support import KEY, LISTED, REAL, TOKEN

OPTIONS = RunOptions(REAL, key=KEY, token=TOKEN, recipients=(LISTED,), seed=7)


class Run:
    """In place of a prepared host: runs end as a test has them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, contract: Contract) -> None:
        self.ending: Report | BaseException = good()
        self.refusal: BaseException | None = None
        self.written: list[Report] = []
        self.shown: list[Report] = []
        self.context = SimpleNamespace(contract=contract, terminal=None)
        monkeypatch.setattr(command, "prepare_run", self._prepare)
        monkeypatch.setattr(command, "run_all", self._run_all)
        monkeypatch.setattr(command, "private_of", lambda options, context: PRIVATE)
        monkeypatch.setattr(command, "notices_before_run", lambda context: ["before"])
        monkeypatch.setattr(command, "notices_after_run", lambda context: ["after"])
        monkeypatch.setattr(command, "prepare_folder", lambda folder: None)
        monkeypatch.setattr(
            command, "write_reports", lambda report, *others: self.written.append(report)
        )
        monkeypatch.setattr(command, "show", lambda report, *_, **__: self.shown.append(report))

    @contextmanager
    def _prepare(self, *_: Any, **__: Any) -> Iterator[Any]:
        if self.refusal is not None:
            raise self.refusal
        yield self.context

    def _run_all(self, context: Any, on_progress: Any, on_result: Any) -> Report:
        on_progress(SimpleNamespace(name="a probe"), 1, 2)
        if isinstance(self.ending, BaseException):
            raise self.ending
        return self.ending


PRIVATE: Any = None


@pytest.fixture
def prepared(monkeypatch: pytest.MonkeyPatch, contract: Contract) -> Run:
    monkeypatch.setattr(command, "Redaction", lambda *_: PlainRedaction())
    monkeypatch.setattr(command, "FailurePrinter", lambda *_, **__: PlainPrinter())
    return Run(monkeypatch, contract)


class PlainRedaction:
    def report(self, report: Report) -> Report:
        return report

    def sentence(self, text: str) -> str:
        return text


class PlainPrinter:
    output_error: OSError | None = None

    def print_failures(self, result: Any, exchanges: Any) -> None: ...


@pytest.mark.parametrize("report", [good(), bad(), unusable()], ids=["kept", "broken", "no host"])
def test_a_run_ends_with_the_code_of_its_report(
    prepared: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], report: Report
) -> None:
    prepared.ending = report
    assert command.run(OPTIONS, tmp_path) == report.exit_code
    assert prepared.written == prepared.shown == [report]
    assert [line for line in capsys.readouterr().err.splitlines() if "megaapi" in line] == [
        "megaapi-contract: before", "megaapi-contract: after",
    ]  # fmt: skip


def test_without_a_folder_nothing_is_written(prepared: Run) -> None:
    assert command.run(OPTIONS, None) == 0
    assert prepared.written == [] and len(prepared.shown) == 1


@pytest.mark.parametrize(
    "error", [SetupError("no key"), Unusable("it is down"), MockSetupError("no spec")]
)
def test_an_error_before_the_first_probe_is_reported_and_raised(
    prepared: Run, tmp_path: Path, error: Exception
) -> None:
    prepared.refusal = error
    with pytest.raises(type(error)) as raised:
        command.run(OPTIONS, tmp_path)
    assert raised.value is error
    [report] = prepared.written
    assert (report.unusable, report.exit_code) == (str(error), 2)
    assert (report.target, report.real, report.seed) == (REAL, True, 7)
    assert report.seconds > 0 and prepared.shown == []


def test_a_mistake_of_ours_is_told_without_its_text(prepared: Run, tmp_path: Path) -> None:
    prepared.ending = ValueError(f"token {TOKEN}")
    with pytest.raises(SuiteBug) as raised:
        command.run(OPTIONS, tmp_path)
    [report] = prepared.written
    assert report.unusable == str(raised.value) and TOKEN not in report.unusable


def test_a_run_that_is_interrupted_keeps_what_was_known(prepared: Run, tmp_path: Path) -> None:
    report = interrupted()
    prepared.ending = RunInterrupted(report)
    with pytest.raises(KeyboardInterrupt):
        command.run(OPTIONS, tmp_path)
    assert prepared.written == [report] and report.interrupted


def test_an_interruption_before_any_probe_is_one_too(prepared: Run, tmp_path: Path) -> None:
    prepared.refusal = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        command.run(OPTIONS, tmp_path)
    assert prepared.written[0].interrupted


def test_a_terminal_that_is_gone_changes_no_verdict(
    prepared: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(command, "show", refuse)
    prepared.ending = bad()
    assert command.run(OPTIONS, None) == 1


def test_a_verdict_that_cannot_be_printed_is_said_on_stderr(
    prepared: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(command, "show", refuse)
    prepared.ending = bad()
    with pytest.raises(OSError, match="No space"):
        command.run(OPTIONS, None)
    assert capsys.readouterr().err.splitlines()[-1] == (
        "megaapi-contract: mock breaks 2 promises of its contract"
    )


def test_a_failure_that_could_not_be_printed_on_the_way_is_an_error_too(
    prepared: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(PlainPrinter, "output_error", full)
    with pytest.raises(OSError, match="No space"):
        command.run(OPTIONS, None)
    assert len(prepared.shown) == 1


def test_a_report_that_cannot_be_written_is_shown_all_the_same(
    prepared: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(*_: Any) -> None:
        raise SetupError("no space left")

    monkeypatch.setattr(command, "write_reports", refuse)
    with pytest.raises(SetupError, match="no space left"):
        command.run(OPTIONS, tmp_path)
    assert len(prepared.shown) == 1


def test_a_folder_of_others_is_refused_before_anything_runs(
    prepared: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def refuse(folder: Path) -> None:
        raise SetupError("the folder holds other files")

    monkeypatch.setattr(command, "prepare_folder", refuse)
    with pytest.raises(SetupError, match="other files"):
        command.run(OPTIONS, tmp_path)
    assert prepared.written == []


def test_the_mock_of_this_process_has_no_plan() -> None:
    with pytest.raises(SetupError, match="--plan is for hosts"):
        command.show_plan(RunOptions("mock"))


def test_a_report_of_nothing_names_the_target_as_far_as_it_is_known() -> None:
    names = []
    for target in ("mock", REAL, "ftp://nobody"):
        report = command._empty_report(RunOptions(target, key=KEY, token=TOKEN))
        names.append((report.target, report.real))
    assert names == [("mock", False), (REAL, True), ("the given host", True)]


# -- restore ---------------------------------------------------------------------------------


class Left:
    """In place of a restore file."""

    def __init__(self, entries: int, *, locked: bool = False) -> None:
        self.target, self.key, self.token = REAL, KEY, ""
        self.entries, self.is_locked = [*range(entries)], locked
        self.description = "the webhook"

    def lock(self) -> bool:
        return not self.is_locked

    def unlock(self) -> None:
        self.is_locked = False


def restored(prepared: Run, monkeypatch: pytest.MonkeyPatch, left: Left, *things: str) -> str:
    prepared.context.restored_before_run = things
    monkeypatch.setattr(command, "read_restore_file", lambda path: left)
    return command.restore(Path("left.json"), {"token": TOKEN})


def test_what_was_put_back_is_named(prepared: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    left = Left(0)
    assert restored(prepared, monkeypatch, left, "the webhook", "a group") == (
        "put back: the webhook, a group"
    )
    assert left.token == TOKEN
    assert restored(prepared, monkeypatch, Left(0)) == "put back: nothing"


def test_what_could_not_be_put_back_stays(prepared: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SetupError, match="the webhook could not be put back, and stays in left"):
        restored(prepared, monkeypatch, Left(1))


def test_an_instance_that_a_run_is_changing_is_not_restored(
    prepared: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = Left(1, locked=True)
    with pytest.raises(SetupError, match="is changing this instance now"):
        restored(prepared, monkeypatch, left)
    assert left.is_locked


# -- replay ----------------------------------------------------------------------------------


def recording(*needs: str) -> Recording:
    return Recording(Path("f.json"), {"needs": [*needs], "connected": True})


def replay_context(instance: HostInstance | None = None, **more: Any) -> RunContext:
    values: dict[str, Any] = {
        "instance": instance,
        "recipients": (LISTED,),
        "media_url": "",
        "receiver": SimpleNamespace(url="http://127.0.0.1:9/webhooks"),
        "stage": SimpleNamespace(
            phone=True,
            instance=lambda connected=True: HostInstance("made", f"t{connected}", "5511"),
        ),
    }
    return cast(RunContext, SimpleNamespace(**values | more))


def values(one: Recording, context: RunContext, groups: Any = ()) -> dict[str, str]:
    session = SimpleNamespace(call=lambda *_: SimpleNamespace(json=groups))
    return command._values(one, context, cast(Session, session))


def test_a_replay_has_the_values_of_the_given_instance() -> None:
    assert values(recording(), replay_context(HostInstance(KEY, TOKEN, "5511900000001"))) == {
        "instance_key": KEY,
        "token": TOKEN,
        "own_number": "5511900000001",
        "webhook_url": "http://127.0.0.1:9/webhooks",
        "recipient_1": LISTED,
    }


def test_a_mock_makes_an_instance_and_another_ones_token_where_needed() -> None:
    context = replay_context()
    assert values(recording(), context)["instance_key"] == "made"
    assert "other_token" not in values(recording(), context)
    assert values(recording("other_token"), context)["other_token"] == "tTrue"


def test_without_recipients_the_people_of_the_mock_are_written_to() -> None:
    people = {
        name: number
        for name, number in values(recording(), replay_context(recipients=())).items()
        if name.startswith("recipient_")
    }
    assert people == {f"recipient_{number}": jid for number, jid in enumerate(command.WORLD, 1)}


def test_a_seed_is_read_of_the_recording_and_drawn_small(tmp_path: Path) -> None:
    path = tmp_path / "fault.json"
    path.write_text(json.dumps({"format": FORMAT, "version": VERSION, "seed": 11}))
    with pytest.raises(SetupError, match="damaged"):
        command.seed_of(path)
    assert all(0 <= command.draw_seed() < 10**6 for _ in range(20))


def rerun(
    monkeypatch: pytest.MonkeyPatch, result: Result, refusals: tuple[str, ...] = ()
) -> tuple[Any, ...]:
    monkeypatch.setattr(command, "probes", lambda context: [SimpleNamespace(name="a probe")])
    monkeypatch.setattr(command, "try_probe", lambda probe, context: result)
    gate = SimpleNamespace(refusals=Counter(refusals))
    return command._rerun_probe(replay_context(gate=gate), "a probe")


def result(**parts: Any) -> Result:
    return Result("a probe", "laws", ("send_text",), **parts)


def test_a_probe_that_is_run_again_gives_its_breaches(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rerun(monkeypatch, result()) == ()
    breach = failure()
    # What it found counts, whatever ended it afterwards.
    again = result(state="failed", breaches=(breach,), reason="held back")
    assert rerun(monkeypatch, again) == (breach,)


@pytest.mark.parametrize(
    ("refusal", "refused"),
    [("5 messages are sent (--max-messages)", True), ("a group is made (--max-groups)", True),
     ("a number is not listed", False)],
)  # fmt: skip
def test_a_budget_that_is_used_up_is_no_promise_kept(
    monkeypatch: pytest.MonkeyPatch, refusal: str, refused: bool
) -> None:
    if refused:
        with pytest.raises(NotTried, match="max-"):
            rerun(monkeypatch, result(), (refusal,))
    else:
        assert rerun(monkeypatch, result(), (refusal,)) == ()


def test_a_probe_that_could_not_be_tried_again_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotTried, match="no phone"):
        rerun(monkeypatch, result(state="left out", reason="no phone"))
    with pytest.raises(Unusable, match="it is down"):
        rerun(monkeypatch, result(state="unusable", reason="it is down"))


def test_a_probe_of_another_version_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "probes", lambda context: [])
    with pytest.raises(NotTried, match="this version has no probe called a probe"):
        command._rerun_probe(replay_context(), "a probe")


def test_groups_of_an_answer_may_be_read_later(monkeypatch: pytest.MonkeyPatch) -> None:
    learned: list[tuple[str, str]] = []
    gate = SimpleNamespace(
        learn=lambda texts: learned.append(("learn", *texts)),
        allow_reading_groups=lambda jids: learned.append(("group", *jids)),
    )
    context = replay_context(gate=gate)
    group = "120363000000000001@g.us"
    listing = cast(Any, SimpleNamespace(operation="list_groups"))
    other = cast(Any, SimpleNamespace(operation="send_text"))
    for exchange, value in ((listing, group), (listing, LISTED), (other, group), (None, group)):
        command._learn(context, exchange, value)
    assert [entry for entry in learned if entry[0] == "group"] == [("group", group)]
    assert len(learned) == 5
