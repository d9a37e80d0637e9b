"""What a score was measured on: one hash over the suite, the mock, the contract and the samples."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import megaapi_mock
from megaapi_mock.resources import root

SUITE = Path(__file__).resolve().parents[1]
MOCK = Path(megaapi_mock.__file__).resolve().parent


def sources_hash() -> str:
    """SHA-256 over every path and its content, whatever the line endings of the checkout."""
    digest = sha256()
    for name, path in sorted(_sources()):
        content = path.read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _sources() -> Iterator[tuple[str, Path]]:
    for package in (SUITE, MOCK):
        for path in package.rglob("*.py"):
            yield f"{package.name}/{path.relative_to(package).as_posix()}", path
    for name in ("spec", "fixtures"):
        for path in root(name).rglob("*"):
            if path.is_file():
                yield f"{name}/{path.relative_to(root(name)).as_posix()}", path
