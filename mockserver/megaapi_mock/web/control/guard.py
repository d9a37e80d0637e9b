"""Who may use the control API: no web page, no webhook, and from outside only with the token."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from urllib.parse import SplitResult, urlsplit

from flask import Response, request

from ...codec import dumps
from ...errors import RETRY_AFTER, ControlRefused
from ...serving.ports import is_loopback
from ...settings import Settings
from ..wsgi import BODY_LIMIT
from .operation_input import whole_body

STATE_PATH = "/_mock/state"
PAGE_PATH = "/_mock/ui"


class Guard:
    """Open on loopback; on other addresses it requires --control-token, and is disabled without."""

    def __init__(self, settings: Settings, is_webhook: Callable[[bytes], bool]) -> None:
        self.is_webhook = is_webhook
        self._host, self._token = settings.host, settings.control_token
        self._open = is_loopback(settings.host)
        self._state_bytes = settings.state_bytes

    def check(self) -> Response | None:
        """403 for other origins' pages and calls without the token, 404 for webhooks; else None."""
        if not is_ours(request.path):
            return None
        request.max_content_length = self._limit()
        try:
            self._require_own_page()
            self._require_token()
            self._require_no_webhook()
        except ControlRefused as refusal:
            body = dumps({"error": str(refusal)})
            return Response(body, refusal.status, retry_headers(refusal), "application/json")
        return None

    def _limit(self) -> int:
        """Largest body: that of a gateway call, but for a state.

        One byte above a state's own limit: what comes in pieces is cut there without a word.
        """
        is_state = request.method == "PUT" and request.path.rstrip("/") == STATE_PATH
        return self._state_bytes + 1 if is_state else BODY_LIMIT

    def _require_own_page(self) -> None:
        host = _split(f"//{request.host}").hostname or ""
        if self._open and not is_loopback(host):
            raise ControlRefused(403, f"Host {request.host!r} is not this machine: use 127.0.0.1")
        origin = request.headers.get("Origin")
        if origin is not None and _split(origin).netloc != request.host:
            raise ControlRefused(403, f"pages of {origin!r} may not use the control API")

    def _require_token(self) -> None:
        # The page's files hold no secret, and a browser cannot be told to send the token for them.
        if self._open or _is_page(request.path, request.method):
            return
        if not self._token:
            raise ControlRefused(
                403,
                f"the control API is disabled on {self._host}: "
                "start with --control-token and send it as X-Mock-Token",
            )
        token = request.headers.get("X-Mock-Token", "")
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            raise ControlRefused(403, "X-Mock-Token is missing or differs from --control-token")

    def _require_no_webhook(self) -> None:
        """A webhook URL may point back here, where its POST would reset or drive the mock."""
        if request.method == "POST" and self.is_webhook(whole_body()):
            raise ControlRefused(404, "a webhook may not call the control API: change its URL")


def retry_headers(refusal: ControlRefused) -> list[tuple[str, str]]:
    """When to try again, where that helps."""
    return [("Retry-After", RETRY_AFTER)] if refusal.status == 503 else []


def is_ours(path: str) -> bool:
    """Whether a path belongs to the control API."""
    return path == "/_mock" or path.startswith("/_mock/")


def _is_page(path: str, method: str) -> bool:
    """Whether somebody reads a file of the page."""
    below = path == PAGE_PATH or path.startswith(f"{PAGE_PATH}/")
    return below and method in ("GET", "HEAD")


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        raise ControlRefused(403, f"{address!r} is not an address of this machine") from None
