"""The crash harness: a mock on SQLite is killed at random moments under load, again and again.

    make crash                                              200 rounds, and docs/durability.md
    .venv/bin/python benchmarks/crash.py --rounds 3         a few
    .venv/bin/python benchmarks/crash_postgres.py           the same on PostgreSQL, killed too

Each round starts the mock on the file of the round before. Two instances send and are written to,
each in a thread of its own, and to each other; some messages carry files. After a random time, be
it while the mock still starts, every process of it is killed at once (SIGKILL), or, one time in
six, asked to stop. Then the mock starts again, what is owed goes out, and it is judged:

    lost sends         answered with 200, and not among the messages, or not in their order
    lost records       the exchange of such a call is not in the journal
    lost media         a file that was sent cannot be downloaded any more, or is another one
    lost webhooks      owed by the journal, and never came; or no webhook of an acknowledged call
    invented           a webhook came that the journal does not know
    out of order       webhooks of one instance, each the first time it came, against the journal
    complaints         tracebacks and errors in what the mock prints

A webhook that had left when the mock was killed comes again (at least once): those are counted, and
no fault. The same seed draws the same things; when exactly the mock dies is up to the machine.

Exit code 0: none of it; 1: something was found.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from typing import Any

from megaapi_mock.serving.webhook_server import Post, WebhookServer
from servers import free_port

Json = dict[str, Any]
KEYS = ("megacode-TESTKEY0001", "megacode-TESTKEY0002")
NUMBERS = ("5511900000001", "5511900000003")
PERSON = "5511900000002"
# After so many rounds the mock is reset: what is checked stays small, and resets are in it too.
RESET_EVERY = 10
# Seconds until the mock is killed, and how long anything may take.
LIFE, PATIENCE = (0.0, 1.2), 60.0
FAULTS = (
    "lost sends", "lost records", "lost media", "lost webhooks", "invented", "out of order",
    "complaints",
)  # fmt: skip
MEASURED = ("rounds", "kills", "stops", "acknowledged calls", "webhooks", "webhooks again")
MARK = "<!-- figures of {} -->"


class Receiver:
    """Takes webhooks at /KEY; some answers take a while, so that there is always something owed."""

    def __init__(self, chance: Random) -> None:
        self.chance, self.lock = chance, threading.Lock()
        self.bodies: dict[str, list[str]] = defaultdict(list)
        self.server = WebhookServer("127.0.0.1", 0, self.take)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, post: Post) -> int:
        """One webhook that came whole; its answer comes a little later now and then."""
        if post.problem is None:
            with self.lock:
                self.bodies[post.path.strip("/")].append(canonical(json.loads(post.body)))
                pause = self.chance.choice((0, 0, 0, 0, 0.002, 0.02))
            threading.Event().wait(pause)
        return 200


@dataclass
class Acknowledged:
    """What one instance was told has happened, in order."""

    sends: list[str] = field(default_factory=list)
    received: list[str] = field(default_factory=list)
    exchanges: list[str] = field(default_factory=list)
    media: dict[str, Json] = field(default_factory=dict)


class Mock:
    """The process under test, as anybody would start it."""

    options: tuple[str, ...] = ()

    def __init__(self, store: str, port: int, log: Path) -> None:
        self.port = port
        arguments = ["--store", store, "--port", str(port), "--quiet", *self.options]
        arguments += ["--journal-limit", "200000", "--journal-bytes", str(2**30)]
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "megaapi_mock", "serve", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def call(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any]:
        """Status and JSON of an answer that has come to its end; OSError for any other."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        try:
            connection.request(method, path, json.dumps(body or {}) if body else None, headers)
            answer = connection.getresponse()
            content = json.loads(answer.read() or b"null")
            exchange = answer.headers.get("X-Mock-Exchange")
        except (HTTPException, ValueError) as error:
            raise OSError(str(error)) from None
        finally:
            connection.close()
        return answer.status, {"content": content, "exchange": exchange}

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """The answer of the control API."""
        status, answer = self.call(method, f"/_mock{path}", body)
        if status >= 300:
            raise AssertionError(f"{method} {path}: {status} {answer}")
        return answer["content"]

    def await_answer(self) -> None:
        """Return once it answers."""
        deadline = time.monotonic() + PATIENCE
        while True:
            with suppress(OSError):
                self.control("GET", "/health")
                return
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError("the mock does not start: see its log")
            time.sleep(0.01)

    def end(self, number: int) -> None:
        """Kill every process of it at once, or ask it to stop; return when it is gone."""
        with suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)
        self.process.wait(PATIENCE)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)


