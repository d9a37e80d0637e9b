"""Messages that are hard to draw, or cannot be: the chat around them goes on."""

from __future__ import annotations

import time
from typing import Any

import pytest
from megaapi_mock.testing import Instance

from .gateway import send
from .screen import Screen, expect

CUSTOMER = "5511900000002"
MOST_MILLISECONDS = 400
HARD = {
    "bold": "*a* " * 15_000,
    "backticks": "`" * 60_000,
    "open": "_*~a" * 15_000,
    "lines": "> *a*\n" * 10_000,
    "blocks": "```a``` " * 8_000,
    "addresses": "*http://a*-" * 5_000,
}
DRAWING = """async (text) => {
    const { formatted } = await import("/_mock/ui/phone/formatting.js");
    const { h } = await import("/_mock/ui/core/dom.js");
    const begin = performance.now();
    const drawn = h("div", {}, formatted(text));
    return { milliseconds: performance.now() - begin, text: drawn.textContent, html: drawn.outerHTML };
}"""  # noqa: E501
UNDRAWABLE = {"message.contactsArrayMessage.contacts": 5}


@pytest.fixture
def quiet(shop: Instance) -> Instance:
    """The shop without its bot."""
    shop.webhook_to("")
    return shop


def draw(screen: Screen, value: Any) -> dict[str, Any]:
    """What the formatter makes of a value."""
    drawn: dict[str, Any] = screen.page.evaluate(DRAWING, value)
    return drawn


@pytest.mark.parametrize("kind", HARD)
def test_text_of_nothing_but_marks_is_drawn_at_once(screen: Screen, kind: str) -> None:
    drawn = draw(screen, HARD[kind])
    end = time.monotonic() + 60
    # On a busy machine the next may be one that it left time for.
    while drawn["milliseconds"] >= MOST_MILLISECONDS and time.monotonic() < end:
        drawn = draw(screen, HARD[kind])
    assert drawn["milliseconds"] < MOST_MILLISECONDS
    # What is not formatted any more is there as it was written.
    assert drawn["text"].rstrip().endswith(HARD[kind].rstrip()[-4:])


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*a* e _b_ e ~c~", "<strong>a</strong> e <em>b</em> e <s>c</s>"),
        ("*_~a~_* `*b*`", "<strong><em><s>a</s></em></strong> <code>*b*</code>"),
        ("a\n\n- *b*", "a<br><br>•&nbsp;<strong>b</strong>"),
        ("> _a_\nb", '<span class="quoted-line"><em>a</em></span><br>b'),
        ("x ```*a*\nb``` *c*", "x <pre>*a*\nb</pre> <strong>c</strong>"),
        ("2*3*4 snake_case_name", "2*3*4 snake_case_name"),
        (5, "5"),
        (None, ""),
        ({"a": 1}, '{"a":1}'),
    ],
)
def test_marks_are_drawn_as_on_a_phone(screen: Screen, text: Any, html: str) -> None:
    assert draw(screen, text)["html"] == f"<div>{html}</div>"


def test_address_at_the_end_of_what_is_formatted_is_whole(screen: Screen) -> None:
    address = "http://127.0.0.1/" + "x" * 200
    drawn = draw(screen, "y " * 9_950 + address)
    assert address[:40] in drawn["text"]
    assert "<a " not in drawn["html"] or f'href="{address}"' in drawn["html"]


def test_chat_goes_on_after_fifteen_thousand_marks(screen: Screen, quiet: Instance) -> None:
    assert send(quiet, "text", {"text": HARD["bold"]}) == 200
    send(quiet, "text", {"text": "Depois"})
    for again in (False, True):
        if again:
            screen.page.reload()
        expect(screen.bubble("Depois")).to_be_visible()
    screen.phone().get_by_role("button", name="Back").click()
    expect(screen.phone().locator(".chat-row").filter(has_text="Depois")).to_be_visible()


def test_letter_with_many_marks_is_drawn_on_no_other_message(
    screen: Screen, quiet: Instance
) -> None:
    screen.write("a" + "\u0301" * 200)
    bubble = screen.phone().locator(".bubble").last
    expect(bubble).to_be_visible()
    # What letters draw outside of their line is in no measure of an element.
    assert bubble.evaluate("bubble => getComputedStyle(bubble).overflow") == "clip"


def test_caption_that_is_a_number_is_text(screen: Screen, quiet: Instance) -> None:
    wrong = {"message.imageMessage.caption": 5}
    quiet.do("inbound", {"from": CUSTOMER, "event": "image", "set": wrong, "force": True})
    screen.write("Depois")
    expect(screen.bubble("Depois")).to_be_visible()
    expect(screen.phone().locator(".line").first.locator(".words")).to_have_text("5")


@pytest.mark.parametrize(
    ("locale", "sentence"),
    [
        ("en-US", "This message cannot be shown"),
        ("pt-BR", "Não é possível mostrar esta mensagem"),
    ],
)
def test_message_that_cannot_be_drawn_says_so_and_the_others_go_on(
    open_screen: Any, quiet: Instance, locale: str, sentence: str
) -> None:
    screen: Screen = open_screen(locale=locale)
    quiet.do(
        "inbound", {"from": CUSTOMER, "event": "contacts-array", "set": UNDRAWABLE, "force": True}
    )
    send(quiet, "text", {"text": "Depois"})
    for again in (False, True):
        if again:
            screen.page.reload()
        expect(screen.bubble("Depois")).to_be_visible()
        expect(screen.phone().locator(".line").first).to_contain_text(sentence)
    assert screen.troubles == []
    screen.phone().locator(".line").first.locator(".trace").click()
    expect(screen.page.locator(".trace-pane")).to_contain_text("contactsArrayMessage")
