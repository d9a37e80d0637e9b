"""What a phone has not read is counted, whatever was on the screen when it came."""

from __future__ import annotations

import re
from typing import Any

import pytest
from megaapi_mock.testing import Instance, MockServer

from .gateway import send
from .screen import Screen, expect

FIRST, SECOND, OTHER = "5511900000002", "5511900000004", "Cliente Exemplo"


@pytest.fixture
def quiet(shop: Instance) -> Instance:
    """The shop without its bot."""
    shop.webhook_to("")
    return shop


def go_back(screen: Screen) -> None:
    screen.phone().get_by_role("button", name="Back").click()
    expect(screen.phone().get_by_role("heading", name="Chats")).to_be_visible()


def badge(screen: Screen, text: str) -> Any:
    return screen.phone().locator(".chat-row").filter(has_text=text).locator(".badge")


def test_count_outlives_a_reload(screen: Screen, quiet: Instance) -> None:
    send(quiet, "text", {"text": "Lida"})
    expect(screen.bubble("Lida")).to_be_visible()
    go_back(screen)
    for text in ("Um", "Dois"):
        send(quiet, "text", {"text": text})
    expect(badge(screen, "Dois")).to_have_text("2")
    screen.page.reload()
    expect(badge(screen, "Dois")).to_have_text("2")
    send(quiet, "text", {"text": "Três"})
    expect(badge(screen, "Três")).to_have_text("3")
    screen.phone().locator(".chat-row").filter(has_text="Três").click()
    expect(screen.bubble("Três")).to_be_visible()
    screen.page.reload()
    expect(screen.bubble("Três")).to_be_visible()
    go_back(screen)
    row = screen.phone().locator(".chat-row").filter(has_text="Três")
    expect(row).to_be_visible()
    send(quiet, "text", {"text": "Quatro"})
    expect(badge(screen, "Quatro")).to_have_text("1")


def test_what_came_while_another_view_was_open_is_counted(screen: Screen, quiet: Instance) -> None:
    go_back(screen)
    send(quiet, "text", {"text": "Antes"})
    expect(badge(screen, "Antes")).to_have_text("1")
    screen.view("inspector")
    send(quiet, "text", {"text": "Durante"})
    screen.view("phones")
    expect(badge(screen, "Durante")).to_have_text("2")


def test_group_that_never_was_open_is_counted_and_stays_read_once_it_was(
    screen: Screen, quiet: Instance
) -> None:
    group = quiet.group("Turma", members=[FIRST])
    screen.view("connection")
    for text in ("Um", "Dois", "Três"):
        send(quiet, "text", {"text": text}, to=group.jid)
    screen.view("phones")
    go_back(screen)
    expect(badge(screen, "Turma")).to_have_text("3")
    screen.phone().locator(".chat-row").filter(has_text="Turma").click()
    expect(screen.bubble("Três")).to_be_visible()
    screen.page.reload()
    expect(screen.bubble("Três")).to_be_visible()
    go_back(screen)
    send(quiet, "text", {"text": "Particular"})
    expect(badge(screen, "Particular")).to_have_text("1")
    expect(badge(screen, "Turma")).to_have_count(0)


def test_messages_of_others_in_a_group_are_counted_and_own_ones_are_not(
    screen: Screen, quiet: Instance
) -> None:
    group = quiet.group("Turma", members=[FIRST, SECOND])
    go_back(screen)
    group.says(SECOND, "Um")
    send(quiet, "text", {"text": "Dois"}, to=group.jid)
    group.says(FIRST, "Meu")
    group.says(SECOND, "Três")
    expect(badge(screen, "Turma")).to_have_text("3")
    screen.page.reload()
    expect(badge(screen, "Turma")).to_have_text("3")


def test_clock_that_stands_still_does_not_hide_what_is_unread(
    screen: Screen, mock: MockServer, quiet: Instance
) -> None:
    mock.clock.freeze()
    send(quiet, "text", {"text": "Lida"})
    expect(screen.bubble("Lida")).to_be_visible()
    go_back(screen)
    send(quiet, "text", {"text": "Nova"})
    expect(badge(screen, "Nova")).to_have_text("1")
    screen.page.reload()
    expect(badge(screen, "Nova")).to_have_text("1")


def test_clock_that_was_set_back_does_not_hide_what_is_unread(
    screen: Screen, mock: MockServer, quiet: Instance
) -> None:
    for text in ("Lida", "Lida também"):
        send(quiet, "text", {"text": text})
    expect(screen.bubble("Lida também")).to_be_visible()
    go_back(screen)
    mock.clock.set(mock.clock.now - 2 * 86_400)
    send(quiet, "text", {"text": "Nova"})
    expect(badge(screen, "Nova")).to_have_text("1")
    screen.page.reload()
    expect(badge(screen, "Nova")).to_have_text("1")
    time = screen.phone().locator(".chat-row").filter(has_text="Nova").locator("time")
    expect(time).to_have_text(re.compile(r"^\d+:\d+"))
    # What came on another day than the clock's says so.
    mock.clock.advance(4 * 86_400)
    expect(time).to_have_text(re.compile(r"^\d+/\d+/\d+$"))


def test_messages_after_a_reset_are_counted(
    screen: Screen, mock: MockServer, quiet: Instance
) -> None:
    for text in ("Um", "Dois", "Três"):
        send(quiet, "text", {"text": text})
    expect(screen.bubble("Três")).to_be_visible()
    go_back(screen)
    mock.reset()
    row = screen.phone().locator(".chat-row").filter(has_text="Test Shop")
    expect(row).to_contain_text("No messages yet")
    send(quiet, "text", {"text": "De novo"})
    expect(badge(screen, "De novo")).to_have_text("1")


def test_phone_that_is_opened_has_read_what_was_there_before(
    screen: Screen, quiet: Instance
) -> None:
    group = quiet.group("Turma", members=[FIRST, SECOND])
    send(quiet, "text", {"text": "Antigo"}, to=group.jid)
    page = screen.page
    page.get_by_role("button", name="Add a phone").click()
    page.get_by_role("searchbox").fill(SECOND)
    page.get_by_role("dialog").locator(".chat-row").filter(has_text=SECOND).click()
    screen.phone(OTHER).get_by_role("button", name="Back").click()
    row = screen.phone(OTHER).locator(".chat-row").filter(has_text="Turma")
    expect(row).to_contain_text("Antigo")
    send(quiet, "text", {"text": "Recente"}, to=group.jid)
    expect(row.locator(".badge")).to_have_text("1")
