"""A target for `--plan`: records requests and answers with examples of the contract."""

from __future__ import annotations

import json
from collections import Counter

from ..host.http import Answer, Request
from ..host.target import Target
from ..judging.contract import Contract
from ..judging.results import Report, read_json
from ..safety.gate import BUDGET_OPTION
from .secrets import remove_secrets

# Behind a request that has to be refused, whatever it asks for.
NOT_THE_TOKEN = "  (not with the token itself)"


class PlanTarget:
    """Takes the place of a host: nothing is sent, every request is kept in `requests`.

    Like any gateway it refuses what has not this token, and what nobody can read.
    """

    in_process = False

    def __init__(self, contract: Contract, instead_of: Target, token: str = "") -> None:
        self.name, self.real, self._token = instead_of.name, instead_of.real, token
        self.requests: list[Request] = []
        self._contract, self._instead = contract, instead_of

    def send(self, request: Request) -> Answer:
        """Record the request and return a refusal, or the contract's first 2xx example."""
        self.requests.append(request)
        if request.header("Authorization") != f"Bearer {self._token}":
            return _refusal(401, "UNAUTHORIZED")
        if request.body and read_json(request.body) is None:
            return _refusal(400, "BAD_REQUEST")
        route = self._contract.route(request.method, request.path)
        if route is None:
            return Answer(404, (("Content-Type", "application/json"),), b"{}")
        status, media_type, document = self._contract.answer_example(route[0])
        body = b"" if document is None else json.dumps(document).encode()
        return Answer(status, (("Content-Type", media_type),), body)

    def close(self) -> None:
        """Close the host that was not called."""
        self._instead.close()


def _refusal(status: int, name: str) -> Answer:
    document = {"name": name, "message": name, "statusCode": status}
    return Answer(status, (("Content-Type", "application/json"),), json.dumps(document).encode())


def larger_budget(report: Report) -> str:
    """Which probes wait for a larger budget of messages; empty when none does."""
    waiting = Counter(
        result.probe.partition(": ")[0]
        for result in report.results
        if BUDGET_OPTION in result.reason and result.state == "left out"
    )
    if not waiting:
        return ""
    rules = ", ".join(f"{rule} ({count})" if count > 1 else rule for rule, count in waiting.items())
    return f"A larger {BUDGET_OPTION} would add {waiting.total()} probes: {rules}"


def line(request: Request, *, token: str) -> str:
    """One planned request as a person reads it, without the token."""
    body = remove_secrets(request.body.decode("utf-8", "replace"), [token])
    shown_body = body if len(body) <= 300 else f"{body[:297]}..."
    query = f"?{remove_secrets(request.query, [token])}" if request.query else ""
    own = request.header("Authorization") == f"Bearer {token}"
    mark = "" if own else NOT_THE_TOKEN
    return f"{request.method} {request.path}{query} {shown_body}".rstrip() + mark
