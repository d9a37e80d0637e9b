"""The soak: everything at once, for a long time; nothing may break, get stuck, or grow.

    make soak                                          ten minutes, then the fuzz
    .venv/bin/python benchmarks/soak.py --seconds 30   as long as you like

Eight threads call one mock, which runs as anybody would start it: sends, wrong calls, inbound
messages, groups, resets, state out and in, the clock, faults, chaos, streams (read and unread),
waits, instances made and deleted; its webhooks go to receivers that are quick, slow, huge, failing
or not there. The same seed draws the same things.

Then traffic stops, faults and chaos are taken away, receivers answer, and it is judged:

    bare 500s          500 without X-Mock-Reason from the gateway, any 500 from the control API
    tracebacks         in what the mock prints
    hanging calls      no end within a minute
    stuck deliveries   queued, and for half a minute none of them ends; or new ones that do not
                       come through
    memory             all processes of the mock (proportional set size), at most and at the end;
                       flat: how much more the end of the last third needs than its beginning

Exit code 0: none of it; 1: something was found; 2: set-up is missing.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from catalogue import CONTROL, Call, control_calls, gateway_calls
from servers import CHECKOUT, STATUS, Case, Server, family, free_port, memory_of
from soak_actor import Actor, Shared

MEGABYTES, GROWTH = 250.0, 12.0
# What the judgement waits for deliveries without seeing any end, and between two looks.
SETTLED, LOOK = 30.0, 0.2
# Memory is flat or not only after so many seconds.
LONG = 120.0


@dataclass
class Memory:
    """Megabytes, once a second."""

    samples: list[float] = field(default_factory=list)

    def watch(self, pid: int, over: threading.Event) -> None:
        """Until it is over."""
        while not over.wait(1.0):
            self.samples.append(sum(memory_of(each) for each in family(pid)) / 1e6)

    @property
    def tenths(self) -> list[float]:
        """The median of each tenth of the time."""
        count = len(self.samples)
        parts = (self.samples[count * n // 10 : count * (n + 1) // 10] for n in range(10))
        return [median(part) for part in parts if part]

    @property
    def usual(self) -> float:
        """What nine of ten samples do not exceed."""
        return sorted(self.samples)[len(self.samples) * 9 // 10] if self.samples else 0.0

    @property
    def growth(self) -> float:
        """From the first quarter of the last third to its last quarter, by their medians."""
        third = self.samples[len(self.samples) * 2 // 3 :]
        quarter = max(1, len(third) // 4)
        return median(third[-quarter:]) - median(third[:quarter]) if third else 0.0


def main() -> int:
    """Run, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--log", type=Path, help="keep what the mock prints in this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log = options.log or Path(folder) / "mock.log"
        with _receiver() as receiver, _mock(log, options.seed) as server:
            shared = Shared(server.port, receiver, gateway_calls(), control_calls())
            memory = Memory()
            _soak(server, shared, memory, options)
            stuck = _Judge(shared).stuck_deliveries()
        code = server.process.returncode
        printed = log.read_text(encoding="utf-8", errors="replace")
    return _print_result(shared, memory, stuck, printed, code, options)


def _soak(server: Server, shared: Shared, memory: Memory, options: argparse.Namespace) -> None:
    """All threads, until the time is over."""
    actors = [Actor(shared, options.seed, number) for number in range(options.threads)]
    threads = [threading.Thread(target=actor.run) for actor in actors]
    watch = (server.process.pid, shared.over)
    threads.append(threading.Thread(target=memory.watch, args=watch))
    for thread in threads:
        thread.start()
    try:
        shared.over.wait(options.seconds)
    finally:
        shared.over.set()
        for thread in threads:
            thread.join()


