"""The consoles of rich that commands print on, and where its progress bars are drawn."""

from __future__ import annotations

import sys
from typing import NoReturn

from rich.console import Console


class OutputConsole(Console):
    """Standard output; a reader that has gone is a BrokenPipeError, as for `print`.

    Rich would end the program there with exit code 1, which says that the host is wrong.
    """

    def on_broken_pipe(self) -> NoReturn:
        """Raise the error again."""
        raise


def draws_progress() -> bool:
    """Whether somebody sees a bar; what is not a terminal may be a full disk or a closed pipe."""
    return sys.stderr.isatty()
