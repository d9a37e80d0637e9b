"""The list of chats, groups that change, and what was typed and not sent yet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from megaapi_mock.testing import Instance, MockServer

from .gateway import send
from .screen import Screen, expect

FIRST, SECOND = "5511900000002", "5511900000004"

ALL_READ = """async () => (await (await fetch("/_mock/messages")).json()).items
    .every(message => message.state === "read")"""


@pytest.fixture
def quiet(shop: Instance) -> Instance:
    """The shop without its bot."""
    shop.webhook_to("")
    return shop


def test_unread_messages_are_counted_once_whatever_their_ticks(
    screen: Screen, quiet: Instance
) -> None:
    screen.phone().get_by_role("button", name="Back").click()
    for text in ("Um", "Dois", "Três"):
        send(quiet, "text", {"text": text})
    row = screen.phone().locator(".chat-row").filter(has_text="Três")
    expect(row.locator(".badge")).to_have_text("3")
    screen.wait_until(ALL_READ)
    send(quiet, "text", {"text": "Quatro"})
    row = screen.phone().locator(".chat-row").filter(has_text="Quatro")
    expect(row.locator(".badge")).to_have_text("4")


def test_row_of_a_chat_tells_of_edits_and_deletions_in_words(
    screen: Screen, quiet: Instance
) -> None:
    screen.write("Errado")
    expect(screen.bubble("Errado")).to_be_visible()
    screen.do("Errado", "Edit")
    screen.write("Certo")
    expect(screen.bubble("Certo")).to_contain_text("Edited")
    screen.phone().get_by_role("button", name="Back").click()
    row = screen.phone().locator(".chat-row").filter(has_text="Test Shop")
    for again in (False, True):
        if again:
            screen.page.reload()
        expect(row).to_contain_text("Certo")
    row.click()
    screen.do("Certo", "Delete for everyone")
    expect(screen.bubble("This message was deleted")).to_be_visible()
    screen.phone().get_by_role("button", name="Back").click()
    for again in (False, True):
        if again:
            screen.page.reload()
        expect(row).to_contain_text("This message was deleted")
        expect(row).not_to_contain_text("protocolMessage")


def test_group_that_changes_is_shown_as_it_is(screen: Screen, quiet: Instance) -> None:
    screen.phone().get_by_role("button", name="Back").click()
    group = quiet.group("Turma", members=[FIRST])
    screen.phone().locator(".chat-row").filter(has_text="Turma").click()
    writers = screen.phone().get_by_label("Write as").locator("option")
    expect(writers).to_have_text(["You"])
    screen.phone().get_by_label("Message from").fill("Ainda aqui")
    group.add(SECOND)
    expect(writers).to_have_text(["You", "Cliente Exemplo"])
    # As on a phone, below its subject.
    expect(screen.phone().locator(".presence")).to_have_text("Test Shop, You, Cliente Exemplo")
    expect(screen.phone().get_by_label("Message from")).to_have_value("Ainda aqui")


def test_what_was_typed_is_there_again(screen: Screen, quiet: Instance) -> None:
    box = screen.phone().get_by_label("Message from")
    box.fill("Meio escrito")
    screen.view("inspector").view("phones")
    expect(box).to_have_value("Meio escrito")
    screen.page.reload()
    expect(box).to_have_value("Meio escrito")
    box.press("Enter")
    expect(screen.bubble("Meio escrito")).to_be_visible()
    screen.page.reload()
    expect(screen.bubble("Meio escrito")).to_be_visible()
    expect(box).to_have_value("")


def test_text_that_is_on_its_way_is_not_typed_again(screen: Screen, quiet: Instance) -> None:
    held = list[Any]()
    screen.page.route("**/inbound", lambda route: held.append(route))
    with screen.page.expect_request("**/inbound"):
        screen.write("A caminho")
    screen.view("inspector").view("phones")
    expect(screen.phone().get_by_label("Message from")).to_have_value("")
    held[0].continue_()
    expect(screen.bubble("A caminho")).to_be_visible()
    expect(screen.phone().get_by_label("Message from")).to_have_value("")


def hold_first(screen: Screen) -> list[Any]:
    """Hold what is sent first, and nothing after it; what is held."""
    held = list[Any]()
    screen.page.route("**/inbound", lambda route: route.continue_() if held else held.append(route))
    return held


def refuse(route: Any) -> None:
    """Answer a held request as a phone's that is off."""
    route.fulfill(status=409, json={"error": "not now"})


def test_texts_arrive_in_the_order_they_were_typed(screen: Screen, quiet: Instance) -> None:
    held = hold_first(screen)
    with screen.page.expect_request("**/inbound"):
        screen.write("Um")
    box = screen.phone().get_by_label("Message from")
    for text in ("Dois", "Três"):
        screen.write(text)
        expect(box).to_have_value("")
    held[0].continue_()
    expect(screen.bubble("Três")).to_be_visible()
    expect(screen.phone().locator(".line")).to_contain_text(["Um", "Dois", "Três"])


def test_refused_text_stops_none_that_was_typed_after_it(screen: Screen, quiet: Instance) -> None:
    held = hold_first(screen)
    with screen.page.expect_request("**/inbound"):
        screen.write("Um")
    screen.write("Dois")
    refuse(held[0])
    expect(screen.bubble("Dois")).to_be_visible()
    expect(screen.phone().get_by_label("Message from")).to_have_value("Um")


