"""Rewinding a conversation, and playing the customer's half again."""

from __future__ import annotations

import re
from typing import Any

import pytest
from megaapi_mock.settings import Settings
from megaapi_mock.testing import Instance, MockServer

from .control import KEY, ask
from .gateway import send
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


def test_point_of_another_day_says_which(screen: Screen, shop: Instance, mock: MockServer) -> None:
    screen.write("Ontem")
    expect(screen.bubble("O que deseja?")).to_be_visible()
    mock.clock.advance(86_400)
    screen.write("Hoje")
    page = screen.view("replay").page
    times = page.locator(".point time")
    expect(times).to_have_text([re.compile(r"^\d+:\d+:\d+"), re.compile(r"^\d+/\d+/\d+, \d")])


def test_conversation_is_played_again_step_by_step_and_at_once(
    screen: Screen, shop: Instance
) -> None:
    two_turns(screen)
    page = screen.view("replay").page
    page.get_by_role("button", name="Play this chat again").click()
    turns = page.locator(".turn")
    expect(turns).to_have_count(6)
    page.get_by_role("button", name="Next turn").click()
    expect(turns.first.locator(".pill")).to_have_text("done")
    page.get_by_role("button", name="Play all of it").click()
    expect(page.locator(".turn-done")).to_have_count(6)
    expect(page.get_by_text("Ready to play.")).to_have_count(0)
    assert len([one for one in shop.inbox.all() if one.event == "text-plain"]) == 4


def test_conversation_is_saved_as_a_file(screen: Screen, shop: Instance) -> None:
    two_turns(screen)
    with screen.page.expect_download() as saving:
        screen.phone().get_by_role("button", name="Save the conversation as a file").click()
    text = saving.value.path().read_text(encoding="utf-8")
    assert "conversation: 1" in text and "Primeira" in text


def test_conversation_is_rewound_and_played_again_from_a_message(
    screen: Screen, shop: Instance
) -> None:
    two_turns(screen)
    screen.do("Segunda", "Rewind to before this…")
    dialog = screen.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Rewind, and play again from here").click()
    expect(screen.phone().locator(".notice")).to_contain_text("3 turns, all as before")
    expect(screen.phone().locator(".line")).to_have_count(6)
    texts = [one.text for one in shop.inbox.all() if one.event == "text-plain"]
    assert texts == ["Primeira", "Segunda", "Segunda"]


def test_file_is_played_by_another_customer_and_says_what_differs(
    screen: Screen, shop: Instance
) -> None:
    talk = "conversation: 1\nwith: '5511900000002'\nturns:\n- customer: oi\n- bot: Tchau!\n"
    page = screen.view("replay").page
    page.get_by_label("Played by").fill("5511900000006")
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Open a file…").click()
    choosing.value.set_files(
        {"name": "talk.yaml", "mimeType": "text/yaml", "buffer": talk.encode()}
    )
    page.get_by_role("button", name="Play all of it").click()
    expect(page.locator(".turn-differs")).to_contain_text("Came instead: Olá, Ana Exemplo!")


def test_file_that_is_no_conversation_is_refused_with_its_line(
    screen: Screen, shop: Instance
) -> None:
    page = screen.view("replay").page
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Open a file…").click()
    choosing.value.set_files(
        {"name": "x.yaml", "mimeType": "text/yaml", "buffer": b"conversation: 1\nwith: [\n"}
    )
    expect(page.locator(".outcome.bad").first).to_contain_text("line")


def open_file(screen: Screen, text: str) -> None:
    with screen.page.expect_file_chooser() as choosing:
        screen.page.get_by_role("button", name="Open a file…").click()
    choosing.value.set_files({"name": "x.yaml", "mimeType": "text/yaml", "buffer": text.encode()})


