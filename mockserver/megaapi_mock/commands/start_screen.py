"""The first lines of `megaapi-mock serve`, and its last one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .open_page import page_of
from .output import Output, end_log, has_colours

_BOLD, _DIM, _TITLE = "1", "2", "1;32"


@dataclass(frozen=True)
class Greeting:
    """What the start screen names; made before the server runs, shown once it answers.

    `key` and `token` are those of a linked instance, None where the world has none. `store` is
    where everything is kept, empty where nothing is; a mock that `resumes` has its seed from there.
    `is_shut` is a control API that answers nobody. Instances are those of the world until
    `with_instances`: a store that goes on has its own.
    """

    key: str | None
    token: str | None
    unlinked: str | None
    profile: str
    world: str
    seed: int
    control: str
    asks_token: bool = False
    is_shut: bool = False
    knows_instances: bool = True
    store: str = ""
    resumes: bool = False


def with_instances(greeting: Greeting, instances: Sequence[Mapping[str, Any]] | None) -> Greeting:
    """What to show where these instances are there, as the control API lists them.

    None where they are not known.
    """
    linked = next((each for each in instances or () if each["state"] == "connected"), None)
    other = next((each for each in instances or () if not each["session"]), None)
    return replace(
        greeting,
        key=linked["key"] if linked else None,
        token=linked["token"] if linked else None,
        unlinked=f"{other['key']}, token {other['token']}" if other else None,
        knows_instances=instances is not None,
    )


def greet(greeting: Greeting, output: Output, url: str) -> None:
    """Show the start screen: above every other line, whatever has been called before it."""
    output.begin(start_screen(greeting, url, colour=has_colours(output.stream)))


def start_screen(greeting: Greeting, url: str, *, colour: bool = False) -> str:
    """Addresses, key and token to copy, and a first call that works."""

    def paint(style: str, text: str) -> str:
        return f"\x1b[{style}m{text}\x1b[0m" if colour else text

    rows = [("Address", paint(_BOLD, url))]
    if greeting.key:
        rows += [("Instance key", paint(_BOLD, greeting.key))]
        rows += [("Token", paint(_BOLD, greeting.token or ""))]
    rows += [
        ("Page", page_of(url)),
        ("Control API", f"{url}/_mock/  ({greeting.control})"),
        ("Documents", f"{url}/docs/"),
        ("Profile, world", _world(greeting)),
    ]
    if greeting.store:
        store_state = "goes on where it stopped" if greeting.resumes else "new"
        rows.append(("Store", f"{greeting.store}  ({store_state})"))
    if greeting.unlinked:
        rows.append(("Never linked", f"{greeting.unlinked}  (for QR and pairing code)"))
    width = max(len(name) for name, _ in rows)
    title = f"{paint(_TITLE, 'megaAPI mock')} answers. Ctrl-C stops it."
    table = [f"  {paint(_DIM, name)}{' ' * (width - len(name))}  {value}" for name, value in rows]
    introduction, call = _first_call(greeting, url)
    lines = ["", f"  {title}", "", *table, "", f"  {paint(_DIM, introduction)}", ""]
    return "\n".join([*lines, call, ""] if call else [*lines, ""])


def _world(greeting: Greeting) -> str:
    if greeting.resumes:
        return f"{greeting.profile}, that of the store"
    return f"{greeting.profile}, {greeting.world}  (seed {greeting.seed})"


def _first_call(greeting: Greeting, url: str) -> tuple[str, str]:
    """What to try first: a message, or an instance to send it from; no call where none works."""
    if not greeting.knows_instances:
        return "Its instances are those of the store.", ""
    if greeting.key is None and greeting.is_shut:
        return "This world has no linked instance: start with --control-token T to make one.", ""
    if greeting.key is None:
        body = '{"connected": true}'
        lines = [f"curl {url}/_mock/instances", "  -H 'Content-Type: application/json'"]
        if greeting.asks_token:
            lines.append('  -H "X-Mock-Token: $MEGAAPI_CONTROL_TOKEN"')
        place = "store" if greeting.resumes else "world"
        introduction = f"This {place} has no linked instance. Create one:"
    else:
        body = '{"messageData": {"to": "5511900000002", "text": "Bom dia"}}'
        lines = [
            f"curl {url}/rest/sendMessage/{greeting.key}/text",
            f"  -H 'Authorization: Bearer {greeting.token}'",
            "  -H 'Content-Type: application/json'",
        ]
        introduction = "First message:"
    return introduction, " \\\n".join(f"  {line}" for line in [*lines, f"  -d '{body}'"]) + "\n"


def farewell(output: Output, abandoned_count: int, *, keeps: bool = False) -> None:
    """The last line; waits a moment until it is read, no longer."""
    outcome = "wait for the next start" if keeps else "abandoned"
    end = f": {abandoned_count} deliveries {outcome}" if abandoned_count else ", all webhooks sent"
    output.end(f"Stopped{end}.\n")
    end_log()
