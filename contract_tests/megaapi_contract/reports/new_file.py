"""A new file that a command writes at its end: made before the work begins."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

from ..errors import SetupError


class NewFile:
    """A file that was not there before. SetupError when it cannot be made, or written later.

    As a context it removes the file at the end, unless it has been written. `option` is
    named before the file in sentences.
    """

    def __init__(self, path: Path, *, option: str = "") -> None:
        self.path = path
        self._name = f"{option} {path}".lstrip()
        self._written = False
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            raise SetupError(
                f"{self._name} is there already: name another file, or remove it"
            ) from None
        except OSError as error:
            raise SetupError(self._problem(error)) from None

    def write(self, text: str) -> None:
        """Write the text; where that fails it is printed, so that nothing of it is lost."""
        try:
            self.path.write_text(text, encoding="utf-8")
            self._written = True
        except OSError as error:
            with suppress(OSError):
                print(text)
                sys.stdout.flush()
            raise SetupError(f"{self._problem(error)}: it is printed instead") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._written:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)

    def _problem(self, error: OSError) -> str:
        return f"{self._name} cannot be written: {error.strerror or error}"
