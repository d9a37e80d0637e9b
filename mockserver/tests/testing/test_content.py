"""What a test sees of the content of a message: its kind, its file, its beginning."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.testing.content import SHOWN, brief, kind_of, path_of_media

IMAGE = {"imageMessage": {"directPath": "/v/1"}}


@pytest.mark.parametrize(
    ("content", "kind", "path"),
    [
        ({"conversation": "oi"}, "conversation", None),
        (IMAGE, "imageMessage", "/v/1"),
        ({"ephemeralMessage": {"message": IMAGE}}, "imageMessage", "/v/1"),
        ({"imageMessage": {"directPath": 5}}, "imageMessage", None),
        ({"imageMessage": "odd"}, "imageMessage", None),
        ({}, "", None),
        (None, "", None),
        ("text", "", None),
    ],
)
def test_a_content_has_a_kind_and_perhaps_a_file(content: Any, kind: str, path: str | None) -> None:
    assert (kind_of(content), path_of_media(content)) == (kind, path)


def test_a_long_value_is_shown_without_its_middle() -> None:
    fits = "x" * (SHOWN - 2)
    assert brief(fits) == repr(fits)
    long = "a" * 150 + "b" * 150
    shown = brief(long)
    assert shown.startswith("'aaa") and shown.endswith("bbb'")
    assert f"[... {302 - SHOWN} more letters ...]" in shown
    assert brief({"a": 1}) == "{'a': 1}"
