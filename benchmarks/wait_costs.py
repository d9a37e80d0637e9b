"""What 40 open waits of each kind cost a send, in one process and without sockets.

    python benchmarks/wait_costs.py [--pairs 12] [--sends 200] [--history 0 10000]

What `wait_kinds.py` measures on a server, without all that a server adds: CPU time of this process
for sends, webhooks included where the kind is about them. Rounds without and beside forty waits
take turns; before both, forty are opened, and ended again where none is to be open. Printed are the
median of the pairs' ratios, its quartiles, and both medians in microseconds. Streams and verdicts
need a server: they are left out. Exit 1 when any kind costs more than a tenth.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import time
from collections.abc import Sequence
from statistics import median, quantiles
from typing import Any

from in_process import caller, environ_of
from megaapi_mock.serving.deferred import ANSWER_LATER, DeferredAnswer
from megaapi_mock.web.app import build_app
from megaapi_mock.webhooks.http.client import ReceiverAnswer
from servers import KEY, SEND_TEXT, Case
from wait_kinds import KINDS, OTHER, Kind

RECEIVER = "http://127.0.0.1:9/hook"
IDLE_WITHIN = 60.0


class NoSocket:
    """A receiver that answers 200 to everything."""

    def post(self, *_: Any, **__: Any) -> ReceiverAnswer:
        """The answer to one webhook."""
        return ReceiverAnswer(status=200, headers=(), body=b"ok", truncated=False)

    def close(self) -> None:
        """Nothing is open."""


def main() -> None:
    """Print a table for each size of history."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=12, help="rounds without, and beside waits")
    parser.add_argument("--sends", type=int, default=200, help="sends of one round")
    parser.add_argument("--waits", type=int, default=40, help="how many are open")
    parser.add_argument("--history", type=int, nargs="+", default=[0, 10_000], help="messages")
    options = parser.parse_args()
    kinds = sorted(
        (each for each in KINDS if not each.is_stream), key=lambda each: each.has_webhook
    )
    costs = []
    for history in options.history:
        print(f"| {history:,} messages | cost | quartiles | us without | beside |")
        print("| --- | --- | --- | --- | --- |", flush=True)
        bench = Bench(history, options.sends, options.waits)
        costs += [bench.report(kind, options.pairs) for kind in kinds]
    raise SystemExit(max(costs) > 0.1)


class Bench:
    """One mock with a history."""

    def __init__(self, history: int, sends: int, waits: int) -> None:
        self._app = build_app(transport=NoSocket())
        self._idle = self._app.runtime.webhooks.courier.wait_idle
        self._send = caller(self._app, SEND_TEXT)
        self._sends, self._waits = sends, waits
        self._call("POST", "/_mock/instances", {"key": OTHER, "connected": True})
        for _ in range(max(history, sends)):
            self._send()
        gc.collect()
        gc.freeze()

    def report(self, kind: Kind, pairs: int) -> float:
        """One line of the table; the share that the waits add."""
        if kind.has_webhook:
            self._call("POST", f"/_mock/instances/{KEY}/webhook", {"url": RECEIVER})
        self._microseconds(kind, beside=True)
        without, beside = [], []
        for _ in range(pairs):
            without.append(self._microseconds(kind, beside=False))
            beside.append(self._microseconds(kind, beside=True))
        ratios = [b / w for w, b in zip(without, beside, strict=True)]
        low, cost, high = (each - 1 for each in quantiles(ratios, n=4, method="inclusive"))
        print(
            f"| {kind.name} | {cost:+.1%} | {low:+.1%} to {high:+.1%} "
            f"| {median(without):.0f} | {median(beside):.0f} |",
            flush=True,
        )
        return cost

    def _microseconds(self, kind: Kind, *, beside: bool) -> float:
        """CPU time for one send."""
        newest = self._call("GET", f"/_mock/messages?instance={KEY}&order=newest&limit=1")
        last = newest["items"][0]["id"]
        waits = [self._wait(kind.request_at(at, last)[1]) for at in range(self._waits)]
        if not beside:
            _end(waits)
        self._idle(IDLE_WITHIN)
        # What opening them has left behind is not the senders' to clear away.
        gc.collect()
        begin = time.process_time()
        for _ in range(self._sends):
            self._send()
        self._idle(IDLE_WITHIN)
        used = time.process_time() - begin
        if beside:
            _end(waits)
        return 1e6 * used / self._sends

    def _wait(self, path: str) -> DeferredAnswer:
        environ = environ_of(Case("wait", "GET", path))
        call = {**environ, "wsgi.input": io.BytesIO(), ANSWER_LATER: None}
        answer = self._app(call, lambda *_: None)
        if not isinstance(answer, DeferredAnswer):
            raise SystemExit(f"{path} was answered: {b''.join(answer)[:300]!r}")
        return answer

    def _call(self, method: str, path: str, body: object = None) -> Any:
        text = "" if body is None else json.dumps(body)
        environ = environ_of(Case("call", method, path, text))
        call = {**environ, "wsgi.input": io.BytesIO(text.encode())}
        return json.loads(b"".join(self._app(call, lambda *_: None)))


def _end(waits: Sequence[DeferredAnswer]) -> None:
    for wait in waits:
        wait.on_end()


if __name__ == "__main__":
    main()
