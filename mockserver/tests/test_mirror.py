"""Tests mirror modules: `domain/chats.py` is tested in `domain/test_chats.py`."""

from __future__ import annotations

from pathlib import Path

import pytest

from .mirror import LINES_LEAST, Mirror
from .test_floors import MOCK, SUITE

TESTS = Path(__file__).parent
SUITE_TESTS = SUITE.parent / "tests"
# Modules that are rows of one table, and where the table is tested.
MOCK_ELSEWHERE = {
    "events/payloads.py": "spec/test_payload_types.py",
    "faults/kinds/*.py": "faults/test_kinds.py",
    "store/sql/migrations/versions/*.py": "store/sql/test_sqlite.py",
    "testing/names.py": "testing/test_name_checks.py",
}
SUITE_ELSEWHERE = {
    "mutation/catalogue/*.py": "mutation/test_mutation.py",
    "probes/laws/*.py": "probes/test_laws.py",
    "probes/laws/lives/*.py": "probes/test_laws.py",
    "probes/laws/combined/*.py": "probes/laws/test_combined.py",
}
# Beside the laws there are modules of their tools, which are not laws.
LAW_TOOLS = ("assertions", "calls", "sent_message", "webhook_listener")
MIRRORS = pytest.mark.parametrize(
    "mirror",
    [
        Mirror(MOCK, TESTS, MOCK_ELSEWHERE),
        Mirror(
            SUITE,
            SUITE_TESTS,
            SUITE_ELSEWHERE,
            own=frozenset(f"probes/laws/{name}.py" for name in LAW_TOOLS),
        ),
    ],
    ids=lambda mirror: mirror.package.name,
)


@MIRRORS
def test_every_module_has_a_test_file_under_its_name(mirror: Mirror) -> None:
    assert mirror.without_test() == []


@MIRRORS
def test_tables_that_test_many_modules_are_there(mirror: Mirror) -> None:
    for pattern, test_file in mirror.elsewhere.items():
        assert [*mirror.package.glob(pattern)], pattern
        assert (mirror.tests / test_file).is_file(), test_file


def test_a_module_is_found_until_it_has_its_test_file(tmp_path: Path) -> None:
    package, tests = tmp_path / "made", tmp_path / "tests"
    code = "x = 1\n" * LINES_LEAST
    for path, text in {
        "room/chats.py": code,
        "room/kinds/one.py": code,
        "room/kinds/tools.py": code,
        "room/short.py": "x = 1\n" * (LINES_LEAST - 1),
        "room/__init__.py": code,
        "_private.py": code,
    }.items():
        (package / path).parent.mkdir(parents=True, exist_ok=True)
        (package / path).write_text(text)
    (tests / "room").mkdir(parents=True)
    elsewhere = {"room/kinds/*.py": "test_kinds.py"}
    own = frozenset({"room/kinds/tools.py"})
    mirror = Mirror(package, tests, elsewhere, own=own)
    assert mirror.without_test() == ["_private.py", "room/chats.py", "room/kinds/tools.py"]
    (tests / "test_private.py").write_text("")
    (tests / "room" / "test_chats.py").write_text("")
    assert mirror.without_test() == ["room/kinds/tools.py"]
