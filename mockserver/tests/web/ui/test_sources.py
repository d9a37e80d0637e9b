"""The page's sources: both languages complete, no markup from text, small files, few bytes."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from megaapi_mock.domain.content import KINDS, POLLS, WRAPPERS, keys_of
from megaapi_mock.faults.registry import discover
from megaapi_mock.web.ui.pages import STATIC

SCRIPTS = sorted(STATIC.rglob("*.js"))
MODULES = [path.relative_to(STATIC).as_posix() for path in SCRIPTS]
# Ways to make elements of a text, and to leave the machine.
FORBIDDEN = (
    "innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(",
    "new Function", "setAttribute(\"style\"", "createContextualFragment",
)  # fmt: skip
LIMIT = 250_000
NAMED = re.compile(r"\bt\(([^()]*)")


def texts(language: str) -> dict[str, str]:
    """Keys and texts of one language, from all of its tables."""
    found: dict[str, str] = {}
    for table in sorted((STATIC / "texts").glob(f"{language}*.js")):
        for key, text in re.findall(r'^  "?([\w.-]+)"?: "(.*)",$', table.read_text("utf-8"), re.M):
            assert key not in found, f"{table.name}: {key} is there twice"
            found[key] = text
    return found


def test_both_languages_have_the_same_keys_and_the_same_places_for_values() -> None:
    english, portuguese = texts("en"), texts("pt")
    assert len(english) > 200
    assert english.keys() == portuguese.keys()
    for key, text in english.items():
        places = re.findall(r"\{\w+\}", text)
        assert sorted(places) == sorted(re.findall(r"\{\w+\}", portuguese[key])), key


@pytest.mark.parametrize("module", MODULES)
def test_module_names_only_texts_that_exist(module: str) -> None:
    keys = texts("en").keys()
    for call in NAMED.findall((STATIC / module).read_text("utf-8")):
        # Comparisons inside (`state === "over"`) name no text.
        for key in re.findall(r'(?<!= )"([a-z][\w-]*(?:\.[\w-]+)*)"', call):
            assert key in keys, f"{module}: {key}"


def test_faults_are_explained_in_portuguese() -> None:
    """A new kind, or a sentence of one that is reworded, needs its line in the table."""
    table = (STATIC / "texts" / "pt_faults.js").read_text("utf-8")
    lines = [json.loads(f"[{line}]")[0] for line in re.findall(r'^  \[(".*")\],$', table, re.M)]
    patterns = [re.sub(r"\\{\w+\\?\+?\\}", ".+", re.escape(line)) for line in lines]
    sentences = [listed.line for listed in discover().values()]
    for listed in discover().values():
        for parameter in listed.parameters:
            sentences += [parameter.help, parameter.form.words]
    unsaid = {it for it in sentences if not any(re.fullmatch(one, it) for one in patterns)}
    assert unsaid == set()


def source_of(module: str, table: str) -> str:
    """What stands in a table of one of the page's modules."""
    source = (STATIC / module).read_text("utf-8")
    return source.partition(f"const {table} = ")[2].partition(";\n")[0]


def test_every_kind_of_content_is_drawn() -> None:
    """Messages about messages are never drawn, and of wrappers what is inside."""
    drawn = set(re.findall(r"^  (\w+):", source_of("phone/content.js", "KINDS"), re.M))
    shown = set(keys_of(lambda kind: not kind.refers and not kind.wraps))
    # Nothing can send a product, and nobody was seen to.
    assert shown - drawn == {"productMessage"}
    assert drawn <= shown


def test_page_knows_contents_as_the_table_does() -> None:
    named = set(re.findall(r'"(\w+)"', source_of("core/messages.js", "WRAPPERS")))
    assert named == WRAPPERS
    refers = dict(re.findall(r'(\w+): "(\w+)"', source_of("core/messages.js", "REFERS")))
    assert refers == {key: kind.refers for key, kind in KINDS.items() if kind.refers}
    words = dict(re.findall(r'(\w+): "(\w+)"', source_of("core/messages.js", "TEXT_AT")))
    # The question of a poll is shown; tests and searches do not take it for a text.
    said = {key: at for key, at in words.items() if key not in POLLS}
    plain = {key: kind.words for key, kind in KINDS.items() if kind.words and "." not in kind.words}
    assert said == plain
    source = (STATIC / "core/messages.js").read_text("utf-8")
    assert all(f'"{key}"' in source for key in keys_of(lambda kind: "." in (kind.words or "")))


def test_every_text_is_used() -> None:
    sources = "\n".join(path.read_text("utf-8") for path in SCRIPTS if path.parent.name != "texts")
    made = re.findall(r"`([\w.-]+\.)\$\{", sources) + re.findall(r'"([\w]+\.)" \+', sources)
    unused = [
        key for key in texts("en") if f'"{key}"' not in sources and not key.startswith(tuple(made))
    ]
    assert unused == []


@pytest.mark.parametrize("module", MODULES)
def test_module_makes_no_markup_of_text_and_is_small(module: str) -> None:
    source = (STATIC / module).read_text("utf-8")
    assert [word for word in FORBIDDEN if word in source] == []
    assert len(source.splitlines()) <= 350


def test_every_module_is_preloaded() -> None:
    index = (STATIC / "index.html").read_text("utf-8")
    loaded = re.findall(r'(?:modulepreload" href|module" src)="([^"]+)"', index)
    assert sorted(loaded) == MODULES


def test_whole_page_is_few_bytes_compressed() -> None:
    files = [path for path in STATIC.rglob("*") if path.is_file()]
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) < LIMIT


def test_module_imports_only_files_of_the_page() -> None:
    for path in SCRIPTS:
        for name in re.findall(r'from "([^"]+)"', path.read_text("utf-8")):
            assert name.startswith("."), f"{path.name} imports {name}"
            assert (path.parent / Path(name)).is_file(), f"{path.name}: there is no {name}"
