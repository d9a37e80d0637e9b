"""Serves the mock that settings and profile describe, in this process, until it is stopped."""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from ..errors import SetupError
from ..errors.files import file_problem
from ..profile import Profile
from ..settings import Settings
from . import log_choice
from .json_lines import JsonLines
from .output import Output


def run(
    settings: Settings,
    profile: Profile,
    output: Output,
    *,
    on_ready: Callable[[str], None],
    port: int | None = None,
) -> None:
    """Serve on the settings' host and port, or another port. SetupError where that cannot be."""
    from ..serving.bodies import Limits
    from ..serving.server import serve

    serve(
        partial(_make_app, settings, profile, output),
        host=settings.host,
        port=settings.port if port is None else port,
        stop_grace=profile.seconds("stop_grace"),
        on_ready=on_ready,
        on_stopped=log_choice.farewell_of(settings, output),
        limits=Limits(
            request_seconds=settings.request_seconds,
            bodies_bytes=settings.bodies_bytes,
            url_bytes=settings.url_bytes,
            header_bytes=settings.header_bytes,
            headers=settings.headers_limit,
            answer_seconds=settings.answer_seconds,
        ),
    )


def prepare(settings: Settings) -> None:
    """Load what a start needs, but for what the store holds: nine tenths of its time."""
    from ..store.sql import postgres, store  # noqa: F401
    from ..web.app import build_app

    with suppress(ImportError):
        import granian  # noqa: F401
    # One in memory, as some modules are loaded on the way. What is wrong with the settings is said
    # at the start itself.
    with suppress(SetupError, OSError):
        build_app(settings=Settings(seed=0, spec=settings.spec, fixtures=settings.fixtures)).stop(0)


def _make_app(settings: Settings, profile: Profile, output: Output) -> Any:
    # What is made here stays: to look for garbage in it meanwhile is a tenth of a start.
    gc.disable()
    try:
        return _build_app(settings, profile, output)
    except OSError as error:
        if error.filename is None:
            raise
        raise SetupError(file_problem(error)) from None
    finally:
        gc.enable()


def _build_app(settings: Settings, profile: Profile, output: Output) -> Any:
    from ..web.app import build_app

    log_choice.begin_log(settings)
    lines = None if settings.quiet else log_choice.lines_of(settings, output)
    app = build_app(
        settings=settings,
        profile=profile,
        on_exchange=lines.exchange if lines else None,
        on_delivery=lines.delivery if lines else None,
    )
    if isinstance(lines, JsonLines):
        lines.know([operation.path for operation in app.runtime.api.description.index])
    return app
