"""Reloads, restarts of the server, languages: nothing is lost, all is in one language."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from megaapi_mock.testing import Instance, Mock, MockServer

from ..processes import free_port
from .conftest import KEY
from .gateway import send
from .screen import NAME, Screen, expect
from .served import PATIENCE, serving, shop_bot

UNLINKED = "megacode-TESTKEY0002"
FIRST, SECOND, OTHER = "5511900000002", "5511900000004", "Cliente Exemplo"


def test_reload_shows_the_same_conversation(screen: Screen, shop: Instance) -> None:
    screen.write("Antes de recarregar")
    expect(screen.bubble("O que deseja?")).to_be_visible()
    lines = screen.phone().locator(".line").count()
    screen.page.reload()
    expect(screen.bubble("Antes de recarregar").locator(".trace")).to_contain_text("webhook 200")
    expect(screen.phone().locator(".line")).to_have_count(lines)


def add_second_phone(screen: Screen) -> None:
    screen.page.get_by_role("button", name="Add a phone").click()
    screen.page.get_by_role("searchbox").fill(SECOND)
    screen.page.get_by_role("dialog").locator(".chat-row").filter(has_text=SECOND).click()


def open_two_phones(screen: Screen, shop: Instance) -> None:
    """One in a group, the other on its list of chats."""
    shop.group("Turma", members=[FIRST, SECOND])
    add_second_phone(screen)
    for name in (NAME, OTHER):
        screen.phone(name).get_by_role("button", name="Back").click()
    screen.phone().locator(".chat-row").filter(has_text="Turma").click()
    expect_two_phones(screen)


def expect_two_phones(screen: Screen) -> None:
    expect(screen.page.locator("section.phone")).to_have_count(2)
    expect(screen.title()).to_have_text("Turma")
    expect(screen.phone(OTHER).get_by_role("heading", name="Chats")).to_be_visible()


def test_reload_shows_what_became_of_messages_from_long_ago(screen: Screen, shop: Instance) -> None:
    screen.write("oi")
    expect(screen.bubble("O que deseja?")).to_be_visible()
    send(shop, "text", {"text": "x"}, token="wrong")
    lines = screen.phone().locator(".line, .refusal")
    expect(lines).to_contain_text(["webhook 200", "send_text 200", "send_list 200", "401"])
    before = lines.all_text_contents()
    # What a bot that looks at its instance now and then leaves in the journal.
    for _ in range(320):
        urlopen(Request(f"{shop.url}/rest/instance/{shop.key}", headers=shop.headers)).close()
    shop.emit("ack-read", count=320)
    screen.page.reload()
    expect(lines).to_contain_text(before)
    expect(lines).to_have_count(4)


def test_reload_keeps_phones_their_chats_and_the_instance(screen: Screen, shop: Instance) -> None:
    open_two_phones(screen, shop)
    page = screen.page
    page.get_by_label("Instance").select_option(UNLINKED)
    page.reload()
    expect_two_phones(screen)
    expect(page.get_by_label("Instance")).to_have_value(UNLINKED)
    for view in ("levers", "replay"):
        expect(screen.view(view).page.get_by_label("Instance").first).to_have_value(UNLINKED)
    screen.view("phones")
    expect_two_phones(screen)


def test_phones_that_were_all_closed_stay_closed(screen: Screen) -> None:
    screen.phone().get_by_role("button", name="Close the phone").click()
    screen.page.reload()
    expect(screen.page.get_by_text("No phone is open.")).to_be_visible()
    expect(screen.page.locator("section.phone")).to_have_count(0)


def test_two_tabs_keep_each_their_own_phones(screen: Screen, shop: Instance) -> None:
    other = Screen(screen.page.context.new_page(), screen.url).open()
    other.phone().get_by_role("button", name="Back").click()
    expect(other.phone().get_by_role("heading", name="Chats")).to_be_visible()
    for tab in (screen, other):
        tab.page.reload()
    expect(screen.phone().get_by_label("Message from")).to_be_visible()
    expect(other.phone().get_by_role("heading", name="Chats")).to_be_visible()


def test_restarted_server_is_found_again_with_its_conversation(
    open_screen: Any, tmp_path: Path
) -> None:
    port, file = free_port(), tmp_path / "state.json"
    with serving(port) as url:
        screen = open_screen(url=url)
        screen.write("Antes da parada")
        expect(screen.bubble("Antes da parada")).to_be_visible()
        with urlopen(f"{url}/_mock/state") as reply:
            file.write_bytes(reply.read())
    expect(screen.page.locator(".live")).to_have_text("Reconnecting…")
    with serving(port, "--world", str(file)):
        expect(screen.page.locator(".live")).to_have_text("Live")
        expect(screen.bubble("Antes da parada")).to_be_visible()
        screen.write("Depois da volta")
        expect(screen.bubble("Depois da volta")).to_be_visible()
        expect(screen.phone().locator(".line")).to_have_count(2)


def test_view_opened_while_the_server_was_away_is_whole_afterwards(
    open_screen: Any,
) -> None:
    port = free_port()
    with serving(port) as url:
        screen: Screen = open_screen("connection", url=url)
    expect(screen.page.locator(".live")).to_have_text("Reconnecting…")
    page = screen.view("levers").page
    expect(page.locator(".outcome.bad")).to_have_text([re.compile("does not answer")] * 2)
    expect(page.get_by_label("Event", exact=True)).to_have_count(0)
    with serving(port):
        expect(page.get_by_label("Kind of fault")).to_be_visible()
        expect(page.get_by_label("Event", exact=True)).to_be_visible()
        expect(page.locator(".outcome.bad").filter(has_text="answer")).to_have_count(0)
        screen.view("replay")
        screen.page.get_by_label("Keep a point now").fill("antes")
        screen.page.get_by_role("button", name="Keep it").click()
        expect(page.locator(".point")).to_contain_text("antes")
    expect(page.locator(".live")).to_have_text("Reconnecting…")
    screen.view("inspector")
    operations = page.get_by_label("Operation or event").locator("option")
    with serving(port):
        expect(page.locator(".live")).to_have_text("Live")
        expect(operations.filter(has_text="send_text")).not_to_have_count(0)


@pytest.fixture
def port() -> int:
    """Where the mock is started, stopped, and started again."""
    return free_port()


@pytest.fixture
def bot(port: int) -> Iterator[str]:
    """The sample shop's bot, which goes on while the mock is stopped; its webhook's address."""
    with shop_bot(f"http://127.0.0.1:{port}", KEY, "TESTKEY0001") as address:
        yield address


def read_records(screen: Screen) -> list[str]:
    """The inspector's rows, newest first."""
    rows = screen.view("inspector").page.locator(".record")
    expect(rows.first).to_be_visible()
    return [str(text) for text in rows.all_inner_texts()]


