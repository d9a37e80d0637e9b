"""The graph of calls and webhooks says how many, how long and when; nothing of it is cut."""

from __future__ import annotations

import re
from typing import Any

import pytest
from megaapi_mock.testing import Instance, MockServer

from .gateway import send
from .screen import Screen, expect

# What lies outside of the drawing, and labels that lie on each other.
MISFITS = """svg => {
    const whole = svg.getBoundingClientRect();
    const boxes = [...svg.querySelectorAll("text, .dot, rect, line")]
        .map(one => [one.outerHTML, one.getBoundingClientRect(), one.tagName]);
    const outside = boxes.filter(([, box]) => box.left < whole.left - .5 || box.top < whole.top - .5
        || box.right > whole.right + .5 || box.bottom > whole.bottom + .5);
    const labels = boxes.filter(([, , tag]) => tag === "text");
    const meet = (one, other) => one.left < other.right && other.left < one.right
        && one.top < other.bottom - 3 && other.top < one.bottom - 3;
    const pairs = labels.flatMap(([name, box], index) => labels.slice(index + 1)
        .filter(([, other]) => meet(box, other)).map(([other]) => `${name} on ${other}`));
    return [...outside.map(([name]) => name), ...pairs];
}"""
LOOKS: list[dict[str, Any]] = [
    {},
    {"color_scheme": "dark", "viewport": {"width": 1920, "height": 1080}},
    {"viewport": {"width": 390, "height": 844}, "locale": "pt-BR"},
]


def graph_labels(screen: Screen) -> list[str]:
    return [str(text) for text in screen.page.locator("svg.graph text").all_text_contents()]


@pytest.mark.parametrize("look", LOOKS)
def test_graph_is_whole_wherever_its_dots_are(
    open_screen: Any, mock: MockServer, shop: Instance, look: dict[str, Any]
) -> None:
    mock.clock.freeze()
    send(shop, "text", {"text": "x"}, token="wrong")
    screen: Screen = open_screen("inspector", **look)
    graph = screen.page.locator("svg.graph")
    # From the right edge over the middle to the left one, where it is about to leave.
    for seconds in (0.0, 30.0, 29.9):
        mock.clock.advance(seconds)
        expect(graph.locator(".dot")).to_have_count(1)
        assert graph.evaluate(MISFITS) == []
    mock.clock.advance(1)
    expect(graph.locator(".dot")).to_have_count(0)


def test_axes_name_counts_durations_and_the_span(
    open_screen: Any, mock: MockServer, shop: Instance
) -> None:
    shop.webhook_to("")
    mock.clock.freeze()
    for _ in range(7):
        send(shop, "text", {"text": "x"}, token="wrong")
    screen: Screen = open_screen("inspector")
    page = screen.page
    expect(page.locator("svg.graph .dot")).to_have_count(7)
    labels = graph_labels(screen)
    # Seven calls fit below eight; four is half of it.
    assert labels[:4] == ["Calls and webhooks per second", "0", "4", "8"]
    assert labels[4:8] == ["How long each took", "1 ms", "100 ms", "10 s"]
    assert labels[8:] == ["1 min ago", "45 s ago", "30 s ago", "15 s ago", "now"]
    title = page.locator("svg.graph g title")
    expect(title).to_have_text(re.compile("7 calls, 0 webhooks"))


def test_span_changes_the_unit_of_the_counts(open_screen: Any, shop: Instance) -> None:
    screen: Screen = open_screen("inspector", locale="pt-BR")
    screen.page.get_by_role("button", name="5 min").click()
    assert "Chamadas e webhooks a cada 5 s" in graph_labels(screen)
    screen.page.get_by_role("button", name="1 h").click()
    labels = graph_labels(screen)
    assert "Chamadas e webhooks por minuto" in labels
    assert labels[-5:] == ["há 60 min", "há 45 min", "há 30 min", "há 15 min", "agora"]


def test_mark_of_a_refused_call_is_told_by_its_shape_and_opens_it(
    open_screen: Any, shop: Instance
) -> None:
    shop.webhook_to("")
    send(shop, "text", {"text": "certa"})
    send(shop, "text", {"text": "x"}, token="wrong")
    screen: Screen = open_screen("inspector")
    graph = screen.page.locator("svg.graph")
    expect(graph.locator("circle.dot")).to_have_count(1)
    graph.locator("rect.dot-bad").dispatch_event("click")
    expect(screen.page.locator(".inspector-detail .reason")).to_contain_text("token")
