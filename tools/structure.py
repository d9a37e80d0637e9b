"""Print the structure of both packages: rooms, floors, arrows, circles, and the longest parts.

    python tools/structure.py

A room is a folder or a module right below a package (not its `__init__.py`); an arrow is an
import between two rooms, those for type checkers included; a room stands one floor above the
highest room it imports. Beside a figure stands what it may be at most, where there is a bound:
`mockserver/tests/test_floors.py` and `test_sizes.py` hold them. The longest parts are those that
people write; what `make generated` writes stands in a line of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT / "mockserver" / "tests"))

from import_graph import (  # noqa: E402
    Graph,
    circles,
    function_lengths,
    import_graph,
    is_generated,
    module_paths,
    rooms,
)

# The figures of the plan after which the rooms were laid out; there is no circle in it.
BOUNDS = {
    "megaapi_mock": {"rooms": 27, "floors": 10},
    "megaapi_contract": {"rooms": 14, "arrows between rooms": 50},
}
NO_CIRCLES = {"circles of rooms": 0, "circles of modules": 0}

PACKAGES = (
    CHECKOUT / "mockserver" / "megaapi_mock",
    CHECKOUT / "contract_tests" / "megaapi_contract",
)


def main() -> None:
    """Print one block for each package."""
    for package in PACKAGES:
        print(package.name)
        bounds = BOUNDS[package.name] | NO_CIRCLES
        for name, value in figures(package):
            bound = f"  (at most {bounds[name]})" if name in bounds else ""
            print(f"  {name:<28}{value}{bound}")


def figures(package: Path) -> Iterator[tuple[str, object]]:
    """Each figure with its name."""
    graph = import_graph(package)
    between_rooms = {room: others - {""} for room, others in rooms(graph).items() if room}
    yield "modules", len(graph)
    yield "rooms", len(between_rooms)
    yield "arrows between rooms", sum(map(len, between_rooms.values()))
    yield "floors", 1 + max(floors(between_rooms).values())
    yield "circles of rooms", len(circles(between_rooms))
    yield "circles of modules", len(circles(graph))
    sources = {
        name: path.read_text(encoding="utf-8") for name, path in module_paths(package).items()
    }
    generated = [name for name, path in module_paths(package).items() if is_generated(path)]
    written = {name: source for name, source in sources.items() if name not in generated}
    lines, module = max((len(source.splitlines()), name) for name, source in written.items())
    yield "longest module", f"{lines} lines, {module}"
    lines, function = max(
        (length, f"{name}.{function}")
        for name, source in written.items()
        for function, length in function_lengths(source)
    )
    yield "longest function", f"{lines} lines, {function}"
    for name in generated:
        yield "generated", f"{len(sources[name].splitlines())} lines, {name}"


def floors(graph: Graph) -> dict[str, int]:
    """The floor of every room, from 0; rooms of a circle share the floor they are met on."""
    floor_of: dict[str, int] = {}

    def floor(room: str, above: tuple[str, ...] = ()) -> int:
        if room not in floor_of:
            below = (other for other in graph[room] if other not in above)
            floor_of[room] = 1 + max((floor(other, (*above, room)) for other in below), default=-1)
        return floor_of[room]

    for room in graph:
        floor(room)
    return floor_of


if __name__ == "__main__":
    main()
