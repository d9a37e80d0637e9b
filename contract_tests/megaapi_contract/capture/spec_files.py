"""Places in the files of the contract, with their lines, for changes that a person reads."""

from __future__ import annotations

import difflib
import os.path
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from .places import ITEM

_JOINED = ("allOf", "anyOf", "oneOf")
# Schemas may refer to themselves.
DEPTH = 40


@dataclass(frozen=True)
class SpecNode:
    """A node of one file; `file` is relative to the folder of the contract."""

    file: str
    node: yaml.Node


@dataclass(frozen=True, order=True)
class Edit:
    """A text in place of what stands on a line from one column to another.

    Text that ends a line of its own is put before that line.
    """

    line: int
    start: int
    end: int
    text: str


class SpecFiles:
    """Reads the files of a contract, and keeps the edits that are proposed for them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._texts: dict[str, str] = {}
        self._roots: dict[str, yaml.Node] = {}
        self._edits: dict[str, set[Edit]] = {}
        # What several differences ask for is proposed once.
        self._names: set[tuple[str, int, str]] = set()

    def root(self, file: str) -> SpecNode:
        """The whole of a file."""
        if file not in self._roots:
            self._texts[file] = (self._folder / file).read_text(encoding="utf-8")
            node = yaml.compose(self._texts[file], Loader=yaml.SafeLoader)
            self._roots[file] = node or yaml.MappingNode("tag:yaml.org,2002:map", [])
        return SpecNode(file, self._roots[file])

    def member(self, place: SpecNode, *names: str) -> SpecNode | None:
        """The value of a member of a member, references followed; None where there is none."""
        current: SpecNode | None = self.resolve(place)
        for name in names:
            node = _value(current.node, name) if current else None
            current = self.resolve(SpecNode(current.file, node)) if current and node else None
        return current

    def resolve(self, place: SpecNode) -> SpecNode:
        """What a reference leads to; any other place as it is."""
        for _ in range(DEPTH):
            reference = _value(place.node, "$ref")
            if not isinstance(reference, yaml.ScalarNode):
                return place
            file = os.path.normpath(os.path.join(os.path.dirname(place.file), reference.value))
            place = self.root(Path(file).as_posix())
        return place

    def objects(self, schema: SpecNode, path: Sequence[str], depth: int = 0) -> Iterator[SpecNode]:
        """The members (`properties`) of every object schema that `path` leads to."""
        if depth > DEPTH:
            return
        place = self.resolve(schema)
        members = _value(place.node, "properties")
        if not path and members is not None:
            yield SpecNode(place.file, members)
        elif path and path[0] == ITEM:
            yield from self._below(place, "items", path[1:], depth)
        elif path and members is not None:
            yield from self._below(SpecNode(place.file, members), path[0], path[1:], depth)
        for word in _JOINED:
            parts = _value(place.node, word)
            for part in parts.value if isinstance(parts, yaml.SequenceNode) else ():
                yield from self.objects(SpecNode(place.file, part), path, depth + 1)

    def _below(
        self, place: SpecNode, name: str, path: Sequence[str], depth: int
    ) -> Iterator[SpecNode]:
        node = _value(place.node, name)
        if node is not None:
            yield from self.objects(SpecNode(place.file, node), path, depth + 1)

    def insert_member(self, mapping: SpecNode, name: str, value: str, *, in_order: bool) -> bool:
        """Propose a member of a mapping with a line for each; False where it has none.

        `in_order` puts it before the first name that follows it, otherwise it comes first.
        """
        node = mapping.node
        if not isinstance(node, yaml.MappingNode) or node.flow_style or not node.value:
            return False
        if (mapping.file, node.start_mark.line, name) in self._names:
            return True
        self._names.add((mapping.file, node.start_mark.line, name))
        keys = [key for key, _ in node.value]
        later = [key for key in keys if str(key.value) > name] if in_order else keys
        mark = (later or keys)[0].start_mark
        # Without quotes YAML reads a status as a number.
        yaml_key = f"'{name}'" if name.isdigit() else name
        text = f"{' ' * mark.column}{yaml_key}: {value}\n"
        self._propose(mapping.file, Edit(mark.line, 0, 0, text))
        return True

    def raise_grade(self, provenance: SpecNode, source: str) -> bool:
        """Propose `observed` in place of `inferred`, with its source; False where it says else."""
        grade, sources = _value(provenance.node, "grade"), _value(provenance.node, "sources")
        if not isinstance(grade, yaml.ScalarNode) or grade.value != "inferred":
            return False
        line, start, end = grade.start_mark.line, grade.start_mark.column, grade.end_mark.column
        if not isinstance(sources, yaml.SequenceNode):
            if not _is_on_one_line(provenance.node):
                return False
            self._propose(provenance.file, Edit(line, start, end, f"observed, sources: [{source}]"))
            return True
        if not sources.flow_style:
            return False
        self._propose(provenance.file, Edit(line, start, end, "observed"))
        mark = sources.end_mark
        text = f", {source}" if sources.value else source
        self._propose(provenance.file, Edit(mark.line, mark.column - 1, mark.column - 1, text))
        return True

    def append(self, file: str, text: str) -> None:
        """Propose further lines at the end of a file."""
        self.root(file)
        self._propose(file, Edit(len(self._texts[file].splitlines()), 0, 0, text))

    def _propose(self, file: str, edit: Edit) -> None:
        self._edits.setdefault(file, set()).add(edit)

    def patch(self) -> str:
        """All edits as a patch that `git apply` takes in the folder of the contract."""
        return "".join(self._file_patch(file) for file in sorted(self._edits))

    def _file_patch(self, file: str) -> str:
        before = self._texts[file].splitlines(keepends=True)
        after = [*before, ""]
        for edit in sorted(self._edits[file], reverse=True):
            line = after[edit.line]
            after[edit.line] = line[: edit.start] + edit.text + line[edit.end :]
        text = "".join(after).splitlines(keepends=True)
        return "".join(difflib.unified_diff(before, text, f"a/{file}", f"b/{file}"))


def _value(node: yaml.Node | None, name: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if str(key.value) == name), None)


def _is_on_one_line(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and bool(node.flow_style)
