"""What the pages say of their own, in English and in Portuguese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ..spec.bundle import read_yaml
from .calls import KEY


@dataclass(frozen=True, slots=True)
class PageLanguage:
    """A language of the pages: its folder, its name for browsers, its own name."""

    id: str
    code: str
    name: str


ENGLISH = PageLanguage("en", "en", "English")
PORTUGUESE = PageLanguage("pt", "pt-BR", "Português")
PAGE_LANGUAGES = (PORTUGUESE, ENGLISH)


class Words:
    """What the pages say, in one language."""

    def __init__(self, page_language: PageLanguage) -> None:
        self.page_language = page_language

    def __call__(self, name: str) -> str:
        text: str = _texts()["words"][name][self.page_language.id]
        return text

    def group(self, name: str) -> str:
        """A heading of the menu: a category of events, or the vendor's own name of a controller."""
        return self(name) if name.startswith("category.") else name

    def way(self, event: str, english: str) -> str:
        """How the gateway can be made to cause an event; `english` where nothing translates it."""
        ways: Mapping[str, str] = _texts()["ways_pt"]
        translated = ways.get(event, english).replace("{key}", KEY)
        return english if self.page_language is ENGLISH else translated

    def is_translated(self, event: str) -> bool:
        """Whether `way` answers in the language of the page."""
        return self.page_language is ENGLISH or event in _texts()["ways_pt"]


@cache
def _texts() -> Mapping[str, Any]:
    """The file, read once."""
    texts: Mapping[str, Any] = read_yaml(Path(__file__).with_name("words.yaml"))
    return texts
