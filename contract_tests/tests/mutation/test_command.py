"""What `megaapi-contract mutate` shows of a score, what it stores, and the code it ends with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from megaapi_contract.mutation import command
from megaapi_contract.mutation.mutant import Fault, Mutant
from megaapi_contract.mutation.score import Score


def mutant(name: str, operation: str, **more: str) -> Mutant:
    return Mutant(name, "kind", f"{name} is wrong.", Fault, operations=(operation,), **more)


ONE, TWO = mutant("one", "send_text"), mutant("two", "leave_group")
ALIKE = mutant("alike", "send_text", equivalent="Nobody can tell.")
GOOD = {"one": ("killed", "p"), "two": ("killed", "p"), "alike": ("survived", "")}
POOR = GOOD | {"two": ("survived", "")}


class Measurement:
    """In place of a measurement: its score, and what was asked for and stored."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, outcomes: Any, folder: Path | None) -> None:
        self.asked: dict[str, Any] = {}
        self.stored: list[tuple[Any, ...]] = []
        # The folders looked at before the measurement.
        self.stored_in: list[Path] = []
        self.score = Score(7, "abc", outcomes)
        monkeypatch.setattr(command, "mutate", self._mutate)
        monkeypatch.setattr(command, "docs", lambda: folder)
        monkeypatch.setattr(command, "require_writable", self.stored_in.append)
        monkeypatch.setattr(command, "store", lambda *values: self.stored.append(values))

    def _mutate(self, *, on_progress: Any, **asked: Any) -> tuple[Score, list[Mutant]]:
        on_progress("faults", 1, 2)
        self.asked = asked
        return self.score, [ONE, TWO, ALIKE]


@pytest.mark.parametrize(("outcomes", "code"), [(GOOD, 0), (POOR, 1)])
def test_the_code_says_whether_enough_was_noticed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, outcomes: Any, code: int
) -> None:
    measurement = Measurement(monkeypatch, outcomes, tmp_path)
    assert command.run(None, (), 2) == code
    assert measurement.stored == [(measurement.score, [ONE, TWO, ALIKE], tmp_path)]
    assert measurement.stored_in == [tmp_path]
    assert measurement.asked == {"only": (), "sample": None, "workers": 2, "given": False}


@pytest.mark.parametrize(
    ("sample", "only", "folder"), [(3, (), "docs"), (None, ("one",), "docs"), (None, (), None)]
)
def test_what_is_not_the_whole_measurement_is_not_stored(
    monkeypatch: pytest.MonkeyPatch, sample: int | None, only: tuple[str, ...], folder: str | None
) -> None:
    measurement = Measurement(monkeypatch, GOOD, Path(folder) if folder else None)
    assert command.run(sample, only, 1) == 0
    assert measurement.stored == [] and measurement.stored_in == []


def test_a_given_host_is_only_shown_whatever_its_score(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    measurement = Measurement(monkeypatch, POOR, tmp_path)
    assert command.run(None, (), 1, given=True) == 0
    assert measurement.stored == [] and measurement.asked["given"] is True


def test_the_tables_have_what_was_not_noticed_and_why(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Measurement(monkeypatch, POOR, None)
    command.run(None, (), 1)
    lines = capsys.readouterr().out.splitlines()
    cells = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if "│" in line]
    assert ["send_message/send_text", "1", "1", ""] in cells
    assert ["group/leave_group", "1", "0", "1"] in cells
    assert [line for line in lines if "wrong." in line] == ["survived: two: two is wrong."]
    assert lines[-1] == "1 of 2 faults noticed, seed 7"
    # What has no fault has no row.
    assert not any("send_location" in line for line in lines)
