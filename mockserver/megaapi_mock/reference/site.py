"""All pages by their path: made when somebody asks for one, the same served and as files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from ..spec.allowed_values import GRADES
from .calls import MOCK, calls_of
from .code import LANGUAGES
from .contract import Contract, MenuEntry, event_path, operation_path
from .details import event_details, operation_details
from .markup import block, inline
from .payloads import Generations
from .words import ENGLISH, PAGE_LANGUAGES, PageLanguage, Words

HERE = Path(__file__).resolve().parent
STATIC = HERE / "static"
FIRST, START, SEARCH_INDEX = "index.html", "index.html", "search_index.js"
# As many pages as a reader looks at in a row; one takes some hundredths of a second to make.
_KEPT = 16


class Site:
    """The pages of one contract. `page` raises KeyError where there is none of that path."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._menu = contract.menu()
        self.page = lru_cache(maxsize=_KEPT)(self._page)

    def paths(self) -> Iterator[str]:
        """The path of everything there is, in both languages."""
        yield FIRST
        yield from (f"static/{file.name}" for file in sorted(STATIC.iterdir()))
        for page_language in PAGE_LANGUAGES:
            for path in (START, SEARCH_INDEX, *self._contract.paths()):
                yield f"{page_language.id}/{path}"

    def write(self, folder: Path) -> int:
        """Write every page below the folder; how many files that made."""
        count = 0
        for path in self.paths():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(self.page(path))
            count += 1
        return count

    def _page(self, path: str) -> bytes:
        if path == FIRST:
            return self._template("first.html").encode()
        folder, _, name = path.partition("/")
        if folder == "static":
            return self._static(name)
        page_language = next((each for each in PAGE_LANGUAGES if each.id == folder), None)
        if page_language is None:
            raise KeyError(path)
        if name == SEARCH_INDEX:
            return self._search_index(page_language).encode()
        return self._text(name, page_language).encode()

    def _static(self, name: str) -> bytes:
        names = {file.name: file for file in STATIC.iterdir()}
        return names[name].read_bytes()

    def _text(self, path: str, page_language: PageLanguage) -> str:
        words = Words(page_language)
        if path == START:
            return self._start(words)
        if path in self._operations:
            operation = self._operations[path]
            values = operation_details(operation, self._contract)
            return self._template("operation.html", words, path, self._titles(path, words), values)
        event = self._events[path]
        values = event_details(event, self._contract, self._generations, words)
        return self._template("event.html", words, path, self._titles(path, words), values)

    def _start(self, words: Words) -> str:
        first = self._contract.operations[0]
        values = {
            "grades": GRADES,
            "first_call": calls_of(first, self._contract.document)[0],
            "hook_entry": self._entries.get("operations/configure_webhook.html"),
        }
        return self._template("index.html", words, START, words("site"), values)

    def _template(
        self,
        name: str,
        words: Words | None = None,
        path: str = FIRST,
        title: str = "",
        values: Mapping[str, Any] | None = None,
    ) -> str:
        deep = path.count("/")
        return self._environment.get_template(name).render(
            words=words,
            path=path,
            title=title,
            here="../" * deep,
            up="../" * (deep + 1),
            mock=MOCK,
            menu=self._menu,
            page_languages=PAGE_LANGUAGES,
            languages=LANGUAGES
            if words
            else [Words(page_language) for page_language in PAGE_LANGUAGES],
            titled=lambda entry: _title_of(entry, words),
            **(values or {}),
        )

    def _titles(self, path: str, words: Words) -> str:
        return _title_of(self._entries[path], words)

    def _search_index(self, page_language: PageLanguage) -> str:
        """A script, so that it works from a folder too: such pages may fetch nothing."""
        words = Words(page_language)
        rows = [
            [_title_of(entry, words), f"{_group(name, words)}: {entry.words}", entry.path,
             f"{entry.words} {entry.title} {entry.title_pt}", entry.text]
            for name, entries in self._menu.items()
            for entry in entries
        ]  # fmt: skip
        # `<` cannot end a script that is written into a page; this is a file of its own.
        return f"window.MEGAAPI_REFERENCE = {json.dumps(rows, ensure_ascii=False)};\n"

    @cached_property
    def _operations(self) -> Mapping[str, Any]:
        return {operation_path(each): each for each in self._contract.operations}

    @cached_property
    def _events(self) -> Mapping[str, Any]:
        return {event_path(each): each for each in self._contract.events}

    @cached_property
    def _entries(self) -> Mapping[str, MenuEntry]:
        entries = (entry for group in self._menu.values() for entry in group if not entry.alias)
        return {entry.path: entry for entry in entries}

    @cached_property
    def _generations(self) -> Generations:
        return Generations(self._contract.samples)

    @cached_property
    def _environment(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters.update(inline=inline, block=block, broken=_breakable)
        return environment


def _title_of(entry: MenuEntry, words: Words | None) -> str:
    return entry.title if words is None or words.page_language is ENGLISH else entry.title_pt


def _group(name: str, words: Words) -> str:
    kind = words("event") if name.startswith("category.") else words("operation")
    return f"{words.group(name)}, {kind}"


def _breakable(text: str) -> Markup:
    """A path that a narrow page may break after each of its parts."""
    parts = re.split(r"(?<=[./_-])", text)
    return Markup("<wbr>").join(escape(part) for part in parts)
