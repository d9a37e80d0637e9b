"""axe finds nothing on any view, in either light, at either width, in either language."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from megaapi_mock.settings import Settings
from megaapi_mock.testing import Instance, MockServer

from .gateway import send
from .screen import Screen, axe_violations, expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser

VIEWS = ("phones", "connection", "inspector", "replay", "levers")
PHONE = {"width": 390, "height": 844}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "narrow": {"viewport": PHONE, "locale": "pt-BR"},
}


def violations(screen: Screen) -> list[str]:
    """What axe says is wrong, one line each."""
    return axe_violations(screen.page)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("view", VIEWS)
def test_axe_finds_nothing_on_a_view(
    open_screen: Any, shop: Instance, view: str, look: str
) -> None:
    shop.customer().says("oi")
    shop.sent.wait_for(text="O que deseja?")
    send(shop, "text", {"text": "x"}, token="wrong")
    screen: Screen = open_screen(view, **LOOKS[look])
    if view == "phones":
        screen.phone().locator(".trace").first.click()
        expect(screen.page.locator(".trace-pane .detail")).to_have_count(1)
    if view == "inspector":
        screen.page.locator(".record").first.click()
    assert violations(screen) == []


def test_axe_finds_nothing_in_menus_sheets_and_dialogs(screen: Screen, shop: Instance) -> None:
    page = screen.page
    screen.write("oi")
    expect(screen.bubble("O que deseja?")).to_be_visible()
    screen.phone().get_by_role("button", name="Attach").click()
    assert violations(screen) == []
    page.keyboard.press("Escape")
    screen.bubble("oi").get_by_role("button", name="What to do with this message").focus()
    page.keyboard.press("Enter")
    assert violations(screen) == []
    page.keyboard.press("Escape")
    screen.bubble("O que deseja?").get_by_role("button", name="Abrir").click()
    assert violations(screen) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Add a phone").click()
    expect(page.get_by_role("dialog").locator(".chat-row").first).to_be_visible()
    assert violations(screen) == []
    page.keyboard.press("Escape")
    screen.bubble("oi").locator(".trace").click()
    page.get_by_role("button", name="Edit and resend").click()
    assert violations(screen) == []


def test_axe_finds_nothing_on_the_list_of_chats(screen: Screen, shop: Instance) -> None:
    screen.phone().get_by_role("button", name="Back").click()
    expect(screen.phone().locator(".chat-row")).to_have_count(2)
    assert violations(screen) == []


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_the_first_steps_and_the_first_page(
    open_screen: Any, mock: MockServer, look: str
) -> None:
    screen: Screen = open_screen(**LOOKS[look])
    expect(screen.page.locator(".next-step form")).to_be_visible()
    assert violations(screen) == []
    screen.page.goto(mock.url)
    expect(screen.page.get_by_role("link")).to_have_count(6)
    assert violations(screen) == []


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_on_notices_dropped_links_and_an_orphan(
    open_screen: Any, mock: MockServer, shop: Instance, look: str
) -> None:
    screen: Screen = open_screen(**LOOKS[look])
    page = screen.page
    shop.customer("5511900000002").blocks()
    expect(screen.phone().locator(".flag")).to_be_visible()
    box = screen.phone().locator("textarea")
    box.fill("x")
    box.press("Enter")
    expect(screen.phone().locator(".notice")).to_be_visible()
    assert violations(screen) == []
    for by in ("gateway", "ban"):
        shop.unlink(by=by)
        card = screen.view("connection").page.locator("section.card").first
        expect(card.locator(".link-part .hint")).to_be_visible()
        assert violations(screen) == []
    page.request.delete(f"{mock.url}/_mock/instances/{shop.key}")
    expect(screen.view("phones").page.locator(".next-step, .phone .empty").first).to_be_visible()
    assert violations(screen) == []


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing_where_the_token_is_asked_for(browser: Browser, look: str) -> None:
    settings = replace(Settings(seed=0), control_token="made-up", host="0.0.0.0")
    with MockServer(settings=settings) as server, browser.new_context(**LOOKS[look]) as context:
        screen = Screen(context.new_page(), server.url)
        screen.page.goto(f"{server.url}/_mock/ui/")
        dialog = screen.page.get_by_role("dialog")
        dialog.locator("input").fill("wrong")
        dialog.locator("button[type=submit]").click()
        expect(dialog.locator(".bad")).to_be_visible()
        assert violations(screen) == []
        screen.page.keyboard.press("Escape")
        expect(screen.page.locator("main .next-step button")).to_be_visible()
        assert violations(screen) == []
