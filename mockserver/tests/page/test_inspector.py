"""The inspector: what was called and sent, why something was refused, and sending it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from megaapi_mock.testing import Instance

from .gateway import send
from .screen import Screen, expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator


def record(screen: Screen, words: str) -> Locator:
    """The newest row with these words."""
    return screen.page.locator(".record").filter(has_text=words).first


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


def test_record_is_copied_as_curl_pytest_and_script(screen: Screen, shop: Instance) -> None:
    send(shop, "text", {"text": "D'água"})
    screen.view("inspector")
    screen.page.get_by_label("Kind", exact=True).select_option("exchange")
    record(screen, "send_text").click()
    copied = {}
    for name in ("curl", "pytest", "script"):
        screen.page.get_by_role("button", name=f"Copy as {name}").click()
        copied[name] = screen.page.evaluate("navigator.clipboard.readText()")
    assert f"curl -X POST '{shop.url}/rest/sendMessage/{shop.key}/text'" in copied["curl"]
    assert "D'\\''água" in copied["curl"]
    compile(copied["pytest"], "copied", "exec")
    assert "answer.status_code == 200" in copied["pytest"]
    assert copied["script"].startswith("conversation: 1")


def test_graph_counts_what_happened(screen: Screen, shop: Instance) -> None:
    for number in range(3):
        send(shop, "text", {"text": str(number)})
    screen.view("inspector")
    expect(screen.page.locator(".graph-head")).to_contain_text("3 calls")
