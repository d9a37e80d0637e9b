"""Whose phone is added: by keyboard, by any way to write a number, never the instance's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from megaapi_mock.testing import Instance

from .screen import Screen, expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator

FIRST, OWN = "5511900000002", "5511900000001"


def opened(screen: Screen) -> Locator:
    """The field of the dialog that adds a phone, which is open now."""
    screen.page.get_by_role("button", name="Add a phone").click()
    return screen.page.get_by_role("searchbox")


def rows(screen: Screen) -> Locator:
    return screen.page.get_by_role("dialog").locator(".chat-row")


def test_enter_opens_the_phone_and_not_the_dialog_again(screen: Screen) -> None:
    box = opened(screen)
    box.fill("Ana")
    expect(rows(screen)).to_have_count(1)
    box.press("Enter")
    expect(screen.phone("Ana Exemplo")).to_be_visible()
    # A dialog that the same key opens would be there by the next one.
    screen.page.keyboard.press("Shift")
    expect(screen.page.get_by_role("dialog")).to_have_count(0)
    expect(screen.page.get_by_role("button", name="Add a phone")).to_be_focused()


@pytest.mark.parametrize(
    ("typed", "name"), [("Bruno", "Bruno Teste"), ("5521987650002", "Contato 0002")]
)
def test_enter_at_once_opens_whom_the_typed_text_means(
    screen: Screen, typed: str, name: str
) -> None:
    box = opened(screen)
    expect(rows(screen).first).to_be_visible()
    box.fill(typed)
    box.press("Enter")
    expect(screen.page.locator("section.phone")).to_have_count(2)
    expect(screen.phone(name)).to_be_visible()


def test_enter_opens_nobody_where_nobody_has_that_name(screen: Screen) -> None:
    box = opened(screen)
    expect(rows(screen).first).to_be_visible()
    box.fill("Zulmira")
    box.press("Enter")
    expect(screen.page.get_by_role("dialog")).to_contain_text("Nobody has that name")
    expect(screen.page.locator("section.phone")).to_have_count(1)


@pytest.mark.parametrize(
    "written", ["+55 (11) 90000-0071", "(11) 90000-0071", "5511900000071", "55 11 90000.0071"]
)
def test_number_is_taken_as_people_write_it(screen: Screen, written: str) -> None:
    box = opened(screen)
    box.fill(written)
    expect(rows(screen).first).to_contain_text("5511900000071")
    box.press("Enter")
    expect(screen.phone("5511900000071")).to_be_visible()
    box = opened(screen)
    box.fill("+55 (31) 99000-0005")
    expect(rows(screen).first).to_contain_text("Cliente Mineiro")


def test_number_that_nobody_can_have_is_refused_in_words(screen: Screen) -> None:
    opened(screen).fill("55119000000711")
    dialog = screen.page.get_by_role("dialog")
    expect(dialog).to_contain_text("is longer than any phone number there")
    expect(rows(screen)).to_have_count(0)


def test_own_number_of_the_instance_is_not_offered(screen: Screen, shop: Instance) -> None:
    shop.phone(FIRST).says("Para o cliente")
    shop.do("inbound", {"event": "self-chat"})
    box = opened(screen)
    expect(rows(screen).first).to_contain_text("Contato Teste")
    expect(rows(screen).filter(has_text=OWN)).to_have_count(0)
    for written in (OWN, "+55 (11) 90000-0001", "Test Shop"):
        box.fill(written)
        expect(rows(screen)).to_have_count(0)
        said = "Nobody has that name" if written == "Test Shop" else "the instance's own number"
        expect(screen.page.get_by_role("dialog")).to_contain_text(said)
    box.press("Enter")
    expect(screen.page.locator("section.phone")).to_have_count(1)
    # Nor is it opened because a tab remembers it.
    screen.open_again_with([{"instance": shop.key, "number": each} for each in (OWN, FIRST)])
    expect(screen.phone()).to_be_visible()
    expect(screen.page.locator("section.phone")).to_have_count(1)


def test_enter_key_creates_a_group_with_numbers_as_people_write_them(
    screen: Screen, shop: Instance
) -> None:
    screen.page.get_by_role("button", name="New group").click()
    members = screen.page.get_by_label("Members beside the instance")
    members.fill(f"{FIRST}, +55 (11) 90000-0004 , {OWN}")
    members.press("Enter")
    expect(screen.title()).to_have_text("Test group")
    expect(screen.title("Cliente Exemplo")).to_have_text("Test group")
    expect(screen.page.get_by_role("dialog")).to_have_count(0)
    expect(screen.page.locator("section.phone")).to_have_count(2)


def test_phone_that_makes_room_is_named(screen: Screen) -> None:
    said = screen.page.locator(".phones-main > .outcome")
    for number in range(5511900000080, 5511900000087):
        box = opened(screen)
        box.fill(str(number))
        box.press("Enter")
        expect(screen.phone(str(number))).to_be_visible()
    expect(said).to_be_empty()
    box = opened(screen)
    box.fill("5511900000087")
    box.press("Enter")
    expect(said).to_contain_text("Closed to make room: Contato Teste. At most 8 phones")
    expect(screen.phone()).to_have_count(0)


def test_phone_without_an_instance_is_not_asked_for(screen: Screen, shop: Instance) -> None:
    for instance in shop.control_api.find("/instances"):
        shop.control_api.call("DELETE", f"/instances/{instance['key']}")
    expect(screen.page.locator(".next-step")).to_contain_text("There is no instance")
    screen.page.get_by_role("button", name="Add a phone").click()
    expect(screen.page.locator(".phones-main > .outcome")).to_contain_text("There is no instance")
