"""What bots of other plans do, as a phone shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from megaapi_mock.testing import Instance, MockServer

from .conftest import KEY
from .gateway import call, send
from .screen import Screen, expect

FIRST, SECOND, UNLISTED = "5511900000002", "5511900000004", "5511900000055"


@pytest.fixture
def mock() -> Iterator[MockServer]:
    with MockServer(profile="all") as server:
        yield server


@pytest.fixture
def quiet(shop: Instance) -> Instance:
    """The shop without its bot."""
    shop.webhook_to("")
    return shop


def test_picture_of_a_template_is_shown(screen: Screen, quiet: Instance) -> None:
    template = {
        "imageUrl": "https://files.example.test/foto.jpg",
        "text": "Confirma?",
        "footerText": "Loja",
        "buttons": [{"type": "replyButton", "title": "Sim", "payload": "sim"}],
    }
    assert send(quiet, "templateMessageWithMedia", template) == 200
    bubble = screen.phone().locator(".bubble.theirs").last
    expect(bubble.locator(".picture img")).to_be_visible()
    expect(bubble.get_by_role("button", name="Sim")).to_be_visible()


def test_message_to_many_names_its_call(screen: Screen, quiet: Instance) -> None:
    body = {"messageData": {"to": [SECOND, FIRST], "text": "Promoção"}}
    assert call(quiet, f"/rest/sendMessage/{KEY}/textToMany", body) == 200
    expect(screen.bubble("Promoção").locator(".trace")).to_have_text("text_to_many 200")
    # One that is refused stands in the chat of each of them.
    body["messageData"]["text"] = 5  # type: ignore[assignment]
    assert call(quiet, f"/rest/sendMessage/{KEY}/textToMany", body) == 500
    expect(screen.phone().locator(".refusal")).to_contain_text("text_to_many refused: 500")
    screen.page.reload()
    expect(screen.phone().locator(".refusal")).to_contain_text("text_to_many refused: 500")


def test_new_profile_name_is_shown_at_once(screen: Screen, quiet: Instance) -> None:
    expect(screen.title()).to_have_text("Test Shop")
    body = {"messageData": {"name": "Loja Nova"}}
    assert call(quiet, f"/rest/instance/setProfileName/{KEY}", body) == 200
    expect(screen.title()).to_have_text("Loja Nova")
    expect(screen.page.get_by_label("Instance").locator("option").first).to_contain_text(
        "Loja Nova"
    )


def test_people_of_a_group_and_whoever_is_mentioned_have_names(
    screen: Screen, quiet: Instance
) -> None:
    group = quiet.group("Bairro", members=[FIRST, SECOND, UNLISTED])
    name = quiet.control_api.call("GET", f"/instances/{KEY}/contacts/{UNLISTED}")["name"]
    assert name
    screen.phone().get_by_role("button", name="Back").click()
    screen.phone().get_by_role("button", name="Bairro").click()
    group.says(UNLISTED, "Oi, vizinhos")
    expect(screen.bubble("Oi, vizinhos").locator(".author")).to_have_text(name)
    text = f"Olhem, @{SECOND} e @{UNLISTED}; @123 não"
    mentions = [f"{SECOND}@s.whatsapp.net", f"{UNLISTED}@s.whatsapp.net"]
    assert send(quiet, "textMentioned", {"text": text, "mentions": mentions}, to=group.jid) == 200
    words = screen.bubble("Olhem").locator(".words")
    expect(words).to_have_text(f"Olhem, @Cliente Exemplo e @{name}; @123 não")


def test_news_cover_no_choice_of_the_writer(open_screen: Any, quiet: Instance) -> None:
    group = quiet.group("Bairro", members=[FIRST, SECOND])
    screen: Screen = open_screen(viewport={"width": 360, "height": 700})
    screen.phone().get_by_role("button", name="Back").click()
    screen.phone().get_by_role("button", name="Bairro").click()
    for number in range(20):
        group.says(SECOND, f"Aviso {number}")
    expect(screen.bubble("Aviso 19")).to_be_visible()
    screen.phone().locator(".messages").evaluate("list => list.scrollTo(0, 0)")
    group.says(SECOND, "Mais um")
    newer = screen.phone().get_by_role("button", name="New messages")
    expect(newer).to_be_visible()
    writer = screen.phone().get_by_label("Write as")
    above, below = newer.bounding_box(), writer.bounding_box()
    assert above and below and above["y"] + above["height"] <= below["y"]
    newer.click()
    expect(screen.bubble("Mais um")).to_be_visible()


def test_phone_that_the_instance_blocked_says_so(screen: Screen, quiet: Instance) -> None:
    def block(option: bool) -> None:
        body = {"to": FIRST, "option": option}
        assert call(quiet, f"/rest/chat/{KEY}/blockChat", body) == 200

    flag = screen.phone().locator(".flag")
    block(True)
    expect(flag).to_have_text("blocked by the instance")
    screen.write("Oi")
    notice = "The instance has blocked this number: nothing arrives there"
    expect(screen.phone().locator(".notice")).to_contain_text(notice)
    screen.page.reload()
    expect(flag).to_have_text("blocked by the instance")
    block(False)
    expect(flag).to_have_count(0)
    screen.write("Oi de novo")
    expect(screen.bubble("Oi de novo")).to_be_visible()


def test_group_in_which_only_admins_write(screen: Screen, quiet: Instance) -> None:
    group = quiet.group("Avisos", members=[FIRST, SECOND])
    screen.phone().get_by_role("button", name="Back").click()
    screen.phone().get_by_role("button", name="Avisos").click()
    box = screen.phone().get_by_label("Message from")
    box.fill("Posso?")
    path = f"/rest/group/{KEY}/setWhoCanSendMessage?jid={group.jid}&allowOnlyAdmins=true"
    assert call(quiet, path, {}, method="PUT") == 200
    composer = screen.phone().locator(".composer")
    expect(composer).to_contain_text("Only admins write in this group.")
    expect(box).to_be_disabled()
    expect(composer.get_by_role("button", name="Attach")).to_be_disabled()
    assert send(quiet, "text", {"text": "Reunião às 8"}, to=group.jid) == 200
    screen.bubble("Reunião").hover()
    screen.bubble("Reunião").get_by_role("button", name="What to do").click()
    expect(screen.page.get_by_role("menuitem", name="Reply")).to_have_count(0)
    screen.page.get_by_role("menuitemcheckbox").first.click()
    expect(screen.bubble("Reunião").locator(".reactions")).to_be_visible()
    body = {"group_data": {"jid": group.jid, "participants": [f"{FIRST}@s.whatsapp.net"]}}
    assert call(quiet, f"/rest/group/{KEY}/promoteParticipants", body) == 200
    expect(box).to_be_enabled()
    box.press("Enter")
    expect(screen.bubble("Posso?")).to_be_visible()