@pytest.mark.parametrize("label", ["", "Reply"])
def test_refused_text_is_kept_beside_the_next_one(
    screen: Screen, quiet: Instance, label: str
) -> None:
    if label:
        send(quiet, "text", {"text": "Enviado"})
        screen.do("Enviado", label)
    held = hold_first(screen)
    with screen.page.expect_request("**/inbound"):
        screen.write("Recusado")
    phone = screen.phone()
    box = phone.get_by_label("Message from")
    box.fill("Meio escrito")
    refuse(held[0])
    kept = phone.get_by_role("list", name="Not sent").get_by_role("listitem")
    expect(kept).to_contain_text("Recusado")
    expect(box).to_have_value("Meio escrito")
    screen.page.reload()
    with screen.page.expect_request("**/inbound") as asked:
        kept.get_by_role("button", name="Send again").click()
    expected = "text-quoted-reply" if label else "text-plain"
    assert asked.value.post_data_json["event"] == expected
    expect(screen.bubble("Recusado")).to_be_visible()
    expect(kept).to_have_count(0)
    expect(box).to_have_value("Meio escrito")


def test_refused_text_of_a_chat_that_was_left_is_there_again(
    screen: Screen, quiet: Instance
) -> None:
    held = hold_first(screen)
    with screen.page.expect_request("**/inbound"):
        screen.write("Recusado")
    screen.view("inspector")
    refuse(held[0])
    screen.view("phones")
    kept = screen.phone().get_by_role("list", name="Not sent").get_by_role("listitem")
    expect(kept).to_contain_text("Recusado")
    kept.get_by_role("button", name="Remove").click()
    expect(kept).to_have_count(0)


def test_edit_that_is_cancelled_gives_back_what_was_typed(screen: Screen, quiet: Instance) -> None:
    screen.write("Enviado")
    box = screen.phone().get_by_label("Message from")
    box.fill("Rascunho")
    screen.do("Enviado", "Edit")
    expect(box).to_have_value("Enviado")
    screen.phone().get_by_role("button", name="Cancel").click()
    expect(box).to_have_value("Rascunho")


@pytest.mark.parametrize(("label", "event"), [("Edit", "edited"), ("Reply", "text-quoted-reply")])
def test_text_that_is_refused_is_still_about_the_same_message(
    screen: Screen, quiet: Instance, label: str, event: str
) -> None:
    screen.write("Enviado")
    box = screen.phone().get_by_label("Message from")
    box.fill("Rascunho")
    screen.do("Enviado", label)
    quiet.unlink()
    box.fill("Corrigido")
    box.press("Enter")
    expect(screen.phone().locator(".notice")).to_contain_text("is not linked")
    expect(box).to_have_value("Corrigido")
    expect(screen.phone().locator(".about")).to_contain_text("Enviado")
    quiet.link()
    with screen.page.expect_request("**/inbound") as asked:
        box.press("Enter")
    assert asked.value.post_data_json["event"] == event
    expect(screen.bubble("Corrigido")).to_be_visible()
    expect(screen.phone().locator(".about")).to_be_hidden()
    expect(box).to_have_value("Rascunho" if label == "Edit" else "")


def test_newest_message_is_on_top_when_the_clock_was_set_back(
    screen: Screen, quiet: Instance, mock: MockServer
) -> None:
    group = quiet.group("Turma", members=[FIRST])
    send(quiet, "text", {"text": "Depois do almoço"}, to=group.jid)
    send(quiet, "text", {"text": "Depois do almoço"})
    expect(screen.bubble("Depois do almoço")).to_be_visible()
    screen.phone().get_by_role("button", name="Back").click()
    rows = screen.phone().locator(".chat-row")
    expect(rows.first).to_contain_text("Test Shop")
    mock.clock.set(mock.clock.now - 3600)
    send(quiet, "text", {"text": "Antes do almoço"}, to=group.jid)
    expect(rows.first).to_contain_text("Antes do almoço")


def test_file_that_is_too_large_is_refused_in_a_sentence(
    screen: Screen, quiet: Instance, tmp_path: Path
) -> None:
    file = tmp_path / "grande.zip"
    file.write_bytes(bytes(26 * 2**20))
    screen.attach("A file of yours…")
    form = screen.phone().get_by_role("dialog")
    form.get_by_label("File").set_input_files(file)
    form.get_by_role("button", name="Send").click()
    sentence = "larger than 33554432 bytes, the most that is read here"
    expect(screen.phone().locator(".notice")).to_contain_text(sentence)


def test_recording_ends_unsent_when_the_chat_is_left(screen: Screen, quiet: Instance) -> None:
    screen.phone().get_by_role("button", name="Record a voice note").click()
    expect(screen.phone().get_by_role("button", name="Stop and send")).to_be_visible()
    screen.page.evaluate(
        """() => {
            const stop = MediaStreamTrack.prototype.stop;
            MediaStreamTrack.prototype.stop = function () {
                window.stopped = true;
                stop.call(this);
            };
        }"""
    )
    screen.view("inspector")
    screen.wait_until("window.stopped")
    screen.view("phones")
    expect(screen.phone().get_by_label("Message from")).to_be_visible()
    expect(screen.phone().locator(".line")).to_have_count(0)


def test_views_without_an_instance_say_so(open_screen: Any, shop: Instance) -> None:
    screen: Screen = open_screen("levers")
    for instance in ("megacode-TESTKEY0001", "megacode-TESTKEY0002"):
        screen.page.request.delete(f"{shop.url}/_mock/instances/{instance}")
    for view in ("levers", "replay"):
        toolbar = screen.view(view).page.locator(".toolbar")
        expect(toolbar).to_contain_text("There is no instance. Create one")
    assert screen.troubles == []
