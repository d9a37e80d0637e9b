"""Where in a YAML file a place of its document is written; looked up only for an error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from ..spec.bundle import Loader

# The keys and indexes that lead to a value of a YAML document.
YamlPath = Sequence[str | int]
_TAG = "tag:yaml.org,2002:"
_JSON = {"str", "int", "float", "bool", "null", "seq", "map"}


def line_of(path: Path, place: Sequence[str | int]) -> int:
    """The line, from 1, of a place such as contacts, 3, lid; of what holds it when it is missing.

    The file has been read before, so it is YAML.
    """
    node = yaml.compose(path.read_bytes(), Loader=Loader)
    line = 1
    for step in place:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            line = node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode):
            pairs = [(key, value) for key, value in node.value if key.value == step]
            if not pairs:
                break
            # Written twice, the last one counts, as it does for the loader.
            key, node = pairs[-1]
            line = key.start_mark.line + 1
    return line


def expanded_size(path: Path) -> int:
    """How many values a file stands for once every alias is written out.

    A few lines of aliases of aliases stand for more than any memory holds.
    """
    counts: dict[int, int] = {}
    return _count(yaml.compose(path.read_bytes(), Loader=Loader), counts)


def _count(node: yaml.Node | None, counts: dict[int, int]) -> int:
    if node is None or id(node) in counts:
        return 0 if node is None else counts[id(node)]
    # What holds itself counts once here and is refused by name later.
    counts[id(node)] = 1
    parts: list[yaml.Node] = []
    if isinstance(node, yaml.SequenceNode):
        parts = node.value
    elif isinstance(node, yaml.MappingNode):
        parts = [part for pair in node.value for part in pair]
    counts[id(node)] = 1 + sum(_count(part, counts) for part in parts)
    return counts[id(node)]


def unsupported_yaml(path: Path) -> Iterator[tuple[YamlPath, str]]:
    """Where a file says what no document can hold: a key twice, a date, a part that holds itself.

    The file has been read before, so it is YAML.
    """
    root = yaml.compose(path.read_bytes(), Loader=Loader)
    yield from _unsupported_nodes(root, (), set(), ())


def _unsupported_nodes(
    node: yaml.Node | None, place: YamlPath, node_ids: set[int], above: tuple[yaml.Node, ...]
) -> Iterator[tuple[YamlPath, str]]:
    if node is None:
        return
    if node in above:
        yield place, "it contains itself: write the value out"
        return
    if id(node) in node_ids:
        return
    node_ids.add(id(node))
    kind = node.tag.removeprefix(_TAG)
    if kind not in _JSON:
        yield place, f"this is a {kind} in YAML: put it in quotes"
    yield from _unsupported_children(node, place, node_ids, (*above, node))


def _unsupported_children(
    node: yaml.Node, place: YamlPath, node_ids: set[int], above: tuple[yaml.Node, ...]
) -> Iterator[tuple[YamlPath, str]]:
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _unsupported_nodes(item, (*place, index), node_ids, above)
    elif isinstance(node, yaml.MappingNode):
        names: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in names:
                yield (*place, name), "it is written twice: remove one of the two"
            names.add(name)
            if key.tag not in (f"{_TAG}str", f"{_TAG}merge"):
                yield (*place, name), "a name must be a string: put it in quotes"
            yield from _unsupported_nodes(value, (*place, name), node_ids, above)
