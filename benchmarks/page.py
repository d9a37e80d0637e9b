"""How fast the page is: its first view, a message's way to it, and 50,000 messages in one chat.

python benchmarks/page.py [--messages 50000] [--chats 1000]; needs what `make page` installs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "mockserver/megaapi_mock/web/ui/static"
PORT, KEY, TOKEN = 18471, "megacode-TESTKEY0001", "TESTKEY0001"
URL = f"http://127.0.0.1:{PORT}"
CUSTOMER = "5511900000002"
TYPED = "nenhuma tecla se perde enquanto a lista rola"

ARRIVAL = """async ([url, token, to, words]) => {
    const text = `${words} ${performance.now()}`;
    const shown = new Promise(resolve => {
        const look = () => document.body.textContent.includes(text) && resolve(performance.now());
        new MutationObserver(look).observe(document.body, {childList: true, subtree: true});
    });
    const begin = performance.now();
    fetch(url, {method: "POST", body: JSON.stringify({messageData: {to, text}}),
        headers: {"Content-Type": "application/json", Authorization: `Bearer ${token}`}});
    return await shown - begin;
}"""


def main() -> None:
    """Measure everything and print one line each."""
    options = _options()
    print(f"first view, compressed   {_compressed() / 1000:.0f} kB")
    command = [sys.executable, "-m", "megaapi_mock", "serve", "--port", str(PORT)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _wait_until_up()
        _in_browser(options)
    finally:
        server.terminate()
        server.wait()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--chats", type=int, default=1_000)
    return parser.parse_args()


def _compressed() -> int:
    files = (path for path in STATIC.rglob("*") if path.is_file())
    return sum(len(gzip.compress(path.read_bytes())) for path in files)


def _wait_until_up() -> None:
    for _ in range(300):
        try:
            _call(HTTPConnection("127.0.0.1", PORT, timeout=5), "GET", "/_mock/health")
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the mock does not answer")


def _call(connection: HTTPConnection, method: str, path: str, body: Any = None) -> Any:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {TOKEN}"}
    content = None if body is None else json.dumps(body)
    connection.request(method, path, content, headers)
    return json.loads(connection.getresponse().read())


def _in_browser(options: argparse.Namespace) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as tools:
        flags = ["--no-sandbox"] if os.getuid() == 0 else []
        browser = tools.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        page = browser.new_page(locale="en-US")
        _report("interactive after", [_open(page) for _ in range(5)])
        _report("message on screen after", [_message(page, number) for number in range(20)])
        _fill(options)
        _report(f"interactive with {options.messages} messages", [_open(page) for _ in range(3)])
        _report("message on screen then", [_message(page, number) for number in range(20)])
        _scroll(page)
        browser.close()


def _report(what: str, milliseconds: list[float]) -> None:
    middle, most = statistics.median(milliseconds), max(milliseconds)
    print(f"{what:24} median {middle:.0f} ms, most {most:.0f} ms", flush=True)


def _open(page: Page) -> float:
    """From the address to a phone that can be written on."""
    page.goto("about:blank")
    begin = time.perf_counter()
    page.goto(f"{URL}/_mock/ui/")
    page.get_by_label("Message from").wait_for()
    return (time.perf_counter() - begin) * 1000


def _message(page: Page, number: int) -> float:
    """From the bot's call to its bubble, by the browser's own watch."""
    where = [f"{URL}/rest/sendMessage/{KEY}/text", TOKEN, CUSTOMER, f"Oferta {number}."]
    return float(page.evaluate(ARRIVAL, where))


def _fill(options: argparse.Namespace) -> None:
    """So many chats of one message, and the rest in one chat."""
    connection = HTTPConnection("127.0.0.1", PORT, timeout=60)
    path = f"/_mock/instances/{KEY}/inbound"
    for number in range(options.chats):
        _call(connection, "POST", path, {"from": str(5521900000000 + number), "text": "oi"})
    for number in range(options.messages - options.chats):
        _call(connection, "POST", path, {"from": CUSTOMER, "text": f"Mensagem {number}"})


def _scroll(page: Page) -> None:
    """Scroll to the oldest message while typing; count elements and lost keys."""
    box = page.get_by_label("Message from")
    box.focus()
    begin = time.perf_counter()
    pages = 0
    while pages < len(TYPED) or not _is_at_top(page):
        page.evaluate("document.querySelector('.messages').scrollTop = 0")
        if pages < len(TYPED):
            page.keyboard.type(TYPED[pages])
        else:
            page.wait_for_timeout(20)
        pages += 1
    seconds = time.perf_counter() - begin
    bubbles = page.locator(".line").count()
    print(f"scrolled to the oldest   {seconds:.1f} s, {bubbles} bubbles in the page")
    print(f"keys lost while typing   {'none' if box.input_value() == TYPED else box.input_value()}")


def _is_at_top(page: Page) -> bool:
    first = page.locator(".line").first.inner_text()
    return "Bom dia" in first or "Oferta" in first


if __name__ == "__main__":
    main()
