"""A file that a command writes at its end is made at its beginning, and its text is never lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from megaapi_contract.errors import SetupError
from megaapi_contract.reports.new_file import NewFile


def test_the_file_stays_once_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with NewFile(path) as file:
        assert path.read_text() == ""
        file.write("the text é")
    assert path.read_text(encoding="utf-8") == "the text é"


def test_work_that_fails_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the work"), NewFile(tmp_path / "a.json"):
        raise ValueError("the work failed")
    assert [*tmp_path.iterdir()] == []


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("mine")
    with pytest.raises(SetupError, match=r"^-o .*a\.json is there already: name another"):
        NewFile(tmp_path / "a.json", option="-o")
    assert (tmp_path / "a.json").read_text() == "mine"


@pytest.mark.parametrize("name", ["no/folder/a.json", "x" * 5000, "file/a.json"])
def test_a_file_that_cannot_be_made_is_said_at_once(name: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SetupError, match="cannot be written: "):
        NewFile(tmp_path / name)


def test_a_text_that_cannot_be_written_is_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.json"
    with pytest.raises(SetupError, match="Is a directory: it is printed instead"):
        with NewFile(path) as file:
            path.unlink()
            path.mkdir()
            file.write("the text")
    assert capsys.readouterr().out == "the text\n"
