"""Two redacted documents compared: fields, types, fixed words and kinds of addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from .places import ITEM

Path = tuple[str, ...]
_NUMBER = re.compile(r"<(?:int|float) \d+>")
_PLACEHOLDER = re.compile(r"<[a-z][^<>]*>")
_ADDRESS = re.compile(r"<[a-z][^<>]*>(?::device)?@([a-z.]+)")


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where the recorded document is not as the mock's."""

    kind: str
    path: Path
    sentence: str


def differences(recorded: Any, answers: Sequence[Any], path: Path = ()) -> Iterator[Difference]:
    """Each place where `recorded` differs from all of the mock's `answers`.

    There are several of them below a list: its items are alike, and any of them may have a field.
    """
    form = form_of(recorded)
    alike = [answer for answer in answers if form_of(answer) == form]
    if not alike:
        others = " or ".join(dict.fromkeys(form_of(answer) for answer in answers))
        yield Difference("different form", path, f"{form}, where the mock has {others}")
    elif isinstance(recorded, dict):
        yield from _differing_members(recorded, alike, path)
    elif isinstance(recorded, list):
        items = [item for answer in alike for item in answer]
        for item in recorded if items else ():
            yield from differences(item, items, (*path, ITEM))
    else:
        yield from _differing_values(recorded, alike, path)


def _differing_members(
    recorded: dict[str, Any], alike: Sequence[dict[str, Any]], path: Path
) -> Iterator[Difference]:
    variable = [value for each in alike for name, value in each.items() if is_variable(name)]
    for name, value in recorded.items():
        values = variable if is_variable(name) else [each[name] for each in alike if name in each]
        step = (*path, ITEM if is_variable(name) and variable else name)
        if values:
            yield from differences(value, values, step)
        else:
            yield Difference("new field", step, "the mock does not have it")
    for name in alike[0]:
        is_missing = name not in recorded and not is_variable(name)
        if is_missing and all(name in each for each in alike):
            yield Difference("missing field", (*path, name), "it is not there")


def _differing_values(recorded: Any, alike: Sequence[Any], path: Path) -> Iterator[Difference]:
    if isinstance(recorded, bool):
        if recorded not in alike:
            words = ("false", "true")
            sentence = f"{words[recorded]}, where the mock has {words[not recorded]}"
            yield Difference("other value", path, sentence)
    elif isinstance(recorded, str) and not _NUMBER.fullmatch(recorded):
        yield from _differing_texts(recorded, alike, path)


def _differing_texts(recorded: str, alike: Sequence[str], path: Path) -> Iterator[Difference]:
    kinds = dict.fromkeys(_kind_of_address(text) for text in alike)
    kind = _kind_of_address(recorded)
    if kind not in kinds:
        others = " or ".join(other or "another text" for other in kinds)
        yield Difference("other value", path, f"{kind or 'another text'}, not {others}")
        return
    # A word of the contract on the mock's side: here too, or it is another one.
    words = [text for text in alike if text and not _PLACEHOLDER.search(text)]
    if recorded and len(words) == len(alike) and recorded not in words:
        shown_text = "another text" if _PLACEHOLDER.search(recorded) else recorded
        others = " or ".join(dict.fromkeys(words))
        yield Difference("other value", path, f"{shown_text}, where the mock has {others}")


def form_of(value: Any) -> str:
    """The type of a value as people call it; placeholders of numbers are numbers."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, (int, float)) or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "an object" if isinstance(value, dict) else "a list"


def is_variable(name: str) -> bool:
    """Whether a member's name is a value of its own, such as somebody's address."""
    return _PLACEHOLDER.search(name) is not None


def _kind_of_address(text: str) -> str:
    address = _ADDRESS.fullmatch(text)
    return "" if address is None else f"an address @{address[1]}"
