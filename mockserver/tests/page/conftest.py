"""A mock with the sample shop's bot, and a browser that has its page open."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from megaapi_mock.testing import Instance, MockServer
from megaapi_mock.testing.waiting import Filter, RecordWaiter

from .screen import Screen

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[3]
CHROMIUM = "/usr/bin/chromium"
KEY = "megacode-TESTKEY0001"
# Milliseconds after which a test gives up: what is waited for comes sooner, as the machine lets it.
PATIENCE = 60_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever is in this folder needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.page)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import expect, sync_playwright

    # Chromium has no sandbox for root; it also has to find a microphone that is none.
    flags = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    flags += ["--no-sandbox"] if os.getuid() == 0 else []
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture(autouse=True)
def waits_for_records_are_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """The five seconds of `inbox.wait_for` are short where two browsers share the machine."""
    await_one = RecordWaiter.await_one

    def await_longer(waiter: Any, filter_: Filter[Any], timeout: float, **options: Any) -> Any:
        return await_one(waiter, filter_, max(timeout, PATIENCE / 1000), **options)

    monkeypatch.setattr(RecordWaiter, "await_one", await_longer)


@pytest.fixture
def mock() -> Iterator[MockServer]:
    with MockServer() as server:
        yield server


@pytest.fixture
def shop(mock: MockServer) -> Iterator[Instance]:
    """The instance of the starting world, its webhooks answered by examples/shop_bot.py."""
    sys.path.insert(0, str(ROOT / "examples"))
    try:
        from shop_bot import create_app  # type: ignore[import-not-found]
    finally:
        sys.path.pop(0)
    with mock.attach(KEY) as instance:
        instance.webhook_to(create_app(instance.url, instance.key, instance.token))
        yield instance
        assert instance.bugs() == []


@pytest.fixture
def open_screen(browser: Browser, mock: MockServer) -> Iterator[Any]:
    """Opens the page as a user with these settings would see it."""
    contexts = []

    def open_page(view: str = "phones", url: str = mock.url, **settings: Any) -> Screen:
        settings = {"viewport": {"width": 1440, "height": 900}, "locale": "en-US", **settings}
        context = browser.new_context(
            **settings, permissions=["microphone", "clipboard-read", "clipboard-write"]
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        return Screen(context.new_page(), url).open(view)

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def screen(open_screen: Any, shop: Instance) -> Iterator[Screen]:
    """The page with the first customer's phone, in English."""
    opened = open_screen()
    yield opened
    assert opened.troubles == []
