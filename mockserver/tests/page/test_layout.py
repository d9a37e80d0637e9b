"""Nothing stands on something else or outside of the window, at any width, in either language."""

from __future__ import annotations

from typing import Any

import pytest
from megaapi_mock.testing import Instance

from ..processes import free_port
from .screen import Screen, expect
from .served import serving
from .test_accessibility import VIEWS

WIDTHS = (360, 390, 800, 1050, 1280, 1440, 1920)
# Elements of the bar that share a place, and how far the document is larger than the window.
MISFITS = """() => {
    const boxes = [...document.querySelectorAll(".bar h1, .bar nav a, .bar-end > *")]
        .map(element => [element.textContent, element.getBoundingClientRect()])
        .filter(([, box]) => box.width > 1);
    const overlap = (one, other) => one.left < other.right - 1 && other.left < one.right - 1
        && one.top < other.bottom - 1 && other.top < one.bottom - 1;
    const pairs = boxes.flatMap(([name, box], index) => boxes.slice(index + 1)
        .filter(([, other]) => overlap(box, other)).map(([other]) => `${name} on ${other}`));
    const page = document.documentElement;
    const outside = boxes.filter(([, box]) => box.right > innerWidth + 1).map(([name]) => name);
    return [...pairs, ...outside.map(name => `${name} is outside`),
        ...(page.scrollWidth > innerWidth ? [`${page.scrollWidth} wide`] : []),
        ...(page.scrollHeight > innerHeight ? [`${page.scrollHeight} high`] : [])];
}"""

# Where the words of a message end and where its menu begins.
ENDS = """line => [line.querySelector(".words").getBoundingClientRect().right,
    line.querySelector(".bubble-menu").getBoundingClientRect().left]"""


@pytest.mark.parametrize("locale", ["en-US", "pt-BR"])
def test_bar_and_views_fit_into_the_window(open_screen: Any, shop: Instance, locale: str) -> None:
    screen: Screen = open_screen(locale=locale)
    for width in WIDTHS:
        screen.page.set_viewport_size({"width": width, "height": 800})
        for view in VIEWS:
            screen.view(view)
            assert screen.page.evaluate(MISFITS) == [], f"{view} at {width}"


def test_frozen_clock_leaves_the_bar_in_order(open_screen: Any, shop: Instance) -> None:
    screen: Screen = open_screen("levers", viewport={"width": 1280, "height": 800}, locale="pt-BR")
    screen.page.get_by_label("Parar o relógio").check()
    expect(screen.page.locator(".bar-clock")).to_contain_text("parado")
    assert screen.page.evaluate(MISFITS) == []


def test_message_box_scrolls_only_where_its_text_is_long(open_screen: Any, shop: Instance) -> None:
    screen: Screen = open_screen()
    box = screen.phone().get_by_label("Message from")
    assert box.evaluate("box => box.offsetWidth - box.clientWidth") <= 2
    box.fill("linha\n" * 30)
    assert box.evaluate("box => [box.offsetHeight <= 120, getComputedStyle(box).overflowY]") == [
        True,
        "auto",
    ]


def test_menu_of_a_message_covers_no_text_where_nothing_hovers(
    open_screen: Any, shop: Instance
) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    screen: Screen = open_screen(**phone)
    screen.write("Quanto custa o bolo de cenoura grande?")
    bubble = screen.bubble("Quanto custa o bolo de cenoura grande?")
    expect(bubble.locator(".trace")).to_contain_text("webhook 200")
    words_end, menu_begin = bubble.evaluate(ENDS)
    assert words_end <= menu_begin + 1


def test_bar_is_in_order_while_the_server_is_away(open_screen: Any) -> None:
    with serving(free_port()) as url:
        phone = {"width": 360, "height": 740}
        screen: Screen = open_screen(url=url, viewport=phone, locale="pt-BR")
        box = screen.page.locator(".bar").bounding_box()
    expect(screen.page.locator(".live")).to_have_text("Reconectando…")
    assert screen.page.evaluate(MISFITS) == []
    assert screen.page.locator(".bar").bounding_box() == box
