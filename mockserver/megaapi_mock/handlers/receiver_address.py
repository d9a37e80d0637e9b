"""Addresses of receivers, as callers give them: the gateway takes any text, and never says so."""

from __future__ import annotations

from ..domain.settings import require_short
from ..domain.web_address import address_problem
from .call import Call, HostCall


def check_address(call: Call | HostCall, name: str, url: str) -> None:
    """Refuse one that is too long to be kept; note one to which no webhook can be sent."""
    require_short(name, url)
    if url and not url.strip():
        call.note(f"{name} is blank: no webhook can be sent there")
    elif problem := address_problem(url):
        call.note(f"{name}: {problem}")
