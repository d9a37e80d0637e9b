"""axe finds nothing on any view, in either light, at either width, in either language."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.testing import Instance

from .gateway import send
from .screen import Screen, expect

VIEWS = ("phones", "connection", "inspector", "replay", "levers")
PHONE = {"width": 390, "height": 844}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {},
    "dark": {"color_scheme": "dark"},
    "narrow": {"viewport": PHONE, "locale": "pt-BR"},
}


def violations(screen: Screen) -> list[str]:
    """What axe says is wrong, one line each."""
    from axe_playwright_python.sync_playwright import Axe

    answer = Axe().run(screen.page).response
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in answer["violations"]
        for node in violation["nodes"]
    ]


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
