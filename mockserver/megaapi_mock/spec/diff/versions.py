"""One version of a contract: a file, a folder, or a revision of a git repository."""

from __future__ import annotations

import json
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from ...errors import SetupError, SpecError
from ..bundle import bundle, parse_yaml
from .git import Revision, commit_of, in_repository, is_shallow
from .json_values import JsonLoader
from .references import references
from .shape import checked_document, with_text_keys

FOLDER = "spec"
_METHODS = "a file, a folder with openapi.yaml, or REVISION[:PATH] of this git repository"


def read_version(name: str) -> dict[str, Any]:
    """The whole document of one version. SetupError, in a sentence, where there is none.

    `name` is a file (YAML or JSON, whole or in many files), a folder with openapi.yaml, or a
    revision of the git repository around the working directory, with or without `:PATH`; without
    one the path is `spec`.
    """
    try:
        return checked_document(_version(name), name)
    except RecursionError:
        raise SetupError(f"{name} cannot be compared: its parts stand too deep inside") from None


def _version(name: str) -> Any:
    if not name:
        raise SetupError(f"one of the two versions is empty: give {_METHODS}")
    with suppress(OSError, ValueError):
        if (path := Path(name)).exists():
            return _document(path, name)
    revision, colon, inside = name.partition(":")
    if not in_repository():
        raise SetupError(f"there is no file {name!r}, and this folder is in no git repository")
    commit = commit_of(revision)
    if commit is None:
        hint = "; this clone is shallow: `git fetch --unshallow` gets the rest" * is_shallow()
        raise SetupError(f"{name!r} is neither a file nor a revision: give {_METHODS}{hint}")
    with tempfile.TemporaryDirectory() as place:
        path = Revision(commit, name).copy(inside if colon else FOLDER, Path(place))
        try:
            return _document(path, name)
        except SpecError as error:
            # Not where it was copied to: that is gone when somebody reads this.
            raise SpecError(str(error).replace(str(path), name)) from None


def _document(path: Path, name: str) -> Any:
    if path.is_dir():
        if not (path / "openapi.yaml").is_file():
            raise SetupError(f"{name} holds no openapi.yaml: give the file itself")
        return with_text_keys(bundle(path).document, name)
    document = with_text_keys(_read(path, name), name)
    _require_openapi(document, name)
    if not any(not reference.startswith("#") for reference in references(document)):
        return document
    if path.name != "openapi.yaml":
        raise SetupError(f"{name} refers to other files: bundle it first, or call it openapi.yaml")
    return with_text_keys(bundle(path.parent).document, name)


def _read(path: Path, name: str) -> Any:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SetupError(f"{name} cannot be read: {error.strerror}") from None
    # Not all JSON is YAML: escapes of surrogates, say.
    with suppress(ValueError):
        return json.loads(content)
    return parse_yaml(content, name, JsonLoader)


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
