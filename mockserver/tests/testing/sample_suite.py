"""A suite as users have them, run by test_pytest_plugin.py and benchmarks/plugin_runs.py.

Every test uses the same people, words and option names, so that whatever one sees of another
fails it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any
from urllib.request import Request, urlopen

import pytest
from megaapi_mock.testing import Instance

ANA = "5511900000002"


class EchoBot:
    """Answers every text with the same words, and every second one with a list."""

    def __init__(self, shop: Instance) -> None:
        self.shop, self.heard = shop, list[str]()

    def send(self, kind: str, **fields: Any) -> None:
        url = f"{self.shop.url}/rest/sendMessage/{self.shop.key}/{kind}"
        body = json.dumps({"messageData": fields}).encode()
        headers = {**self.shop.headers, "Content-Type": "application/json"}
        urlopen(Request(url, body, headers), timeout=60).close()

    def __call__(self, environ: Any, start_response: Any) -> Iterator[bytes]:
        event = json.loads(environ["wsgi.input"].read())
        assert event["instance_key"] == self.shop.key
        if event["messageType"] == "conversation" and not event["key"]["fromMe"]:
            self.heard.append(event["message"]["conversation"])
            to = event["key"]["remoteJid"]
            self.send("text", to=to, text=f"eco: {self.heard[-1]}")
            if len(self.heard) % 2 == 0:
                rows = [{"title": "Sim", "description": "-", "rowId": "opt-1"},
                        {"title": "Não", "description": "-", "rowId": "opt-2"}]  # fmt: skip
                self.send("listMessage", to=to, text="Mais?", title="-", description="-",
                          buttonText="Abrir", sections=[{"title": "-", "rows": rows}])  # fmt: skip
        start_response("200 OK", [("Content-Length", "2")])
        return iter([b"ok"])


@pytest.fixture
def bot(megaapi_instance: Instance) -> EchoBot:
    made = EchoBot(megaapi_instance)
    megaapi_instance.webhook_to(made)
    return made


@pytest.mark.parametrize("turn", range(8))
def test_a_talk(bot: EchoBot, turn: int) -> None:
    ana = bot.shop.customer(ANA)
    for text in ("oi", "tudo bem?"):
        ana.says(text)
        bot.shop.sent.wait_for(text=f"eco: {text}", to=ana, timeout=30)
    ana.taps("opt-2", timeout=30)
    bot.shop.inbox.wait_for("list-response", text="Não", timeout=30)
    assert bot.heard == ["oi", "tudo bem?"]
    assert len(bot.shop.sent.all()) == 3
    assert [call.status for call in bot.shop.calls.all()] == [200, 200, 200]


@pytest.mark.parametrize("turn", range(8))
def test_an_inbox_without_a_bot(megaapi_instance: Instance, turn: int) -> None:
    ana = megaapi_instance.customer(ANA, name=f"Ana {turn}")
    ana.says("oi")
    ana.sends_image(caption="Foto")
    found = megaapi_instance.inbox.wait_for("image", text="Foto", timeout=30)
    assert found.payload["pushName"] == f"Ana {turn}"
    assert [webhook.event for webhook in megaapi_instance.inbox.all()] == ["text-plain", "image"]


@pytest.mark.parametrize("turn", range(8))
def test_a_wait_for_something_late(bot: EchoBot, turn: int) -> None:
    later = threading.Timer(0.01, bot.shop.customer(ANA).says, ["oi"])
    later.start()
    bot.shop.sent.wait_for(text="eco: oi", timeout=30)
    later.join()
    bot.shop.unlink("ban")
    bot.shop.inbox.wait_for("disconnected", timeout=30)
    assert bot.heard == ["oi"]