class _Judge:
    """Calls after the traffic."""

    def __init__(self, shared: Shared) -> None:
        self._shared = shared
        self._server = Server("mock", shared.port, None)  # type: ignore[arg-type]

    def stuck_deliveries(self) -> list[str]:
        """What does not end though nothing holds it any more, and what new webhooks do not come."""
        self._call("POST", "/faults", {"fault": "bad-gateway", "times": 1})
        self._call("DELETE", "/faults")
        self._call("POST", "/clock", {"freeze": False})
        keys = [item["key"] for item in self._call("GET", "/instances?limit=5000")["items"]]
        for key in keys:
            self._call("DELETE", f"/instances/{key}/chaos")
            self._call("POST", f"/instances/{key}/webhook", {"url": self._shared.hook("ok")})
        stuck = self._awaited("/deliveries?limit=5000&status=queued")
        return stuck + [late for key in keys for late in self._new_ones(key)]

    def _new_ones(self, key: str) -> list[str]:
        """One webhook of each instance must come through."""
        emitted = self._call("POST", f"/instances/{key}/emit", {"event": "qrcode"})
        if not emitted.get("deliveries"):
            return [] if emitted.get("reason") else [f"{key}: {emitted}"]
        where = f"/deliveries/{emitted['deliveries'][0]}"
        end = time.monotonic() + SETTLED
        while (found := self._call("GET", where))["state"] == "queued":
            if time.monotonic() > end:
                return [f"{found['id']}: a new one, queued for {SETTLED:.0f} s"]
            time.sleep(LOOK)
        return [] if found["state"] == "delivered" else [f"{found['id']}: {found['reason']}"]

    def _awaited(self, path: str) -> list[str]:
        """What is listed there and stays; nothing as soon as nothing is listed."""
        before, since = -1, time.monotonic()
        while True:
            items = self._call("GET", path)["items"]
            if len(items) != before:
                before, since = len(items), time.monotonic()
            if not items or time.monotonic() > since + SETTLED:
                return [f"{item['id']}: {item['event']}, queued" for item in items]
            time.sleep(LOOK)

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        text = "" if body is None else json.dumps(body)
        status, answer = self._server.call(Case(path, method, f"/_mock{path}", text))
        call = Call(CONTROL, path, method, f"/_mock{path}", body)
        self._shared.notes.answered(call, status, None)
        return json.loads(answer)


# --- processes ----------------------------------------------------------------------------------


@contextmanager
def _mock(log: Path, seed: int) -> Iterator[Server]:
    """A mock with everything at its default; what it prints goes to the log."""
    port = free_port()
    command = Path(sys.executable).with_name("megaapi-mock")
    argv = [str(command), "serve", "--port", str(port), "--seed", str(seed)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            argv, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        server = Server("mock", port, process)
        try:
            _await_answer(server)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _await_answer(server: Server) -> None:
    for _ in range(600):
        try:
            if server.call(STATUS)[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the mock does not answer")


@contextmanager
def _receiver() -> Iterator[int]:
    script = Path(__file__).with_name("soak_receiver.py")
    process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


# --- the verdict --------------------------------------------------------------------------------


def _print_result(
    shared: Shared,
    memory: Memory,
    stuck: list[str],
    printed: str,
    code: int,
    options: argparse.Namespace,
) -> int:
    """Print what happened and what was found; 1 when anything was."""
    notes = shared.notes
    total = sum(notes.calls.values())
    print(f"{total:,} calls in {options.seconds:.0f} s, seed {options.seed}")
    statuses = sorted(notes.statuses.items())
    print("  answers     " + ", ".join(f"{name}: {count:,}" for name, count in statuses))
    print("  cut         " + (", ".join(f"{n}: {c:,}" for n, c in notes.broken.items()) or "none"))
    traces = printed.count("Traceback (most recent call last)") + printed.count("our own bug")
    rows = [
        ("bare 500s", len(notes.bare), notes.bare),
        ("tracebacks", traces, _bugs(printed)),
        ("hanging calls", len(notes.hung), notes.hung),
        ("stuck deliveries", len(stuck), stuck),
        ("bugs of the soak", len(notes.bugs), notes.bugs),
        ("exit code", code, []),
    ]
    for name, count, examples in rows:
        print(f"  {name:<18}{count:>8}")
        for example in [*examples[:4], *examples[4:][-6:]]:
            print(f"      {example[:600]}")
    found = any(count for _, count, _ in rows)
    return 1 if _print_memory(memory, options.seconds) or found else 0


def _bugs(printed: str) -> list[str]:
    """The last line of each traceback, and our own bugs, each once."""
    lines = printed.splitlines()
    return list(dict.fromkeys(line for line in lines if "our own bug" in line or "Error:" in line))


def _print_memory(memory: Memory, seconds: float) -> bool:
    """Whether it is too much, or still grows."""
    if not memory.samples or not max(memory.samples):
        print("  memory            not measured here")
        return False
    most, growth = max(memory.samples), memory.growth
    judged = seconds >= LONG
    print(f"  memory            {most:>8.0f} MB at most (bound {MEGABYTES:.0f})")
    print(f"  most of the time  {memory.usual:>8.0f} MB or less (nine samples of ten)")
    print("  each tenth        " + ", ".join(f"{each:.0f}" for each in memory.tenths))
    print(f"  last third        {growth:>+8.1f} MB" + ("" if judged else " (too short to judge)"))
    return most > MEGABYTES or (judged and growth > GROWTH)


if __name__ == "__main__":
    sys.exit(main())
