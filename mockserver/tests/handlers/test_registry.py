"""Handlers by address, held to the operations of the contract."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from megaapi_mock.errors import HandlerMissing, HandlerOrphaned
from megaapi_mock.handlers.call import mark_of
from megaapi_mock.handlers.registry import discover, require_matching
from megaapi_mock.resources import root
from megaapi_mock.spec.operations import operations
from megaapi_mock.spec.valid_bundle import valid_bundle

OPERATIONS = operations(valid_bundle(root("spec")))


def test_the_handlers_are_those_of_the_contract() -> None:
    handlers = discover()
    require_matching(handlers, OPERATIONS)
    assert handlers.keys() == {operation.address for operation in OPERATIONS}
    assert all(mark_of(handler) is not None for handler in handlers.values())


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A package with one module: one marked function, one that is not, one of elsewhere."""
    folder = tmp_path / "made_handlers"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "group.py").write_text(
        "from megaapi_mock.handlers.call import operation, success\n"
        "@operation()\ndef leave_group(call): return success('left')\n"
        "def helper(call): return {}\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    module = __import__("made_handlers")
    yield module
    for name in ("made_handlers", "made_handlers.group"):
        sys.modules.pop(name, None)


def test_only_marked_functions_are_handlers(package: ModuleType) -> None:
    assert list(discover(package)) == ["group/leave_group"]


def test_an_operation_without_a_handler_names_the_file_to_write() -> None:
    handlers = discover()
    handlers.pop("group/leave_group")
    with pytest.raises(HandlerMissing) as missing:
        require_matching(handlers, OPERATIONS)
    sentence = str(missing.value)
    assert "spec/paths/group/leave_group.yaml" in sentence and "handlers/group.py" in sentence


def test_a_handler_without_an_operation_names_the_file_to_write() -> None:
    handlers = {**discover(), "group/paint_group": lambda call: {}}
    with pytest.raises(HandlerOrphaned) as orphaned:
        require_matching(handlers, OPERATIONS)
    sentence = str(orphaned.value)
    assert "paint_group" in sentence and "spec/paths/group/paint_group.yaml" in sentence
