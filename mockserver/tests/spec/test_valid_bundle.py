"""A contract is judged once per content; the verdict is remembered by its hash."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.errors import SpecError
from megaapi_mock.spec import valid_bundle as valid_bundle_module
from megaapi_mock.spec.bundle import Bundle
from megaapi_mock.spec.valid_bundle import first_problem, valid_bundle
from megaapi_mock.spec.validate import Validators

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0", "info": {"title": "Small", "version": "1"}, "paths": {},
}  # fmt: skip


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setattr(valid_bundle_module.platformdirs, "user_cache_dir", lambda _: str(folder))
    return folder


@pytest.fixture
def bundled(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that were read and bundled."""
    roots: list[Path] = []

    def bundle(root: Path) -> Bundle:
        roots.append(root)
        return Bundle(DOCUMENT, {"/a": "paths/a.yaml"}, "hash")

    monkeypatch.setattr(valid_bundle_module, "bundle", bundle)
    monkeypatch.setattr(valid_bundle_module, "digest", lambda root: f"hash-of-{root.name}")
    return roots


def test_a_valid_document_has_no_problem() -> None:
    assert first_problem(Bundle(DOCUMENT)) is None


def test_a_problem_is_one_line_with_its_place() -> None:
    problem = first_problem(Bundle({**DOCUMENT, "info": {"title": 5, "version": "1"}}))
    assert problem is not None and problem.startswith("info/title: ")
    assert "\n" not in problem and len(problem) < 350
    missing = first_problem(Bundle({"openapi": "3.1.0", "paths": {}}))
    assert missing is not None and missing.startswith("document: ")


def test_a_valid_contract_is_read_once(bundled: list[Path], cache: Path) -> None:
    first, again = valid_bundle(Path("spec")), valid_bundle(Path("spec"))
    assert first == again == Bundle(DOCUMENT, {"/a": "paths/a.yaml"}, "hash")
    assert bundled == [Path("spec")]
    assert len([*cache.iterdir()]) == 1
    valid_bundle(Path("other"))
    assert bundled == [Path("spec"), Path("other")]


def test_a_contract_that_is_not_valid_is_refused_each_time(
    bundled: list[Path], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(valid_bundle_module, "first_problem", lambda _: "info: wrong")
    for _ in range(2):
        with pytest.raises(SpecError, match=r"not valid OpenAPI 3\.1: info: wrong"):
            valid_bundle(Path("spec"))
    assert len(bundled) == 2 and not cache.exists()


@pytest.mark.parametrize("content", [b"", b"{", b'{"odd": 1}', b"[]"])
def test_a_memory_that_cannot_be_read_is_made_again(
    bundled: list[Path], cache: Path, content: bytes
) -> None:
    valid_bundle(Path("spec"))
    [memory] = cache.iterdir()
    memory.write_bytes(content)
    valid_bundle(Path("spec"))
    assert len(bundled) == 2
    valid_bundle(Path("spec"))
    assert len(bundled) == 2


def test_a_home_that_cannot_be_written_costs_nothing_else(bundled: list[Path], cache: Path) -> None:
    cache.write_text("a file where the folder should be")
    assert valid_bundle(Path("spec")).digest == "hash"
    assert valid_bundle(Path("spec")).digest == "hash"
    assert len(bundled) == 2


def test_a_contract_whose_schemas_cannot_be_compiled_is_not_remembered(
    bundled: list[Path], cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compile_all(_: Validators) -> None:
        raise SpecError("a schema of send_text cannot be compiled: why")

    with monkeypatch.context() as patch:
        patch.setattr(Validators, "compile_all", compile_all)
        with pytest.raises(SpecError, match="send_text"):
            valid_bundle(Path("spec"))
    assert not cache.exists() or not [*cache.iterdir()]
    assert valid_bundle(Path("spec"), "hash-of-spec").document == DOCUMENT
    assert bundled == [Path("spec"), Path("spec")]
    # Whoever has the hash already spares the files a second reading.
    monkeypatch.setattr(valid_bundle_module, "digest", None)
    assert valid_bundle(Path("spec"), "hash-of-spec").document == DOCUMENT
