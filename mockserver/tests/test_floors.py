"""A module imports from its own floor or below."""

from __future__ import annotations

import ast
from pathlib import Path

import megaapi_mock
import pytest

PACKAGE = Path(megaapi_mock.__file__).parent
FLOORS = {
    0: (
        *(
            "__init__",
            "errors",
            "settings",
            "clock",
            "dates",
            "ids",
            "resources",
            "codec",
            "malloc",
            "stalled",
        ),
        *("spelling", "bugs"),
    ),
    1: ("domain", "spec", "store", "profile", "world", "start", "worlds", "samples", "qr"),
    2: (
        *("handlers", "faults", "journal", "webhooks", "timers"),
        *("record_numbers", "record_sizes", "subscription", "waiter"),
    ),
    3: ("web",),
    4: (
        *("serving", "console", "receiver", "emitter", "cli", "testing", "trial", "doctor"),
        *("pytest_plugin", "__main__", "emit_command", "output", "start_screen"),
    ),
}
FLOOR_OF = {room: floor for floor, rooms in FLOORS.items() for room in rooms}
MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if "_data" not in path.relative_to(PACKAGE).parts
)


def room_of(module: Path) -> str:
    first = module.relative_to(PACKAGE).parts[0]
    return first.removesuffix(".py")


def imported_rooms(module: Path) -> set[str]:
    """The rooms of this package a module names in relative imports."""
    package = ("megaapi_mock", *module.relative_to(PACKAGE).parent.parts)
    rooms = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.ImportFrom) or node.level == 0:
            continue
        base = package[: len(package) - (node.level - 1)]
        target = (*base, *(node.module or "").split(".")) if node.module else base
        if len(target) > 1:
            rooms.add(target[1])
        else:
            rooms |= {name.name for name in node.names if name.name in FLOOR_OF}
    return rooms


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_imports_from_its_floor_or_below(module: Path) -> None:
    own = FLOOR_OF[room_of(module)]
    higher = {room for room in imported_rooms(module) if FLOOR_OF[room] > own}
    assert higher == set()


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_web_imports_flask(module: Path) -> None:
    names = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add((node.module or "").split(".")[0])
    if room_of(module) != "web":
        assert not names & {"flask", "flask_swagger_ui"}
    if room_of(module) == "domain":
        assert not names & {"threading", "socket", "http", "urllib", "pathlib", "os", "logging"}
    assert "megaapi_contract" not in names
