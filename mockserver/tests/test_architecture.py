"""The page that says where things stand names files, and names in files, that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from megaapi_mock.resources import root

TOP = root("spec").parent
WHOLE_PAGE = (TOP / "docs" / "architecture.md").read_text(encoding="utf-8")
# Without the drawing, whose three backquotes would open and close the wrong words.
PAGE = re.sub(r"```.*?```", "", WHOLE_PAGE, flags=re.DOTALL)
# Where paths on the page begin.
BEGINNINGS = (TOP, TOP / "mockserver" / "megaapi_mock", TOP / "contract_tests" / "megaapi_contract")
# A path of letters, with a folder or the ending of a file; no pattern, and nothing of the API.
PATH = re.compile(r"[\w./-]*(?:/|\.(?:py|js|yaml|json|md))")
NAME_IN_FILE = re.compile(r"`([A-Z_]{3,})` (?:in|of) (?:the suite's )?`([\w./-]+\.py)`")


def places(path: str) -> Iterator[Path]:
    """Files and folders that a path on the page may mean; one without a folder may be anywhere."""
    yield from (start / path for start in BEGINNINGS if (start / path).exists())
    folders = ("mockserver", "contract_tests", "benchmarks", "spec")
    yield from (it for folder in folders for it in (TOP / folder).rglob(path.rstrip("/")))


@pytest.mark.parametrize(
    "path",
    sorted({it for it in re.findall(r"`([^`]+)`", PAGE) if PATH.fullmatch(it) and it[0] != "/"}),
)
def test_page_names_only_files_that_are_there(path: str) -> None:
    assert any(places(path)), f"docs/architecture.md names {path}"


@pytest.mark.parametrize(("name", "path"), sorted(set(NAME_IN_FILE.findall(PAGE))))
def test_page_names_only_names_that_are_there(name: str, path: str) -> None:
    sources = [it.read_text(encoding="utf-8") for it in places(path)]
    word = re.compile(rf"\b{name}\b")
    assert any(word.search(it) for it in sources), f"docs/architecture.md names {name} in {path}"
