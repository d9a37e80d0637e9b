"""The fault reply: an answer of your choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, ClassVar

from ...codec import dumps
from ..kind import JSON, Moment, Replacing, WireAnswer
from ..parameters import ANYTHING, HEADERS, MEDIA_TYPE, about, optional, whole_number

# A 1xx ends no call; these have no body.
BODILESS = (204, 304)


@dataclass(frozen=True, slots=True)
class ChosenReply(Replacing):
    """Answers with a status, a body, a content type and headers of your choice."""

    example: ClassVar[Mapping[str, Any]] = {
        "fault": "reply",
        "status": 503,
        "headers": {"Retry-After": "5"},
        "operation": "send_text",
        "times": 1,
    }

    status: int = field(default=500, metadata=about(whole_number(200, 599), "HTTP status"))
    body: Any = field(
        default=None,
        metadata=about(
            ANYTHING,
            "JSON, or a text sent as it is; null: the gateway's own error body for that status",
        ),
    )
    content_type: str | None = field(
        default=None, metadata=about(optional(MEDIA_TYPE), "null: JSON, or text/plain for a text")
    )
    headers: Mapping[str, str] | None = field(
        default=None, metadata=about(optional(HEADERS), "further headers")
    )

    def answer(self, real: WireAnswer, moment: Moment) -> WireAnswer:
        """The answer that the parameters describe."""
        text = isinstance(self.body, str)
        body = self.body.encode() if text else dumps(self._document())
        if self.status in BODILESS:
            return WireAnswer(self.status, b"", "", self.headers or {})
        media_type = "text/plain; charset=utf-8" if text else JSON
        return WireAnswer(self.status, body, self.content_type or media_type, self.headers or {})

    def _document(self) -> Any:
        return error_body(self.status) if self.body is None else self.body


def error_body(status: int) -> dict[str, Any]:
    """The gateway's error body for a status; 200 has `error` alone, as its successes do."""
    if status < 400:
        return {"error": False}
    phrases = {status.value: status.phrase for status in HTTPStatus}
    phrase = phrases.get(status, "Unknown Error")
    name = phrase.upper().replace(" ", "_").replace("-", "_")
    return {"name": name, "message": phrase, "statusCode": status}
