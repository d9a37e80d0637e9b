"""The mock inside your own test process, on a free port of this machine."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, Self

from ..errors import Misused, SetupError
from ..errors.frames import between_test_and_refusal
from ..errors.names import did_you_mean
from .mock import Mock
from .wsgi_server import Served
from .wsgi_wire import WsgiWire

if TYPE_CHECKING:
    from ..domain.world import World
    from ..web.app import MockApp

__tracebackhide__ = between_test_and_refusal


@contextmanager
def _collecting_later() -> Iterator[None]:
    """No garbage is looked for meanwhile: importing makes none, and the search costs a tenth."""
    usual = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if usual:
            gc.enable()


def _require_known(parts: Iterable[str], documented_names: Iterable[str]) -> None:
    names = sorted({*documented_names, "listen", "switches"})
    for name in parts:
        if name not in names:
            guess = did_you_mean(name, names)
            raise Misused(f"a server has no {name!r}: {guess}there are {', '.join(names)}")


class MockServer(Mock):
    """Starts with `start` or as a context manager; `url` is where it answers.

    Keyword arguments are those of `build_app`, and `switches` to set on the profile; `profile` and
    `world` may also be a name or a file, as `serve --profile` and `serve --world` take them.
    Webhooks go to loopback addresses only, unless profile or switches say otherwise. With
    `listen=False` there is no port at all: `app` answers WSGI clients of this process. The test's
    own calls of the control API take that way too: they cost a tenth of what they do through a
    socket.
    """

    def __init__(
        self,
        *,
        listen: bool = True,
        switches: Mapping[str, str] | None = None,
        world: World | str | PathLike[str] | None = None,
        **parts: Any,
    ) -> None:
        try:
            with _collecting_later():
                self._make(listen, dict(switches or {}), world, parts)
        except (SetupError, Misused) as problem:
            # What it passed through says nothing that the sentence does not.
            raise problem.with_traceback(None) from None

    def _make(
        self,
        listen: bool,
        switches: dict[str, str],
        world: World | str | PathLike[str] | None,
        parts: dict[str, Any],
    ) -> None:
        # Whoever only talks to a mock elsewhere need not wait for all of this.
        from ..profile import load_profile
        from ..resources import root
        from ..runtime.build import RuntimeParts
        from ..settings import Settings
        from ..web.app import build_app

        _require_known(parts, [*RuntimeParts.__annotations__, "on_exchange"])
        settings = parts.get("settings", Settings(seed=0))
        if isinstance(world, str | PathLike):
            settings, world = replace(settings, world=fspath(world)), None
        if isinstance(parts.get("profile"), str | PathLike):
            settings = replace(settings, profile=fspath(parts.pop("profile")))
        parts |= {"settings": settings, "world": world}
        if "profile" not in parts:
            profile = load_profile(settings.profile, parts.get("fixtures") or root("fixtures"))
            parts["profile"] = profile.with_switches({"webhook_hosts": "loopback"})
        parts["profile"] = parts["profile"].with_switches(switches)
        self.app: MockApp = build_app(**parts)
        self._listener = Served(self.app) if listen else None
        super().__init__("", wire=WsgiWire(self.app), token=settings.control_token)

    def start(self) -> Self:
        """Listen on a free port of 127.0.0.1, unless `listen` is off; timers run from now on."""
        if self._listener is not None:
            self.url = self._listener.start().url
        self.app.started()
        return self

    def stop(self, grace: float | None = None) -> int:
        """Stop listening, drain webhooks; how many deliveries were abandoned.

        A second call returns the same number.
        """
        abandoned_count = self.app.stop(grace)
        if self._listener is not None:
            self._listener.stop()
        self.close()
        return abandoned_count

    def bugs(self, key: str) -> list[str]:
        """Also every reply that broke the contract, whichever instance it was for."""
        bugs = [*super().bugs(key), *self.app.runtime.records.bugs]
        self.app.runtime.records.bugs.clear()
        return bugs

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()
