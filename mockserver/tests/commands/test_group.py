"""The group of all commands: mistakes in one sentence, commands of other packages."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from megaapi_mock.commands import group as group_module
from megaapi_mock.commands.group import Group
from megaapi_mock.errors import SetupError


@click.group(cls=Group)
def main() -> None:
    """All of them."""


@main.command()
@click.option("--count", type=int)
@click.argument("what", default="")
def do(count: int | None, what: str) -> None:
    """Fails as it is told to."""
    errors: dict[str, Exception] = {
        "setup": SetupError("no spec"),
        "file": FileNotFoundError(2, "No such file or directory", "gone.yaml"),
        "other": OSError(5, "broken"),
        "bug": ValueError("a bug"),
    }
    if what in errors:
        raise errors[what]
    click.echo("done")


def run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def test_a_command_that_goes_well_ends_with_0() -> None:
    result = run("do")
    assert (result.exit_code, result.output) == (0, "done\n")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("do", "setup"), "megaapi-mock: no spec\n"),
        (("do", "file"), "megaapi-mock: "),
        (("do", "--count", "x"), "megaapi-mock: Invalid value for '--count'"),
        (("do", "--cuont", "3"), "megaapi-mock: No such option"),
        (("d",), "megaapi-mock: No such command 'd'"),
    ],
)
def test_a_mistake_is_one_sentence_and_ends_with_2(words: tuple[str, ...], sentence: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert sentence in result.output and len(result.output.splitlines()) == 1
    assert "Traceback" not in result.output


@pytest.mark.parametrize(("what", "kind"), [("other", OSError), ("bug", ValueError)])
def test_whatever_else_fails_is_a_bug_and_shown_as_one(what: str, kind: type[Exception]) -> None:
    assert type(run("do", what).exception) is kind


def test_a_caller_within_the_program_gets_the_error_itself() -> None:
    with pytest.raises(click.NoSuchOption):
        main.main(["do", "--cuont"], standalone_mode=False)


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is installed beside this one, with a command of its own."""
    command = click.Command("other", callback=lambda: click.echo("from elsewhere"))
    entry = SimpleNamespace(name="other", load=lambda: command)

    def entry_points(*, group: str, name: str | None = None) -> list[Any]:
        assert group == group_module.ADDED_COMMANDS
        return [entry] if name in (None, "other") else []

    monkeypatch.setattr(group_module, "entry_points", entry_points)


@pytest.mark.usefixtures("added")
def test_a_command_of_another_package_is_listed_and_run() -> None:
    assert main.list_commands(click.Context(main)) == ["do", "other"]
    assert run("other").output == "from elsewhere\n"
    assert run("do").output == "done\n"
    assert run("third").exit_code == 2
