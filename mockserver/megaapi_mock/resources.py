"""Where `spec/` and `fixtures/` live: inside the installed package, or in the checkout."""

from __future__ import annotations

from pathlib import Path

from .errors import SetupError

PACKAGE = Path(__file__).resolve().parent


def root(name: str) -> Path:
    """The folder `name` ("spec" or "fixtures"): packaged if it is there, else the checkout's."""
    for candidate in (PACKAGE / "_data" / name, PACKAGE.parents[1] / name):
        if candidate.is_dir():
            return candidate
    raise SetupError(f"no folder {name}/ in the package or beside it: reinstall the package")
