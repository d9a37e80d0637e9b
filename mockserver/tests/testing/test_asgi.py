"""ASGI apps as bots: served, with their lifespan, and everything else refused in a sentence."""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest
from megaapi_mock.errors import SetupError
from megaapi_mock.testing import Instance, MockServer

ANA = "5511900000002"


class Bot:
    """A plain ASGI app that keeps what it is given, and answers `status`."""

    def __init__(self, status: int = 200) -> None:
        self.status, self.events = status, list[str]()
        self.heard: list[tuple[dict[str, Any], bytes]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            return await self.live(scope, receive, send)
        event = await receive()
        assert (event["type"], event["more_body"]) == ("http.request", False)
        self.heard.append((scope, event["body"]))
        await send(
            {"type": "http.response.start", "status": self.status, "headers": [(b"x", b"1")]}
        )
        await send({"type": "http.response.body", "body": b'{"ok": ', "more_body": True})
        await send({"type": "http.response.body", "body": b"true}"})
        assert (await receive())["type"] == "http.disconnect"
        self.events.append("answered")

    async def live(self, scope: Any, receive: Any, send: Any) -> None:
        for step in ("startup", "shutdown"):
            assert (await receive())["type"] == f"lifespan.{step}"
            self.events.append(step)
            scope["state"]["shop"] = "Loja"
            await send({"type": f"lifespan.{step}.complete"})


def threads() -> set[str]:
    return {thread.name for thread in threading.enumerate()} & {"asgi-app", "served-app"}


def test_an_app_is_served_with_its_lifespan(shop: Instance) -> None:
    bot = Bot()
    url = shop.webhook_to(bot, path="/olá/hook?x=1")
    assert bot.events == ["startup"] and url.endswith("/olá/hook?x=1")
    shop.customer(ANA).says("oi, não é?")
    webhook = shop.inbox.wait_for("text-plain", text="oi, não é?")
    assert (webhook.status, webhook.answer) == (200, {"ok": True})
    ((scope, body),) = bot.heard
    assert json.loads(body) == webhook.payload
    assert (scope["type"], scope["method"], scope["path"]) == ("http", "POST", "/olá/hook")
    assert (scope["query_string"], scope["state"]) == (b"x=1", {"shop": "Loja"})
    assert dict(scope["headers"])[b"content-type"].startswith(b"application/json")
    assert scope["server"][1] and scope["client"][0] == "127.0.0.1"
    shop.remove()
    assert sorted(bot.events) == ["answered", "shutdown", "startup"]


@pytest.mark.parametrize("form", ["function", "partial", "method", "middleware"])
def test_every_form_of_an_app_is_known(form: str) -> None:
    bot = Bot(202)

    async def function(scope: Any, receive: Any, send: Any) -> None:
        await bot(scope, receive, send)

    async def configured(greeting: str, scope: Any, receive: Any, send: Any) -> None:
        await bot(scope, receive, send)

    forms: dict[str, Any] = {
        "function": function,
        "partial": functools.partial(configured, "oi"),
        "method": bot.__call__,
        # Not async itself, as many wrappers are.
        "middleware": lambda scope, receive, send: bot(scope, receive, send),
    }
    with MockServer() as server, server.instance() as shop:
        shop.webhook_to(forms[form])
        shop.customer(ANA).says("oi")
        assert shop.inbox.wait_for("text-plain").status == 202


def test_an_app_without_a_lifespan_goes_without(shop: Instance) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    shop.webhook_to(app)
    shop.customer(ANA).says("oi")
    assert shop.inbox.wait_for("text-plain").status == 204


@pytest.mark.parametrize("step", ["startup", "shutdown"])
def test_an_app_that_fails_to_start_or_end_says_why(step: str) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        while True:
            event = (await receive())["type"]
            if event.endswith(step):
                words = "Traceback...\nValueError: no TOKEN in the environment\n"
                await send({"type": f"{event}.failed", "message": words})
                raise ValueError("no TOKEN in the environment")
            await send({"type": f"{event}.complete"})

    told = f"the app failed at its {step}: ValueError: no TOKEN in the environment"
    with MockServer() as server, pytest.raises(SetupError, match=told):
        with server.instance() as shop:
            shop.webhook_to(app)
    assert threads() == set()


def test_what_an_app_raises_is_a_500_and_in_the_log(
    shop: Instance, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise KeyError("pushName")

    async def silent(scope: Any, receive: Any, send: Any) -> None:
        await receive()

    for app, words in ((broken, "KeyError: 'pushName'"), (silent, "returned without an answer")):
        shop.webhook_to(app)
        shop.customer(ANA).says("oi")
        assert shop.inbox.wait_for("text-plain", state="failed").status == 500
        assert words in caplog.text
    assert {record.levelno for record in caplog.records} == {logging.ERROR}


def test_an_answer_does_not_wait_for_background_work(shop: Instance) -> None:
    go_on, done = threading.Event(), threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.body"})
            await asyncio.to_thread(go_on.wait, 30)
            done.set()

    shop.webhook_to(app)
    shop.customer(ANA).says("oi")
    assert shop.inbox.wait_for("text-plain", timeout=30).status == 200
    assert not done.is_set()
    go_on.set()
    assert done.wait(60)


def test_several_webhooks_are_dealt_with_at_once() -> None:
    both = threading.Barrier(2)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await asyncio.to_thread(both.wait, 30)
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.body"})

    with MockServer() as server, server.instance() as shop, server.instance() as other:
        other.webhook_to(shop.webhook_to(app))
        for instance in (shop, other):
            instance.customer(ANA).says("oi")
        for instance in (shop, other):
            instance.inbox.wait_for("text-plain", timeout=30)


def test_an_app_that_never_answers_ends_with_the_instance() -> None:
    heard = threading.Event()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            heard.set()
            await asyncio.Event().wait()

    with MockServer() as server, server.instance() as shop:
        shop.webhook_to(app)
        shop.customer(ANA).says("oi")
        assert heard.wait(60)
    assert threads() == set()


def make_bot(gateway: str, key: str, token: str) -> None:
    """What many forget to call."""


async def make_async_bot() -> None:
    """The same."""


class OwnServer:
    """As aiohttp's application: callable, and neither."""

    def __call__(self) -> None:
        """Nothing a webhook could be handed to."""


KINDS = (
    r"webhook_to takes a URL, a WSGI app \(.*\) or an ASGI app \(Starlette, FastAPI, Quart\), not "
)


@pytest.mark.parametrize(
    ("bot", "sentence"),
    [
        (5, KINDS + "int 5"),
        (None, KINDS + "NoneType None"),
        (make_bot, KINDS + r"the function make_bot; .* call it: webhook_to\(make_bot\(...\)\)"),
        (make_async_bot, KINDS + "the function make_async_bot; if it makes the app, call it"),
        (OwnServer(), KINDS + "OwnServer .*; an app with a server of its own: start that"),
        ("localhost:9000/hook", "https://: 'localhost:9000/hook'; write the whole of it"),
        ("webhook", "webhook_to: not a URL with http:// or https://: 'webhook'"),
    ],
)
def test_anything_else_is_refused_in_a_sentence(shop: Instance, bot: Any, sentence: str) -> None:
    before = shop.control_api.call("GET", f"/instances/{shop.key}")
    refused: Callable[..., str] = shop.webhook_to
    with pytest.raises(SetupError, match=sentence):
        refused(bot)
    assert shop.control_api.call("GET", f"/instances/{shop.key}") == before


def test_a_class_that_is_a_wsgi_app_is_served(shop: Instance) -> None:
    class App:
        """An instance for each request, as PEP 3333 shows."""

        def __init__(self, environ: Any, start_response: Any) -> None:
            start_response("202 Accepted", [("Content-Length", "0")])

        def __iter__(self) -> Any:
            yield b""

    shop.webhook_to(App)
    shop.customer(ANA).says("oi")
    assert shop.inbox.wait_for("text-plain").status == 202
