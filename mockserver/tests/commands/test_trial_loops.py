"""Bots with many bubbles, which come to rest, and bots that never do, on trial."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from math import inf
from queue import Empty, Queue
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from megaapi_mock.commands.receiver_trial import TrialTerms, run_verdict
from megaapi_mock.receiver_check.result import Verdict
from megaapi_mock.testing import MockServer

from ..support import KEY, TOKEN
from .test_receiver_trial import SEEDS, outcomes, serving

# Whole trials of bots take minutes together.
pytestmark = pytest.mark.hosts

Json = dict[str, Any]
# What a bot says to an event: texts for the chat it is about.
Says = Callable[[Json], list[str]]
# In the time scale of bots that answer within milliseconds.
SOON = TrialTerms(quiet=0.6, patience=3.0, limit=40.0)


class Bot(ThreadingHTTPServer):
    """It says what `says` returns, one message after the other, with a pause before each."""

    daemon_threads, request_queue_size = True, 128

    def __init__(self, gateway: str, says: Says, *, pause: float = 0.0, quoting: bool = False):
        self.url, self.says, self.pause, self.quoting = gateway, says, pause, quoting
        self.key, self.token = KEY, TOKEN
        self.events: Queue[Any] = Queue()
        self.closed = threading.Event()
        super().__init__(("127.0.0.1", 0), Hook)
        self.worker = threading.Thread(target=self.work, daemon=True)
        self.worker.start()

    def work(self) -> None:
        for event in iter(self.events.get, None):
            for text in self.says(event):
                if self.closed.wait(self.pause):
                    return
                self.send(event, text)

    def send(self, event: Json, text: str) -> None:
        data = {"to": event["key"]["remoteJid"], "text": text}
        if self.quoting:
            data |= {"key": event["key"], "message": event["message"]}
        self.post("quoteMessage" if self.quoting else "text", data)

    def post(self, kind: str, data: Json) -> None:
        url = f"{self.url}/rest/sendMessage/{self.key}/{kind}"
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        body = json.dumps({"messageData": data}).encode()
        try:
            urlopen(Request(url, body, headers), timeout=60).close()
        except HTTPError as error:
            error.close()
        except OSError:
            # The mock is gone: so is the test.
            self.closed.set()

    def close(self) -> None:
        self.closed.set()
        self.shutdown()
        self.server_close()
        self.events.put(None)
        self.worker.join()


class Hook(BaseHTTPRequestHandler):
    server: Bot

    def do_POST(self) -> None:
        self.server.events.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        return None


class Once:
    """Whether a message is new: bots take each one once."""

    def __init__(self) -> None:
        self.seen: deque[str] = deque(maxlen=10_000)

    def __call__(self, event: Json) -> bool:
        message_id = event.get("key", {}).get("id")
        if not isinstance(event.get("message"), dict) or message_id in self.seen:
            return False
        self.seen.append(message_id)
        return "status@broadcast" != event["key"]["remoteJid"]


def words(event: Json) -> str:
    message = event.get("message")
    return str(message.get("conversation", "")) if isinstance(message, dict) else ""


def bubbles(count: int) -> Says:
    """So many different messages for each of a contact's."""
    new = Once()

    def says(event: Json) -> list[str]:
        if not new(event) or event["key"]["fromMe"]:
            return []
        return [f"{number}. {words(event)}" for number in range(count)]

    return says


def answers_its_echo() -> Says:
    """It forgets to look at key.fromMe."""
    new = Once()
    return lambda event: ["Obrigado pela mensagem"] if new(event) else []


def answers_acks() -> Says:
    """It looks at key.fromMe, and takes receipts for messages."""
    new = Once()

    def says(event: Json) -> list[str]:
        receipt = event.get("messageType") == "message.ack"
        if receipt or (new(event) and not event["key"]["fromMe"]):
            return ["Obrigado pela mensagem"]
        return []

    return says


@pytest.fixture
def shared() -> Iterator[MockServer]:
    server = MockServer().start()
    yield server
    server.stop(0)


