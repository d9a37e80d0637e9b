"""Opens the page in the browser of whoever starts the mock, where there is one."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

PAGE = "/_mock/ui/"
# Addresses that mean every one of this machine's: a browser needs one of them.
_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}


def page_of(url: str) -> str:
    """The page of the mock that answers at `url`, as a browser on this machine calls it."""
    parts = urlsplit(url)
    host = _EVERY_ADDRESS.get(parts.hostname or "")
    return f"http://{host}:{parts.port}{PAGE}" if host else f"{url}{PAGE}"


def open_page(url: str) -> None:
    """Ask the browser to open the page; whatever comes of it, nobody waits and nothing fails."""
    if has_screen():
        threading.Thread(target=_open, args=(page_of(url),), daemon=True, name="open-page").start()


def has_screen(environment: Mapping[str, str] | None = None, platform: str = sys.platform) -> bool:
    """Whether a browser would have a screen: one in the terminal would take the mock's place."""
    if platform in ("win32", "darwin"):
        return True
    variables = os.environ if environment is None else environment
    return any(variables.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))


def _open(page: str) -> None:
    with suppress(Exception):
        webbrowser.open(page)
