"""Which modules of a package have no test file under their name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

# Shorter ones hold names and types; what they decide is tested where it is used.
LINES_LEAST = 41


@dataclass(frozen=True)
class Mirror:
    """A package and its tests. `elsewhere`: patterns of modules that one table tests, with where.

    `own` are those among them that have tests of their own all the same.
    """

    package: Path
    tests: Path
    elsewhere: Mapping[str, str]
    own: frozenset[str] = frozenset()

    def test_path(self, module: str) -> Path:
        """Where the tests of a module are: `domain/chats.py` has `domain/test_chats.py`."""
        path = PurePosixPath(module)
        return self.tests / path.parent / f"test_{path.name.lstrip('_')}"

    def modules(self) -> dict[str, int]:
        """Every module that holds code, by its path in the package, with its lines."""
        return {
            path.relative_to(self.package).as_posix(): len(path.read_bytes().splitlines())
            for path in sorted(self.package.rglob("*.py"))
            if path.name != "__init__.py" and "_data" not in path.relative_to(self.package).parts
        }

    def without_test(self) -> list[str]:
        """The modules without a test file under their name, which should have one."""
        return [
            module
            for module, lines in self.modules().items()
            if lines >= LINES_LEAST
            and not self.test_path(module).exists()
            and not self._is_tested_elsewhere(module)
        ]

    def _is_tested_elsewhere(self, module: str) -> bool:
        patterns = () if module in self.own else self.elsewhere
        return any(PurePosixPath(module).match(pattern) for pattern in patterns)
