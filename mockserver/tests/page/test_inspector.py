"""The inspector: what was called and sent, why something was refused, and sending it again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from megaapi_mock.testing import Instance, MockServer

from .gateway import send
from .screen import Screen, expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator


def record(screen: Screen, words: str) -> Locator:
    """The newest row with these words."""
    return screen.page.locator(".record").filter(has_text=words).first


def test_webhook_shows_its_answer_its_spec_file_and_the_calls_it_caused(
    screen: Screen, shop: Instance
) -> None:
    screen.write("Bom dia")
    expect(screen.bubble("O que deseja?")).to_be_visible()
    screen.view("inspector")
    record(screen, "text-plain").click()
    detail = screen.page.locator(".inspector-detail")
    expect(detail.locator(".attempt-head")).to_contain_text("200")
    expect(detail.locator(".contract")).to_contain_text("spec/webhooks/text-plain.yaml")
    expect(detail.locator(".grade").first).not_to_be_empty()
    expect(detail.locator(".call")).to_have_count(2)
    expect(detail.locator(".call").first).to_contain_text("send_text")


def _says_nothing(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return []


def test_webhook_whose_calls_cannot_be_known_does_not_say_none(
    open_screen: Any, mock: MockServer
) -> None:
    with mock.attach("megacode-TESTKEY0001") as instance:
        instance.webhook_to(_says_nothing)
        for text in ("Um", "Dois"):
            instance.customer().says(text)
            instance.inbox.wait_for("text-plain", text=text)
        send(instance, "text", {"text": "Pois não?"})
        screen = open_screen("inspector")
        record(screen, "Um").click()
        calls = screen.page.locator(".inspector-detail .calls")
        expect(calls).to_contain_text("cannot be known")
        record(screen, "Dois").click()
        expect(calls.locator(".call")).to_contain_text(["send_text"])


def test_refused_call_is_red_and_says_why(screen: Screen, shop: Instance) -> None:
    send(shop, "text", {"text": "x"}, token="wrong")
    screen.view("inspector")
    row = record(screen, "send_text")
    expect(row.locator(".pill-refused")).to_have_text("401")
    expect(row.locator(".bad")).to_contain_text("token")
    row.click()
    detail = screen.page.locator(".inspector-detail")
    expect(detail.locator(".reason.bad")).to_contain_text("token")
    expect(detail).to_contain_text("spec/paths/send_message/send_text.yaml")


def test_records_appear_live_and_are_filtered(screen: Screen, shop: Instance) -> None:
    screen.view("inspector")
    send(shop, "text", {"text": "Primeira"})
    expect(record(screen, "Primeira")).to_be_visible()
    send(shop, "text", {"text": "Segunda"}, token="wrong")
    page = screen.page
    page.get_by_label("Outcome").select_option("refused")
    expect(page.locator(".record")).to_have_count(1)
    page.get_by_label("Outcome").select_option("")
    page.get_by_label("Kind", exact=True).select_option("exchange")
    expect(page.locator(".record")).to_have_count(2)
    page.get_by_label("Search text").fill("primeira")
    expect(page.locator(".record")).to_have_count(1)
    page.get_by_label("Search text").fill("")
    page.get_by_label("Operation or event").select_option("send_list")
    expect(page.locator(".record")).to_have_count(0)
    # Whoever looks at a phone meanwhile goes on from here.
    screen.view("phones").view("inspector")
    expect(page.get_by_label("Operation or event")).to_have_value("send_list")
    expect(page.locator(".record")).to_have_count(0)


def test_filters_and_graph_reach_what_was_not_loaded_yet(
    open_screen: Any, mock: MockServer
) -> None:
    with mock.attach("megacode-TESTKEY0001") as instance:
        instance.webhook_to(_says_nothing)
        instance.customer().says("agulha no palheiro")
        send(instance, "text", {"text": "x"}, token="wrong")
        wishes = {"event": "text-plain", "count": 900}
        instance.control_api.call("POST", f"/instances/{instance.key}/emit", wishes)
        last = instance.control_api.find("/deliveries", instance=instance.key)[-1]["id"]
        instance.control_api.call("GET", f"/deliveries/{last}?wait=20")
        screen = open_screen("inspector")
        page = screen.page
        rows = page.locator(".record")
        page.get_by_label("Search text").fill("agulha")
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("text-plain")
        page.get_by_label("Search text").fill("palha")
        expect(page.locator(".record-count")).to_have_text("Nothing fits the filters above.")
        page.get_by_label("Search text").fill("")
        page.get_by_role("button", name="1 h").click()
        expect(page.locator(".graph-head .hint")).to_contain_text("1 calls, 901 webhooks")
        # Calls are loaded as far back as the first, webhooks page by page: the order stays.
        oldest = rows.filter(has_text="agulha")
        list_ = page.locator(".record-rows")
        while not oldest.count():
            list_.evaluate("rows => rows.scrollBy(0, 4000)")
        expect(rows.nth(-2)).to_contain_text("send_text")
        expect(rows.last).to_contain_text("agulha")


def test_what_happens_after_the_clock_was_set_back_is_newest(
    screen: Screen, shop: Instance, mock: MockServer
) -> None:
    send(shop, "text", {"text": "Antes"}, token="wrong")
    screen.view("inspector")
    expect(record(screen, "Antes")).to_be_visible()
    mock.clock.set(mock.clock.now - 2 * 86_400)
    send(shop, "text", {"text": "Depois"}, token="wrong")
    rows = screen.page.locator(".record")
    for _ in range(2):
        expect(rows).to_contain_text(["Depois", "Antes"])
        # A row of another day than the clock's says which one.
        expect(rows.last.locator("time")).to_have_text(re.compile(r"\d/\d+/\d+, \d"))
        expect(rows.first.locator("time")).to_have_text(re.compile(r"^\d+:\d+:\d+"))
        screen.page.reload()


def test_refused_call_stays_at_its_place_in_the_chat_whatever_the_clock(
    screen: Screen, shop: Instance, mock: MockServer
) -> None:
    send(shop, "text", {"text": "Antes"})
    mock.clock.set(mock.clock.now - 7200)
    send(shop, "text", {"text": "Recusado"}, token="wrong")
    mock.clock.set(mock.clock.now - 7200)
    send(shop, "text", {"text": "Depois"})
    expect(screen.phone().locator(".line, .refusal")).to_contain_text(
        ["Antes", "send_text", "Depois"]
    )


def test_webhook_is_edited_and_resent(screen: Screen, shop: Instance) -> None:
    screen.write("Bom dia")
    expect(screen.bubble("O que deseja?")).to_be_visible()
    screen.view("inspector")
    record(screen, "text-plain").click()
    screen.page.get_by_role("button", name="Edit and resend").click()
    editor = screen.page.get_by_role("dialog").get_by_label("Payload")
    editor.fill(editor.input_value().replace("Contato Teste", "Outro Nome"))
    screen.page.get_by_role("button", name="Send it").click()
    shop.sent.wait_for(text="Olá, Outro Nome!")
    expect(record(screen, "Olá, Outro Nome!")).to_be_visible()
    detail = screen.page.locator(".inspector-detail")
    expect(detail.locator(".facts")).to_contain_text("resend of")
    expect(detail.locator(".attempt-head")).to_contain_text("200")


def test_resent_webhook_is_shown_with_its_answer_beside_the_phones(
    screen: Screen, shop: Instance
) -> None:
    screen.write("Bom dia")
    screen.bubble("Bom dia").locator(".trace").click()
    pane = screen.page.locator(".trace-pane")
    pane.get_by_role("button", name="Resend as it was").click()
    expect(pane.locator(".detail")).to_have_count(2)
    expect(pane.locator(".detail").last.locator(".attempt-head")).to_contain_text("200")
    expect(pane.locator(".detail").last.locator(".detail-head")).to_be_in_viewport()


def test_resent_webhook_comes_into_view_when_the_answer_of_resend_is_late(
    screen: Screen, shop: Instance
) -> None:
    held: list[Any] = []
    screen.page.route("**/resend", lambda route: held.append((route, route.fetch())))
    screen.write("Bom dia")
    screen.bubble("Bom dia").locator(".trace").click()
    pane = screen.page.locator(".trace-pane")
    pane.get_by_role("button", name="Resend as it was").click()
    resent = pane.locator(".detail").last
    expect(pane.locator(".detail")).to_have_count(2)
    expect(resent.locator(".attempt-head")).to_contain_text("200")
    pane.locator(".trace-body").evaluate("body => body.scrollTo(0, 0)")
    ((route, answer),) = held
    route.fulfill(response=answer)
    expect(resent.locator(".detail-head")).to_be_in_viewport()


def test_message_that_the_pane_is_about_is_marked(screen: Screen, shop: Instance) -> None:
    for text in ("Primeira", "Segunda"):
        screen.write(text)
        expect(screen.bubble(text)).to_be_visible()
    marked = screen.phone().locator(".entry.inspected")
    screen.bubble("Primeira").locator(".trace").click()
    expect(marked).to_contain_text("Primeira")
    screen.bubble("Segunda").locator(".trace").click()
    expect(marked).to_have_count(1)
    expect(marked).to_contain_text("Segunda")
    screen.page.locator(".trace-pane").get_by_role("button", name="Close").click()
    expect(marked).to_have_count(0)


def test_detail_comes_into_view_at_the_width_of_a_phone(open_screen: Any, shop: Instance) -> None:
    for number in range(12):
        send(shop, "text", {"text": str(number)}, token="wrong")
    screen: Screen = open_screen("inspector", viewport={"width": 390, "height": 844})
    record(screen, "send_text").click()
    expect(screen.page.locator(".inspector-detail .reason")).to_be_in_viewport()


def test_text_is_found_without_its_accents(screen: Screen, shop: Instance) -> None:
    shop.webhook_to("")
    send(shop, "text", {"text": "Promoção de verão"})
    send(shop, "text", {"text": "Outra"})
    send(shop, "text", {"text": "Promocao"})
    screen.view("inspector")
    page = screen.page
    page.get_by_label("Kind", exact=True).select_option("exchange")
    for text in ("PROMOCAO", "promoção"):
        page.get_by_label("Search text").fill(text)
        expect(page.locator(".record")).to_have_count(2)
    screen.view("phones").phone().get_by_role("button", name="Search this chat").click()
    screen.phone().get_by_role("searchbox").fill("VERAO")
    expect(screen.phone().locator(".search-results .chat-row")).to_have_count(1)


def test_reset_empties_the_list(screen: Screen, shop: Instance, mock: MockServer) -> None:
    send(shop, "text", {"text": "Antes"})
    screen.view("inspector")
    expect(record(screen, "Antes")).to_be_visible()
    mock.reset()
    expect(screen.page.locator(".record")).to_have_count(0)


def copied(screen: Screen, name: str) -> str:
    """What a button of the detail puts on the clipboard."""
    button = screen.page.get_by_role("button", name=name)
    button.click()
    expect(button.or_(screen.page.get_by_role("button", name="Copied"))).to_contain_text("Copied")
    text: str = screen.page.evaluate("navigator.clipboard.readText()")
    return text


def test_call_is_copied_as_curl(screen: Screen, shop: Instance) -> None:
    send(shop, "text", {"text": "D'água"})
    screen.view("inspector")
    screen.page.get_by_label("Kind", exact=True).select_option("exchange")
    record(screen, "send_text").click()
    command = copied(screen, "Copy as curl")
    assert f"curl -X POST '{shop.url}/rest/sendMessage/{shop.key}/text'" in command
    assert "D'\\''água" in command


@pytest.mark.parametrize(("kind", "status"), [("good", 200), ("refused", 401), ("fault", 502)])
def test_call_copied_as_pytest_is_a_test_that_passes(
    screen: Screen, shop: Instance, kind: str, status: int
) -> None:
    if kind == "fault":
        shop.fault("bad-gateway", times=1)
    send(shop, "text", {"text": "Teste"}, **({"token": "wrong"} if kind == "refused" else {}))
    screen.view("inspector")
    screen.page.get_by_label("Kind", exact=True).select_option("exchange")
    record(screen, "send_text").click()
    names: dict[str, Any] = {}
    exec(compile(copied(screen, "Copy as pytest"), "copied", "exec"), names)
    names[f"test_send_text_answers_{status}"](shop)
    items = shop.control_api.call("GET", f"/exchanges?instance={shop.key}&operation=send_text")[
        "items"
    ]
    assert [each["response"]["status"] for each in items] == [status, status]


def test_chat_copied_as_script_is_played_to_its_end(screen: Screen, shop: Instance) -> None:
    screen.write("oi")
    screen.bubble("O que deseja?").get_by_role("button", name="Abrir").click()
    sheet = screen.page.get_by_role("dialog", name="Abrir")
    sheet.get_by_text("Ver o cardápio").click()
    sheet.get_by_role("button", name="Send").click()
    expect(screen.bubble("O cardápio").locator(".media")).to_be_visible()
    screen.view("inspector")
    record(screen, "list-response").click()
    script = copied(screen, "Copy the chat as script")
    play = shop.control_api.call("POST", "/plays", {"instance": shop.key, "yaml": script})
    done = shop.control_api.call("POST", f"/plays/{play['id']}/run", {"wait": 10})
    assert {(turn["state"], turn["error"]) for turn in done["turns"]} == {("done", None)}, done
    assert done["turns"][-1]["who"] == "bot"


def test_what_is_about_no_chat_is_no_script(screen: Screen, shop: Instance) -> None:
    shop.unlink()
    screen.view("inspector")
    record(screen, "disconnected").click()
    expect(screen.page.get_by_role("button", name="Copy as curl")).to_be_visible()
    expect(screen.page.get_by_role("button", name="Copy the chat as script")).to_have_count(0)


def test_graph_counts_what_happened(screen: Screen, shop: Instance) -> None:
    for number in range(3):
        send(shop, "text", {"text": str(number)})
    screen.view("inspector")
    expect(screen.page.locator(".graph-head")).to_contain_text("3 calls")
