"""What a person sees: the start screen, a line per exchange and delivery, the last line."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from .webhooks.delivery import Delivery

if TYPE_CHECKING:
    from .emitter import Tally
    from .journal import Exchange
    from .receiver import Webhook

# A webhook that is something else altogether misses everywhere; so many places tell enough.
MISFITS_SHOWN = 5
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


def heard(fitted: int, others: Mapping[str, int]) -> str:
    """The last line of a receiver, and one for each event that was not as promised."""
    total = fitted + sum(others.values())
    lines = [f"{total:,} webhooks, {fitted:,} fitted the contract."]
    lines += [f"  {count:,} did not fit: {name}" for name, count in others.items()]
    return "\n".join(lines)


@contextmanager
def progress_bar(name: str, total: int) -> Iterator[Callable[[int], None] | None]:
    """Something to call with what is done so far; None where there is no terminal to show it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (name, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(name, total=total)
        yield lambda done: progress.update(bar, completed=done)


def tally_lines(name: str, url: str, owed: int, tally: Tally) -> str:
    """How an emission went: one line, and one for each reason of a failure."""
    late = [f"{label} {found:.1f} ms" for label, found in _latencies(tally)]
    sent = f"{name} to {url}: {tally.delivered:,} of {owed:,} delivered"
    took = f"in {tally.seconds:.2f} s ({tally.rate:,.0f}/s)"
    lines = [", ".join([f"{sent} {took}", *late])]
    lines += [f"  {count:,} failed: {why}" for why, count in tally.failures.most_common()]
    if unsent := owed - tally.delivered - tally.failed:
        lines.append(f"  {unsent:,} not sent: stopped before")
    return "\n".join(_safe(line) for line in lines)


def _latencies(tally: Tally) -> list[tuple[str, float]]:
    found = (("p50", tally.latency(0.5)), ("p99", tally.latency(0.99)))
    return [(label, late) for label, late in found if late is not None]


class Lines:
    """One line per exchange, delivery and webhook; the reasons, if any, below it."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdout
        self._colour = self._stream.isatty()

    def exchange(self, exchange: Exchange) -> None:
        """A request and what it was answered."""
        events = f"  {', '.join(exchange.events)}" if exchange.events else ""
        text = f"{exchange.status or '---'}  {exchange.method} {exchange.path}{events}"
        self._print(exchange.time, _colour_of(exchange.status), text, exchange.reason)

    def delivery(self, delivery: Delivery) -> None:
        """A webhook that has come to its end."""
        last = delivery.attempts[-1] if delivery.attempts else None
        took = f" in {last.duration_ms:.0f} ms" if last else ""
        colour = _GREEN if delivery.state == "delivered" else _RED
        text = f" ->  {delivery.event} to {delivery.url}: {delivery.state}{took}"
        self._print(delivery.time, colour, text, delivery.reason)

    def webhook(self, webhook: Webhook) -> None:
        """A webhook somebody sent us, and where it leaves the contract."""
        verdict = webhook.verdict
        if verdict.event is None:
            text = "no known event"
        else:
            text = f"{'fits' if verdict.fits else 'does not fit'} {verdict.event.name}"
        shown = [str(misfit) for misfit in verdict.misfits[:MISFITS_SHOWN]]
        if len(verdict.misfits) > MISFITS_SHOWN:
            shown.append(f"and {len(verdict.misfits) - MISFITS_SHOWN} more")
        colour = _GREEN if verdict.fits else _RED
        self._print(time.time(), colour, f"{webhook.summary}  {text}", *shown)

    def _print(self, unix: float, colour: str, text: str, *reasons: str | None) -> None:
        clock = time.strftime("%H:%M:%S", time.localtime(unix))
        lines = [f"{self._paint(_DIM, clock)}  {self._paint(colour, _safe(text))}\n"]
        for reason in filter(None, reasons):
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
