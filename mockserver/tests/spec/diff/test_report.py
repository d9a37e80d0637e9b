"""Changes as people and programs read them, and the command that prints them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from megaapi_mock.commands.main import main
from megaapi_mock.spec.diff.document import compare
from megaapi_mock.spec.diff.report import as_json, as_markdown, as_text, rules_page
from megaapi_mock.spec.diff.versions import read_version

from .seeded import SEEDED, changed, contract

EDITS = ("an answer's field may be null", "a refusal is new", "a new request field")


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    """An old and a new version: breaking, dangerous and harmless changes."""
    old, new = tmp_path / "old.yaml", tmp_path / "new.json"
    old.write_text(yaml.safe_dump(contract()))
    new.write_text(json.dumps(changed(*(SEEDED[name][0] for name in EDITS))))
    return str(old), str(new)


def test_text_has_the_worst_first_and_one_line_for_a_shared_schema() -> None:
    lines = as_text(compare(contract(), changed(*(SEEDED[name][0] for name in EDITS)))).splitlines()
    assert [line.split()[0] for line in lines[:-1]] == [
        "breaking", "breaking", "breaking", "dangerous", "harmless"
    ]  # fmt: skip
    assert lines[0].startswith("breaking   POST /send/{key}: answer 200: id: string became ")
    assert lines[-1] == "3 breaking, 1 dangerous, 1 harmless changes"


def test_one_change_of_many_operations_is_one_line() -> None:
    old, new = contract(), contract()
    for document in (old, new):
        item = document["paths"]["/orders/{key}"]
        document["paths"] |= {f"/orders{number}/{{key}}": item for number in range(5)}
    new["components"]["schemas"]["Order"]["properties"]["id"]["type"] = "integer"
    first, *_ = [line for line in as_text(compare(old, new)).splitlines() if "GET" in line]
    assert "GET /orders/{key}, GET /orders0/{key}, GET /orders1/{key} and 3 more: " in first


def test_no_changes_are_said() -> None:
    assert as_text([]) == "no changes\n"
    assert json.loads(as_json([])) == {
        "counts": {"breaking": 0, "dangerous": 0, "harmless": 0},
        "changes": [],
    }


def test_json_has_every_change() -> None:
    changes = compare(contract(), changed(SEEDED[EDITS[1]][0]))
    assert json.loads(as_json(changes))["changes"] == [
        {
            "level": "dangerous",
            "rule": "refusal-added",
            "subject": "POST /send/{key}",
            "place": "answer 429",
            "message": "is new",
        }
    ]


def test_markdown_shows_marks_as_text() -> None:
    changes = compare(contract(), changed(SEEDED["a request pattern is new"][0]))
    (line,) = [line for line in as_markdown(changes).splitlines() if line.startswith("- ")]
    assert line == ('- POST /send/{key}: request: text: pattern "^x" is new (`pattern-added`)')
    text = as_markdown(compare(contract(), changed(SEEDED["a request pattern is gone"][0])))
    assert '"^\\[0-9\\]+$"' in text and text.count("<details>") == text.count("</details>") == 1


@pytest.mark.parametrize(
    ("fail_on", "edit", "code"),
    [
        ("breaking", EDITS[0], 1),
        ("breaking", EDITS[1], 0),
        ("dangerous", EDITS[1], 1),
        ("dangerous", EDITS[2], 0),
        ("never", EDITS[0], 0),
    ],
)
def test_the_exit_code_is_what_was_asked_for(
    fail_on: str, edit: str, code: int, tmp_path: Path
) -> None:
    (tmp_path / "old.json").write_text(json.dumps(contract()))
    (tmp_path / "new.json").write_text(json.dumps(changed(SEEDED[edit][0])))
    arguments = [str(tmp_path / "old.json"), str(tmp_path / "new.json"), "--fail-on", fail_on]
    assert CliRunner().invoke(main, ["spec", "diff", *arguments]).exit_code == code


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_the_command_prints_each_form(files: tuple[str, str], form: str) -> None:
    done = CliRunner().invoke(main, ["spec", "diff", *files, "--format", form])
    assert done.exit_code == 1
    changes = compare(*map(read_version, files))
    forms = {"text": as_text, "json": as_json, "markdown": as_markdown}
    assert done.stdout == forms[form](changes)


def test_what_cannot_be_read_has_exit_code_two(files: tuple[str, str]) -> None:
    done = CliRunner().invoke(main, ["spec", "diff", files[0]])
    assert done.exit_code == 2 and "OLD NEW" in done.output
    done = CliRunner().invoke(main, ["spec", "diff", files[0], "nowhere.yaml"])
    assert done.exit_code == 2 and "nowhere.yaml" in done.output


def test_the_page_of_rules_is_what_the_command_prints() -> None:
    done = CliRunner().invoke(main, ["spec", "diff", "--rules"])
    assert done.stdout == rules_page()
    page = Path(__file__).parents[4] / "docs" / "spec-diff.md"
    assert rules_page() in page.read_text(encoding="utf-8")
