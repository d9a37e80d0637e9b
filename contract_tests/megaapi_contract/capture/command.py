"""`megaapi-contract proxy`: two relays, one recorder, and what a person reads meanwhile."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..errors import as_bug
from ..judging.contract import Contract
from ..reports.wording import count
from .capture import CASSETTE, HAR, Capture
from .recorder import Recorder
from .relay import Relay, Upstream, upstream_of

MEGABYTE = 10**6


@dataclass(frozen=True)
class ProxyOptions:
    """The command line's values; `receiver` is empty where no webhooks are passed on."""

    target: str
    record: Path
    receiver: str = ""
    host: str = "127.0.0.1"
    port: int = 8090
    webhook_host: str = "127.0.0.1"
    webhook_port: int = 8091
    timeout: float = 60.0
    max_mb: int = 500
    gateway_plan: str = "code"


def proxy(options: ProxyOptions) -> int:
    """Pass on and record until it is interrupted; 1 where promises were broken, else 0."""
    upstream = upstream_of("--target", options.target, seconds=options.timeout, keeps_path=False)
    receiver = _receiver(options)
    contract = Contract(plan=options.gateway_plan)
    capture = Capture(options.record, contract, tell=_print, most_bytes=options.max_mb * MEGABYTE)
    recorder = Recorder(capture.write)
    try:
        calls = Relay(options.host, options.port, upstream, partial(recorder.offer, "call"))
        with suppress(KeyboardInterrupt), _serving(calls), _webhooks(options, receiver, recorder):
            _print(f"calls:    {calls.url} -> {options.target}")
            _print(f"record:   {options.record}/  (Ctrl-C ends it)")
            threading.Event().wait()
    finally:
        recorder.close()
        capture.close()
    for sentence in _closing_sentences(options, capture, recorder):
        print(sentence)
    return 1 if capture.counts["failure"] else 0


def _receiver(options: ProxyOptions) -> Upstream | None:
    if not options.receiver:
        return None
    return upstream_of("--receiver", options.receiver, seconds=options.timeout, keeps_path=True)


@contextmanager
def _webhooks(
    options: ProxyOptions, receiver: Upstream | None, recorder: Recorder
) -> Iterator[None]:
    """Pass webhooks on to the receiver, where one is given."""
    if receiver is None:
        yield
        return
    relay = Relay(
        options.webhook_host, options.webhook_port, receiver, partial(recorder.offer, "webhook")
    )
    with _serving(relay):
        _print(f"webhooks: {relay.url} -> {options.receiver}")
        yield


@contextmanager
def _serving(relay: Relay) -> Iterator[None]:
    thread = threading.Thread(target=relay.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        relay.shutdown()
        relay.server_close()
        thread.join(5)


def _closing_sentences(
    options: ProxyOptions, capture: Capture, recorder: Recorder
) -> Iterator[str]:
    counts = capture.counts
    yield (
        f"{count(counts['call'], 'call')} and {count(counts['webhook'], 'webhook')} recorded in "
        f"{options.record / CASSETTE} and {options.record / HAR}: "
        f"{count(counts['failure'], 'failure')}, {count(counts['finding'], 'finding')}, "
        f"{count(counts['new fact'], 'new fact')}"
    )
    if counts["beyond the limit"]:
        yield (
            f"{counts['beyond the limit']} more were passed on and not recorded: the folder had "
            f"reached {options.max_mb} MB (--max-mb)"
        )
    if recorder.left_out:
        yield f"{recorder.left_out} were passed on and not recorded: they came too fast"
    if recorder.problem is not None:
        yield _problem_sentence(recorder.problem)


def _problem_sentence(problem: Exception) -> str:
    if isinstance(problem, OSError):
        return f"the recording ended early: {problem.strerror or type(problem).__name__}"
    return f"the recording ended early: {as_bug(problem)}"


def _print(line: str) -> None:
    with suppress(OSError, ValueError):
        print(line)
        sys.stdout.flush()
