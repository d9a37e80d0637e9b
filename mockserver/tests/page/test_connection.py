"""Linking by QR and pairing code, the end of a link, the webhook's address, new instances."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from megaapi_mock.settings import Settings
from megaapi_mock.testing import Instance, MockServer
from megaapi_mock.webhooks.http.connection import DeliveryFailed, Target

from ..processes import free_port
from .gateway import call
from .screen import Screen, expect
from .served import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

UNLINKED = "megacode-TESTKEY0002"


def card(screen: Screen, key: str) -> Locator:
    return screen.page.locator("section.card").filter(has_text=key)


def test_instance_is_linked_by_its_qr_code(screen: Screen, mock: MockServer) -> None:
    second = card(screen.view("connection"), UNLINKED)
    second.get_by_role("button", name="Show a QR code").click()
    expect(second.get_by_role("img", name="QR code")).to_be_visible()
    second.get_by_role("button", name="Scan with the phone").click()
    expect(second.locator(".pill").first).to_have_text("connected")
    assert mock.attach(UNLINKED).state == "connected"


def test_instance_is_linked_by_its_pairing_code_and_no_other(
    screen: Screen, mock: MockServer
) -> None:
    second = card(screen.view("connection"), UNLINKED)
    second.get_by_label("Number of the phone").press("Enter")
    code = second.locator(".pairing-code").inner_text()
    typed = second.get_by_label("Type it on the phone")
    typed.fill("AAAA0000")
    typed.press("Enter")
    expect(second.locator(".outcome.bad").first).not_to_be_empty()
    assert mock.attach(UNLINKED).state != "connected"
    typed.fill(code)
    typed.press("Enter")
    expect(second.locator(".pill").first).to_have_text("connected")


def test_link_ends_by_the_phone_the_gateway_and_a_ban(screen: Screen) -> None:
    first = card(screen.view("connection"), "megacode-TESTKEY0001")
    for label in ("Unlink on the phone", "Drop the connection", "Ban the number"):
        first.get_by_role("button", name=label).click()
        expect(first.locator(".pill").first).not_to_have_text("connected")
        if label != "Ban the number":
            first.get_by_role("button", name="Scan with the phone").click()
            expect(first.locator(".pill").first).to_have_text("connected")


def test_dropped_link_comes_back_ends_on_the_phone_or_by_a_ban(screen: Screen) -> None:
    first = card(screen.view("connection"), "megacode-TESTKEY0001")
    pill = first.locator(".pill").first
    for label, state, says in (
        ("Connect again", "connected", None),
        ("Unlink on the phone", "disconnected", "nothing to unlink, drop or ban yet"),
        ("Ban the number", "banned", "Linking it again lifts the ban"),
    ):
        drop = first.get_by_role("button", name="Drop the connection")
        scan = first.get_by_role("button", name="Scan with the phone")
        expect(drop.or_(scan)).to_be_visible()
        if drop.count() == 0:
            scan.click()
        drop.click()
        expect(first).to_contain_text("the phone still has this instance")
        first.get_by_role("button", name=label).click()
        expect(pill).to_have_text(state)
        if says:
            expect(first).to_contain_text(says)


def test_link_that_opens_again_can_be_ended_or_hurried(screen: Screen, shop: Instance) -> None:
    shop.fault("slow-start", seconds=300)
    assert call(shop, f"/rest/instance/{shop.key}/restart", {}, method="DELETE") == 200
    first = card(screen.view("connection"), shop.key)
    expect(first.locator(".pill").first).to_have_text("connecting")
    for label in ("Unlink on the phone", "Drop the connection", "Ban the number"):
        expect(first.get_by_role("button", name=label)).to_be_visible()
    first.get_by_role("button", name="Connect now").click()
    expect(first.locator(".pill").first).to_have_text("connected")


def test_webhook_address_is_tested_and_changed(screen: Screen, shop: Instance) -> None:
    first = card(screen.view("connection"), shop.key)
    first.get_by_role("button", name="Test it").click()
    expect(first.locator(".webhook-part .outcome")).to_contain_text("It answered 200")
    address = first.get_by_label("Address")
    address.fill("http://127.0.0.1:9/nobody")
    first.get_by_role("button", name="Save").click()
    expect(first.locator(".webhook-part .outcome")).to_have_text("Saved.")
    first.get_by_role("button", name="Test it").click()
    expect(first.locator(".webhook-part .outcome.bad")).to_contain_text("nothing listens")


def test_address_that_is_typed_is_the_one_that_is_tested(screen: Screen, shop: Instance) -> None:
    first = card(screen.view("connection"), shop.key)
    saved = first.get_by_label("Address").input_value()
    test = first.get_by_role("button", name="test it")
    expect(test).to_have_text("Test it")
    first.get_by_label("Address").fill("http://127.0.0.1:9/typed")
    expect(test).to_have_text("Apply and test it")
    test.click()
    expect(first.locator(".webhook-part .outcome.bad")).to_contain_text("nothing listens")
    expect(test).to_have_text("Test it")
    (delivery,) = shop.control_api.find("/deliveries", event="connected")
    assert delivery["url"] == "http://127.0.0.1:9/typed"
    first.get_by_label("Address").fill(saved)
    test.click()
    expect(first.locator(".webhook-part .outcome")).to_contain_text("It answered 200")


@pytest.mark.parametrize(("button", "said"), [("Save", "Saved."), ("test it", "nothing listens")])
def test_address_without_a_scheme_is_not_saved_and_the_whole_one_offered(
    screen: Screen, shop: Instance, button: str, said: str
) -> None:
    part = card(screen.view("connection"), shop.key).locator(".webhook-part")
    part.get_by_label("Address").fill("localhost:9/hook")
    part.get_by_role("button", name=button).click()
    expect(part.locator(".outcome")).to_contain_text("no webhook can go to “localhost:9/hook”")
    part.get_by_role("button", name="Use http://localhost:9/hook").click()
    expect(part.locator(".outcome")).to_have_text("Saved.")
    assert shop.control_api.call("GET", f"/instances/{shop.key}")["webhook"]["url"] == (
        "http://localhost:9/hook"
    )
    part.get_by_role("button", name=button).click()
    expect(part.locator(".outcome")).to_contain_text(said)
    part.get_by_label("Address").fill("ftp://localhost/hook")
    part.get_by_role("button", name="Save").click()
    expect(part.locator(".outcome")).to_contain_text("begins with http:// or https://")
    expect(part.get_by_role("button", name="Use ")).to_have_count(0)


JUDGED = """async addresses => {
    const { isReachable } = await import("/_mock/ui/connection/address.js");
    return addresses.map(isReachable);
}"""
ADDRESSES = (
    "http://", "https:///x", "http://?x", "http://127.0.0.1:99999/", "http://127.0.0.1:0", "x",
    "http:// a b", "http://a b/", "http://[::1", "http://::1/", "http://a:b:1/", "http://a:x/",
    "http://user@/", "http://user:secret@127.0.0.1:9/x?y#z", "http://[::1]:9000/x", "HTTP://A",
    "http://127.0.0.1:", "http://localhost?x", "https://exemplo.test:65535/ a", "http://a_b:1",
    "http://ação.test/", "http://\u3002/", "ftp://127.0.0.1/",
)  # fmt: skip


def test_page_takes_the_addresses_that_the_mock_can_send_to(
    open_screen: Any, mock: MockServer
) -> None:
    def is_taken(address: str) -> bool:
        try:
            Target.parse(address)
        except DeliveryFailed:
            return False
        return True

    judged = open_screen().page.evaluate(JUDGED, list(ADDRESSES))
    assert dict(zip(ADDRESSES, judged, strict=True)) == {each: is_taken(each) for each in ADDRESSES}


def test_address_to_which_nothing_can_go_is_not_saved(open_screen: Any, mock: MockServer) -> None:
    screen: Screen = open_screen()
    step = screen.page.locator(".next-step")
    step.get_by_label("Address of your bot").fill("http://127.0.0.1:99999/")
    step.get_by_role("button", name="Save").click()
    expect(step.locator(".outcome")).to_contain_text("a port from 1 to 65535")
    part = card(screen.view("connection"), "megacode-TESTKEY0001").locator(".webhook-part")
    part.get_by_label("Address").fill("http://")
    part.get_by_role("button", name="Save").click()
    expect(part.locator(".outcome")).to_contain_text("no webhook can go to “http://”")
    with mock.attach("megacode-TESTKEY0001") as instance:
        assert (
            instance.control_api.call("GET", f"/instances/{instance.key}")["webhook"]["url"] == ""
        )
        # The gateway takes any text: the page does not call that ready.
        body = {"messageData": {"webhookUrl": "http://[::1", "webhookEnabled": True}}
        call(instance, f"/rest/webhook/{instance.key}/configWebhook", body)
        screen.view("phones")
        expect(step).to_contain_text("no webhook can go to “http://[::1”")
        expect(step.get_by_label("Address of your bot")).to_have_value("http://[::1")


def test_new_instances_have_names_of_their_own(screen: Screen) -> None:
    page = screen.view("connection").page
    for name in ("Test Shop 3", "Test Shop 4"):
        page.get_by_role("button", name="New instance").click()
        page.get_by_role("menuitem", name="Linked already").click()
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    screen.view("phones").page.get_by_label("Instance").select_option("megacode-MADE0000002")


def test_new_instance_takes_two_clicks_and_says_what_is_next(screen: Screen) -> None:
    page = screen.view("connection").page
    page.get_by_role("button", name="New instance").click()
    page.get_by_role("menuitem", name="Linked already").click()
    new = card(screen, "megacode-MADE0000001")
    expect(new.locator(".pill").first).to_have_text("connected")
    expect(new).to_contain_text("your bot hears of nothing")
    screen.view("phones").page.get_by_label("Instance").select_option("megacode-MADE0000001")
    step = page.locator(".next-step")
    expect(step).to_contain_text("Your bot has no webhook yet")
    expect(step).to_contain_text("/rest/webhook/megacode-MADE0000001/configWebhook")


def test_first_webhook_is_set_above_the_phones(open_screen: Any) -> None:
    screen: Screen = open_screen()
    step = screen.page.locator(".next-step")
    step.get_by_role("button", name="Save").click()
    expect(step.locator(".outcome")).to_have_text("Type the address first.")
    step.get_by_label("Address of your bot").fill("127.0.0.1:9000/webhook")
    step.get_by_role("button", name="Save").click()
    step.get_by_role("button", name="Use http://127.0.0.1:9000/webhook").click()
    expect(step).to_contain_text("Everything is ready")
    first = card(screen.view("connection"), "megacode-TESTKEY0001")
    expect(first.get_by_label("Address")).to_have_value("http://127.0.0.1:9000/webhook")
    expect(first.get_by_label("Switched on")).to_be_checked()


def test_instance_that_another_program_makes_appears(screen: Screen, mock: MockServer) -> None:
    screen.view("connection")
    with mock.instance(key="megacode-TESTKEY0009", name="Loja Nova"):
        expect(card(screen, "megacode-TESTKEY0009")).to_contain_text("Loja Nova")
    expect(card(screen, "megacode-TESTKEY0009")).to_have_count(0)


def test_page_without_an_instance_says_what_to_do(screen: Screen) -> None:
    page = screen.view("connection").page
    for key in ("megacode-TESTKEY0001", UNLINKED):
        card(screen, key).get_by_role("button", name=f"Delete {key}").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
        expect(card(screen, key)).to_have_count(0)
    expect(page.locator("main")).to_contain_text("There is no instance. Create one")
    screen.view("phones")
    expect(page.locator(".next-step")).to_contain_text("There is no instance. Create one")


@pytest.fixture
def shut(browser: Browser) -> Iterator[Page]:
    """The page of a mock that other machines reach, before any token is given."""
    settings = replace(Settings(seed=0), control_token="made-up", host="0.0.0.0")
    with MockServer(settings=settings) as server, browser.new_context(locale="en-US") as context:
        page = context.new_page()
        page.goto(f"{server.url}/_mock/ui/")
        yield page


def test_control_token_is_asked_for_once(shut: Page) -> None:
    dialog = shut.get_by_role("dialog", name="Control token")
    dialog.get_by_label("Control token").fill("made-up")
    dialog.get_by_role("button", name="Use it").click()
    expect(shut.locator("section.phone")).to_be_visible()
    shut.reload()
    expect(shut.locator("section.phone")).to_be_visible()


def test_dialog_says_what_the_token_is_and_when_it_was_wrong(shut: Page) -> None:
    dialog = shut.get_by_role("dialog", name="Control token")
    expect(dialog.locator("p").first).to_have_text(
        "Type the control token of this mock, so that this page may use it from here."
    )
    expect(dialog).to_contain_text("after --control-token, or in MEGAAPI_CONTROL_TOKEN")
    expect(dialog).not_to_contain_text("X-Mock-Token")
    expect(dialog.locator(".bad")).to_have_count(0)
    dialog.get_by_label("Control token").fill("wrong")
    dialog.get_by_role("button", name="Use it").click()
    expect(dialog.locator(".bad")).to_contain_text("That is not the token of this mock")


def test_token_that_is_not_given_is_asked_for_when_the_user_wants(shut: Page) -> None:
    dialog = shut.get_by_role("dialog", name="Control token")
    expect(dialog).to_be_visible()
    # The stream has tried again by then.
    with shut.expect_response("**/_mock/stream"), shut.expect_response("**/_mock/stream"):
        shut.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    shut.get_by_role("button", name="Type the control token").click()
    expect(dialog).to_be_visible()


@pytest.mark.parametrize(("token", "signs"), [("“made-up”", "“ ”"), ("segrêdo", "ê")])
def test_token_that_cannot_be_sent_is_refused_at_once(shut: Page, token: str, signs: str) -> None:
    dialog = shut.get_by_role("dialog", name="Control token")
    dialog.get_by_label("Control token").fill(token)
    dialog.get_by_role("button", name="Use it").click()
    expect(dialog.locator(".outcome.bad")).to_contain_text(f"this in it: {signs} Were")
    dialog.get_by_label("Control token").fill(" made-up ")
    dialog.get_by_role("button", name="Use it").click()
    expect(shut.locator("section.phone")).to_be_visible()


def test_tab_that_keeps_a_token_that_cannot_be_sent_asks_again(shut: Page) -> None:
    shut.evaluate("sessionStorage.setItem('megaapi-mock-token', '“made-up”')")
    shut.reload()
    dialog = shut.get_by_role("dialog", name="Control token")
    dialog.get_by_label("Control token").fill("made-up")
    dialog.get_by_role("button", name="Use it").click()
    expect(shut.locator("section.phone")).to_be_visible()


@pytest.mark.parametrize(
    ("locale", "bar", "words"),
    [
        ("en-US", "Not available", "the control API is disabled on 0.0.0.0"),
        ("pt-BR", "Indisponível", "a API de controle está desligada em 0.0.0.0"),
    ],
)
def test_mock_without_a_token_beyond_loopback_says_why_nothing_is_shown(
    browser: Browser, locale: str, bar: str, words: str
) -> None:
    port = free_port()
    with (
        serving(port, "--host", "0.0.0.0") as url,
        browser.new_context(locale=locale) as context,
    ):
        page = context.new_page()
        page.goto(f"{url}/_mock/ui/")
        notice = page.get_by_role("alert")
        expect(notice).to_contain_text(words)
        expect(notice).to_contain_text("--control-token")
        expect(notice).to_contain_text("MEGAAPI_CONTROL_TOKEN")
        expect(page.locator(".live")).to_have_text(bar)
        for view in ("connection", "inspector"):
            page.locator(f'nav a[href="#{view}"]').click()
            expect(page.locator(f"main.view-{view}")).to_contain_text(words)
            expect(page.locator("main .empty")).to_have_count(0)


def test_page_comes_to_life_when_the_mock_is_started_again_with_a_token(browser: Browser) -> None:
    port = free_port()
    with browser.new_context(locale="en-US") as context:
        page = context.new_page()
        with serving(port, "--host", "0.0.0.0") as url:
            page.goto(f"{url}/_mock/ui/")
            expect(page.get_by_role("alert")).to_contain_text("the control API is disabled")
        with serving(port, "--host", "0.0.0.0", "--control-token", "made-up"):
            dialog = page.get_by_role("dialog", name="Control token")
            dialog.get_by_label("Control token").fill("made-up")
            dialog.get_by_role("button", name="Use it").click()
            expect(page.locator("section.phone")).to_be_visible()
