"""One name for the address of a mock, for key and tokens, in every command of the kit."""

from __future__ import annotations

import subprocess
from pathlib import Path

import click
import pytest
from megaapi_contract.cli import main as contract_commands
from megaapi_mock.commands.main import main as mock_commands

NAMES = {
    "--gateway": "MEGAAPI_GATEWAY",
    "--target": "MEGAAPI_GATEWAY",
    "--instance-key": "MEGAAPI_INSTANCE_KEY",
    "--token": "MEGAAPI_TOKEN",
}
CHECKOUT = Path(__file__).resolve().parents[2]


def options() -> list[tuple[str, str, click.Option]]:
    """(command, option's long name, the option) of all commands that a person may give."""
    return [
        (f"{group.name} {name}", long, option)
        for group in (mock_commands, contract_commands)
        for name, command in group.commands.items()
        for option in command.params
        if isinstance(option, click.Option)
        for long in option.opts
    ]


@pytest.mark.parametrize(
    ("command", "name", "option"),
    [found for found in options() if found[1] in NAMES],
    ids=lambda value: str(value) if isinstance(value, str) else "",
)
def test_option_can_be_given_in_the_environment(
    command: str, name: str, option: click.Option
) -> None:
    assert option.envvar == NAMES[name]
    assert option.show_envvar


def test_no_command_has_another_word_for_an_address() -> None:
    others = {"--url", "--host-url", "--server", "--mock", "--base-url", "--key"}
    assert not [found[:2] for found in options() if found[1] in others]


def test_make_serve_takes_a_port() -> None:
    command = ["make", "--dry-run", "--silent", "serve", "PORT=8081", "ARGS=--strict"]
    shown = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert "megaapi-mock serve --port 8081 --strict" in shown.stdout
