"""A target for `--plan`: records requests and answers with examples of the contract."""

from __future__ import annotations

import json

from ..host.http import Answer, Request
from ..host.target import Target
from ..judging.contract import Contract
from .secrets import remove_secrets


class PlanTarget:
    """Takes the place of a host: nothing is sent, every request is kept in `requests`."""

    in_process = False

    def __init__(self, contract: Contract, instead_of: Target) -> None:
        self.name, self.real = instead_of.name, instead_of.real
        self.requests: list[Request] = []
        self._contract, self._instead = contract, instead_of

    def send(self, request: Request) -> Answer:
        """Record the request and return the contract's first 2xx example."""
        self.requests.append(request)
        route = self._contract.route(request.method, request.path)
        if route is None:
            return Answer(404, (("Content-Type", "application/json"),), b"{}")
        status, media_type, document = self._contract.answer_example(route[0])
        body = b"" if document is None else json.dumps(document).encode()
        return Answer(status, (("Content-Type", media_type),), body)

    def close(self) -> None:
        """Close the host that was not called."""
        self._instead.close()


def line(request: Request, *, token: str) -> str:
    """One planned request as a person reads it, without the token."""
    body = remove_secrets(request.body.decode("utf-8", "replace"), [token])
    shown_body = body if len(body) <= 300 else f"{body[:297]}..."
    query = f"?{remove_secrets(request.query, [token])}" if request.query else ""
    return f"{request.method} {request.path}{query} {shown_body}".rstrip()
