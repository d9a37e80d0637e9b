"""Fields whose names, words and values are words or signs of a programming language."""

from __future__ import annotations

from typing import Any

ODD_FIELDS: dict[str, Any] = {
    "from": {"type": "string", "description": 'Ends in "quotes"'},
    "not-a-name": {"type": "integer", "description": '*/ // \\d """'},
    "half": {"enum": [0.5, 1.5]},
    "none": {"enum": [None, True, 1, "x"]},
    "anything": {},
    "true": True,
}
