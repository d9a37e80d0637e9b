"""Who writes in a group: the phone's owner under whatever number, and nobody who is out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from megaapi_mock.testing import Instance, MockServer

from .gateway import call, send
from .screen import Screen, expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator

FIRST, SECOND = "5511900000002", "5511900000004"
OTHER, MINEIRO = "Cliente Exemplo", "Cliente Mineiro"
LEFT = "You are no longer in this group"


@pytest.fixture
def quiet(shop: Instance) -> Instance:
    """The shop without its bot."""
    shop.webhook_to("")
    return shop


def add_phone(screen: Screen, number: str) -> None:
    """Open a phone by the number that is dialled."""
    screen.page.get_by_role("button", name="Add a phone").click()
    screen.page.get_by_role("searchbox").fill(number)
    screen.page.get_by_role("dialog").locator(".chat-row").filter(has_text=number).click()


def make_group(screen: Screen, members: str | None = None) -> None:
    """Create the group that the dialog offers, or one of these."""
    screen.page.get_by_role("button", name="New group").click()
    screen.page.get_by_label("Subject").fill("Turma")
    if members is not None:
        screen.page.get_by_label("Members beside the instance").fill(members)
    screen.page.get_by_role("button", name="Create").click()


def remove_by_the_bot(shop: Instance, group: str, number: str) -> None:
    """The bot takes somebody out of a group."""
    person = f"{number}@s.whatsapp.net"
    body = {"group_data": {"jid": group, "participants": [person]}}
    assert call(shop, f"/rest/group/{shop.key}/removeParticipants", body) == 200


def sender_of(mock: MockServer, text: str) -> str:
    """The JID from which that text came."""
    (message,) = mock.control_api.find("/messages", text=text)
    return str(message["sender"])


def message_box(screen: Screen, name: str) -> Locator:
    return screen.phone(name).get_by_label("Message from")


def test_phone_dialled_with_the_ninth_digit_writes_as_itself(
    screen: Screen, quiet: Instance, mock: MockServer
) -> None:
    # As a tab remembers it that has opened the phone by this number.
    phones = [{"instance": quiet.key, "number": number} for number in (FIRST, "5531990000005")]
    screen.open_again_with(phones)
    expect(screen.phone(MINEIRO)).to_contain_text("5531990000005")
    make_group(screen)
    expect(screen.title(MINEIRO)).to_have_text("Turma")
    expect(screen.phone(MINEIRO).get_by_label("Write as").locator(":checked")).to_have_text("You")
    screen.write("Sou eu", MINEIRO)
    expect(screen.bubble("Sou eu", MINEIRO).locator(".own")).to_be_visible()
    assert sender_of(mock, "Sou eu") == "553190000005@s.whatsapp.net"
    # The phone of the same person is not opened again under the other number.
    expect(screen.page.locator("section.phone")).to_have_count(2)


def test_chosen_writer_stays_until_they_leave(
    screen: Screen, quiet: Instance, mock: MockServer
) -> None:
    make_group(screen, f"{FIRST}, {SECOND}, 5511900000003")
    writer = screen.phone().get_by_label("Write as")
    writer.select_option(label=OTHER)
    screen.write("Por outra pessoa")
    expect(screen.bubble("Por outra pessoa")).to_be_visible()
    assert sender_of(mock, "Por outra pessoa") == f"{SECOND}@s.whatsapp.net"
    (group,) = quiet.groups[-1:]
    remove_by_the_bot(quiet, group.jid, "5511900000003")
    expect(writer.locator("option")).to_have_count(2)
    expect(writer.locator(":checked")).to_have_text(OTHER)
    remove_by_the_bot(quiet, group.jid, SECOND)
    expect(writer.locator(":checked")).to_have_text("You")


def test_person_who_is_removed_neither_writes_nor_receives(screen: Screen, quiet: Instance) -> None:
    group = quiet.group("Turma", members=[FIRST, SECOND])
    add_phone(screen, SECOND)
    screen.phone(OTHER).get_by_role("button", name="Back").click()
    screen.phone(OTHER).locator(".chat-row").filter(has_text="Turma").click()
    screen.phone().get_by_role("button", name="Back").click()
    screen.phone().locator(".chat-row").filter(has_text="Turma").click()
    send(quiet, "text", {"text": "Para todos"}, to=group.jid)
    expect(screen.bubble("Para todos", OTHER)).to_be_visible()
    message_box(screen, OTHER).focus()
    remove_by_the_bot(quiet, group.jid, SECOND)
    phone = screen.phone(OTHER)
    expect(phone.locator(".left-group")).to_contain_text(LEFT)
    expect(message_box(screen, OTHER)).to_be_disabled()
    expect(phone.get_by_role("button", name="Attach")).to_be_disabled()
    expect(phone.get_by_role("button", name="Record a voice note")).to_be_disabled()
    expect(phone.get_by_label("Write as")).to_be_hidden()
    # The keyboard is not lost with the box.
    expect(phone.get_by_role("button", name="Back")).to_be_focused()
    send(quiet, "text", {"text": "Sem você"}, to=group.jid)
    screen.write("Ela saiu")
    for again in (False, True):
        if again:
            screen.page.reload()
        expect(screen.bubble("Ela saiu")).to_be_visible()
        expect(screen.bubble("Para todos", OTHER)).to_be_visible()
        expect(phone.locator(".left-group")).to_contain_text(LEFT)
        expect(phone.locator(".line").filter(has_text="Sem você")).to_have_count(0)
        expect(phone.locator(".line").filter(has_text="Ela saiu")).to_have_count(0)
    phone.get_by_role("button", name="Search").click()
    phone.get_by_role("searchbox").fill("Sem você")
    expect(phone.locator(".search-results")).to_contain_text("No message has that text")
    group.add(SECOND)
    expect(phone.locator(".left-group")).to_be_empty()
    screen.write("De volta", OTHER)
    expect(screen.bubble("De volta").locator(".author")).to_have_text(OTHER)


def test_message_of_a_group_that_was_left_offers_nothing_to_send(
    screen: Screen, quiet: Instance
) -> None:
    group = quiet.group("Turma", members=[FIRST, SECOND])
    screen.phone().get_by_role("button", name="Back").click()
    screen.phone().locator(".chat-row").filter(has_text="Turma").click()
    screen.write("Minha")
    expect(screen.bubble("Minha")).to_be_visible()
    remove_by_the_bot(quiet, group.jid, FIRST)
    expect(screen.phone().locator(".left-group")).to_contain_text(LEFT)
    bubble = screen.bubble("Minha")
    bubble.hover()
    bubble.get_by_role("button", name="What to do with this message").click()
    entries = screen.page.get_by_role("menuitem")
    expect(entries).to_have_text(
        ["Copy the text", "Show webhook and calls", "Rewind to before this…"]
    )
    entries.last.click()
    screen.page.get_by_role("dialog").get_by_role("button", name="Rewind", exact=True).click()
    expect(message_box(screen, "Contato Teste")).to_be_enabled()
