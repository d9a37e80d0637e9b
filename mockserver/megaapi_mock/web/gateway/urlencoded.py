"""Form fields with brackets as the objects they stand for: `messageData[to]=1` (extended parser).

The ancestor reads forms with `qs`: `a[b]=1` is an object, `a[]=1`, `a[0]=1` and a name given twice
are lists, `+` is a blank, a name without `=` is an empty text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

FIELDS_MOST = 1000
DEPTH_MOST = 32
# An index above this is a name; `qs` would make a list of that length else.
INDEX_MOST = 100
# A picture of 16 MiB has a million in its base64; ten million take seconds and a gigabyte.
ESCAPES_MOST = 2_000_000

_SEGMENT = re.compile(r"\[([^\[\]]*)\]")


class TooManyFields(ValueError):
    """More fields, or escapes in them, than the parser reads."""


class RepeatedValues(list[Any]):
    """Every value that one field was given."""


def parse_form(text: str) -> dict[str, Any]:
    """The object that form fields describe; all its values are texts. TooManyFields."""
    if text.count("&") >= FIELDS_MOST:
        raise TooManyFields(f"more than {FIELDS_MOST} fields")
    if text.count("%") > ESCAPES_MOST:
        raise TooManyFields(f"more than {ESCAPES_MOST:,} percent escapes")
    tree: dict[str, Any] = {}
    for field in filter(None, text.split("&")):
        name, _, value = field.partition("=")
        _insert(tree, [*_steps(_decode(name))], _decode(value))
    return {name: _as_lists(node) for name, node in tree.items()}


def _decode(text: str) -> str:
    """Percent escapes and plus signs read; as it is where they are not UTF-8."""
    flat = text.replace("+", " ")
    try:
        return unquote_to_bytes(flat.encode("utf-8", "surrogatepass")).decode()
    except UnicodeDecodeError:
        return flat


def _steps(name: str) -> Iterator[str]:
    """`a[b][]` as a, b, and an empty step; what is nested too deep is one name with brackets."""
    first = name.find("[")
    if first <= 0:
        yield name
        return
    yield name[:first]
    end = first
    for number, match in enumerate(_SEGMENT.finditer(name, first)):
        if number == DEPTH_MOST:
            yield name[match.start() :]
            return
        if match.start() != end:
            return
        end = match.end()
        yield match[1]


def _insert(tree: dict[str, Any], steps: list[str], value: str) -> None:
    node = tree
    for step in steps[:-1]:
        below = node.setdefault(step or str(len(node)), {})
        if not isinstance(below, dict):
            # A field that has a value and fields below it keeps both: the value as a name.
            below = node[step] = {str(each): RepeatedValues(["true"]) for each in below}
        node = below
    last = steps[-1] if len(steps) == 1 else steps[-1] or str(len(node))
    values = node.setdefault(last, RepeatedValues())
    if isinstance(values, RepeatedValues):
        values.append(value)
    else:
        values[value] = RepeatedValues(["true"])


def _is_index(name: str) -> bool:
    # More digits than these Python refuses to read, in the end.
    return len(name) <= 9 and name.isascii() and name.isdigit() and int(name) <= INDEX_MOST


def _as_lists(node: Any) -> Any:
    """Objects whose names are all indices as lists, and single values as themselves."""
    if isinstance(node, RepeatedValues):
        return node[0] if len(node) == 1 else [*node]
    members = {name: _as_lists(below) for name, below in node.items()}
    if all(_is_index(name) for name in members):
        return [members[name] for name in sorted(members, key=int)]
    return members
