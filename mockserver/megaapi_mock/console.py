"""What a person sees: the start screen, a line per exchange and delivery, the last line."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from typing import TextIO

from .journal import Exchange
from .webhooks.delivery import Delivery

_RED, _YELLOW, _GREEN, _DIM, _PLAIN = "31", "33", "32", "2", ""


@dataclass(frozen=True)
class Greeting:
    """What the start screen names; made before the server runs, shown once it answers."""

    key: str
    token: str
    number: str
    unlinked: str | None
    profile: str
    world: str
    seed: int
    control: str


def greet(greeting: Greeting, url: str) -> None:
    """The start screen, in the terminal's width, without colours where there is no terminal."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console(highlight=False, soft_wrap=True)
    table = Table.grid(padding=(0, 2))
    rows = [
        ("Address", f"[bold]{escape(url)}[/bold]"),
        ("Instance key", f"[bold]{escape(greeting.key)}[/bold]"),
        ("Token", f"[bold]{escape(greeting.token)}[/bold]"),
        ("Side door", f"{escape(url)}/_mock/  ({greeting.control})"),
        ("Documents", f"{escape(url)}/docs/"),
        ("Profile, world", f"{greeting.profile}, {greeting.world}  (seed {greeting.seed})"),
    ]
    if greeting.unlinked:
        rows.append(("Never linked", f"{escape(greeting.unlinked)}  (for QR and pairing code)"))
    for name, value in rows:
        table.add_row(f"  [dim]{name}[/dim]", value)
    console.print("\n  [bold green]megaAPI mock[/bold green] answers. Ctrl-C stops it.\n")
    console.print(table)
    console.print("\n  [dim]First message:[/dim]\n")
    print(_curl(greeting, url), flush=True)


def _curl(greeting: Greeting, url: str) -> str:
    body = '{"messageData": {"to": "5511900000002", "text": "Bom dia"}}'
    return (
        f"  curl {url}/rest/sendMessage/{greeting.key}/text \\\n"
        f"    -H 'Authorization: Bearer {greeting.token}' \\\n"
        f"    -H 'Content-Type: application/json' \\\n"
        f"    -d '{body}'\n"
    )


def farewell(abandoned: int) -> None:
    """The last line."""
    lost = f": {abandoned} deliveries abandoned" if abandoned else ", no webhook left waiting"
    print(f"Stopped{lost}.", flush=True)


class Lines:
    """One line per exchange and delivery; the reason, when there is one, below it."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._colour = self._stream.isatty()

    def exchange(self, exchange: Exchange) -> None:
        """A request and what it was answered."""
        events = f"  {', '.join(exchange.events)}" if exchange.events else ""
        text = f"{exchange.status}  {exchange.method} {exchange.path}{events}"
        self._print(exchange.time, _colour_of(exchange.status), text, exchange.reason)

    def delivery(self, delivery: Delivery) -> None:
        """A webhook that has come to its end."""
        last = delivery.attempts[-1] if delivery.attempts else None
        took = f" in {last.duration_ms:.0f} ms" if last else ""
        colour = _GREEN if delivery.state == "delivered" else _RED
        text = f" ->  {delivery.event} to {delivery.url}: {delivery.state}{took}"
        self._print(delivery.time, colour, text, delivery.reason)

    def _print(self, unix: float, colour: str, text: str, reason: str | None) -> None:
        clock = time.strftime("%H:%M:%S", time.localtime(unix))
        lines = [f"{self._paint(_DIM, clock)}  {self._paint(colour, _safe(text))}\n"]
        if reason:
            lines.append(f"          {self._paint(_YELLOW, _safe(reason))}\n")
        self._stream.write("".join(lines))
        self._stream.flush()

    def _paint(self, colour: str, text: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour and colour else text


def _safe(text: str) -> str:
    """Nothing a caller sends may drive the terminal."""
    return "".join(mark if mark.isprintable() else "?" for mark in text)


def _colour_of(status: int) -> str:
    return _RED if status >= 500 else _YELLOW if status >= 400 else _PLAIN
