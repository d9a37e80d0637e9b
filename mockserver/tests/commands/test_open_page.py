"""`serve --open`: which address a browser is sent to, and that nothing waits for it."""

from __future__ import annotations

import threading
import webbrowser

import pytest
from megaapi_mock.commands import open_page


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/_mock/ui/"),
        ("http://0.0.0.0:8080", "http://127.0.0.1:8080/_mock/ui/"),
        ("http://[::]:8080", "http://[::1]:8080/_mock/ui/"),
        ("http://[::1]:8080", "http://[::1]:8080/_mock/ui/"),
        ("http://192.168.0.7:8080", "http://192.168.0.7:8080/_mock/ui/"),
    ],
)
def test_the_page_is_at_an_address_of_this_machine(url: str, page: str) -> None:
    assert open_page.page_of(url) == page


@pytest.mark.parametrize(
    ("environment", "platform", "screen"),
    [
        ({}, "linux", False),
        ({"DISPLAY": ":0"}, "linux", True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True),
        ({"BROWSER": "firefox"}, "linux", True),
        ({}, "win32", True),
        ({}, "darwin", True),
    ],
)
def test_a_browser_needs_a_screen(environment: dict[str, str], platform: str, screen: bool) -> None:
    assert open_page.has_screen(environment, platform) is screen


def test_the_browser_is_asked_once_and_its_failure_is_nobodys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    over = threading.Event()

    def fail(page: str) -> bool:
        asked.append(page)
        over.set()
        raise webbrowser.Error("there is none")

    monkeypatch.setenv("BROWSER", "x")
    monkeypatch.setattr(webbrowser, "open", fail)
    open_page.open_page("http://127.0.0.1:8080")
    assert over.wait(60)
    assert asked == ["http://127.0.0.1:8080/_mock/ui/"]


def test_without_a_screen_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(page: str) -> bool:
        raise AssertionError(page)

    monkeypatch.setattr(open_page, "has_screen", lambda: False)
    monkeypatch.setattr(webbrowser, "open", never)
    before = threading.active_count()
    open_page.open_page("http://127.0.0.1:8080")
    assert threading.active_count() == before