@pytest.mark.parametrize(
    ("turns", "words"),
    [
        (" []", "there is nothing to play"),
        (
            "\n- customer: oi\n  bot: oi\n",
            "at most 1 of customer, phone, bot, not customer and bot",
        ),
    ],
)
def test_file_that_is_refused_leaves_nothing_to_play(
    screen: Screen, shop: Instance, turns: str, words: str
) -> None:
    page = screen.view("replay").page
    head = "conversation: 1\nwith: '5511900000002'\nturns:"
    open_file(screen, f"{head}\n- customer: oi\n")
    expect(page.locator(".turn")).to_have_count(1)
    open_file(screen, f"{head}{turns}")
    expect(page.locator(".outcome.bad").first).to_contain_text(words)
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.get_by_role("button", name="Play all of it")).to_have_count(0)


# -- without an answering bot: what is where, in which order ---------------------------------------

ANA = "5511900000002"
CHAT = f"{ANA}@s.whatsapp.net"


@pytest.fixture
def quiet(shop: Instance) -> Instance:
    """The shop without its bot."""
    shop.webhook_to("")
    return shop


def control(instance: Instance, path: str, method: str = "GET", body: Any = None) -> Any:
    refusal, answer = ask(f"{instance.url}/_mock/{path}", method, body)
    assert answer is not None, refusal
    return answer


def customer(instance: Instance, **act: Any) -> str:
    body = {"from": ANA, **act}
    return str(control(instance, f"instances/{KEY}/inbound", "POST", body)["id"])


def messages(instance: Instance) -> list[Any]:
    items: list[Any] = control(instance, f"messages?chat={ANA}&limit=100")["items"]
    return items


def texts(instance: Instance) -> list[str]:
    return [each["content"].get("conversation", each["type"]) for each in messages(instance)]


def offer(instance: Instance, title: str, *rows: str) -> str:
    listed = [{"title": row, "rowId": str(number)} for number, row in enumerate(rows, 1)]
    sections = [{"title": title, "rows": listed}]
    data = {"title": title, "text": title, "description": title, "buttonText": "Abrir"}
    assert send(instance, "listMessage", {**data, "sections": sections, "listType": 0}) < 300
    return str(messages(instance)[-1]["id"])


def replay_from(screen: Screen, text: str, notice: str) -> None:
    screen.do(text, "Rewind to before this…")
    dialog = screen.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Rewind, and play again from here").click()
    expect(screen.phone().locator(".notice")).to_contain_text(notice)


def test_older_list_is_answered_again_when_it_was_the_older_one(
    screen: Screen, quiet: Instance
) -> None:
    older = offer(quiet, "Sabores", "Calabresa")
    offer(quiet, "Bebidas", "Suco")
    customer(quiet, event="list-response", option="1", message=older)
    expect(screen.bubble("Calabresa")).to_be_visible()
    replay_from(screen, "Calabresa", "1 turns, all as before")
    tap = messages(quiet)[-1]["content"]["listResponseMessage"]
    assert (tap["title"], tap["contextInfo"]["stanzaId"]) == ("Calabresa", older)


@pytest.mark.parametrize("clock", [{"freeze": True}, {"set": 1_000_000_000}])
def test_order_of_arrival_says_where_it_is_played_from_again(
    screen: Screen, quiet: Instance, clock: Any
) -> None:
    said = ["um", "dois", "tres", "quatro"]
    for text in said[:2]:
        customer(quiet, text=text)
    control(quiet, "clock", "POST", clock)
    for text in said[2:]:
        customer(quiet, text=text)
    expect(screen.bubble("quatro")).to_be_visible()
    replay_from(screen, "tres", "2 turns, all as before")
    assert texts(quiet) == said


def test_chat_the_bot_began_is_played_from_the_first_customer_message(
    screen: Screen, shop: Instance
) -> None:
    send(shop, "text", {"text": "Promoção"})
    screen.write("Primeira")
    expect(screen.phone().locator(".line").last).to_contain_text("O que deseja?")
    page = screen.view("replay").page
    page.get_by_label("Rewind to before the customer's first message").check()
    page.get_by_role("button", name="Play this chat again").click()
    expect(page.locator(".turn")).to_have_count(3)
    assert [each["type"] for each in messages(shop)] == ["extendedTextMessage"]
    page.get_by_role("button", name="Play all of it").click()
    expect(page.locator(".turn-done")).to_have_count(3)