def verdict_on(server: MockServer, bot: Bot, seed: int, terms: TrialTerms, **how: Any) -> Verdict:
    with serving(bot) as receiver:
        try:
            return run_verdict(server.url, receiver, seed=seed, instance=KEY, terms=terms, **how)
        finally:
            # Before the bot goes: what it still tells itself ends here.
            server.stop(0)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("count", [4, 9])
def test_many_bubbles_are_no_loop(count: int, seed: int, shared: MockServer) -> None:
    terms = TrialTerms(quiet=0.6, patience=3.0, limit=40.0, answers=count)
    meant = verdict_on(shared, Bot(shared.url, bubbles(count)), seed, terms)
    assert meant.passed, meant.as_table()


@pytest.mark.parametrize("seed", SEEDS)
def test_bubbles_that_nobody_announced_are_many_answers(seed: int, shared: MockServer) -> None:
    verdict = verdict_on(shared, Bot(shared.url, bubbles(4)), seed, SOON)
    failed = {name for name, outcome in outcomes(verdict).items() if outcome == "failed"}
    assert failed == {"answered_once"}, verdict.as_table()
    assert "if they are meant, raise `answers` (3)" in verdict.checks[2].message


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("says", "pause", "quoting"),
    [
        (answers_its_echo, 0.0, False),
        (answers_its_echo, 0.0, True),
        (answers_its_echo, 0.1, False),
        (answers_acks, 0.0, False),
        (answers_acks, 0.1, False),
    ],
    ids=["echo", "quotes-itself", "slow-echo", "acks", "slow-acks"],
)
def test_what_never_ends_is_a_loop(
    says: Callable[[], Says], pause: float, quoting: bool, seed: int, shared: MockServer
) -> None:
    # A slow one uses up its whole time, which is a twentieth of the usual one.
    terms = TrialTerms(quiet=0.3, patience=2.5, limit=9.0, answers=1 if pause else 3)
    bot = Bot(shared.url, says(), pause=pause, quoting=quoting)
    verdict = verdict_on(shared, bot, seed, terms)
    assert outcomes(verdict)["ignored_its_echo"] == "failed", verdict.as_table()
    assert "a loop" in verdict.checks[3].message


def answers_each_copy() -> Says:
    """It remembers no message, and says no two things that are equal."""
    numbers = count(1)

    def says(event: Json) -> list[str]:
        key = event.get("key", {})
        if not words(event) or key["fromMe"] or key["remoteJid"] == "status@broadcast":
            return []
        return [f"Resposta {next(numbers)}"]

    return says


@pytest.mark.parametrize("seed", SEEDS)
def test_other_words_for_each_copy_are_found_out(seed: int, shared: MockServer) -> None:
    verdict = verdict_on(shared, Bot(shared.url, answers_each_copy()), seed, SOON)
    failed = {name for name, outcome in outcomes(verdict).items() if outcome == "failed"}
    assert failed == {"answered_once"}, verdict.as_table()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("echo", [True, False])
def test_thinking_for_long_hides_no_loop(echo: bool, seed: int, shared: MockServer) -> None:
    """Three times as long as what counts as silence, in a twentieth of the usual time."""
    new = Once()

    def says(event: Json) -> list[str]:
        if not new(event) or not words_of_any(event) or (event["key"]["fromMe"] and not echo):
            return []
        return ["Obrigado pela mensagem"]

    terms = TrialTerms(quiet=0.08, patience=2.5, limit=30.0)
    verdict = verdict_on(shared, Bot(shared.url, says, pause=0.25), seed, terms)
    assert outcomes(verdict)["ignored_its_echo"] == ("failed" if echo else "passed"), (
        verdict.as_table()
    )


def words_of_any(event: Json) -> str:
    """The words of a text of either kind."""
    message = event["message"]
    extended = message.get("extendedTextMessage", {})
    return str(message.get("conversation") or extended.get("text") or "")


# -- two bots that answer each other ---------------------------------------------------------------