def read_messages(screen: Screen) -> list[str]:
    """What stands in the chat, with times, ticks, and what became of webhooks and calls."""
    entries = screen.view("phones").phone().locator(".entry")
    expect(entries.first).to_be_visible()
    return [str(text) for text in entries.all_inner_texts()]


def await_same(screen: Screen, read: Callable[[Screen], list[str]], texts: list[str]) -> None:
    """Wait until these texts stand there: what became of a message is drawn after the message."""
    end = time.monotonic() + PATIENCE
    while (now := read(screen)) != texts:
        assert time.monotonic() < end, (now, texts)
        screen.page.wait_for_timeout(50)


def test_server_restarted_on_its_database_has_lost_nothing(
    open_screen: Any, tmp_path: Path, port: int, bot: str
) -> None:
    store = ("--store", f"sqlite:///{tmp_path / 'mock.db'}")
    with serving(port, *store) as url:
        screen: Screen = open_screen(url=url)
        step = screen.page.locator(".next-step")
        step.get_by_label("Address of your bot").fill(bot)
        step.get_by_role("button", name="Save").click()
        screen.write("Antes da parada")
        expect(screen.bubble("O que deseja?").locator(".ticks-read")).to_be_visible()
        shop = Mock(url).attach(KEY)
        send(shop, "text", {"text": "recusada"}, token="wrong")
        expect(screen.phone().locator(".refusal")).to_contain_text("401")
        screen.view("connection")
        second = screen.page.locator("section.card").filter(has_text=UNLINKED)
        second.get_by_role("button", name="Scan with the phone").click()
        expect(second.locator(".pill").first).to_have_text("connected")
        messages, records = read_messages(screen), read_records(screen)
    expect(screen.page.locator(".live")).to_have_text("Reconnecting…")
    with serving(port, *store):
        expect(screen.page.locator(".live")).to_have_text("Live")
        for _ in range(2):
            await_same(screen, read_records, records)
            screen.page.locator(".record").filter(has_text="Antes da parada").click()
            detail = screen.page.locator(".inspector-detail")
            expect(detail.locator(".attempt-head")).to_contain_text("200")
            expect(detail.locator(".call")).to_have_count(3)
            await_same(screen, read_messages, messages)
            screen.view("connection")
            for pill in screen.page.locator("section.card .pill").all():
                expect(pill).to_have_text("connected")
            screen.page.reload()
            screen.page.locator(".live.on").wait_for()
        screen.view("phones").write("Depois da volta")
        expect(screen.bubble("Depois da volta").locator(".trace")).to_contain_text("webhook 200")
        expect(screen.phone().locator(".entry")).to_have_count(len(messages) + 3)


