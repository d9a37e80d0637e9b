"""Where `spec/` and `fixtures/` live: inside the installed package, or in the checkout."""

from __future__ import annotations

from pathlib import Path

from ..errors import SetupError
from ..errors.names import did_you_mean

PACKAGE = Path(__file__).resolve().parents[1]


def root(name: str) -> Path:
    """The folder `name` ("spec" or "fixtures"): packaged if it is there, else the checkout's."""
    for candidate in (PACKAGE / "_data" / name, PACKAGE.parents[1] / name):
        if candidate.is_dir():
            return candidate
    raise SetupError(f"no folder {name}/ in the package or beside it: reinstall the package")


def find_fixture(kind: str, name: str, fixtures: Path, error: type[SetupError]) -> Path:
    """A profile's or world's file, by its name under `fixtures/<kind>s` or by path.

    Raises `error` with the names that exist when there is no such file.
    """
    folder = fixtures / f"{kind}s"
    for candidate in (folder / f"{name}.yaml", Path(name)):
        if candidate.is_file():
            return candidate
    names = sorted(file.stem for file in folder.glob("*.yaml"))
    guess = did_you_mean(name, names)
    raise error(
        f"there is no {kind} {name!r}: {guess}use one of {', '.join(names)}, or a file's path"
    )
