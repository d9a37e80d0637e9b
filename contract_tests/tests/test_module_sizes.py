"""No module of the suite grows beyond what can be read at once."""

from __future__ import annotations

from pathlib import Path

import megaapi_contract
import pytest

PACKAGE = Path(megaapi_contract.__file__).parent
MOST_LINES = 350
MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if "_data" not in path.relative_to(PACKAGE).parts
)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_module_has_at_most_350_lines(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
