"""Clock, faults, chaos, state and events, switched from the page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from megaapi_mock.testing import Instance, MockServer

from .gateway import send
from .screen import Screen, expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator


def panel(screen: Screen, title: str) -> Locator:
    heading = screen.page.get_by_role("heading", name=title, exact=True)
    return screen.page.locator("section.card").filter(has=heading)


def test_fault_is_armed_hits_and_is_seen(screen: Screen, shop: Instance) -> None:
    faults = panel(screen.view("levers"), "Faults")
    faults.get_by_label("Kind of fault").select_option("bad-gateway")
    faults.get_by_role("button", name="Arm it").click()
    armed = faults.locator(".armed-row")
    expect(armed).to_contain_text("bad-gateway")
    assert send(shop, "text", {"text": "x"}) == 502
    expect(armed).to_contain_text("hit 1")
    screen.view("phones")
    expect(screen.phone().locator(".refusal")).to_contain_text("502")
    faults = panel(screen.view("levers"), "Faults")
    faults.get_by_role("button", name="Clear bad-gateway").click()
    expect(faults).to_contain_text("None is armed: the gateway works as usual.")
    assert send(shop, "text", {"text": "x"}) == 200


def test_clock_is_frozen_and_moved(screen: Screen, mock: MockServer, shop: Instance) -> None:
    clock = panel(screen.view("levers"), "Clock")
    clock.get_by_label("Freeze the clock").check()
    expect(screen.page.locator(".bar-clock")).to_contain_text("frozen")
    before = mock.clock.now
    for label in ("+1 day", "+1 h"):
        with screen.page.expect_response("**/_mock/clock"):
            clock.get_by_role("button", name=label).click()
    assert mock.clock.now == before + 86_400 + 3600
    screen.view("phones").write("Um dia depois")
    expect(screen.bubble("Um dia depois")).to_be_visible()


def test_chaos_duplicates_webhooks(screen: Screen, shop: Instance) -> None:
    chaos = panel(screen.view("levers"), "Chaos in webhooks")
    chaos.get_by_label("Copies of each webhook").fill("2")
    chaos.get_by_role("button", name="Start").click()
    expect(chaos.locator(".reason")).to_contain_text("Copies of each webhook: 2;")
    screen.view("phones").write("oi")
    expect(screen.bubble("oi").locator(".trace")).to_contain_text("\u00d72")
    chaos = panel(screen.view("levers"), "Chaos in webhooks")
    chaos.get_by_role("button", name="End").click()
    expect(chaos.locator(".reason")).to_be_hidden()


def test_chaos_at_work_is_named_in_the_language_of_the_page(
    open_screen: Any, shop: Instance
) -> None:
    chaos = panel(open_screen("levers", locale="pt-BR"), "Caos nos webhooks")
    chaos.get_by_label("Segurar no máximo (s)").fill("1")
    chaos.get_by_role("button", name="Começar").click()
    expect(chaos.locator(".reason")).to_contain_text("Em ação: nada que mude um webhook;")
    chaos.get_by_label("Cópias de cada webhook").fill("3")
    chaos.get_by_label("Atraso, no mínimo (s)").fill("0.1")
    chaos.get_by_label("Atraso, no máximo (s)").fill("0.2")
    chaos.get_by_role("button", name="Começar").click()
    expect(chaos.locator(".reason")).to_contain_text("Cópias de cada webhook: 3")
    expect(chaos.locator(".reason")).to_contain_text("Atraso (s): 0.1-0.2")


def test_state_is_saved_reset_and_loaded(screen: Screen, shop: Instance, tmp_path: Path) -> None:
    screen.write("Guarde isto")
    expect(screen.bubble("Guarde isto")).to_be_visible()
    state = panel(screen.view("levers"), "State")
    with screen.page.expect_download() as saving:
        state.get_by_role("button", name="Save as a file").click()
    file = tmp_path / "state.json"
    saving.value.save_as(file)
    state.get_by_role("button", name="Reset…").click()
    screen.page.get_by_role("dialog").get_by_role("button", name="Reset", exact=True).click()
    screen.view("phones")
    expect(screen.phone().locator(".line")).to_have_count(0)
    state = panel(screen.view("levers"), "State")
    with screen.page.expect_file_chooser() as choosing:
        state.get_by_role("button", name="Load a file…").click()
    choosing.value.set_files(file)
    expect(state.locator(".outcome")).to_contain_text("Loaded: 2 instances")
    screen.view("phones")
    expect(screen.bubble("Guarde isto")).to_be_visible()


def test_clock_is_set_by_the_enter_key(screen: Screen, mock: MockServer) -> None:
    clock = panel(screen.view("levers"), "Clock")
    field = clock.get_by_label("Set it to")
    field.press("Enter")
    expect(clock.locator(".outcome")).to_contain_text("Choose a date and time first")
    field.fill("2030-01-02T03:04:05")
    field.press("Enter")
    expect(clock.locator(".big-time")).to_contain_text("2030")
    expect(clock.locator(".outcome")).to_be_empty()


def test_event_is_emitted_from_its_form(screen: Screen, shop: Instance) -> None:
    emit = panel(screen.view("levers"), "Emit an event")
    emit.get_by_label("Event", exact=True).select_option("location")
    emit.get_by_label("message.locationMessage.name").fill("Outro lugar")
    emit.get_by_role("button", name="Emit", exact=True).click()
    expect(emit.locator(".outcome")).to_contain_text("Sent: 1")
    webhook = shop.inbox.wait_for("location")
    assert webhook.payload["message"]["locationMessage"]["name"] == "Outro lugar"


def test_emitted_sample_that_nobody_changed_is_the_sample(screen: Screen, shop: Instance) -> None:
    emit = panel(screen.view("levers"), "Emit an event")
    emit.get_by_label("Event", exact=True).select_option("contact")
    emit.get_by_role("button", name="Emit", exact=True).click()
    expect(emit.locator(".outcome")).to_contain_text("Sent: 1")
    card = shop.inbox.wait_for("contact").payload["message"]["contactMessage"]["vcard"]
    assert card.startswith("BEGIN:VCARD\nVERSION:3.0\n")


@pytest.mark.broken_bodies
def test_event_that_the_contract_does_not_know_so_is_emitted_when_forced(
    screen: Screen, shop: Instance
) -> None:
    emit = panel(screen.view("levers"), "Emit an event")
    emit.get_by_text("more fields").click()
    emit.get_by_label("messageTimestamp").fill("amanhã")
    emit.get_by_role("button", name="Emit", exact=True).click()
    expect(emit.locator(".outcome.bad")).to_contain_text('"force": true')
    emit.get_by_label("Send it all the same").check()
    emit.get_by_role("button", name="Emit", exact=True).click()
    expect(emit.locator(".outcome")).to_contain_text("Sent: 1")
    assert shop.inbox.wait_for("text-plain").payload["messageTimestamp"] == "amanhã"


@pytest.mark.parametrize("frozen", [True, False])
def test_reset_says_what_becomes_of_the_clock(
    screen: Screen, mock: MockServer, frozen: bool
) -> None:
    page = screen.view("levers").page
    if frozen:
        mock.control_api.call("POST", "/clock", {"freeze": True})
        expect(page.locator(".bar-clock")).to_contain_text("frozen")
    page.get_by_role("button", name="Reset…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("The clock stays as it is")
    says_so = dialog.get_by_text("it is frozen, and stays frozen")
    expect(says_so).to_have_count(1 if frozen else 0)
    dialog.get_by_role("button", name="Reset", exact=True).click()
    expect(page.get_by_text("Reset.", exact=True)).to_be_visible()
    assert mock.control_api.call("GET", "/clock")["frozen"] == frozen
