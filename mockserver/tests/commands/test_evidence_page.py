"""What is known and how: counted from the spec, and the page that is made from it."""

from __future__ import annotations

import shutil
from pathlib import Path

from click.testing import CliRunner
from megaapi_mock.commands.evidence_page import page
from megaapi_mock.commands.main import main
from megaapi_mock.profile import SWITCHES
from megaapi_mock.resources import root
from megaapi_mock.spec.bundle import read_yaml
from megaapi_mock.spec.description import description
from megaapi_mock.spec.evidence import counts_by_group

SPEC = root("spec")
DOCS = SPEC.parent / "docs"
# How the mock itself behaves on this machine: no host can tell.
OF_THE_MOCK = {"fetch_media", "webhook_hosts", "stop_grace"}


def run(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["spec", "evidence", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_page_is_current() -> None:
    """Write it again with `megaapi-mock spec evidence --page > docs/evidence.md`."""
    sources = read_yaml(SPEC / "sources.yaml")
    assert (DOCS / "evidence.md").read_text(encoding="utf-8") == page(description(SPEC), sources)
    assert run("--page") == page(description(SPEC), sources)


def test_every_piece_of_evidence_in_the_files_is_counted_once() -> None:
    contract = description(SPEC)
    counts = counts_by_group(contract.index, contract.events, contract.document)
    # Where a file is not bundled, nobody sees its evidence.
    apart = [SPEC / "sources.yaml", SPEC / "control.yaml"]
    written = sum(
        path.read_text(encoding="utf-8").count("provenance:")
        for path in SPEC.rglob("*.yaml")
        if path not in apart
    )
    assert sum(found.total() for found in counts.values()) == written


def test_every_guess_about_a_host_says_what_would_settle_it() -> None:
    guesses = {one.name for one in SWITCHES if one.grade in ("inferred", "baileys")}
    assert {one.name for one in SWITCHES if one.settled_by} == guesses - OF_THE_MOCK
    listed = run()
    for name in guesses - OF_THE_MOCK:
        assert f"\n{name}=" in listed


def test_a_grade_that_changes_is_counted_elsewhere(tmp_path: Path) -> None:
    shutil.copytree(SPEC, tmp_path / "spec")
    file = tmp_path / "spec" / "paths" / "config" / "block_events.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("grade: inferred, sources: []", "grade: observed, sources: [aleff]")
    )
    before, after = (
        next(line.split() for line in output.splitlines() if line.startswith("Config"))
        for output in (run(), run("--spec", str(tmp_path / "spec")))
    )
    changed = text.count("grade: inferred, sources: []")
    assert changed > 0
    assert int(after[2]) == int(before[2]) + changed
    assert int(after[4]) == int(before[4]) - changed
