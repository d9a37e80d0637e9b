"""Calls on their way to a clean mock that answers as it is told."""

from __future__ import annotations

import json
from typing import Any

from megaapi_contract.host.http import Answer, Request
from megaapi_contract.mutation.mutant import InterceptedCall

from ..support import KEY, TOKEN

OTHER, OTHER_TOKEN = "megacode-TESTKEY0002", "TESTTOKEN0002"
LINKED = {"instance": {"status": "connected"}}


def answer(document: Any, status: int = 200) -> Answer:
    body = json.dumps(document, separators=(",", ":")).encode()
    headers = (
        ("Content-Type", "application/json"), ("content-length", str(len(body))), ("X-Other", "1"),
    )  # fmt: skip
    return Answer(status, headers, body)


class Mock:
    """Answers each request with the next of these answers, the last one for ever."""

    def __init__(self, *answers: Answer, status: Answer | None = None) -> None:
        self.answers = [*(answers or (answer({"error": False}),))]
        self.status = status or answer(LINKED)
        self.asked: list[Request] = []
        self.looked: list[Request] = []
        self.control: list[tuple[str, str, Any]] = []
        self.hits = 0
        self.request = self.made()

    @staticmethod
    def made(token: str = TOKEN, key: str = KEY, body: Any = None) -> Request:
        headers = (("authorization", f"Bearer {token}"),) if token else ()
        content = b"" if body is None else json.dumps(body).encode()
        return Request("POST", f"/rest/instance/{key}/x", headers, content)

    def call(
        self, operation: str, request: Request | None = None, key: str = KEY
    ) -> InterceptedCall:
        """A request of this operation."""
        return InterceptedCall(
            request or self.request,
            operation,
            key,
            self._ask,
            self._look,
            self._count_hit,
            self._control_api,
        )

    def _ask(self, request: Request) -> Answer:
        self.asked.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def _look(self, request: Request) -> Answer:
        self.looked.append(request)
        return self.status

    def _count_hit(self) -> None:
        self.hits += 1

    def _control_api(self, method: str, path: str, body: Any) -> Any:
        self.control.append((method, path, body))
        if method == "GET":
            pairs = ((KEY, TOKEN), (OTHER, OTHER_TOKEN))
            return {"items": [{"key": key, "token": token} for key, token in pairs]}
        return {"key": "megacode-TESTKEY0003", "token": "TESTTOKEN0003"}

    def tokens(self) -> list[str]:
        """The token of each request that was asked."""
        return [(one.header("Authorization") or "").removeprefix("Bearer ") for one in self.asked]
