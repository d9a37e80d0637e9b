"""Rewinding a conversation, and playing the customer's half again."""

from __future__ import annotations

from megaapi_mock.testing import Instance

from .screen import Screen, expect


def two_turns(screen: Screen) -> None:
    for text in ("Primeira", "Segunda"):
        screen.write(text)
        expect(screen.phone().locator(".line").last).to_contain_text("O que deseja?")
        expect(screen.bubble(text).locator(".trace")).to_contain_text("webhook 200")


def test_conversation_is_rewound_to_before_a_message(screen: Screen, shop: Instance) -> None:
    two_turns(screen)
    screen.do("Segunda", "Rewind to before this…")
    screen.page.get_by_role("dialog").get_by_role("button", name="Rewind", exact=True).click()
    expect(screen.bubble("Segunda")).to_have_count(0)
    expect(screen.bubble("Primeira")).to_be_visible()
    expect(screen.phone().locator(".line")).to_have_count(3)
    screen.write("Terceira")
    expect(screen.bubble("Terceira").locator(".trace")).to_contain_text("webhook 200")


def test_named_point_is_returned_to(screen: Screen, shop: Instance) -> None:
    page = screen.view("replay").page
    page.get_by_label("Keep a point now, called").fill("antes de tudo")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator(".point")).to_contain_text("antes de tudo")
    screen.view("phones").write("Some depois")
    expect(screen.bubble("Some depois")).to_be_visible()
    screen.view("replay")
    page.get_by_role("button", name="Rewind to: antes de tudo").click()
    expect(page.locator(".outcome").last).to_contain_text("Rewound")
    screen.view("phones")
    expect(screen.phone().locator(".line")).to_have_count(0)
