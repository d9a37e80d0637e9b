"""Kinds are found by the names of their files, and the page about them is made from them."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner
from megaapi_mock import resources
from megaapi_mock.commands.main import main
from megaapi_mock.faults import kinds
from megaapi_mock.faults.docs_page import page
from megaapi_mock.faults.parameters import BadParameter
from megaapi_mock.faults.registry import discover, kind_named

DOCS = resources.root("spec").parent / "docs"
KINDS = discover()
ASKED_FOR = {
    "reply", "delay", "reset", "cut-body", "malformed-json", "bad-gateway", "empty-200",
    "error-true-200", "rate-limit", "hang", "zombie-session", "ban-after", "qr-never-scanned",
    "media-expired", "accepted-undelivered", "token-revoked", "slow-start",
}  # fmt: skip
A_KIND = """
from dataclasses import dataclass
from megaapi_mock.faults.kind import Kind

@dataclass(frozen=True, slots=True)
class Hiccup(Kind):
    "Coughs."
"""


def test_every_file_is_a_kind_under_its_own_name() -> None:
    files = {path.stem.replace("_", "-") for path in Path(str(kinds.__file__)).parent.glob("*.py")}
    assert set(KINDS) == files - {"--init--"} == ASKED_FOR


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[ModuleType, Path]:
    """An empty package of kinds."""
    folder = tmp_path / "test_made_kinds"
    folder.mkdir()
    made = ModuleType("test_made_kinds")
    made.__path__ = [str(folder)]
    monkeypatch.setitem(sys.modules, "test_made_kinds", made)
    return made, folder


def test_a_new_file_is_a_new_fault(package: tuple[ModuleType, Path]) -> None:
    made, folder = package
    (folder / "slight_hiccup.py").write_text(A_KIND, encoding="utf-8")
    found = discover(made)
    assert [(name, listed.line) for name, listed in found.items()] == [("slight-hiccup", "Coughs.")]


def test_a_file_without_a_kind_is_refused(package: tuple[ModuleType, Path]) -> None:
    made, folder = package
    (folder / "no_kind_here.py").write_text("from megaapi_mock.faults.kind import Kind\n")
    with pytest.raises(TypeError, match="no_kind_here must have one class of Kind, it has 0"):
        discover(made)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_says_what_it_does_and_its_example_can_be_made(name: str) -> None:
    listed = KINDS[name]
    assert listed.line.endswith((".", ")"))
    own = {one.name for one in listed.parameters}
    example = listed.kind.example
    assert example["fault"] == name
    listed.create({key: value for key, value in example.items() if key in own})
    # What holds when nothing is given must be something that could be given.
    for one in listed.parameters:
        assert one.default is None or one.form.fits(one.default), one.name
        assert one.form.words and one.help


def test_a_wrong_name_is_told_the_nearest() -> None:
    with pytest.raises(BadParameter, match="did you mean bad-gateway"):
        kind_named(KINDS, "badgateway")


def test_the_page_is_the_one_the_code_makes() -> None:
    """Write it anew with `megaapi-mock faults --page > docs/faults.md`."""
    assert (DOCS / "faults.md").read_text(encoding="utf-8") == page(KINDS)


def test_the_page_has_one_line_for_each_kind_with_its_example() -> None:
    lines = page(KINDS).splitlines()
    for name in KINDS:
        rows = [line for line in lines if line.startswith(f"| `{name}` |") and '"fault"' in line]
        assert len(rows) == 1, name


def test_the_command_prints_page_and_list() -> None:
    assert CliRunner().invoke(main, ["faults", "--page"]).output == page(KINDS)
    listed = CliRunner().invoke(main, ["faults"]).output
    for name, kind in KINDS.items():
        assert f"{name}\n    {kind.line}\n" in listed
