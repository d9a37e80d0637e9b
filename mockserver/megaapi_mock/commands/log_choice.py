"""What `serve` prints, as --log and --log-private want it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from ..errors import ControlRefused, SetupError
from ..settings import Settings
from ..store.open_store import MEMORY, shown_name
from .console import Lines
from .json_lines import LINES_DROPPED, JsonFormatter, JsonLines, json_line
from .output import LogHandler, Output, end_log
from .start_screen import Greeting, farewell, greet, with_instances

TEXT, JSON = "text", "json"
# Among so many, one to show is looked for.
_INSTANCES_MOST = 1000


def require_log(log: str) -> None:
    """SetupError for a form that there is not."""
    if log not in (TEXT, JSON):
        raise SetupError(f"--log {log}: use text or json")


def output_of(settings: Settings) -> Output:
    """Where lines go; in JSON, what is left out is an object too."""
    return Output(dropped=LINES_DROPPED) if settings.log == JSON else Output()


def begin_log(settings: Settings) -> None:
    """Warnings and our own bugs go to stderr from now on."""
    handler = LogHandler()
    if settings.log == JSON:
        handler.setFormatter(JsonFormatter(shows_private=settings.log_private))
    logging.basicConfig(format="%(levelname)s %(message)s", handlers=[handler])


def lines_of(settings: Settings, output: Output) -> Lines | JsonLines:
    """What shows calls and webhooks."""
    if settings.log == JSON:
        return JsonLines(output, shows_private=settings.log_private)
    return Lines(output, shows_private=settings.log_private)


def greet_as(
    settings: Settings, greeting: Greeting, output: Output, url: str, *, own_url: str = ""
) -> None:
    """Show that it answers at `url`, above every other line; at `own_url` it is asked itself."""
    if settings.log == JSON:
        # A mock that goes on has the seed of its store.
        seed = {} if greeting.resumes else {"seed": greeting.seed}
        output.begin(json_line("started", url=url, plan=greeting.profile, **seed))
        return
    if greeting.resumes:
        greeting = with_instances(greeting, _instances_at(own_url or url, settings.control_token))
    greet(greeting, output, url)


def _instances_at(url: str, control_token: str) -> Sequence[Mapping[str, Any]] | None:
    """The first instances of the mock that answers there; None where they are not told."""
    from ..web.control.control_client import ControlClient, HttpWire

    control_api = ControlClient(HttpWire(url), place=url, token=control_token)
    try:
        document = control_api.call("GET", f"/instances?limit={_INSTANCES_MOST}")
    except (ControlRefused, SetupError):
        return None
    items: Sequence[Mapping[str, Any]] = document["items"]
    return items


def stand_by_as(settings: Settings, output: Output, url: str, leader: str) -> None:
    """Show that it hands on what it is asked to another process, and to which."""
    if settings.log == JSON:
        text = json_line("standing_by", url=url, leader=leader)
    else:
        store = shown_name(settings.store)
        text = f"Stands by at {url}: {leader} does the work for all that share {store}.\n"
    output.begin()
    output.write(text)


def end_stand_by(settings: Settings, output: Output) -> None:
    """Show that a process has stopped that did no work."""
    is_json = settings.log == JSON
    output.end(json_line("stopped") if is_json else "Stopped; it did not do the work.\n")
    end_log()


def farewell_of(settings: Settings, output: Output) -> Callable[[int], None]:
    """What shows that it has stopped, given how many webhooks were not sent."""
    show = _json_farewell if settings.log == JSON else farewell
    return partial(show, output, keeps=settings.store != MEMORY)


def _json_farewell(output: Output, abandoned: int, *, keeps: bool = False) -> None:
    end_log()
    output.end(json_line("stopped", webhooks_not_sent=abandoned, kept_for_next_start=keeps))