def test_restarted_server_has_the_same_phones_and_chats_open(
    open_screen: Any, tmp_path: Path, port: int
) -> None:
    store = ("--store", f"sqlite:///{tmp_path / 'mock.db'}")
    with serving(port, *store) as url:
        screen: Screen = open_screen(url=url)
        open_two_phones(screen, Mock(url).attach(KEY))
    expect(screen.page.locator(".live")).to_have_text("Reconnecting…")
    with serving(port, *store):
        expect(screen.page.locator(".live")).to_have_text("Live")
        expect_two_phones(screen)
        screen.page.reload()
        expect_two_phones(screen)


def test_group_that_is_gone_leaves_the_phone_on_its_private_chat(
    screen: Screen, shop: Instance, mock: MockServer
) -> None:
    open_two_phones(screen, shop)
    mock.reset()
    expect(screen.title()).to_have_text("Test Shop")
    screen.write("Sem grupo")
    expect(screen.bubble("Sem grupo")).to_be_visible()


def test_instance_made_while_the_page_loads_is_not_lost(screen: Screen, mock: MockServer) -> None:
    page, held = screen.page, list[Any]()
    page.route("**/_mock/clock", lambda route: held.append(route))
    with page.expect_response("**/_mock/instances?*"):
        page.reload()
    with mock.instance(key="megacode-TESTKEY0009"):
        # The stream tells of it; the older list of instances is used after that.
        expect(page.get_by_label("Instance").locator("option")).to_have_count(1)
        held[0].continue_()
        expect(page.get_by_label("Instance").locator("option")).to_have_count(3)


def test_phone_of_an_instance_that_is_removed_says_so_and_comes_back(
    screen: Screen, mock: MockServer
) -> None:
    with mock.instance(key="megacode-TESTKEY0009", name="Loja Nova"):
        screen.page.get_by_label("Instance").select_option("megacode-TESTKEY0009")
        add_second_phone(screen)
        box = screen.phone(OTHER).get_by_label("Message from")
        expect(box).to_be_visible()
    expect(screen.phone(OTHER)).to_contain_text("megacode-TESTKEY0009 was removed")
    with mock.instance(key="megacode-TESTKEY0009", name="Loja Nova"):
        expect(box).to_be_visible()
        screen.write("De volta", OTHER)
        expect(screen.bubble("De volta", OTHER)).to_be_visible()


def test_language_is_the_browsers_and_can_be_switched(open_screen: Any, shop: Instance) -> None:
    screen: Screen = open_screen(locale="pt-BR")
    page = screen.page
    expect(page.locator("nav")).to_contain_text("Celulares")
    assert page.evaluate("document.documentElement.lang") == "pt-BR"
    page.get_by_label("Idioma").select_option("en")
    expect(page.locator("nav")).to_contain_text("Phones")
    page.reload()
    expect(page.locator("nav")).to_contain_text("Phones")


def test_keyboard_alone_writes_answers_and_opens_the_menu_of_a_message(
    screen: Screen, shop: Instance
) -> None:
    page = screen.page
    screen.phone().get_by_label("Message from").focus()
    page.keyboard.type("Só com o teclado")
    page.keyboard.press("Enter")
    bubble = screen.bubble("Só com o teclado")
    expect(bubble.locator(".trace")).to_contain_text("webhook 200")
    bubble.get_by_role("button", name="What to do with this message").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitemcheckbox").first).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("menuitem").last).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("menu")).to_have_count(0)


def test_chat_that_is_not_open_counts_what_is_unread(screen: Screen, shop: Instance) -> None:
    screen.phone().get_by_role("button", name="Back").click()
    send(shop, "text", {"text": "Ainda aí?"})
    row = screen.phone().locator(".chat-row").filter(has_text="Ainda aí?")
    expect(row.locator(".badge")).to_have_text("1")
    row.click()
    expect(screen.bubble("Ainda aí?")).to_be_visible()
