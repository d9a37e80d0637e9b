"""The bot under test as an app in this process: recognised as WSGI or ASGI, and served."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from typing import TYPE_CHECKING, Any, Self

from ..domain.web_address import address_problem
from ..errors import SetupError
from ..errors.frames import between_test_and_refusal
from .asgi import AsgiApp, AsgiBridge
from .wsgi_server import Served

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

__tracebackhide__ = between_test_and_refusal

_SCOPE = ["scope", "receive", "send"]


def server_of(bot: WSGIApplication | AsgiApp, *, host: str) -> Served:
    """A server of this app, not started; SetupError for what is neither WSGI nor ASGI."""
    if is_asgi(bot):
        return ServedAsgi(bot, host=host, threads=8)  # type: ignore[arg-type]
    require_wsgi(bot)
    return Served(bot, host=host, threads=8)  # type: ignore[arg-type]


class ServedAsgi(Served):
    """Serves an ASGI app from `start` to `stop`, with its lifespan events."""

    def __init__(self, app: AsgiApp, *, host: str = "127.0.0.1", threads: int = 16) -> None:
        self._bridge = AsgiBridge(app)
        super().__init__(self._bridge, host=host, threads=threads)

    def start(self) -> Self:
        self._bridge.start()
        return super().start()

    def stop(self) -> None:
        super().stop()
        self._bridge.stop()


def is_asgi(bot: object) -> bool:
    """Whether this takes scope, receive and send, and is to be awaited."""
    if not callable(bot) or not _takes(bot, 3):
        return False
    call = getattr(bot, "__call__", None)  # noqa: B004 (its own, to see whether it is async)
    is_coroutine = inspect.iscoroutinefunction(bot) or inspect.iscoroutinefunction(call)
    return is_coroutine or _names(bot)[:3] == _SCOPE


def require_wsgi(bot: object) -> None:
    """SetupError, saying what it looks like, unless this takes environ and start_response."""
    is_app = callable(bot) and not inspect.iscoroutinefunction(bot) and _takes(bot, 2)
    if is_app and not _is_of_python(bot):
        return
    kinds = "a URL, a WSGI app (Flask, Django, Bottle) or an ASGI app (Starlette, FastAPI, Quart)"
    name = getattr(bot, "__name__", None)
    is_class = inspect.isclass(bot) and not _is_of_python(bot)
    makes_app = is_class or inspect.isroutine(bot)
    kind_name = "class" if is_class else "function"
    what = f"the {kind_name} {name}" if makes_app else f"{type(bot).__name__} {bot!r:.80}"
    hint = ""
    if makes_app:
        hint = f"; if it makes the app, call it: webhook_to({name}(...))"
    elif callable(bot):
        hint = "; an app with a server of its own: start that, and give its URL"
    raise SetupError(f"webhook_to takes {kinds}, not {what}{hint}")


def require_url(url: str) -> None:
    """SetupError unless webhooks can be sent there, or nowhere."""
    if problem := address_problem(url):
        raise SetupError(
            f"webhook_to: {problem}; write the whole of it, http://127.0.0.1:9000/webhook"
        )


def _takes(bot: Any, count: int) -> bool:
    try:
        inspect.signature(bot).bind(*[None] * count)
    except TypeError:
        return False
    except ValueError:  # built in: nobody can say
        return count == 2
    return True


def _is_of_python(bot: Any) -> bool:
    """Whether it came with Python, which has no app beside those of wsgiref.

    `print` and `logging.info` take whatever they are given, and would answer each webhook with 500.
    """
    while isinstance(bot, functools.partial):
        bot = bot.func
    # What is bound to a value of C has no module of its own.
    module = getattr(bot, "__module__", None) or type(getattr(bot, "__self__", None)).__module__
    room = str(module).partition(".")[0]
    if room == "wsgiref" or room not in sys.stdlib_module_names:
        return False
    # A module of the tester's own may be called like one of Python's.
    file = getattr(sys.modules.get(room), "__file__", None)
    return file is None or file.startswith(os.path.dirname(os.__file__))


def _names(bot: Any) -> list[str]:
    try:
        return list(inspect.signature(bot).parameters)
    except (TypeError, ValueError):
        return []
