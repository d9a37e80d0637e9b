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
    expect(page.locator(".turn-done")).to_have_count(6, timeout=30_000)
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
