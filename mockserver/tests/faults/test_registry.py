"""Kinds are found by the names of their files, and the page about them is made from them."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest
from megaapi_mock.faults import kinds
from megaapi_mock.faults.parameters import BadParameter
from megaapi_mock.faults.registry import discover, kind_named

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
