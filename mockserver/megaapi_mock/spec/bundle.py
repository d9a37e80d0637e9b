"""Many YAML files into one OpenAPI document, every `$ref` checked on the way."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

from ..errors import SpecError
from .loops import find_loop

_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# As many names as all merge keys of a file may write out.
MERGED_MOST = 100_000
_MERGE = "tag:yaml.org,2002:merge"
# What is deeper is a mistake, or meant to do harm.
YAML_DEPTH = 200
# Without as many of these nothing of a reasonable size is so deep.
_OPENING = (b"[", b"{", b"- ", b"? ")
# Files of the folder that openapi.yaml does not reach, by design.
APART = frozenset({"sources.yaml", "control.yaml"})


class Loader(_SafeLoader):  # type: ignore[misc]
    """Refuses a few lines of merge keys (`<<`) that stand for more than any memory holds."""

    def __init__(self, stream: Any) -> None:
        super().__init__(stream)
        self._merged = 0
        self._under_way: set[int] = set()

    def flatten_mapping(self, node: Any) -> None:
        """Write out a mapping's merge keys, innermost first. YAMLError when they are too many."""
        if id(node) in self._under_way:
            raise _too_much("it merges itself", node)
        self._under_way.add(id(node))
        for key, value in node.value:
            if key.tag == _MERGE:
                self._count_merged(value)
        super().flatten_mapping(node)
        self._under_way.remove(id(node))

    def _count_merged(self, value: Any) -> None:
        parts = value.value if isinstance(value, yaml.SequenceNode) else [value]
        for part in parts:
            if isinstance(part, yaml.MappingNode):
                self.flatten_mapping(part)
                self._merged += len(part.value)
            if self._merged > MERGED_MOST:
                raise _too_much(f"its merge keys write out more than {MERGED_MOST:,} names", part)


def _too_much(problem: str, node: yaml.Node) -> yaml.YAMLError:
    return yaml.YAMLError(f"{problem}, line {node.start_mark.line + 1}")


@dataclass(frozen=True)
class Bundle:
    """One document; `files` says which file each path and webhook came from."""

    document: dict[str, Any]
    files: dict[str, str] = field(default_factory=dict)
    digest: str = ""


