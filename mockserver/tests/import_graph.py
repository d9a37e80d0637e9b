"""Which module of a package imports which: every import counts, those for type checkers too."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

Graph = Mapping[str, frozenset[str]]


def module_paths(package: Path) -> dict[str, Path]:
    """Every module by its dotted name; packages go by their own name."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        parts = (package.name, *path.relative_to(package).with_suffix("").parts)
        if "_data" not in parts:
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def is_generated(path: Path) -> bool:
    """Whether a program wrote the module, as its docstring says: nobody edits or reads it whole."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return "\n\nWritten by `make " in docstring


def function_lengths(source: str) -> Iterator[tuple[str, int]]:
    """Each function with its lines, those of its decorators and its docstring among them."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            yield node.name, (node.end_lineno or first) - first + 1


def import_graph(package: Path) -> Graph:
    """Each module with the modules of the same package that it imports, at any depth of code."""
    paths = module_paths(package)
    return {
        module: frozenset(_imported(module, path, paths)) - {module}
        for module, path in paths.items()
    }


def rooms(graph: Graph) -> Graph:
    """The same between rooms: the folders and single modules right below the package."""
    found: dict[str, set[str]] = {}
    for module, imported in graph.items():
        own = room_of(module)
        found.setdefault(own, set()).update(map(room_of, imported))
    return {room: frozenset(others - {room}) for room, others in found.items()}


def room_of(module: str) -> str:
    """The name right below the package; empty for the package itself."""
    return module.split(".")[1] if "." in module else ""


def folders(graph: Graph) -> dict[str, Graph]:
    """The same within each folder, at any depth: between the folders and modules right in it.

    A package's own `__init__` counts to no part of its folder.
    """
    parts_of: dict[str, dict[str, set[str]]] = {}
    for module, imported in graph.items():
        for other in imported:
            parent, own, foreign = _first_parts(module, other)
            if own and foreign:
                parts = parts_of.setdefault(parent, {})
                parts.setdefault(own, set()).add(foreign)
                parts.setdefault(foreign, set())
    return {
        folder: {part: frozenset(others) for part, others in parts.items()}
        for folder, parts in parts_of.items()
    }


def _first_parts(module: str, other: str) -> tuple[str, str, str]:
    """The folder that both modules are in, and the part of it that each is in."""
    steps, other_steps = module.split("."), other.split(".")
    depth = 0
    while depth < min(len(steps), len(other_steps)) and steps[depth] == other_steps[depth]:
        depth += 1
    parts = ["".join(names[depth : depth + 1]) for names in (steps, other_steps)]
    return ".".join(steps[:depth]), parts[0], parts[1]


def circles(graph: Graph) -> list[list[str]]:
    """Groups of nodes that all reach each other (Tarjan's algorithm), each sorted."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(node: str) -> None:
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph[node]:
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for node in graph:
        if node not in index:
            visit(node)
    return found


def _imported(module: str, path: Path, paths: Mapping[str, Path]) -> Iterator[str]:
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name in paths)
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, package)
            for name in node.names:
                full = f"{base}.{name.name}"
                if full in paths or base in paths:
                    yield full if full in paths else base


def _base(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    steps = package.split(".")
    kept = steps[: len(steps) - (node.level - 1)]
    return ".".join([*kept, node.module] if node.module else kept)
