"""What 40 open waits of each kind cost senders: the mock's CPU time for 1,000 sends beside them.

    python benchmarks/wait_kinds.py [--pairs 12] [--sends 400] [--only NAME] [--history 0 10000]

One mock (granian, everything at its default), and short rounds in turn: without waits, and beside
forty of one kind, which have looked through all there is when the round begins. A round is so
many sends over 16 connections and what they lead to, until the mock is quiet again. CPU time
and not speed is compared, by pairs of rounds: other programs on the machine disturb it less. What
is printed is the median of the pairs' ratios, its quartiles, and both medians in ms; and what the
waits add "in all", until the mock has done everything that the sends led to.

The waits find nothing: whoever is answered asks for something that has come, and has its cost.
Streams of the instance that sends are the exception: they carry every send. Exit 1 when any kind
costs more than a tenth.
"""

from __future__ import annotations

import argparse
import json
import os
import time
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

import servers
from load import Load
from servers import KEY, Server
from wait_clients import Request, clients

OTHER = "megacode-TESTKEY0003"
# Who waits for an answer all the time; the sends go to somebody else.
ASKER = "5511900000003"
# The mock is quiet once it has used less CPU in such a time; seconds.
QUIET_USE, QUIET_TIME, QUIET_WITHIN = 0.0015, 0.06, 5.0
FILLED_AT_ONCE = 1_000
# So many kinds share the rounds without waits that they are compared with.
GROUP = 5
# CPU milliseconds for 1,000 sends: until the last is answered, and until the mock is quiet again.
Cost = tuple[float, float]


@dataclass(frozen=True)
class Kind:
    """Waits of one kind; `request_at` makes the one with that number, of those after a message."""

    name: str
    request_at: Callable[[int, str], Request]
    # Whether the sends have a webhook, which is delivered in the round.
    has_webhook: bool = False
    # Whether its clients read what comes, and are not waits that end with an answer.
    is_stream: bool = False

    @property
    def is_verdict(self) -> bool:
        """Whether a customer must wait for an answer all the time."""
        return self.name.startswith("verdicts")


def get(path: str, **options: object) -> Callable[[int, str], Request]:
    """A GET; `{at}` in the path is the number of the wait, `{last}` the newest message."""
    return lambda at, last: ("GET", "/_mock" + path.format(at=at, last=last), None)


def verdict(instance: str) -> Callable[[int, str], Request]:
    """A verdict that stays open for as long as it may."""
    body = {"instance": instance, "wait": 60, "patience": 3600, "quiet": 3600}
    return lambda at, last: ("POST", "/_mock/deliveries/verdict", body)


def _list(name: str, rest: str, instance: str = KEY) -> Callable[[int, str], Request]:
    return get(f"/{name}?instance={instance}&wait=60{rest}")


KINDS = (
    Kind("exchanges, another instance", _list("exchanges", "", OTHER)),
    Kind("exchanges, operation=", _list("exchanges", "&operation=instance_status")),
    Kind("exchanges, status=", _list("exchanges", "&status=404")),
    Kind("exchanges, 40 messages", _list("exchanges", "&message=3EB0TESTID{at}")),
    Kind("exchanges, 40 chats", _list("exchanges", "&chat=551190001{at:04}")),
    Kind("exchanges, 40 texts", _list("exchanges", "&text=Fatura%20{at}")),
    Kind("exchanges of all, 40 texts", get("/exchanges?wait=60&text=Fatura%20{at}")),
    Kind("messages, another instance", _list("messages", "", OTHER)),
    Kind("messages, one other chat", _list("messages", "&chat=5511900000044")),
    Kind("messages, 40 other chats", _list("messages", "&chat=551190001{at:04}")),
    Kind("messages, 40 texts", _list("messages", "&text=Fatura%20{at}")),
    Kind("messages of all, 40 texts", get("/messages?wait=60&text=Fatura%20{at}")),
    Kind("messages, status= since=", _list("messages", "&status=played&since={last}")),
    Kind("messages, from_me= since=", _list("messages", "&from_me=false&since={last}")),
    Kind("fault hits", _list("fault-hits", "")),
    Kind("deliveries, another instance", _list("deliveries", "", OTHER), True),
    Kind("deliveries, event=", _list("deliveries", "&event=presence"), True),
    Kind("deliveries, status=", _list("deliveries", "&status=418"), True),
    Kind("deliveries, 40 chats", _list("deliveries", "&chat=551190001{at:04}"), True),
    Kind("deliveries, 40 texts", _list("deliveries", "&text=Fatura%20{at}"), True),
    Kind("deliveries, 40 messages", _list("deliveries", "&message=3EB0TESTID{at}"), True),
    Kind("streams, another instance", get(f"/stream?instance={OTHER}"), is_stream=True),
    Kind("streams, kinds=clock", get(f"/stream?instance={KEY}&kinds=clock"), is_stream=True),
    Kind("streams, kinds=message", get(f"/stream?instance={KEY}&kinds=message"), is_stream=True),
    Kind("streams, the same instance", get(f"/stream?instance={KEY}"), is_stream=True),
    Kind("streams, all instances", get("/stream"), is_stream=True),
    Kind("verdicts, another instance", verdict(OTHER), is_stream=True),
    Kind("verdicts, the same instance", verdict(KEY), is_stream=True),
)


