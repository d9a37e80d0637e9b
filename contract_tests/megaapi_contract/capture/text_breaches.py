"""Rules that a text broke before it was redacted: its placeholder no longer shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from ..judging.contract import Contract
from ..judging.results import Promise
from ..redaction.vocabulary import Vocabulary
from .form import FormDrift

# `200: messageData/key/id: "<id 4>" does not match "^3EB0$"`; of a webhook `key.id: ... (spec/x)`.
_BREACH = re.compile(
    r"(?:\d{3}: )?(?P<path>[^\s:]+): "
    r'"[^"]*" (?P<rule>does not match "(?P<pattern>.*)"|is (?:shorter|longer) than \d+ characters?)'
    r"(?: \(spec/\S+\))?"
)


class TextBreaches:
    """Reads what was noted of each text; rules that the contract has no more are left out."""

    def __init__(self, contract: Contract) -> None:
        self._vocabulary = Vocabulary(contract)

    def drifts(self, record: Mapping[str, Any]) -> Iterator[FormDrift]:
        """Each text of a record that broke its pattern or its length."""
        separator = "." if record["kind"] == "webhook" else "/"
        for broken in record.get("broken", ()):
            match = _BREACH.fullmatch(str(broken["message"]))
            if match is None or match["pattern"] not in self._patterns:
                continue
            path = "/".join(match["path"].split(separator))
            promise = Promise(grade=str(broken["grade"]), file=str(broken["file"]))
            yield FormDrift("other value", path, f"a text that {match['rule']}", promise)

    @cached_property
    def _patterns(self) -> frozenset[str | None]:
        # None: a rule about its length.
        return frozenset({None, *self._vocabulary.rules})
