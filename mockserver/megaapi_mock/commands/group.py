"""The group of all commands, with what installed packages add to it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from importlib.metadata import entry_points
from typing import Any

import click

from ..errors import SetupError
from ..errors.files import file_problem
from ..errors.stdout_guard import run_guarded

# Where a package that is installed beside this one names commands of its own.
ADDED_COMMANDS = "megaapi_mock.commands"


class Group(click.Group):
    """Set-up mistakes are one sentence on stderr and exit code 2, never a traceback.

    Its commands are those of this package, and those that installed packages add.
    """

    def list_commands(self, context: click.Context) -> list[str]:
        """The names of all commands."""
        added_names = {command.name for command in entry_points(group=ADDED_COMMANDS)}
        return sorted({*super().list_commands(context), *added_names})

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of that name; None when there is none."""
        command = super().get_command(context, name)
        if command is not None:
            return command
        for added_command in entry_points(group=ADDED_COMMANDS, name=name):
            loaded: click.Command = added_command.load()
            return loaded
        return None

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except SetupError as error:
            click.echo(f"megaapi-mock: {error}", err=True)
            context.exit(2)
        except OSError as error:
            # A file that an option names; whatever else fails is a bug, and shown as one.
            if error.filename is None:
                raise
            click.echo(f"megaapi-mock: {file_problem(error)}", err=True)
            context.exit(2)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> Any:
        """As click's, but wrong usage is one sentence too."""
        run: Callable[[], Any] = partial(
            super().main, args, prog_name, complete_var, standalone_mode=False, **extra
        )
        if not standalone_mode:
            return run()
        code = run_guarded("megaapi-mock", partial(_exit_code, run))
        sys.exit(code if isinstance(code, int) else 0)


def _exit_code(run: Callable[[], Any]) -> Any:
    """What `run` returns; click's errors are printed, and have exit codes of their own."""
    try:
        return run()
    except click.ClickException as error:
        with suppress(OSError):
            click.echo(f"megaapi-mock: {error.format_message()}", err=True)
        return error.exit_code
    except click.Abort:
        return 1