def read_yaml(path: Path) -> Any:
    """One YAML file; SpecError names file and line when it cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SpecError(f"{path} cannot be read as YAML: {' '.join(str(error).split())}") from None
    return parse_yaml(content, str(path))


def parse_yaml(content: bytes, name: str, loader: Any = Loader) -> Any:
    """The YAML of a file; SpecError names it, and the line, when it cannot be read."""
    try:
        require_shallow(content)
        return yaml.load(content, Loader=loader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise SpecError(f"{name} cannot be read as YAML: {' '.join(str(error).split())}") from None


def require_shallow(content: bytes) -> None:
    """YAMLError where a file nests deeper than any document: building it would end the process."""
    if sum(map(content.count, _OPENING)) <= YAML_DEPTH:
        return
    depth = 0
    for event in yaml.parse(content, Loader=Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > YAML_DEPTH:
            line = 0 if event.start_mark is None else event.start_mark.line + 1
            raise yaml.YAMLError(f"it nests beyond {YAML_DEPTH} levels, line {line}")


def digest(root: Path) -> str:
    """The SHA-256 over the names and bytes of every YAML file below `root`.

    SpecError where that is not a contract: a folder of anything is not read.
    """
    require_contract(root)
    total = sha256()
    for name in _files(root):
        total.update(f"{name}\0".encode())
        with open(f"{root}/{name}", "rb") as file:
            total.update(file.read())
        total.update(b"\0")
    return total.hexdigest()


def bundle(root: Path) -> Bundle:
    """Read `root/openapi.yaml` and all it refers to; SpecError on clashes and loose ends."""
    require_contract(root)
    return _Bundler(root).run()


def require_contract(root: Path) -> None:
    """SpecError where the folder is none with a contract."""
    if not (root / "openapi.yaml").is_file():
        raise SpecError(f"{root} holds no openapi.yaml: give --spec the folder that does")


def _files(root: Path) -> list[str]:
    """Every YAML file below, by its name there, in one order on every system."""
    # At each start: pathlib takes twice as long.
    top = len(f"{root}") + 1
    names = [
        f"{folder}/{file}"[top:].replace("\\", "/")
        for folder, _, files in os.walk(root)
        for file in files
        if file.endswith(".yaml")
    ]
    return sorted(names, key=lambda name: name.split("/"))


class _Bundler:
    """One run: components go under their section, path items and webhooks stand in place."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.components: dict[str, dict[str, Any]] = {}
        self.owners: dict[str, str] = {}
        self.files_reached: set[str] = {"openapi.yaml"}
        self.files: dict[str, str] = {}

    def run(self) -> Bundle:
        document = self._load("openapi.yaml")
        own = document.pop("components", {})
        for section, members in own.items():
            self.components[section] = {
                name: self._resolve(member, "openapi.yaml") for name, member in members.items()
            }
        for kind in ("paths", "webhooks"):
            document[kind] = {
                name: self._item(kind, name, item) for name, item in document.get(kind, {}).items()
            }
        self._refuse_loops()
        self._refuse_unreached()
        document["components"] = {
            section: dict(sorted(members.items()))
            for section, members in sorted(self.components.items())
        }
        return Bundle(document, self.files, digest(self.root))

    def _refuse_loops(self) -> None:
        loop = find_loop(self.components)
        if loop is None:
            return
        here, there = map(self.owners.get, loop)
        reference = f"#/components/{loop[1]}" if there is None else there.rpartition("/")[2]
        raise SpecError(
            f"spec/{here or 'openapi.yaml'} refers to {reference}, which leads back there"
        )

    def _item(self, kind: str, name: str, item: Any) -> Any:
        reference = item.get("$ref") if isinstance(item, dict) else None
        if reference is None:
            self.files[name] = "openapi.yaml"
            return self._resolve(item, "openapi.yaml")
        file = self._target(reference, "openapi.yaml")
        if file in self.files_reached:
            raise SpecError(f"spec/openapi.yaml names {file} twice under {kind}")
        self.files_reached.add(file)
        self.files[name] = file
        return self._resolve(self._load(file), file)

    def _resolve(self, node: Any, file: str) -> Any:
        if isinstance(node, list):
            return [self._resolve(member, file) for member in node]
        if not isinstance(node, dict):
            return node
        reference = node.get("$ref")
        if isinstance(reference, str) and not reference.startswith("#"):
            # A sibling of $ref (a description) is allowed in 3.1 schemas and stays.
            rest = {key: value for key, value in node.items() if key != "$ref"}
            return {"$ref": self._component(reference, file), **self._resolve(rest, file)}
        return {key: self._resolve(value, file) for key, value in node.items()}

    def _component(self, reference: str, file: str) -> str:
        target = self._target(reference, file)
        parts = target.split("/")
        if len(parts) != 3 or parts[0] != "components":
            raise SpecError(
                f"spec/{file} refers to {reference}: only spec/components/<section>/<Name>.yaml "
                f"may be referred to from there"
            )
        section, name = parts[1], parts[2].removesuffix(".yaml")
        if target not in self.files_reached:
            self._claim(section, name, target)
            self.files_reached.add(target)
            self.components.setdefault(section, {})[name] = {}
            self.components[section][name] = self._resolve(self._load(target), target)
        return f"#/components/{section}/{name}"

    def _claim(self, section: str, name: str, target: str) -> None:
        if name in self.components.get(section, {}):
            raise SpecError(f"spec/{target} and spec/openapi.yaml both define {section}/{name}")
        self.owners[f"{section}/{name}"] = target

    def _target(self, reference: str, file: str) -> str:
        path, _, fragment = reference.partition("#")
        if "://" in path:
            raise SpecError(f"spec/{file} refers to {reference}: refer to files of this folder")
        if fragment:
            raise SpecError(f"spec/{file} refers to {reference}: refer to whole files")
        target = os.path.normpath(os.path.join(os.path.dirname(file), path)).replace(os.sep, "/")
        if not (self.root / target).is_file():
            raise SpecError(f"spec/{file} refers to {reference}, but there is no spec/{target}")
        return target

    def _load(self, file: str) -> Any:
        content = read_yaml(self.root / file)
        if not isinstance(content, dict):
            raise SpecError(f"spec/{file} holds no mapping")
        return content

    def _refuse_unreached(self) -> None:
        for name in self._files_not_reached():
            raise SpecError(
                f"spec/{name} is referred to by nothing: name it in spec/openapi.yaml or remove it"
            )

    def _files_not_reached(self) -> Iterator[str]:
        for name in _files(self.root):
            if name not in self.files_reached and name not in APART:
                yield name