def main() -> None:
    """Print a table for each size of history; exit 1 when one kind costs more than a tenth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=12, help="rounds without, and beside waits")
    parser.add_argument("--sends", type=int, default=400, help="sends of one round")
    parser.add_argument("--waits", type=int, default=40, help="how many are open")
    parser.add_argument("--history", type=int, nargs="+", default=[0, 10_000], help="messages")
    parser.add_argument("--only", default="", help="kinds whose name has this text")
    options = parser.parse_args()
    kinds = [kind for kind in KINDS if options.only in kind.name]
    if servers.LOAD_CORE:
        os.sched_setaffinity(0, servers.LOAD_CORE)
    costs = []
    for history in options.history:
        print(f"| {history:,} messages | cost | quartiles | ms without | beside | in all |")
        print("| --- | --- | --- | --- | --- | --- |", flush=True)
        with servers.ours() as server, servers.plain(servers.LOAD_CORE) as receiver:
            bench = Bench(server, receiver.port, history, options.sends)
            for group in groups_of(kinds):
                costs += bench.report(group, options.waits, options.pairs)
    raise SystemExit(max(costs) > 0.1)


def groups_of(kinds: Sequence[Kind]) -> list[list[Kind]]:
    """A few at a time, of those that are prepared in the same way."""
    by_way: dict[tuple[bool, bool, bool], list[Kind]] = {}
    for kind in kinds:
        way = kind.has_webhook, kind.is_stream, kind.is_verdict
        by_way.setdefault(way, []).append(kind)
    groups = by_way.values()
    return [group[at : at + GROUP] for group in groups for at in range(0, len(group), GROUP)]


class Bench:
    """One mock with a history, and rounds of sends to it."""

    def __init__(self, server: Server, receiver_port: int, history: int, sends: int) -> None:
        self._server, self._history, self._sends = server, history, sends
        # Who they are does not change, and to ask takes a while on a busy machine.
        self._pids = server.processes()
        self._hook = f"http://127.0.0.1:{receiver_port}/hook"

    def report(self, kinds: Sequence[Kind], waits: int, pairs: int) -> list[float]:
        """A line of the table for each; the shares that such waits add to the cost of a send.

        Each round with waits is compared with the one without that came before it.
        """
        self._prepare(kinds[0])
        without: list[Cost] = []
        beside: dict[Kind, list[Cost]] = {kind: [] for kind in kinds}
        for _ in range(pairs):
            without.append(self._round(kinds[0], 0))
            for kind, rounds in beside.items():
                rounds.append(self._round(kind, waits))
        return [self._line(kind, without, rounds) for kind, rounds in beside.items()]

    def _line(self, kind: Kind, without: Sequence[Cost], beside: Sequence[Cost]) -> float:
        low, cost, high = (ratio - 1 for ratio in _quartiles(without, beside, 0))
        in_all = _quartiles(without, beside, 1)[1] - 1
        before, now = (median(each[0] for each in rounds) for rounds in (without, beside))
        print(
            f"| {kind.name} | {cost:+.1%} | {low:+.1%} to {high:+.1%} | {before:.0f} | {now:.0f} "
            f"| {in_all:+.1%} |",
            flush=True,
        )
        return cost

    def _prepare(self, kind: Kind) -> None:
        self.call("POST", "/reset")
        self.call("POST", "/instances", {"key": OTHER, "connected": True})
        for _ in range(0, self._history, FILLED_AT_ONCE):
            self._send(FILLED_AT_ONCE)
        if kind.has_webhook or kind.is_verdict:
            self.call("POST", f"/instances/{KEY}/webhook", {"url": self._hook})
        if kind.is_verdict:
            self.call("POST", f"/instances/{OTHER}/webhook", {"url": self._hook})
            for key in (KEY, OTHER):
                self.call("POST", f"/instances/{key}/inbound", {"from": ASKER})
        # What is slower the first time.
        self._round(kind, 0)

    def _round(self, kind: Kind, waits: int) -> Cost:
        """CPU milliseconds of the mock for 1,000 sends beside so many waits.

        Until the last is answered, and until the mock is quiet again.
        """
        newest = self.call("GET", f"/messages?instance={KEY}&order=newest&limit=1")["items"]
        last = newest[0]["id"] if newest else ""
        requests = [kind.request_at(at, last) for at in range(waits)]
        open_clients = clients(self._server.port, requests) if waits else nullcontext()
        with open_clients as seen:
            self._await_quiet()
            before = self._cpu()
            self._send(self._sends)
            at_once = self._used_since(before)
            # Only they have more to do than answering calls.
            if kind.has_webhook or kind.is_stream:
                self._await_quiet()
            in_all = self._used_since(before)
        if seen is not None:
            if seen.answered and not kind.is_stream:
                raise SystemExit(f"{kind.name}: {seen.answered} of {waits} were answered")
        self._await_open(0)
        return 1e6 * at_once / self._sends, 1e6 * in_all / self._sends

    def _send(self, count: int) -> None:
        load = Load(self._server.port, servers.SEND_TEXT.request, 200, requests=count)
        wrong = load.run()["wrong"]
        if wrong:
            raise SystemExit(f"wrong replies: {wrong}")

    def _await_quiet(self) -> None:
        """Return once the mock does nothing any more, or after a while."""
        end, used = time.monotonic() + QUIET_WITHIN, sum(self._cpu().values())
        while time.monotonic() < end:
            time.sleep(QUIET_TIME)
            before, used = used, sum(self._cpu().values())
            if used - before < QUIET_USE:
                return

    def _await_open(self, number: int) -> None:
        """Return once so many clients wait: those that have left are noticed in a moment."""
        end = time.monotonic() + QUIET_WITHIN
        while time.monotonic() < end and self._waiting() != number:
            # Something for every stream: so the mock notices whose client has left.
            self.call("POST", "/clock", {"advance": 0})
            time.sleep(0.02)

    def _waiting(self) -> float:
        url = f"http://127.0.0.1:{self._server.port}/_mock/metrics"
        with urllib.request.urlopen(url, timeout=30) as answer:
            lines = answer.read().decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if "clients_waiting{" in line)

    def _used_since(self, before: dict[str, float]) -> float:
        return sum(now - before.get(task, 0.0) for task, now in self._cpu().items())

    def _cpu(self) -> dict[str, float]:
        """CPU seconds of each thread of the mock."""
        tasks: dict[str, float] = {}
        for pid in self._pids:
            for schedule in Path(f"/proc/{pid}/task").glob("*/schedstat"):
                try:
                    tasks[schedule.parent.name] = int(schedule.read_text().split()[0]) / 1e9
                except OSError:
                    continue
        return tasks

    def call(self, method: str, path: str, body: object = None) -> dict:
        """One call of the control API."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._server.port}/_mock{path}",
            data,
            {"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else {}


def _quartiles(without: Sequence[Cost], beside: Sequence[Cost], at: int) -> list[float]:
    """Of the ratios of rounds that followed each other."""
    ratios = [b[at] / w[at] for w, b in zip(without, beside, strict=True)]
    return quantiles(ratios, n=4, method="inclusive")


if __name__ == "__main__":
    main()
