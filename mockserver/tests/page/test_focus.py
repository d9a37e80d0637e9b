"""Whoever works without a mouse stays where they are: after every tap, sheet, menu and dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from megaapi_mock.testing import Instance

from .gateway import send
from .screen import Screen, expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator

UNLINKED = "megacode-TESTKEY0002"
BUTTONS: dict[str, Any] = {
    "title": "Aviso", "text": "Confirma?", "footer": "Loja", "type": "text",
    "buttons": [{"type": "reply", "title": "Sim", "id": "s"}],
}  # fmt: skip


def message_box(screen: Screen) -> Locator:
    return screen.phone().get_by_label("Message from")


def press(control: Locator, key: str = "Enter") -> None:
    """Use a control by the keyboard."""
    control.focus()
    control.press(key)


def where_the_focus_is(screen: Screen) -> str:
    """What has the focus: its tag, and its name where it has one."""
    return str(
        screen.page.evaluate(
            """() => {
                const here = document.activeElement;
                return `${here.tagName} ${here.getAttribute("aria-label") ?? here.textContent}`;
            }"""
        )
    )


def test_row_sent_from_a_list_returns_to_the_button_that_opened_it(
    screen: Screen, shop: Instance
) -> None:
    screen.write("oi")
    bubble = screen.bubble("O que deseja?")
    press(bubble.get_by_role("button", name="Abrir"))
    sheet = screen.phone().get_by_role("dialog", name="Abrir")
    sheet.get_by_text("Ver o cardápio").click()
    press(sheet.get_by_role("button", name="Send"))
    expect(screen.bubble("O cardápio").locator(".media")).to_be_visible()
    expect(screen.phone().get_by_role("button", name="Abrir").first).to_be_focused()


@pytest.mark.parametrize("key", ["Escape", "Enter"])
def test_sheet_that_is_closed_returns_the_focus(screen: Screen, shop: Instance, key: str) -> None:
    screen.write("oi")
    opener = screen.bubble("O que deseja?").get_by_role("button", name="Abrir")
    press(opener)
    close = screen.phone().get_by_role("dialog", name="Abrir").get_by_role("button", name="Close")
    press(close, key)
    expect(opener).to_be_focused()


def test_open_sheet_keeps_the_tab_key_off_the_chat_below(screen: Screen, shop: Instance) -> None:
    screen.write("oi")
    press(screen.bubble("O que deseja?").get_by_role("button", name="Abrir"))
    dialog = screen.phone().get_by_role("dialog")
    dialog.get_by_role("button", name="Send").focus()
    screen.page.keyboard.press("Tab")
    assert (
        not screen.phone()
        .locator(".screen")
        .evaluate("screen => screen.contains(document.activeElement)")
    )


def test_tapped_button_and_vote_keep_the_focus(screen: Screen, shop: Instance) -> None:
    send(shop, "buttonMessage", BUTTONS)
    yes = screen.phone().get_by_role("button", name="Sim", exact=True)
    press(yes)
    expect(screen.phone().locator(".own .chosen").last).to_contain_text("Sim")
    expect(yes).to_be_focused()
    screen.attach("Sample poll")
    poll = screen.bubble("Qual horario?")
    press(poll.get_by_role("button", name="Tarde"))
    expect(poll).to_contain_text("Votes: 1")
    expect(poll.get_by_role("button", name="Tarde")).to_be_focused()


def test_message_menu_returns_to_the_message(screen: Screen, shop: Instance) -> None:
    screen.write("Com menu")
    expect(screen.bubble("Com menu").locator(".trace")).to_contain_text("webhook 200")
    menu = screen.bubble("Com menu").get_by_role("button", name="What to do with this message")
    press(menu)
    screen.page.keyboard.press("Enter")
    expect(screen.bubble("Com menu").locator("..").locator(".reactions")).to_have_text("👍")
    expect(menu).to_be_focused()
    press(menu)
    press(screen.page.get_by_role("menuitem", name="Rewind to before this…"))
    screen.page.keyboard.press("Escape")
    expect(menu).to_be_focused()
    press(menu)
    press(screen.page.get_by_role("menuitem", name="Delete for everyone"))
    line = screen.bubble("This message was deleted")
    expect(line).to_be_visible()
    expect(line.get_by_role("button", name="What to do with this message")).to_be_focused()


def test_what_is_sent_leaves_the_message_box_ready(screen: Screen, shop: Instance) -> None:
    box = message_box(screen)
    box.fill("Pelo botão")
    press(screen.phone().get_by_role("button", name="Send", exact=True))
    expect(screen.bubble("Pelo botão")).to_be_visible()
    expect(box).to_be_focused()
    screen.do("Pelo botão", "Reply")
    press(screen.phone().get_by_role("button", name="Cancel"))
    expect(box).to_be_focused()
    press(screen.phone().get_by_role("button", name="Attach"))
    press(screen.page.get_by_role("menuitem", name="Sample picture"))
    expect(screen.phone().locator(".own .picture img")).to_be_visible()
    expect(screen.phone().get_by_role("button", name="Attach")).to_be_focused()
    press(screen.phone().get_by_role("button", name="Attach"))
    press(screen.page.get_by_role("menuitem", name="Location…"))
    press(screen.phone().get_by_role("dialog").get_by_label("Name"))
    expect(screen.phone().locator(".own .place")).to_be_visible()
    expect(screen.phone().get_by_role("button", name="Attach")).to_be_focused()


def test_chats_are_left_and_entered_by_the_keyboard(screen: Screen, shop: Instance) -> None:
    press(screen.phone().get_by_role("button", name="Back"))
    row = screen.phone().locator(".chat-row").first
    expect(row).to_be_focused()
    row.press("Enter")
    expect(message_box(screen)).to_be_focused()


def test_switches_of_a_phone_and_its_end_keep_the_focus(screen: Screen, shop: Instance) -> None:
    switches = screen.phone().get_by_role("button", name="Switches of this phone")
    press(switches)
    press(screen.page.get_by_role("menuitem", name="Switch the phone off"))
    expect(screen.phone().locator(".flag")).to_have_text("off")
    expect(switches).to_be_focused()
    press(screen.phone().get_by_role("button", name="Close the phone"))
    expect(screen.page.get_by_role("button", name="Add a phone")).to_be_focused()


def test_pane_beside_the_phones_returns_to_its_message(screen: Screen, shop: Instance) -> None:
    screen.write("Com webhook")
    trace = screen.bubble("Com webhook").locator(".trace")
    expect(trace).to_contain_text("webhook 200")
    press(trace)
    pane = screen.page.locator(".trace-pane")
    again = pane.get_by_role("button", name="Edit and resend")
    press(again)
    press(screen.page.get_by_role("dialog").get_by_role("button", name="Send"))
    expect(screen.page.get_by_role("dialog")).to_have_count(0)
    expect(pane.locator(".detail")).to_have_count(2)
    assert where_the_focus_is(screen) == "BUTTON Edit and resend"
    pane.get_by_role("button", name="Close").focus()
    screen.page.keyboard.press("Escape")
    expect(pane).to_have_count(0)
    expect(trace).to_be_focused()


def test_cards_that_are_drawn_again_keep_the_focus(screen: Screen, shop: Instance) -> None:
    page = screen.view("connection").page
    card = page.locator("section.card").filter(has_text=UNLINKED)
    press(card.get_by_role("button", name="Scan with the phone"))
    expect(card.locator(".pill").first).to_have_text("connected")
    expect(card.get_by_role("button", name="Unlink on the phone")).to_be_focused()
    press(card.get_by_role("button", name=f"Delete {UNLINKED}"))
    press(page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True))
    expect(card).to_have_count(0)
    expect(page.get_by_role("button", name="New instance")).to_be_focused()


def test_bar_and_views_keep_the_focus(screen: Screen, shop: Instance) -> None:
    page = screen.page
    press(page.locator('nav a[href="#levers"]'))
    page.locator("main.view-levers").wait_for()
    expect(page.locator('nav a[href="#levers"]')).to_be_focused()
    press(page.get_by_role("button", name="Dark colours"))
    expect(page.get_by_role("button", name="Light colours")).to_be_focused()
    language = page.locator("select.language")
    language.focus()
    language.select_option("pt")
    expect(page.locator("select.language")).to_be_focused()


def test_armed_fault_and_played_turn_keep_the_focus(screen: Screen, shop: Instance) -> None:
    screen.write("oi")
    expect(screen.bubble("O que deseja?")).to_be_visible()
    page = screen.view("levers").page
    for _ in range(2):
        press(page.get_by_role("button", name="Arm it"))
    faults = page.locator(".armed-row")
    expect(faults).to_have_count(2)
    press(faults.first.get_by_role("button"))
    expect(faults).to_have_count(1)
    expect(faults.get_by_role("button")).to_be_focused()
    screen.view("replay")
    press(page.get_by_role("button", name="Play this chat again"))
    step = page.get_by_role("button", name="Next turn")
    press(step)
    expect(page.locator(".turn").first.locator(".pill")).to_have_text("done")
    expect(step).to_be_focused()


def test_link_to_another_view_leads_to_its_beginning(screen: Screen, shop: Instance) -> None:
    screen.page.get_by_label("Instance").select_option(UNLINKED)
    press(screen.page.get_by_role("link", name="Scan its QR code"))
    expect(screen.page.locator("main.view-connection")).to_be_focused()


def test_message_box_of_a_long_chat_is_a_few_keys_away(screen: Screen, shop: Instance) -> None:
    shop.webhook_to("")
    for number in range(30):
        send(shop, "text", {"text": f"Linha {number}"})
    expect(screen.bubble("Linha 29")).to_be_visible()
    box = message_box(screen)
    screen.phone().get_by_role("button", name="Save the conversation").focus()
    screen.page.keyboard.press("Tab")
    skip = screen.phone().get_by_role("button", name="Go to the message box")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    screen.page.keyboard.press("Enter")
    expect(box).to_be_focused()
    screen.bubble("Linha 3").locator(".trace").focus()
    screen.page.keyboard.press("Escape")
    expect(box).to_be_focused()


def test_pane_that_lies_over_the_phones_takes_the_focus(open_screen: Any, shop: Instance) -> None:
    screen: Screen = open_screen(viewport={"width": 390, "height": 800})
    screen.write("Com webhook")
    trace = screen.bubble("Com webhook").locator(".trace")
    expect(trace).to_contain_text("webhook 200")
    press(trace)
    pane = screen.page.locator(".trace-pane")
    expect(pane.get_by_role("button", name="Close")).to_be_focused()
    screen.page.keyboard.press("Escape")
    expect(pane).to_have_count(0)
    expect(trace).to_be_focused()
