"""The bot under test as an app: told apart as WSGI or ASGI, or refused with what it looks like."""

from __future__ import annotations

import functools
import logging
import sys
import types
import unittest.mock
import wsgiref.simple_server
import wsgiref.validate
from typing import Any

import pytest
from megaapi_mock.errors import SetupError
from megaapi_mock.testing import bots
from megaapi_mock.testing.bots import is_asgi, require_url, require_wsgi, server_of


def wsgi(environ: Any, start_response: Any) -> list[bytes]:
    return []


async def asgi(scope: Any, receive: Any, send: Any) -> None: ...


def plain_asgi(scope: Any, receive: Any, send: Any) -> Any: ...


async def odd_names(a: Any, b: Any, c: Any) -> None: ...


class WsgiApp:
    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        return []


class AsgiApp:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


class WithOptions:
    def __call__(self, environ: Any, start_response: Any, extra: Any = None) -> list[bytes]:
        return []


@pytest.mark.parametrize(
    ("bot", "kind"),
    [(wsgi, "wsgi"), (WsgiApp(), "wsgi"), (WithOptions(), "wsgi"), (asgi, "asgi"),
     (plain_asgi, "asgi"), (odd_names, "asgi"), (AsgiApp(), "asgi")],
)  # fmt: skip
def test_an_app_is_served_as_what_it_is(
    monkeypatch: pytest.MonkeyPatch, bot: Any, kind: str
) -> None:
    monkeypatch.setattr(bots, "Served", lambda app, **values: ("wsgi", app, values["host"]))
    monkeypatch.setattr(bots, "ServedAsgi", lambda app, **values: ("asgi", app, values["host"]))
    assert is_asgi(bot) == (kind == "asgi")
    assert server_of(bot, host="127.0.0.1") == (kind, bot, "127.0.0.1")


def create_app(name: str = "shop") -> Any:
    return wsgi


@pytest.mark.parametrize(
    ("bot", "words"),
    [
        (5, "not int 5"),
        ("http://a", "not str 'http://a'"),
        (create_app, "not the function create_app; if it makes the app, call it: "
                     "webhook_to(create_app(...))"),
        (WithOptions, "not the class WithOptions; if it makes the app, call it: "
                      "webhook_to(WithOptions(...))"),
        (object(), "not object <object"),
        (functools.partial(WithOptions(), extra=None), ""),
        (functools.partial(print, end=""), "not partial functools.partial"),
        (print, "not the function print"),
        (max, "not the function max"),
        (dict, "not type <class 'dict'>"),
        ({}.setdefault, "not the function setdefault"),
        (logging.info, "not the function info"),
        (unittest.mock.MagicMock(), "not MagicMock"),
        (wsgiref.simple_server.demo_app, ""),
        (wsgiref.validate.validator(wsgi), ""),
        (type("App", (), {"__call__": lambda self: None})(),
         "an app with a server of its own: start that, and give its URL"),
    ],
)  # fmt: skip
def test_what_is_no_app_is_refused_with_what_it_looks_like(bot: Any, words: str) -> None:
    if not words:
        require_wsgi(bot)
        return
    with pytest.raises(SetupError) as refusal:
        server_of(bot, host="127.0.0.1")
    sentence = str(refusal.value)
    assert "webhook_to takes a URL, a WSGI app" in sentence and words in sentence


def test_an_app_in_a_module_called_like_one_of_python_is_an_app(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = types.ModuleType("code")
    code.__file__ = __file__
    monkeypatch.setitem(sys.modules, "code", code)
    monkeypatch.setattr(wsgi, "__module__", "code")
    require_wsgi(wsgi)


async def async_wsgi(environ: Any, start_response: Any) -> list[bytes]:
    return []


def test_a_coroutine_of_two_is_neither() -> None:
    assert not is_asgi(async_wsgi)
    with pytest.raises(SetupError, match="async_wsgi"):
        require_wsgi(async_wsgi)


@pytest.mark.parametrize(
    ("url", "taken"),
    [("", True), ("http://127.0.0.1:9000/hook", True), ("https://a.example", True),
     ("127.0.0.1:9000/hook", False), ("ftp://a.example", False),
     ("http://", False), ("http://127.0.0.1:99999/", False)],
)  # fmt: skip
def test_an_address_is_a_whole_url_or_nothing(url: str, taken: bool) -> None:
    if taken:
        require_url(url)
    else:
        with pytest.raises(SetupError, match="write the whole of it"):
            require_url(url)
