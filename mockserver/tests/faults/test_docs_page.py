"""The page about faults: what it says of each kind, and that it is the one in docs/."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from click.testing import CliRunner
from megaapi_mock import resources
from megaapi_mock.commands.main import main
from megaapi_mock.faults.docs_page import json, page
from megaapi_mock.faults.kind import Kind, Replacing
from megaapi_mock.faults.parameters import SECONDS, about, parameters_of
from megaapi_mock.faults.registry import KindEntry, discover

KINDS = discover()
DOCS = resources.root("spec").parent / "docs"


def test_the_page_is_the_one_the_code_makes() -> None:
    """Write it again with `megaapi-mock faults --page > docs/faults.md`."""
    assert (DOCS / "faults.md").read_text(encoding="utf-8") == page(KINDS)


def test_the_page_has_one_line_for_each_kind_with_its_example() -> None:
    lines = page(KINDS).splitlines()
    for name in KINDS:
        rows = [line for line in lines if line.startswith(f"| `{name}` |") and '"fault"' in line]
        assert len(rows) == 1, name


def test_the_command_prints_page_and_list() -> None:
    assert CliRunner().invoke(main, ["faults", "--page"]).output == page(KINDS)
    listed = CliRunner().invoke(main, ["faults"]).output
    for name, kind in KINDS.items():
        assert f"{name}\n    {kind.line}\n" in listed


@dataclass(frozen=True, slots=True)
class Plain(Kind):
    """Says it | so."""

    example: ClassVar[dict[str, object]] = {"fault": "plain", "of": ["a", 1]}
    length: float = field(default=2.0, metadata=about(SECONDS, "how long"))


@dataclass(frozen=True, slots=True)
class Remade(Replacing):
    """Answers else."""

    needs_real_answer: ClassVar[bool] = True


def entry(name: str, kind: type[Kind]) -> KindEntry:
    return KindEntry(name, kind, (kind.__doc__ or "").strip(), parameters_of(kind))


def row(text: str, name: str) -> list[str]:
    """The cells of a kind's row."""
    (line,) = [each for each in text.splitlines() if each.startswith(f"| `{name}` |")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_a_row_says_what_a_kind_does_with_its_parameters_and_example() -> None:
    text = page({"plain": entry("plain", Plain), "remade": entry("remade", Remade)})
    _, line, subject, parameters, example = row(text, "plain")
    # A bar would end the cell.
    assert line == "Says it / so."
    assert subject == Plain.subject
    assert parameters == f"`length` = `2.0`: how long ({SECONDS.words})"
    assert example == '`{"fault": "plain", "of": ["a", 1]}`'


def test_what_all_that_replace_an_answer_take_is_described_once() -> None:
    text = page({"plain": entry("plain", Plain), "remade": entry("remade", Remade)})
    assert row(text, "remade")[3] == "`after`, `seconds`"
    assert text.count("seconds before the answer") == 1


def test_kinds_that_change_the_answer_come_first() -> None:
    text = page({"plain": entry("plain", Plain), "remade": entry("remade", Remade)})
    assert text.index("| `remade` |") < text.index("| `plain` |")


def test_kinds_made_from_the_real_answer_are_named() -> None:
    kinds = {name: entry(name, Remade) for name in ("one", "two")}
    assert "For `one` and `two` the real answer is made" in page({**kinds, "x": entry("x", Plain)})


def test_json_is_written_as_people_write_it() -> None:
    assert (
        json({"a": [1, None, "é"], "b": {"c": True}}) == '{"a": [1, null, "é"], "b": {"c": true}}'
    )
