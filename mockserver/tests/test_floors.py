"""A room imports from lower floors only, and no modules import each other in a circle."""

from __future__ import annotations

import ast
import runpy
from pathlib import Path

import megaapi_mock
import pytest

from .import_graph import circles, folders, import_graph, module_paths, room_of, rooms

MOCK = Path(megaapi_mock.__file__).parent
SUITE = MOCK.parents[1] / "contract_tests" / "megaapi_contract"
FLOORS: dict[str, tuple[tuple[str, ...], ...]] = {
    "megaapi_mock": (
        ("", "categories", "clock", "codec", "errors", "ids"),
        ("domain", "resources", "serving", "settings", "spec"),
        ("events", "profile", "records"),
        ("store",),
        ("faults", "handlers", "receiver_check", "webhooks", "worlds"),
        ("reference", "runtime"),
        ("simulation",),
        ("web",),
        ("commands", "testing"),
        ("__main__", "pytest_plugin"),
    ),
    "megaapi_contract": (
        ("", "errors"),
        ("judging",),
        ("host",),
        ("safety",),
        ("probes", "redaction"),
        ("replay",),
        ("reports",),
        ("capture", "run"),
        ("mutation", "plugin"),
        ("cli",),
        ("__main__",),
    ),
}
# Circles that are still there. This list only shrinks.
KNOWN_CIRCLES: dict[str, list[list[str]]] = {
    "megaapi_mock": [],
    "megaapi_contract": [],
}  # fmt: skip
PACKAGES = pytest.mark.parametrize("package", [MOCK, SUITE], ids=lambda path: path.name)
MODULES = sorted(module_paths(MOCK).items())


@PACKAGES
def test_a_room_imports_from_lower_floors_only(package: Path) -> None:
    floor_of = {room: floor for floor, names in enumerate(FLOORS[package.name]) for room in names}
    arrows = rooms(import_graph(package))
    assert arrows.keys() == floor_of.keys()
    upward = [
        f"{room} imports {other}"
        for room, others in arrows.items()
        for other in others
        if floor_of[other] >= floor_of[room]
    ]
    assert upward == []


@PACKAGES
def test_no_modules_import_each_other_in_a_circle(package: Path) -> None:
    assert sorted(circles(import_graph(package))) == sorted(KNOWN_CIRCLES[package.name])


@PACKAGES
def test_no_rooms_import_each_other_in_a_circle(package: Path) -> None:
    assert circles(rooms(import_graph(package))) == []


@PACKAGES
def test_no_folders_within_a_room_import_each_other_in_a_circle(package: Path) -> None:
    graphs = folders(import_graph(package)).items()
    assert {folder: circles(parts) for folder, parts in graphs if circles(parts)} == {}


def test_a_circle_of_folders_is_found_where_its_modules_have_none() -> None:
    graph = {
        "made.room.one.first": frozenset({"made.room.two.first"}),
        "made.room.one.second": frozenset[str](),
        "made.room.two.first": frozenset({"made.room", "made.other"}),
        "made.room.two.second": frozenset({"made.room.one.second"}),
        "made.room": frozenset[str](),
        "made.other": frozenset[str](),
    }
    assert circles(graph) == []
    parts = folders(graph)
    assert parts["made"] == {"room": {"other"}, "other": set()}
    assert circles(parts["made.room"]) == [["one", "two"]]


def test_a_circle_is_found_through_imports_for_type_checkers(tmp_path: Path) -> None:
    package = tmp_path / "made"
    (package / "room").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "room" / "__init__.py").write_text("")
    (package / "room" / "one.py").write_text("from .. import two\n")
    (package / "two.py").write_text("if TYPE_CHECKING:\n    from .room.one import thing\n")
    (package / "three.py").write_text("from .room.one import thing\n")
    graph = import_graph(package)
    assert graph["made.three"] == {"made.room.one"}
    assert circles(graph) == [["made.room.one", "made.two"]]
    assert circles(rooms(graph)) == [["room", "two"]]


@pytest.mark.parametrize(("module", "path"), MODULES, ids=[name for name, _ in MODULES])
def test_only_web_imports_flask(module: str, path: Path) -> None:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add((node.module or "").split(".")[0])
    if room_of(module) != "web":
        assert not names & {"flask", "flask_swagger_ui"}
    if room_of(module) == "domain":
        assert not names & {"threading", "socket", "http", "urllib", "pathlib", "os", "logging"}
    assert "megaapi_contract" not in names
    if room_of(module) in ("domain", "store"):
        # Their refusals are sentences: statuses are added by `web`, and addresses of its routes.
        text = path.read_text(encoding="utf-8")
        assert "ControlRefused" not in text
        assert room_of(module) == "store" or "/_mock/" not in text


@PACKAGES
def test_the_figures_of_the_plan_are_kept(package: Path) -> None:
    """What `python tools/structure.py` prints."""
    tools = runpy.run_path(str(MOCK.parents[1] / "tools" / "structure.py"))
    figures = dict(tools["figures"](package))
    bounds = tools["BOUNDS"][package.name] | tools["NO_CIRCLES"]
    assert {name: figures[name] for name in bounds if figures[name] > bounds[name]} == {}
