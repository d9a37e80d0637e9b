"""Odd chats: crowds of reactions, huge texts, strange files, and what vanishes meanwhile."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from megaapi_mock.testing import Instance, MockServer

from .gateway import send
from .screen import Screen, expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator

# One red pixel.
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)
EMOJI = [chr(0x1F600 + number) for number in range(8)]
CROWD = 320
AT_END = """(([list]) => list.scrollHeight - list.scrollTop - list.clientHeight < 3)(
    document.querySelectorAll(".messages"))"""


@pytest.fixture
def quiet(shop: Instance) -> Instance:
    """The shop without its bot."""
    shop.webhook_to("")
    return shop


def open_menu(screen: Screen, text: str) -> Locator:
    bubble = screen.bubble(text)
    bubble.hover()
    bubble.get_by_role("button", name="What to do with this message").click()
    return screen.page.get_by_role("menu")


def send_file(screen: Screen, file: Any) -> None:
    screen.attach("A file of yours…")
    form = screen.phone().get_by_role("dialog")
    form.get_by_label("File").set_input_files(file)
    form.get_by_role("button", name="Send").click()


def test_chat_is_shown_whatever_crowd_reacted_last(open_screen: Any, quiet: Instance) -> None:
    crowd = [str(5511900001000 + number) for number in range(CROWD)]
    group = quiet.group("Turma", members=[*crowd, "5511900000002"])
    send(quiet, "text", {"text": "Antes"}, to=group.jid)
    send(quiet, "text", {"text": "Reajam"}, to=group.jid)
    message = quiet.sent.wait_for(text="Reajam").id
    for number, person in enumerate(crowd):
        emoji = {"message.reactionMessage.text": EMOJI[number % len(EMOJI)]}
        reaction = {"from": person, "group": group.jid, "event": "reaction", "message": message}
        quiet.do("inbound", {**reaction, "set": emoji})
    # The last one thinks again: what was said before does not come back with older pages.
    quiet.do("inbound", {**reaction, "set": {"message.reactionMessage.text": ""}})
    screen: Screen = open_screen()
    screen.phone().get_by_role("button", name="Back").click()
    screen.phone().locator(".chat-row").filter(has_text="Turma").click()
    expect(screen.bubble("Antes")).to_be_visible()
    reactions = screen.bubble("Reajam").locator(".reactions")
    expect(reactions).to_contain_text(str(CROWD - 1))
    assert sum(emoji in reactions.inner_text() for emoji in EMOJI) == 4


def test_chat_stays_at_its_end_while_pictures_grow_and_texts_come(
    screen: Screen, quiet: Instance
) -> None:
    picture = {"type": "image", "mimeType": "image/png", "fileName": "p.png", "caption": "ponto"}
    for number in range(6):
        send(quiet, "mediaBase64", {"base64": f"data:image/png;base64,{PIXEL}", **picture})
        send(quiet, "text", {"text": f"Linha {number}. " * 200})
    expect(screen.bubble("Linha 5").locator(".ticks-read")).to_be_visible()
    screen.wait_until(AT_END)
    expect(screen.phone().locator(".newer")).to_be_hidden()
    # Whoever has moved up stays there.
    messages = screen.phone().locator(".messages")
    messages.evaluate("list => list.scrollTop -= 500")
    send(quiet, "text", {"text": "Lá embaixo"})
    expect(screen.phone().get_by_role("button", name="New messages")).to_be_visible()


def test_text_of_ten_thousand_letters_stays_in_its_bubble(screen: Screen, quiet: Instance) -> None:
    screen.write("y" * 10_000)
    send(quiet, "text", {"text": "مرحبا بالعالم " * 200})
    for text in ("yyyy", "مرحبا"):
        bubble = screen.bubble(text).locator(".bubble")
        expect(bubble).to_be_visible()
        assert bubble.evaluate("one => one.scrollWidth <= one.clientWidth + 1")
    messages = screen.phone().locator(".messages")
    assert messages.evaluate("list => list.scrollWidth <= list.clientWidth")


def test_empty_file_and_form_without_one_say_so(screen: Screen, quiet: Instance) -> None:
    send_file(screen, {"name": "vazio.txt", "mimeType": "text/plain", "buffer": b""})
    expect(screen.phone().locator(".notice")).to_contain_text("vazio.txt is empty")
    screen.attach("A file of yours…")
    form = screen.phone().get_by_role("dialog")
    form.get_by_role("button", name="Send").click()
    expect(form.get_by_label("File")).to_be_focused()
    assert form.get_by_label("File").evaluate("input => input.validity.valueMissing")


def test_file_above_the_limit_is_refused_in_words(
    open_screen: Any, quiet: Instance, tmp_path: Path
) -> None:
    screen: Screen = open_screen(locale="pt-BR")
    file = tmp_path / "grande.bin"
    file.write_bytes(bytes(20_000_000))
    screen.phone().get_by_role("button", name="Anexar").click()
    screen.page.get_by_role("menuitem", name="Um arquivo seu…").click()
    form = screen.phone().get_by_role("dialog")
    form.get_by_label("Arquivo").set_input_files(file)
    form.get_by_role("button", name="Enviar").click()
    notice = screen.phone().locator(".notice")
    expect(notice).to_contain_text("o arquivo tem 20000000 bytes")


def test_phone_switched_off_while_one_writes_says_so_and_keeps_the_text(
    screen: Screen, quiet: Instance
) -> None:
    box = screen.phone().get_by_label("Message from")
    box.fill("A caminho")
    quiet.do("contacts/5511900000002", {"state": "phone_off"})
    box.press("Enter")
    notice = screen.phone().locator(".notice")
    expect(notice).to_contain_text("This phone is switched off: nothing leaves it.")
    expect(box).to_have_value("A caminho")


def test_reset_closes_the_menu_of_a_message_that_is_gone(
    screen: Screen, mock: MockServer, quiet: Instance
) -> None:
    screen.write("Some")
    menu = open_menu(screen, "Some")
    expect(menu).to_be_visible()
    mock.reset()
    expect(menu).to_have_count(0)
    expect(screen.phone().locator(".line")).to_have_count(0)


def test_message_of_the_bot_offers_no_way_back_to_before_it(
    screen: Screen, quiet: Instance
) -> None:
    send(quiet, "text", {"text": "Do bot"})
    menu = open_menu(screen, "Do bot")
    expect(menu.get_by_role("menuitem", name="Reply")).to_be_visible()
    expect(menu.get_by_role("menuitem", name="Rewind to before this…")).to_have_count(0)


def test_pane_tells_first_of_the_call_then_of_its_webhooks(screen: Screen, shop: Instance) -> None:
    send(shop, "text", {"text": "Em ordem"})
    expect(screen.bubble("Em ordem").locator(".ticks-read")).to_be_visible()
    screen.bubble("Em ordem").locator(".trace").click()
    heads = screen.page.locator(".trace-body > .detail h3")
    expect(heads).to_have_text(
        [
            f"POST /rest/sendMessage/{shop.key}/text",
            *("from-me-api-echo", "ack-server", "ack-delivered", "ack-read"),
        ]
    )


def test_document_with_a_long_name_fits(screen: Screen, quiet: Instance) -> None:
    content = b64encode(b"%PDF-1.4").decode()
    name = "um_nome_muito_comprido_de_arquivo_" * 6 + ".pdf"
    file = {"type": "document", "mimeType": "application/pdf", "fileName": name}
    data = {"base64": f"data:application/pdf;base64,{content}", **file}
    assert send(quiet, "mediaBase64", data) == 200
    expect(screen.phone().get_by_role("link", name="Download")).to_be_in_viewport()
    messages = screen.phone().locator(".messages")
    assert messages.evaluate("list => list.scrollWidth <= list.clientWidth")


def test_phone_switched_off_while_it_opens_shows_it(
    screen: Screen, mock: MockServer, quiet: Instance
) -> None:
    page, held = screen.page, list[Any]()
    before = page.request.get(f"{mock.url}/_mock/instances/{quiet.key}/contacts/5511900000002")
    page.route("**/contacts/5511900000002", lambda route: held.append(route))
    with page.expect_request("**/contacts/5511900000002"):
        page.reload()
    quiet.do("contacts/5511900000002", {"state": "phone_off"})
    with mock.instance(key="megacode-TESTKEY0009"):
        # The stream goes in order: what came before this is known too.
        expect(page.get_by_label("Instance")).to_contain_text("TESTKEY0009")
        held[0].fulfill(response=before)
        expect(screen.phone().locator(".flag")).to_have_text("off")
