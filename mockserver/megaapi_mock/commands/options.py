"""Options that several commands of `megaapi-mock` take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

OUTPUT_FILE = click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="file to write; default: stdout"
)
SPEC_FOLDER = click.option(
    "--spec", "folder", type=click.Path(path_type=Path), help="folder with openapi.yaml"
)


def gateway_option(name: str, **settings: Any) -> click.Option:
    """The address of a mock or gateway, by the name that the command has for it."""
    return _environment_option([name], "MEGAAPI_GATEWAY", **settings)


def key_option(*names: str, **settings: Any) -> click.Option:
    """An instance's key; `names` is what the function calls it, if it has another word."""
    names = ("--instance-key", *names)
    return _environment_option(names, "MEGAAPI_INSTANCE_KEY", metavar="KEY", **settings)


def token_option(name: str, variable: str, **settings: Any) -> click.Option:
    """A token, which nobody should have to type."""
    return _environment_option([name], variable, **settings)


def _environment_option(names: Any, variable: str, **settings: Any) -> click.Option:
    """One that may be given in the environment too, as its help says."""
    return click.Option(names, envvar=variable, show_envvar=True, **settings)
