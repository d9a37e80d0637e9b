"""The pages that say where things stand name files, and names in files, that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from megaapi_mock.resources import root

TOP = root("spec").parent
DOCS = TOP / "docs"
FIRST_PAGE = "architecture.md"
PAGES = (FIRST_PAGE, "adding.md", "places.md")
# Where paths on the pages begin.
BEGINNINGS = (TOP, TOP / "mockserver" / "megaapi_mock", TOP / "contract_tests" / "megaapi_contract")
# A path of letters, with a folder or the ending of a file; no pattern, and nothing of the API.
PATH = re.compile(r"[\w./-]*(?:/|\.(?:py|js|yaml|json|md|css))")
FILE = r"`([\w./-]+\.(?:py|js|yaml))`"
# `KINDS` in `x.py`; `A`, `B` and `C` of `x.py`; its name in `KINDS` (`x.py`).
NAMES_IN_FILE = re.compile(rf"((?:`\w+`(?:, | and | or )?)+) (?:(?:in|of) |\(){FILE}")
LINK = re.compile(r"\]\(([\w./-]*)(?:#([\w-]+))?\)")


def text_of(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def words_of(page: str) -> str:
    """The page in one line, without the drawing: three backquotes would pair the wrong words."""
    return " ".join(re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL).split())


def places(path: str) -> Iterator[Path]:
    """Files and folders that a path on a page may mean; one without a folder may be anywhere."""
    yield from (start / path for start in BEGINNINGS if (start / path).exists())
    folders = ("mockserver", "contract_tests", "benchmarks", "spec")
    yield from (it for folder in folders for it in (TOP / folder).rglob(path.rstrip("/")))


def paths_named() -> list[tuple[str, str]]:
    named = ((page, it) for page in PAGES for it in re.findall(r"`([^`]+)`", words_of(page)))
    return sorted({(page, it) for page, it in named if PATH.fullmatch(it) and it[0] != "/"})


def names_named() -> list[tuple[str, str, str]]:
    named = ((page, *it) for page in PAGES for it in NAMES_IN_FILE.findall(words_of(page)))
    return sorted(
        {(page, name, path) for page, names, path in named for name in re.findall(r"\w\w+", names)
         if name not in ("and", "or")}
    )  # fmt: skip


def anchors_of(page: Path) -> set[str]:
    """The headings of a page as links name them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w -]", "", it).lower().replace(" ", "-") for it in headings}


@pytest.mark.parametrize(("page", "path"), paths_named())
def test_page_names_only_files_that_are_there(page: str, path: str) -> None:
    assert any(places(path)), f"docs/{page} names {path}"


@pytest.mark.parametrize(("page", "name", "path"), names_named())
def test_page_names_only_names_that_are_there(page: str, name: str, path: str) -> None:
    sources = [it.read_text(encoding="utf-8") for it in places(path)]
    word = re.compile(rf"\b{name}\b")
    assert any(word.search(it) for it in sources), f"docs/{page} names {name} in {path}"


@pytest.mark.parametrize(
    ("page", "target", "anchor"),
    sorted({(page, *link) for page in PAGES for link in LINK.findall(text_of(page))}),
)
def test_links_of_a_page_lead_somewhere(page: str, target: str, anchor: str) -> None:
    linked = (DOCS / (target or page)).resolve()
    assert linked.is_file(), f"docs/{page} links to {target}"
    assert not anchor or anchor in anchors_of(linked), f"docs/{page} links to {target}#{anchor}"


def test_first_page_is_one_page() -> None:
    """A new contributor reads it in five minutes; what is needed in some cases is on the others."""
    lines = text_of(FIRST_PAGE).splitlines()
    assert len(lines) <= 120 and max(map(len, lines)) <= 120
    assert len(words_of(FIRST_PAGE).split()) <= 1_150
