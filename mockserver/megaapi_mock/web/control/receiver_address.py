"""Addresses of receivers that tests give: those that no webhook can reach are refused."""

from __future__ import annotations

from ...domain.web_address import address_problem
from ...errors import ControlRefused


def require_address(field: str, url: str | None) -> None:
    """ControlRefused where nothing can be sent to it; no address at all is fine."""
    if problem := address_problem(url or ""):
        raise ControlRefused(400, f"{field}: {problem}")