def test_chat_in_which_only_the_bot_wrote_has_nothing_to_go_back_to(
    screen: Screen, quiet: Instance
) -> None:
    send(quiet, "text", {"text": "Promoção"})
    screen.do("Promoção", "Rewind to before the customer's message…")
    expect(screen.phone().locator(".notice")).to_contain_text("customer has done nothing before")
    page = screen.view("replay").page
    page.get_by_label("Rewind to before the customer's first message").check()
    page.get_by_role("button", name="Play this chat again").click()
    expect(page.locator(".outcome.bad").first).to_contain_text("customer has done nothing before")


def test_bots_message_leads_back_to_before_what_the_customer_did(
    screen: Screen, quiet: Instance
) -> None:
    for text in ("um", "dois"):
        customer(quiet, text=text)
        send(quiet, "text", {"text": f"resposta a {text}"})
    screen.do("resposta a dois", "Rewind to before the customer's message…")
    dialog = screen.page.get_by_role("dialog")
    expect(dialog.locator("blockquote")).to_have_text("dois")
    dialog.get_by_role("button", name="Rewind", exact=True).click()
    expect(screen.phone().locator(".line")).to_have_count(2)
    assert len(messages(quiet)) == 2


def test_deleted_message_can_be_returned_to_before(screen: Screen, quiet: Instance) -> None:
    customer(quiet, text="antes")
    customer(quiet, event="deleted", message=customer(quiet, text="segredo"))
    bubble = screen.bubble("This message was deleted")
    bubble.hover()
    bubble.get_by_role("button", name="What to do with this message").click()
    expect(screen.page.get_by_role("menuitem")).to_have_count(2)
    screen.page.get_by_role("menuitem", name="Rewind to before this…").click()
    screen.page.get_by_role("dialog").get_by_role("button", name="Rewind", exact=True).click()
    expect(screen.phone().locator(".line")).to_have_count(1)
    assert texts(quiet) == ["antes"]


def test_list_that_lost_a_row_is_not_as_before(screen: Screen, quiet: Instance) -> None:
    talk = f"conversation: 1\nwith: '{ANA}'\nturns:\n"
    talk += "- bot: {type: listMessage, text: Sabores, options: ['1', '2']}\n"
    page = screen.view("replay").page
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Open a file…").click()
    choosing.value.set_files({"name": "a.yaml", "mimeType": "text/yaml", "buffer": talk.encode()})
    expect(page.locator(".turn")).to_have_count(1)
    offer(quiet, "Sabores", "Calabresa")
    page.get_by_role("button", name="Next turn").click()
    expect(page.locator(".turn-differs")).to_contain_text("Not as before: the rows or buttons")


def test_every_chat_can_be_chosen_and_found(open_screen: Any) -> None:
    with MockServer(settings=Settings(contacts=640)) as server, server.attach(KEY) as instance:
        people = control(instance, f"instances/{KEY}/contacts?limit=1000")["items"]
        numbers = [each["number"] for each in people if each["number"]]
        numbers = [each for each in numbers if send(instance, "text", {"text": "x"}, to=each) < 300]
        assert len(numbers) > 500
        page = open_screen("replay", url=server.url).page
        chats = page.get_by_label("Chat", exact=True)
        expect(chats.locator("option")).to_have_count(len(numbers))
        oldest = numbers[0]
        page.get_by_label("Find a chat by name or number").fill(oldest)
        expect(chats.locator("option")).to_have_count(1)
        expect(chats).to_have_value(f"{oldest}@s.whatsapp.net")
        page.get_by_role("button", name="Play this chat again").click()
        expect(page.locator(".turn")).to_have_count(1)


def test_file_that_no_instance_can_play_says_so(open_screen: Any, mock: MockServer) -> None:
    for one in ask(f"{mock.url}/_mock/instances", "GET", None)[1]["items"]:
        ask(f"{mock.url}/_mock/instances/{one['key']}", "DELETE", None)
    page = open_screen("replay").page
    with page.expect_file_chooser() as choosing:
        page.get_by_role("button", name="Open a file…").click()
    choosing.value.set_files({"name": "a.yaml", "mimeType": "text/yaml", "buffer": b"x: 1\n"})
    expect(page.locator(".outcome.bad").first).to_contain_text("There is no instance")
