"""Lines, sizes and oddities of YAML files, looked up for the sentences of errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from megaapi_mock.worlds.yaml_lines import YamlPath, expanded_size, line_of, unsupported_yaml

WORLD = """\
contacts:
  - name: Test Person
    number: "5511900000002"

  - name: Other Person
    name: Last Person
groups: {all: [1, 2]}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "world.yaml"


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ((), 1),
        (("contacts",), 1),
        (("contacts", 0), 2),
        (("contacts", 0, "number"), 3),
        (("contacts", 1), 5),
        (("contacts", 1, "name"), 6),
        (("contacts", 1, "lid"), 5),
        (("groups", "all", 1), 7),
        (("missing", 5, "deep"), 1),
    ],
)
def test_line_is_that_of_the_place_or_of_what_holds_it(
    path: Path, place: YamlPath, line: int
) -> None:
    path.write_text(WORLD)
    assert line_of(path, place) == line


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("", 0),
        ("5", 1),
        ("[1, 2]", 3),
        ("{a: 1}", 3),
        ("a: &x [1, 2]\nb: *x\n", 9),
        ("a: &x [1]\nb: &y [*x, *x]\nc: [*y, *y]\n", 22),
    ],
)
def test_alias_counts_as_often_as_it_stands(path: Path, text: str, size: int) -> None:
    path.write_text(text)
    assert expanded_size(path) == size


def test_size_of_many_aliases_is_known_without_writing_them_out(path: Path) -> None:
    lines = ["a0: &a0 [1]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 61))]
    path.write_text("\n".join(lines))
    assert expanded_size(path) > 2**60


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: [x, true, null, 1.5]\n", []),
        ("a: 1\na: 2\n", [(("a",), "it is written twice")]),
        ("day: 2026-01-01\n", [(("day",), "this is a timestamp in YAML")]),
        ("5: x\n", [(("5",), "a name must be a string")]),
        ("a: &a [*a]\n", [(("a", 0), "it contains itself")]),
        ("a: &a [2026-01-01]\nb: *a\n", [(("a", 0), "this is a timestamp in YAML")]),
    ],
)
def test_oddity_is_reported_once_at_its_place(
    path: Path, text: str, expected: list[tuple[YamlPath, str]]
) -> None:
    path.write_text(text)
    reports = [(place, sentence.partition(":")[0]) for place, sentence in unsupported_yaml(path)]
    assert reports == expected
