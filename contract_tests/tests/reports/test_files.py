"""A folder of reports: whole, clean of anything private, careful with other people's files."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import orjson
import pytest
from hypothesis import Phase, given, settings
from megaapi_contract.errors import SetupError
from megaapi_contract.judging.contract import Contract
from megaapi_contract.redaction.placeholders import Private
from megaapi_contract.redaction.redaction import Redaction
from megaapi_contract.redaction.vocabulary import Vocabulary
from megaapi_contract.reports import write_reports
from megaapi_contract.reports.files import MARKER

from ..made_up import KEY, TOKEN, bad, good
from ..mutation.planted import KEY as PLANTED_KEY
from ..mutation.planted import OWN, PRIVATE, RECIPIENT, Planting, found_in, plantings
from ..mutation.planted import TOKEN as PLANTED_TOKEN


@pytest.fixture
def redaction(contract: Contract, vocabulary: Vocabulary) -> Redaction:
    return Redaction(contract, Private(key=KEY, token=TOKEN), vocabulary=vocabulary)


def names(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def test_every_kind_of_report_is_written(tmp_path: Path, redaction: Redaction) -> None:
    files = write_reports(bad(), tmp_path / "report", redaction)
    assert names(tmp_path / "report") == {
        MARKER, "index.html", "junit.xml", "exchanges.har", "report.json",
        "failures/001-status-send-text.json", "failures/002-schema-send-text.json",
        "failures/003-law-group-details.json",
    }  # fmt: skip
    assert all(path.is_file() for path in files)
    summary = orjson.loads((tmp_path / "report/report.json").read_bytes())
    assert (summary["verdict"], summary["exit_code"]) == ("broken", 1)
    assert [each["replay"] for each in summary["failures"]] == [
        "failures/001-status-send-text.json",
        "failures/002-schema-send-text.json",
    ]
    assert (len(summary["findings"]), summary["complete"]) == (1, False)
    assert summary["operations"]["group_details"]["answers"] == {"418": 1}


def test_a_report_before_is_replaced_and_other_files_stay(
    tmp_path: Path, redaction: Redaction
) -> None:
    write_reports(bad(), tmp_path, redaction)
    (tmp_path / "notes.txt").write_text("mine")
    write_reports(good(), tmp_path, redaction)
    assert not [name for name in names(tmp_path) if name.startswith("failures/")]
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert "keeps its contract" in (tmp_path / "index.html").read_text()


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, redaction: Redaction) -> None:
    (tmp_path / "index.html").write_text("mine")
    with pytest.raises(SetupError, match="are not a report; name a new one"):
        write_reports(bad(), tmp_path, redaction)
    assert names(tmp_path) == {"index.html"}
    with pytest.raises(SetupError, match="this is a file"):
        write_reports(bad(), tmp_path / "index.html", redaction)


@pytest.mark.parametrize(
    "marker", ["{", "[]", '{"files": ["../../mine"]}', '{"files": ["/mine"]}', '{"files": [1]}']
)
def test_a_marker_that_leads_elsewhere_is_refused(
    tmp_path: Path, redaction: Redaction, marker: str
) -> None:
    (tmp_path / MARKER).write_text(marker)
    with pytest.raises(SetupError, match="damaged"):
        write_reports(bad(), tmp_path, redaction)
    assert names(tmp_path) == {MARKER}


def test_what_cannot_be_written_is_one_sentence(tmp_path: Path, redaction: Redaction) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SetupError, match="--report"):
        write_reports(bad(), tmp_path / "file" / "report", redaction)


@pytest.mark.hosts
@given(planting=plantings())
@settings(max_examples=20, phases=[Phase.generate])
def test_nothing_planted_is_in_any_file(
    tmp_path: Path, contract: Contract, vocabulary: Vocabulary, planting: Planting
) -> None:
    folder = tmp_path / "report"
    shutil.rmtree(folder, ignore_errors=True)
    write_reports(planting.report, folder, Redaction(contract, PRIVATE, vocabulary=vocabulary))
    values = (*planting.values, PLANTED_KEY, PLANTED_TOKEN, OWN, RECIPIENT)
    files = [file for file in folder.rglob("*") if file.is_file()]
    assert any(file.parent.name == "failures" for file in files)
    for file in files:
        text_of_file = os.fspath(file.relative_to(folder)) + file.read_text(encoding="utf-8")
        assert found_in(text_of_file, values) == []
        if file.suffix in (".json", ".har"):
            # What JSON wrote with escapes is read as well.
            assert found_in(json.dumps(json.loads(file.read_bytes())), values) == []