class Harness:
    """Rounds on one file; or, to see that losses are found, on a store that keeps nothing."""

    def __init__(self, folder: Path, seed: int, store: str = "") -> None:
        self.chance = Random(seed)
        self.receiver = Receiver(Random(seed))
        self.store = store or f"sqlite:///{folder / 'mock.db'}"
        self.log, self.port = folder / "mock.log", free_port()
        self.known = {key: Acknowledged() for key in KEYS}
        # All rounds, and those since the last reset.
        self.counts: Counter[str] = Counter()
        self.earlier: Counter[str] = Counter()

    def run(self, rounds: int) -> None:
        """So many rounds."""
        for number in range(rounds):
            if number % RESET_EVERY == 0:
                self._begin_anew()
            self._round()
            self._judge()
            self.counts["rounds"] += 1
            totals = self.totals()
            show = ", ".join(f"{totals[name]:,} {name}" for name in MEASURED[3:])
            faults = {name: totals[name] for name in FAULTS if totals[name]}
            print(f"round {number + 1}: {show}, {faults or 'nothing lost'}", flush=True)

    def totals(self) -> Counter[str]:
        """The counts of all rounds."""
        bodies = self.receiver.bodies.values()
        calls = sum(len(each.sends) + len(each.received) for each in self.known.values())
        now = Counter(
            {
                "acknowledged calls": calls,
                "webhooks": sum(map(len, bodies)),
                "webhooks again": sum(len(each) - len(set(each)) for each in bodies),
            }
        )
        return self.counts + self.earlier + now

    @contextmanager
    def _mock(self) -> Iterator[Mock]:
        mock = Mock(self.store, self.port, self.log)
        try:
            yield mock
        finally:
            mock.end(signal.SIGTERM)

    def _begin_anew(self) -> None:
        with self._mock() as mock:
            mock.await_answer()
            mock.control("POST", "/reset", {})
            self.earlier = self.totals() - self.counts
            self.receiver.bodies.clear()
            for key, number in zip(KEYS, NUMBERS, strict=True):
                if mock.control("GET", f"/instances/{key}")["state"] != "connected":
                    mock.control("POST", f"/instances/{key}/link", {"number": number})
                url = f"{self.receiver.server.url}/{key}"
                hook = {"messageData": {"webhookUrl": url, "webhookEnabled": True}}
                token = key.partition("-")[2]
                status, _ = mock.call("POST", f"/rest/webhook/{key}/configWebhook", hook, token)
                assert status == 200
        self.known = {key: Acknowledged() for key in KEYS}

    def _round(self) -> None:
        kill = signal.SIGTERM if self.chance.random() < 1 / 6 else signal.SIGKILL
        starting = self.chance.random() < 0.1
        life = self.chance.uniform(*LIFE)
        mock = Mock(self.store, self.port, self.log)
        self.counts["kills" if kill == signal.SIGKILL else "stops"] += 1
        if starting:
            time.sleep(life)
            mock.end(kill)
            return
        mock.await_answer()
        seeds = [self.chance.random() for _ in KEYS]
        threads = [
            threading.Thread(target=self._load, args=(mock, place, Random(seed)))
            for place, seed in enumerate(seeds)
        ]
        for thread in threads:
            thread.start()
        time.sleep(life)
        self.end_mock(mock, kill)
        for thread in threads:
            thread.join(PATIENCE)

    def end_mock(self, mock: Mock, number: int) -> None:
        """Kill or stop it under load."""
        mock.end(number)

    def _load(self, mock: Mock, place: int, chance: Random) -> None:
        """Call until nobody answers."""
        number = 0
        with suppress(OSError):
            while mock.process.poll() is None:
                number += 1
                text = f"{KEYS[place]} {self.counts['rounds']} {number}"
                if chance.random() < 0.25:
                    self._be_written_to(mock, KEYS[place], text)
                else:
                    self._send(mock, place, text, chance)

    def _be_written_to(self, mock: Mock, key: str, text: str) -> None:
        body = {"from": PERSON, "event": "text-plain", "set": {"message.conversation": text}}
        status, answer = mock.call("POST", f"/_mock/instances/{key}/inbound", body)
        if status == 201:
            self.known[key].received.append(answer["content"]["id"])

    def _send(self, mock: Mock, place: int, text: str, chance: Random) -> None:
        """To a person, or to the other instance, or a file."""
        key, way = KEYS[place], chance.random()
        kind, data = "text", {"to": NUMBERS[1 - place] if way < 0.13 else PERSON, "text": text}
        if way > 0.87:
            content = b64encode(f"%PDF-1.4 {text} %%EOF".encode() * chance.randint(1, 400)).decode()
            kind, data = "mediaBase64", {
                "to": PERSON, "type": "document", "mimeType": "application/pdf",
                "base64": f"data:application/pdf;base64,{content}", "fileName": "a.pdf",
                "caption": text,
            }  # fmt: skip
        path, token = f"/rest/sendMessage/{key}/{kind}", key.partition("-")[2]
        status, answer = mock.call("POST", path, {"messageData": data}, token)
        if status == 200:
            self._acknowledge(self.known[key], kind, data, answer)

    def _acknowledge(self, acknowledged: Acknowledged, kind: str, data: Json, answer: Json) -> None:
        message = answer["content"]["messageData"]
        acknowledged.sends.append(message["key"]["id"])
        acknowledged.exchanges.append(answer["exchange"])
        if kind == "mediaBase64":
            keys = message["message"]["documentMessage"]
            acknowledged.media[data["base64"].partition(",")[2]] = keys

    # -- what is there afterwards ------------------------------------------------------------

    def _judge(self) -> None:
        with self._mock() as mock:
            mock.await_answer()
            self._await_delivered(mock)
            for key in KEYS:
                self._judge_calls(mock, key)
                self._judge_webhooks(mock, key)
        lines = self.log.read_text(errors="replace").splitlines()
        self.counts["complaints"] = sum(map(self.is_complaint, lines))

    def is_complaint(self, line: str) -> bool:
        """Whether a line of the mock's log says that something is wrong with it."""
        return "Traceback" in line or "ERROR" in line

    def _await_delivered(self, mock: Mock) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if not mock.control("GET", "/deliveries?status=queued&limit=1")["items"]:
                return
            time.sleep(0.02)
        self.counts["lost webhooks"] += 1

    def _judge_calls(self, mock: Mock, key: str) -> None:
        acknowledged = self.known[key]
        messages = [each["id"] for each in everything(mock, "messages", key)]
        exchanges = {each["id"] for each in everything(mock, "exchanges", key)}
        for ids in (acknowledged.sends, acknowledged.received):
            places = {id_: place for place, id_ in enumerate(messages)}
            there = [places[id_] for id_ in ids if id_ in places]
            self.counts["lost sends"] += len(ids) - len(there) + (there != sorted(there))
        self.counts["lost records"] += len(set(acknowledged.exchanges) - exchanges)
        for content, keys in list(acknowledged.media.items())[-20:]:
            self.counts["lost media"] += not self._downloads(mock, key, content, keys)

    @staticmethod
    def _downloads(mock: Mock, key: str, content: str, keys: Json) -> bool:
        wanted = ("mediaKey", "directPath", "url", "mimetype")
        body = {"messageKeys": {**{name: keys[name] for name in wanted}, "messageType": "document"}}
        path, token = f"/rest/instance/downloadMediaMessage/{key}", key.partition("-")[2]
        status, answer = mock.call("POST", path, body, token)
        return status == 200 and content in json.dumps(answer["content"])

    def _judge_webhooks(self, mock: Mock, key: str) -> None:
        deliveries = everything(mock, "deliveries", key)
        payloads = [canonical(each["payload"]) for each in deliveries]
        came = list(self.receiver.bodies[key])
        first = list(dict.fromkeys(came))
        self.counts["lost webhooks"] += len(set(payloads) - set(came))
        self.counts["invented"] += len(set(came) - set(payloads))
        self.counts["out of order"] += first != list(dict.fromkeys(payloads))
        acknowledged, all_bodies = self.known[key], "\n".join(first)
        message_ids = [*acknowledged.sends, *acknowledged.received]
        self.counts["lost webhooks"] += sum(id_ not in all_bodies for id_ in message_ids)


