"""Writes report files to a folder that is empty or holds an earlier report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..errors import SetupError

MARKER = ".megaapi-contract-report.json"


def check_folder(folder: Path) -> None:
    """SetupError unless reports may be written there: it is new, empty, or holds a report."""
    if folder.exists() and not folder.is_dir():
        raise SetupError(f"--report {folder}: this is a file; name a folder")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / MARKER).is_file():
        raise SetupError(
            f"--report {folder}: the folder holds files that are not a report; name a new one"
        )
    _own_files(folder)


def prepare_folder(folder: Path) -> None:
    """Make the folder before the run. SetupError when reports cannot be written there."""
    check_folder(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        previous_files = _own_files(folder)
        _write_marker(folder, previous_files)
        for name in previous_files:
            if (folder / name).exists():
                (folder / name).open("ab").close()
    except OSError as error:
        raise SetupError(f"--report {folder}: {error.strerror or error}") from None


def _write_marker(folder: Path, names: Iterable[str]) -> None:
    text = json.dumps({"files": sorted(names)}, indent=1)
    (folder / MARKER).write_text(text, encoding="utf-8")


def write_files(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write all files in place of those of the earlier report; other files stay."""
    check_folder(folder)
    try:
        previous_files = _own_files(folder)
        folder.mkdir(parents=True, exist_ok=True)
        # First, so that a run that is cut short leaves a folder that can be used again.
        _write_marker(folder, {*previous_files, *files})
        for name in previous_files:
            if name not in files:
                (folder / name).unlink(missing_ok=True)
        for name, content in files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
        _write_marker(folder, files)
    except OSError as error:
        raise SetupError(f"--report {folder}: {error.strerror or error}") from None
    return [folder / name for name in files]


def _own_files(folder: Path) -> list[str]:
    marker = folder / MARKER
    if not marker.is_file():
        return []
    try:
        names = json.loads(marker.read_text(encoding="utf-8"))["files"]
        if all(_is_own_name(name) for name in names):
            return list(names)
    except (ValueError, KeyError, TypeError):
        pass
    raise SetupError(f"--report {folder}: {MARKER} there is damaged; name a new folder")


def _is_own_name(name: str) -> bool:
    """Whether a name in the marker is one that this program writes inside the folder."""
    parts = Path(name).parts
    return ".." not in parts and not Path(name).is_absolute() and len(parts) <= 2
