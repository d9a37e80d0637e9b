"""What a JSON pointer leads to, and what leads nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.spec.json_pointer import resolve_pointer, target_of

DOCUMENT: dict[str, Any] = {"a": {"b": [1, {"c/d": 2, "e~f": 3, "": 4}]}, "text": "abc"}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [("", DOCUMENT), ("/a/b/0", 1), ("/a/b/1/c~1d", 2), ("/a/b/1/e~0f", 3), ("/a/b/1/", 4)],
)
def test_pointer_leads_to_its_value(pointer: str, value: Any) -> None:
    assert resolve_pointer(DOCUMENT, pointer) == target_of(f"#{pointer}", DOCUMENT) == value


@pytest.mark.parametrize(
    "pointer", ["/x", "/a/b/2", "/a/b/-1", "/a/b/one", "/a/b/\u0660", "/text/0", "a", "/"]
)
def test_pointer_to_nothing_is_a_lookup_error(pointer: str) -> None:
    with pytest.raises(LookupError):
        resolve_pointer(DOCUMENT, pointer)


def test_reference_to_another_file_is_a_lookup_error() -> None:
    with pytest.raises(LookupError, match="own document"):
        target_of("other.yaml#/a", DOCUMENT)