def canonical(payload: Any) -> str:
    """A payload as one text, whoever wrote it."""
    return json.dumps(payload, sort_keys=True)


def everything(mock: Mock, name: str, key: str) -> list[Json]:
    """All records of an instance, oldest first."""
    items: list[Json] = []
    since = ""
    while True:
        page = mock.control("GET", f"/{name}?instance={key}&limit=1000{since}")
        items += page["items"]
        if not page["next"]:
            return items
        since = f"&since={page['next']}"


def main() -> int:
    parser = argument_parser("kill a mock on SQLite, again and again", rounds=200)
    parser.add_argument("--store", default="", help="another store than a new SQLite file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        harness = Harness(Path(folder), arguments.seed, arguments.store)
        return judged(harness, arguments, "make crash", MEASURED)


def argument_parser(description: str, *, rounds: int) -> argparse.ArgumentParser:
    """The options of every form of the harness."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    parser.add_argument("--page", type=Path, help="document that gets the figures")
    return parser


def judged(
    harness: Harness, arguments: argparse.Namespace, name: str, measured: Sequence[str]
) -> int:
    """Run all rounds; the exit code. `name` is that of the figures in the document."""
    print(f"seed {arguments.seed}")
    # Whoever interrupts it sees what was judged until then.
    with suppress(KeyboardInterrupt):
        harness.run(arguments.rounds)
    print(harness.log.read_text()[-3000:] if harness.counts["complaints"] else "")
    if arguments.page:
        totals = harness.totals()
        rows = [f"| {each} | {totals[each]:,} |" for each in (*measured, *FAULTS)]
        head = f"| `{name}`, seed {arguments.seed}, {time.strftime('%Y-%m-%d')} | |"
        write_figures(arguments.page, name, [head, "| --- | --- |", *rows])
    return 1 if any(harness.counts[each] for each in FAULTS) else 0


def write_figures(page: Path, name: str, lines: Sequence[str]) -> None:
    """Put the figures between the two marks of a document."""
    mark = MARK.format(name)
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(mark)
    after = rest.partition(mark)[2]
    table = "\n".join(lines)
    page.write_text(f"{before}{mark}\n{table}\n{mark}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