def test_two_bots_that_answer_each_other_are_a_loop() -> None:
    """Each instance's bot thanks the other one for its thanks."""
    from_key, to_key = KEY, "megacode-OTHERBOT"
    with MockServer() as server:
        control(server, "instances", {"key": to_key, "number": "5511900001234", "connected": True})
        first, second = Bot(server.url, echo_free()), Bot(server.url, echo_free())
        second.key, second.token = to_key, "OTHERBOT"
        with serving(first) as one, serving(second) as two:
            control(server, f"instances/{from_key}/webhook", {"url": one})
            control(server, f"instances/{to_key}/webhook", {"url": two})
            control(server, f"instances/{from_key}/inbound", {"from": "5511900001234"})
            long_talk(server, from_key)
            wanted = {"instance": from_key, "quiet": 0.3, "wait": 30}
            document = control(server, "deliveries/verdict", wanted)
            server.stop(0)
    verdict = Verdict.of(document)
    assert outcomes(verdict)["ignored_its_echo"] == "failed", verdict.as_table()
    assert "a loop" in verdict.checks[3].message


def long_talk(server: MockServer, key: str, messages: int = 30) -> None:
    """Return once the instance has sent so many messages."""
    url = f"{server.url}/_mock/messages?instance={key}&from_me=true&limit=1&wait=60"
    since = ""
    for _ in range(messages):
        with urlopen(url + since, timeout=60) as reply:
            since = f"&since={json.loads(reply.read())['items'][0]['id']}"


def echo_free() -> Says:
    """As a careful bot: its own messages are left alone."""
    new = Once()
    return lambda event: [] if not new(event) or event["key"]["fromMe"] else ["Obrigado"]


def control(server: MockServer, path: str, body: Json) -> Json:
    headers = {"Content-Type": "application/json"}
    request = Request(f"{server.url}/_mock/{path}", json.dumps(body).encode(), headers)
    with urlopen(request, timeout=60) as reply:
        document: Json = json.loads(reply.read())
    return document


# -- stories ---------------------------------------------------------------------------------------


def test_who_answers_a_story_hears_which_line_to_mend(shared: MockServer) -> None:
    """The simplest bot, but for its own messages and copies."""

    def says(event: Json) -> list[str]:
        if event.get("key", {}).get("remoteJid") == "status@broadcast":
            return ["Obrigado"]
        return careful(event)

    careful = bubbles(1)
    verdict = verdict_on(shared, Bot(shared.url, says), 0, SOON)
    failed = {name for name, outcome in outcomes(verdict).items() if outcome == "failed"}
    assert failed == {"sends_accepted"}, verdict.as_table()
    assert "skips webhooks whose key.remoteJid is status@broadcast" in verdict.checks[5].message


# -- reminders -------------------------------------------------------------------------------------


class Reminding(Bot):
    """Who was answered and says nothing more is asked again, so many times."""

    times, after = 10**6, 1.4

    def work(self) -> None:
        chat, due = "", inf
        while not self.closed.is_set():
            try:
                event = self.events.get(timeout=min(max(0.01, due - time.monotonic()), 0.5))
            except Empty:
                if self.times and time.monotonic() >= due:
                    self.times -= 1
                    self.post("text", {"to": chat, "text": "Ainda está aí?"})
                    due += self.after
                continue
            if event is None:
                return
            for text in self.says(event):
                self.send(event, text)
                chat, due = event["key"]["remoteJid"], time.monotonic() + self.after


class RemindingTwice(Reminding):
    times = 2


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", [Reminding, RemindingTwice])
def test_reminders_are_a_loop_only_for_ever(
    kind: type[Reminding], seed: int, shared: MockServer
) -> None:
    """As one every 4 s with the usual terms, in a third of the usual time."""
    terms = TrialTerms(quiet=1.0, patience=3.0, limit=60.0)
    verdict = verdict_on(shared, kind(shared.url, bubbles(1)), seed, terms)
    expected = "passed" if kind is RemindingTwice else "failed"
    assert outcomes(verdict)["ignored_its_echo"] == expected, verdict.as_table()
    assert verdict.passed == (kind is RemindingTwice), verdict.as_table()
