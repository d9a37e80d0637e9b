"""One file that somebody can read, and attach to a report: the differences, each with a record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .. import __version__
from .drift import Comparison, Drift

FORMAT, VERSION = "megaapi-contract send-back", 1
READ_FIRST = (
    "Read this file before you send it. It holds where a capture differs, and one record of each "
    "difference. Keys, tokens, numbers, names, texts, files, addresses and ids were replaced by "
    "placeholders when the capture was made; when something happened is left out."
)
# When it was, and how long it took, says more of a person than of a gateway.
_LEFT_OUT = frozenset({"time", "seconds", "broken"})


def send_back_text(comparison: Comparison, *, plan: str, other: str) -> str:
    """The text of the file."""
    document = send_back(comparison, plan=plan, other=other)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def send_back(comparison: Comparison, *, plan: str, other: str) -> dict[str, Any]:
    """The document: everything that was compared, and one record of each difference."""
    document = comparison.as_json()
    return {
        "read_first": READ_FIRST,
        "format": FORMAT,
        "version": VERSION,
        "suite": __version__,
        "plan": plan,
        "compared_with": other,
        "records": document["records"],
        "notes": document.get("notes", {}),
        "differences": [_difference(drift) for drift in comparison.drifts],
    }


def _difference(drift: Drift) -> dict[str, Any]:
    return {
        **drift.as_json(),
        "record": None if drift.record is None else _shown_fields(drift.record),
    }


def _shown_fields(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in _LEFT_OUT}
