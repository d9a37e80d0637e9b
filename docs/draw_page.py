"""Draws the screenshots of docs/page.md: the sample shop's bot and two customers, made up.

python docs/draw_page.py; needs what `make page` installs.
"""

from __future__ import annotations

import io
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

from megaapi_mock.testing import Instance, MockServer
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

DOCS = Path(__file__).resolve().parent
KEY = "megacode-TESTKEY0001"
FIRST, SECOND = "5511900000002", "5511900000006"
OPEN = [{"instance": KEY, "number": number} for number in (FIRST, SECOND)]
PHONES = f"localStorage.setItem('megaapi-mock-phones', JSON.stringify({json.dumps(OPEN)}))"
WIDE, NARROW = {"width": 1400, "height": 860}, {"width": 390, "height": 800}


def main() -> None:
    """Write every picture into this folder."""
    sys.path.insert(0, str(DOCS.parent / "examples"))
    from shop_bot import create_app  # type: ignore[import-not-found]

    flags = ["--no-sandbox"] if os.getuid() == 0 else []
    with MockServer() as mock, mock.attach(KEY) as shop, sync_playwright() as tools:
        shop.webhook_to(create_app(shop.url, shop.key, shop.token))
        browser = tools.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        converse(shop)
        draw(browser, mock.url, "page-light", look=open_trace)
        draw(browser, mock.url, "page-dark", view="inspector", look=open_refusal, theme="dark")
        draw(browser, mock.url, "page-narrow", size=NARROW, locale="pt-BR")
        draw(browser, mock.url, "page-connection", view="connection", look=open_qr)


def converse(shop: Instance) -> None:
    """Two customers talk with the bot; one of its calls is refused."""
    customer = shop.customer(FIRST)
    customer.says("Bom dia! Vocês têm *bolo de cenoura*?")
    shop.sent.wait_for(kind="listMessage", to=customer)
    customer.taps("Ver o cardápio")
    shop.sent.wait_for(kind="imageMessage", to=customer)
    fault = shop.fault("bad-gateway", times=1, operation="send_text")
    customer.sends_location(-23.5505, -46.6333)
    shop.sent.wait_for(kind="listMessage", to=customer)
    fault.clear()
    other = shop.customer(SECOND)
    other.says("Oi, quero falar com alguém")
    shop.sent.wait_for(kind="listMessage", to=other)
    other.taps("Falar com alguém")
    shop.sent.wait_for(text=re.compile("Já chamo"), to=other)


def draw(
    browser: Browser,
    url: str,
    name: str,
    *,
    view: str = "phones",
    look: Any = None,
    size: dict[str, int] = WIDE,
    theme: str = "light",
    locale: str = "en-US",
) -> None:
    """One picture of one view, in few colours and so in few bytes."""
    context = browser.new_context(viewport=size, color_scheme=theme, locale=locale)
    page = context.new_page()
    page.add_init_script(PHONES)
    page.goto(f"{url}/_mock/ui/#{view}")
    page.locator(".live.on").wait_for()
    if look is not None:
        look(page)
    # Pictures are fetched once they are near the screen.
    page.wait_for_timeout(1500)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(256).save(DOCS / f"{name}.png", optimize=True)
    context.close()


def open_trace(page: Page) -> None:
    """Beside the phones, the webhook of the first message."""
    page.locator(".line-own .trace").first.click()
    page.locator(".trace-pane .call").first.wait_for()


def open_refusal(page: Page) -> None:
    """The detail of the refused call."""
    page.locator(".record-refused").first.click()


def open_qr(page: Page) -> None:
    """The QR code of the instance that is not linked."""
    page.get_by_role("button", name="Show a QR code").first.click()


if __name__ == "__main__":
    main()
