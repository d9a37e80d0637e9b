"""Is the contract itself valid OpenAPI 3.1? Asked once per content, remembered by its hash."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import orjson
import platformdirs

from .. import __version__
from ..errors import SpecError
from .bundle import Bundle, bundle, digest
from .operations import operations
from .validate import Validators


def valid_bundle(root: Path, name: str = "") -> Bundle:
    """The contract below `root`, bundled; SpecError when openapi-spec-validator refuses it.

    The check costs most of a second and reading the files a quarter, so a valid bundle is kept
    in the user's cache folder under the hash of its files: `name`, where the caller has it.
    """
    memory = _memory(name or digest(root))
    cached_bundle = _recall(memory)
    if cached_bundle is not None:
        return cached_bundle
    fresh_bundle = bundle(root)
    problem = first_problem(fresh_bundle)
    if problem is not None:
        raise SpecError(f"the contract is not valid OpenAPI 3.1: {problem}")
    Validators(fresh_bundle, operations(fresh_bundle)).compile_all()
    # A read-only home costs the next start a second, nothing else.
    with suppress(OSError):
        _remember(memory, fresh_bundle)
    return fresh_bundle


def first_problem(candidate: Bundle) -> str | None:
    """What is wrong with the document, in one line; None when it is valid."""
    from openapi_spec_validator import OpenAPIV31SpecValidator

    for error in OpenAPIV31SpecValidator(candidate.document).iter_errors():
        place = "/".join(map(str, getattr(error, "absolute_path", ()))) or "document"
        # The schema it fails and the whole value come after an empty line.
        message = str(error.message).partition("\n\n")[0]
        return f"{place}: {' '.join(message.split())[:300]}"
    return None


def _memory(contract: str) -> Path:
    folder = Path(platformdirs.user_cache_dir("megaapi-contract-kit"))
    return folder / f"contract-{__version__}-{contract}.json"


def _recall(memory: Path) -> Bundle | None:
    try:
        return Bundle(**orjson.loads(memory.read_bytes()))
    except (OSError, orjson.JSONDecodeError, TypeError):
        return None


def _remember(memory: Path, candidate: Bundle) -> None:
    memory.parent.mkdir(parents=True, exist_ok=True)
    draft = memory.with_suffix(f".{os.getpid()}")
    draft.write_bytes(
        orjson.dumps(
            {"document": candidate.document, "files": candidate.files, "digest": candidate.digest}
        )
    )
    draft.replace(memory)
