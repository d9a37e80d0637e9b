"""A capture against the contract: nothing is said of what fits, and each difference by its name."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from megaapi_contract.capture.capture import CASSETTE
from megaapi_contract.capture.drift import compare
from megaapi_contract.cli import main
from megaapi_contract.judging.contract import Contract

from .planted import NAMES, PLANTED, Record, planted_record


def test_a_capture_of_the_mock_has_no_drift(records: list[Record], every_plan: Contract) -> None:
    comparison = compare(records, every_plan)
    assert [drift.as_json() for drift in comparison.drifts] == []
    uploads = {each.id for each in every_plan.operations if each.takes_file}
    assert comparison.records.keys() >= every_plan.by_id.keys() - uploads
    # Some samples are recognised as the more general event that they are too.
    assert len(comparison.records.keys() & every_plan.events.keys()) >= 45


@pytest.mark.parametrize(("about", "plant", "kind", "path"), PLANTED, ids=NAMES)
def test_a_planted_difference_is_named(
    about: str,
    plant: Callable[[Record], None],
    kind: str,
    path: str,
    records: list[Record],
    every_plan: Contract,
) -> None:
    record = planted_record(records, about, plant)
    drifts = compare([record], every_plan).drifts
    # What follows from it may be named behind it: without a key nobody knows whether it is a group.
    assert (drifts[0].kind, drifts[0].path) == (kind, path) and len(drifts) <= 2
    assert drifts[0].count == 1 and drifts[0].promise.file.endswith(".yaml")


def test_any_content_may_be_quoted(records: list[Record], every_plan: Contract) -> None:
    quoting = next(each for each in records if "quotedMessage" in json.dumps(each["request_body"]))
    quoting = copy.deepcopy(quoting)
    content = quoting["request_body"]["json"]["message"]["extendedTextMessage"]
    content["contextInfo"]["quotedMessage"] = {
        "pollCreationMessageV3": {"name": "<text 1>", "options": [], "selectableOptionsCount": 1}
    }
    assert compare([quoting], every_plan).drifts == []
    content["contextInfo"]["quotedMessage"]["pollCreationMessageV3"]["extra"] = 1
    assert [drift.kind for drift in compare([quoting], every_plan).drifts] == ["new field"]


def test_the_same_difference_is_told_once_with_its_count(
    records: list[Record], every_plan: Contract
) -> None:
    sent = next(each for each in records if each.get("operation") == "send_text")
    changed = [copy.deepcopy(sent) for _ in range(3)]
    for number, record in enumerate(changed, 5):
        record["status"], record["number"] = 201, number
    drifts = compare(changed, every_plan).drifts
    assert [(drift.count, drift.first) for drift in drifts] == [(3, 5)]


def test_an_answer_that_the_client_had_already_is_no_difference(
    records: list[Record], every_plan: Contract
) -> None:
    status = next(each for each in records if each.get("operation") == "instance_status")
    known = {**copy.deepcopy(status), "status": 304, "body": None}
    assert compare([known], every_plan).drifts == []


# -- the command -----------------------------------------------------------------------------


def drift(*words: str) -> Any:
    return CliRunner().invoke(main, ["drift", *words], catch_exceptions=False)


def test_the_command_says_what_is_the_same(folder: Path) -> None:
    result = drift(str(folder))
    assert result.exit_code == 0 and "no difference from the contract" in result.stdout
    assert "send_text: " in result.stdout and "differences" not in result.stdout


def test_the_command_names_differences_with_what_the_contract_rests_on(
    folder: Path, tmp_path: Path
) -> None:
    lines = (folder / CASSETTE).read_text(encoding="utf-8").splitlines()
    changed = [line.replace('"status":200', '"status":299') for line in lines]
    (tmp_path / CASSETTE).write_text("\n".join(changed) + "\n", encoding="utf-8")
    result = drift(str(tmp_path))
    assert result.exit_code == 1
    assert "other status: status: 299, where the contract has 200" in result.stdout
    assert "the contract is vendor-doc" in result.stdout and "(paths/" in result.stdout
    document = json.loads(drift(str(tmp_path), "--format", "json").stdout)
    assert {each["kind"] for each in document["drifts"]} == {"other status"}


def test_a_folder_without_a_capture_is_refused(tmp_path: Path) -> None:
    result = drift(str(tmp_path))
    assert result.exit_code == 2 and "No such file" in result.stderr
