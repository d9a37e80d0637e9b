"""Mocks of one process share a contract that is the same, and only that."""

from __future__ import annotations

import shutil
from pathlib import Path

from megaapi_mock.resources import root
from megaapi_mock.spec import description as module
from megaapi_mock.spec.description import MAX_KEPT, description

from ..conftest import MakeApp

SPEC = root("spec")


def with_title(folder: Path, title: str) -> Path:
    """A copy of the contract that says something else."""
    shutil.copytree(SPEC, folder)
    index = folder / "openapi.yaml"
    text = index.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.strip().startswith("title:"))
    index.write_text(text.replace(line, f"  title: {title}", 1), encoding="utf-8")
    return folder


def test_mocks_with_the_same_contract_share_what_was_compiled(make_app: MakeApp) -> None:
    one, other = make_app().runtime, make_app().runtime
    assert one.api.description is other.api.description
    assert one.instances.store is not other.instances.store


def test_a_contract_that_was_changed_is_read_again(tmp_path: Path) -> None:
    folder = with_title(tmp_path / "spec", "Outra")
    assert description(folder).document["info"]["title"] == "Outra"
    assert description(SPEC).document["info"]["title"] != "Outra"
    index = folder / "openapi.yaml"
    text = index.read_text(encoding="utf-8")
    index.write_text(text.replace("title: Outra", "title: Nova"), encoding="utf-8")
    assert description(folder).document["info"]["title"] == "Nova"


def test_few_contracts_are_kept(tmp_path: Path) -> None:
    for number in range(MAX_KEPT + 2):
        description(with_title(tmp_path / str(number), f"Contract {number}"))
        assert len(module._cache) <= MAX_KEPT
