"""One version of a contract: a file, a folder, or a revision of a git repository."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...errors import SetupError
from ..bundle import bundle, read_yaml
from .json_values import JsonLoader
from .references import references
from .shape import shaped, with_text_keys

FOLDER = "spec"
_SECONDS = 60
_METHODS = "a file, a folder with openapi.yaml, or REVISION[:PATH] of this git repository"


def read_version(name: str) -> dict[str, Any]:
    """The whole document of one version. SetupError, in a sentence, where there is none.

    `name` is a file (YAML or JSON, whole or in many files), a folder with openapi.yaml, or a
    revision of the git repository around the working directory, with or without `:PATH`; without
    one the path is `spec`.
    """
    try:
        return shaped(_version(name), name)
    except RecursionError:
        raise SetupError(f"{name} cannot be compared: its parts stand too deep inside") from None


def _version(name: str) -> Any:
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


def _document(path: Path, name: str) -> Any:
    if path.is_dir():
        return bundle(path).document
    document = with_text_keys(_read(path), name)
    _require_openapi(document, name)
    if not any(not reference.startswith("#") for reference in references(document)):
        return document
    if path.name != "openapi.yaml":
        raise SetupError(f"{name} refers to other files: bundle it first, or call it openapi.yaml")
    return bundle(path.parent).document


def _require_openapi(document: Any, name: str) -> None:
    version = document.get("openapi") if isinstance(document, dict) else None
    if version is None and isinstance(document, dict) and "swagger" in document:
        raise SetupError(
            f"{name} is Swagger {document['swagger']}, with no field `openapi`: convert it first, "
            "with swagger2openapi say"
        )
    if isinstance(version, float):
        # 3.1 without quotes is a number in YAML.
        version = document["openapi"] = f"{version}.0"
    if not isinstance(version, str):
        raise SetupError(f"{name} is not an OpenAPI document: it has no field `openapi`")
    if not version.startswith("3."):
        raise SetupError(f"{name} is OpenAPI {version}: only 3.0 and 3.1 are compared")


def _read(path: Path) -> Any:
    # Not all JSON is YAML: escapes of surrogates, say.
    with suppress(ValueError):
        return json.loads(path.read_bytes())
    return read_yaml(path, JsonLoader)


def _of_revision(top: Path, commit: str, inside: str, name: str) -> Any:
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
