"""What `megaapi-contract drift` prints of a comparison, and the code it ends with."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from megaapi_contract.capture import drift_command
from megaapi_contract.capture.drift import Comparison, Drift
from megaapi_contract.judging.results import Promise

SURE = Promise("observed", "paths/group/leave_group.yaml", ("business-docs", "vendor-docs"))
GUESS = Promise("inferred", "webhooks/image.yaml")
NEW = Drift("leave_group", "new field", "data/extra", "the contract does not have it", SURE, 3, 7)
LOST = Drift("image", "missing field", "key/id", "it is not there", GUESS, 1, 2)


def show(
    monkeypatch: pytest.MonkeyPatch, comparison: Comparison, output: str = "text"
) -> tuple[int, list[str]]:
    plans: list[str] = []

    class PlainContract:
        def __init__(self, spec: Path | None, *, plan: str) -> None:
            plans.append(plan)
            self.plan = plan

    monkeypatch.setattr(drift_command, "read_header", lambda folder: {"plan": "start"})
    monkeypatch.setattr(drift_command, "read_capture", lambda folder: iter(()))
    monkeypatch.setattr(drift_command, "compare", lambda records, contract: comparison)
    monkeypatch.setattr(drift_command, "Contract", PlainContract)
    return drift_command.drift(Path("capture"), output, None, None), plans


def test_no_difference_ends_with_0_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    comparison = Comparison(Counter({"send_text": 4, "image": 1}))
    assert show(monkeypatch, comparison)[0] == 0
    assert capsys.readouterr().out.splitlines() == [
        "image: 1 recorded, same",
        "send_text: 4 recorded, same",
        "5 records of 2 operations and events: no difference from the contract",
    ]


def test_each_difference_stands_below_what_it_is_about(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    records = Counter({"leave_group": 9, "image": 2, "send_text": 1})
    assert show(monkeypatch, Comparison(records, [NEW, LOST]))[0] == 1
    assert capsys.readouterr().out.splitlines() == [
        "image: 2 recorded, 1 difference",
        "  missing field: key/id: it is not there",
        "    1 time, first in record 2; the contract is inferred (webhooks/image.yaml)",
        "leave_group: 9 recorded, 1 difference",
        "  new field: data/extra: the contract does not have it",
        "    3 times, first in record 7; the contract is observed by business-docs, vendor-docs "
        "(paths/group/leave_group.yaml)",
        "send_text: 1 recorded, same",
        "12 records of 3 operations and events: 2 differences in 2 of them",
    ]


def test_json_is_the_whole_comparison(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    comparison = Comparison(Counter({"image": 2}), [LOST])
    assert show(monkeypatch, comparison, "json")[0] == 1
    assert json.loads(capsys.readouterr().out) == comparison.as_json()


def test_the_contract_is_that_of_the_plan_of_the_capture(monkeypatch: pytest.MonkeyPatch) -> None:
    assert show(monkeypatch, Comparison())[1] == ["start"]


def test_a_reader_that_went_away_changes_no_exit_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(text: str) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("builtins.print", refuse)
    assert show(monkeypatch, Comparison(Counter({"image": 2}), [LOST]))[0] == 1
