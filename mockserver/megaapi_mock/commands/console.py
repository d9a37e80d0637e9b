"""What a person sees while something runs: a line per exchange, delivery and webhook."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..records.delivery import Delivery
from .log_redaction import without_secrets
from .output import Output, has_colours

if TYPE_CHECKING:
    from ..records.exchange import Exchange
    from .emitter import DeliveryCounts
    from .listen import ReceivedWebhook

# A webhook that is something else altogether misses everywhere; so many places tell enough.
MISFITS_SHOWN = 5
_RED, _YELLOW, _GREEN, _DIM, _PLAIN = "31", "33", "32", "2", ""


def webhook_count(fit_count: int, others: Mapping[str, int]) -> str:
    """The last line of a receiver, and one for each event that was not as promised."""
    total = fit_count + sum(others.values())
    lines = [f"{total:,} webhooks, {fit_count:,} fitted the contract."]
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
        yield lambda count: progress.update(bar, completed=count)


def tally_lines(name: str, url: str, total: int, tally: DeliveryCounts) -> str:
    """How an emission went: one line, and one for each reason of a failure."""
    late = [f"{label} {milliseconds:.1f} ms" for label, milliseconds in _latencies(tally)]
    headline = f"{name} to {url}: {tally.delivery_count:,} of {total:,} delivered"
    duration = f"in {tally.seconds:.2f} s ({tally.rate:,.0f}/s)"
    lines = [", ".join([f"{headline} {duration}", *late])]
    lines += [f"  {count:,} failed: {failure}" for failure, count in tally.failures.most_common()]
    if unsent := total - tally.delivery_count - tally.failure_count:
        lines.append(f"  {unsent:,} not sent: stopped before")
    return "\n".join(_safe(line) for line in lines)


def _latencies(tally: DeliveryCounts) -> list[tuple[str, float]]:
    latencies = (("p50", tally.latency(0.5)), ("p99", tally.latency(0.99)))
    return [(label, late) for label, late in latencies if late is not None]


class Lines:
    """One line per exchange, delivery and webhook; the reasons, if any, below it."""

    def __init__(self, output: Output, *, shows_private: bool = True) -> None:
        self._output, self._shows_private = output, shows_private
        self._colour = has_colours(output.stream)

    def exchange(self, exchange: Exchange) -> None:
        """A request and what it was answered."""
        events = f"  {', '.join(exchange.events)}" if exchange.events else ""
        text = f"{exchange.status or '---'}  {exchange.method} {exchange.path}{events}"
        self._print(exchange.time, _colour_of(exchange.status), text, exchange.reason)

    def delivery(self, delivery: Delivery) -> None:
        """A webhook that has come to its end."""
        last = delivery.attempts[-1] if delivery.attempts else None
        duration = f" in {last.duration_ms:.0f} ms" if last else ""
        colour = _GREEN if delivery.state == "delivered" else _RED
        text = f" ->  {delivery.event} to {delivery.url}: {delivery.state}{duration}"
        self._print(delivery.time, colour, text, delivery.reason)

    def webhook(self, webhook: ReceivedWebhook) -> None:
        """A webhook somebody sent us, and where it leaves the contract."""
        verdict = webhook.verdict
        if verdict.event is None:
            text = "no known event"
        else:
            text = f"{'fits' if verdict.fits else 'does not fit'} {verdict.event.name}"
        misfits = [str(misfit) for misfit in verdict.misfits[:MISFITS_SHOWN]]
        if len(verdict.misfits) > MISFITS_SHOWN:
            misfits.append(f"and {len(verdict.misfits) - MISFITS_SHOWN} more")
        colour = _GREEN if verdict.fits else _RED
        self._print(time.time(), colour, f"{webhook.summary}  {text}", *misfits)

    def _print(self, unix: float, colour: str, text: str, *reasons: str | None) -> None:
        clock = _clock(unix)
        if not self._shows_private:
            text, reasons = (
                without_secrets(text),
                tuple(map(without_secrets, filter(None, reasons))),
            )
        lines = [f"{self._paint(_DIM, clock)}  {self._paint(colour, _safe(text))}\n"]
        for reason in filter(None, reasons):
            lines.append(f"          {self._paint(_YELLOW, _safe(reason))}\n")
        self._output.write("".join(lines))

    def _paint(self, colour: str, text: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour and colour else text


def _clock(unix: float) -> str:
    """The time of day; the mock's clock may be set to times that no calendar has."""
    try:
        return time.strftime("%H:%M:%S", time.localtime(unix))
    except (OverflowError, OSError, ValueError):
        return "--:--:--"


def _safe(text: str) -> str:
    """Nothing a caller sends may drive the terminal."""
    return "".join(mark if mark.isprintable() else "?" for mark in text)


def _colour_of(status: int) -> str:
    return _RED if status >= 500 else _YELLOW if status >= 400 else _PLAIN
