"""What a server and our WSGI apps give each other, and how much of a body they take."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Wsgi = Callable[[Environ, StartResponse], Iterable[bytes]]

# Express parses nothing above this; the live limit was never seen (inferred).
BODY_LIMIT = 32 * 2**20
