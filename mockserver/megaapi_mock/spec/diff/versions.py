"""One version of a contract: a file, a folder, or a revision of a git repository."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...errors import SetupError
from ..bundle import bundle, read_yaml

FOLDER = "spec"
_SECONDS = 60
_METHODS = "a file, a folder with openapi.yaml, or REVISION[:PATH] of this git repository"


def read_version(name: str) -> dict[str, Any]:
    """The whole document of one version. SetupError, in a sentence, where there is none.

    `name` is a file (YAML or JSON, whole or in many files), a folder with openapi.yaml, or a
    revision of the git repository around the working directory, with or without `:PATH`; without
    one the path is `spec`.
    """
    path = Path(name)
    if path.exists():
        return _document(path, name)
    revision, colon, inside = name.partition(":")
    root = _git(Path.cwd(), "rev-parse", "--show-toplevel")
    if root is None:
        raise SetupError(f"there is no file {name!r}, and this folder is in no git repository")
    top = Path(root.decode().strip())
    commit = _git(
        top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    if commit is None:
        raise SetupError(f"{name!r} is neither a file nor a revision: give {_METHODS}")
    return _of_revision(top, commit.decode().strip(), inside if colon else FOLDER, name)


def _document(path: Path, name: str) -> dict[str, Any]:
    if path.is_dir():
        return bundle(path).document
    document = _with_text_keys(_read(path))
    if not isinstance(document, dict) or not isinstance(document.get("openapi"), str):
        raise SetupError(f"{name} is not an OpenAPI document: it has no field `openapi`")
    if not document["openapi"].startswith("3."):
        raise SetupError(f"{name} is OpenAPI {document['openapi']}: only 3.0 and 3.1 are compared")
    if not any(not reference.startswith("#") for reference in _references(document)):
        return document
    if path.name != "openapi.yaml":
        raise SetupError(f"{name} refers to other files: bundle it first, or call it openapi.yaml")
    return bundle(path.parent).document


def _read(path: Path) -> Any:
    # Not all JSON is YAML: escapes of surrogates, say.
    with suppress(ValueError):
        return json.loads(path.read_bytes())
    return read_yaml(path)


def _with_text_keys(node: Any) -> Any:
    """The same as JSON has it: in YAML the status of an answer may be a number."""
    if isinstance(node, list):
        return [_with_text_keys(member) for member in node]
    if not isinstance(node, dict):
        return node
    return {str(key): _with_text_keys(value) for key, value in node.items()}


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for member in node:
            yield from _references(member)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for member in node.values():
            yield from _references(member)


def _of_revision(top: Path, commit: str, inside: str, name: str) -> dict[str, Any]:
    # Its folder comes along: the file may refer to its neighbours.
    kind = _git(top, "cat-file", "-t", f"{commit}:{inside}")
    if kind is None:
        raise SetupError(f"{name}: there is no {inside!r} in that revision: give REVISION:PATH")
    folder = inside if kind.strip() == b"tree" else str(Path(inside).parent)
    archive = _git(top, "archive", "--format=tar", commit, *([] if folder == "." else [folder]))
    if archive is None:
        raise SetupError(f"{name}: git archive cannot read {inside!r}")
    with tempfile.TemporaryDirectory() as place, tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(place, filter="data")
        return _document(Path(place) / inside, name)


def _git(folder: Path, *arguments: str) -> bytes | None:
    """What git prints; None when it says no. SetupError where there is no git."""
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments], capture_output=True, timeout=_SECONDS
        )
    except FileNotFoundError:
        raise SetupError(f"git is not installed: give {_METHODS.partition(', or')[0]}") from None
    except subprocess.TimeoutExpired:
        raise SetupError(f"git {arguments[0]} did not end within {_SECONDS} s") from None
    return done.stdout if done.returncode == 0 else None
