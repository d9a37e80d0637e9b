"""Tells a mock from a real host by its health route."""

from __future__ import annotations

from ..judging.results import read_json
from .content_coding import decode_content
from .http import request
from .target import Target


def is_mock(target: Target, control_token: str = "") -> bool:
    """Whether a loopback host is a mock, judged by its health route alone.

    A tunnel to a real host ends on this machine too, so that its address says nothing.
    """
    headers = [("X-Mock-Token", control_token)] if control_token else []
    answer = decode_content(target.send(request("GET", "/_mock/health", headers=headers)))
    health = read_json(answer.body)
    return (
        answer.status == 200
        and isinstance(health, dict)
        and health.keys() == {"status", "version"}
        and health["status"] == "ok"
        and isinstance(health["version"], str)
    )
