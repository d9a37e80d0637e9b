"""What a trial tells: groups where there are none, and what it had to leave out."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from click.testing import CliRunner
from megaapi_mock.commands import receiver_trial
from megaapi_mock.commands.main import main
from megaapi_mock.commands.receiver_trial import TrialTerms, run_verdict
from megaapi_mock.commands.trial_client import TrialClient
from megaapi_mock.commands.trial_events import EVERYTHING, IN_GROUPS
from megaapi_mock.commands.trial_story import TrialStory
from megaapi_mock.errors import SetupError
from megaapi_mock.testing import MockServer

from ..support import KEY

NEW = "megacode-NOGROUP"
# It waits for no answer: these bots only listen.
LISTENS = TrialTerms(quiet=0.05, patience=20.0, limit=250.0, listens_only=True)


@pytest.fixture
def shared() -> Iterator[MockServer]:
    server = MockServer().start()
    yield server
    server.stop(0)


@pytest.fixture
def listener() -> Iterator[tuple[str, list[Any]]]:
    """A receiver that takes everything: its URL, and what came."""
    came: list[Any] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", came
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("event", "is_there"), [*((each, True) for each in sorted(IN_GROUPS)), ("group-text", False)]
)
def test_a_group_event_is_told_where_there_was_no_group(
    event: str, is_there: bool, shared: MockServer, listener: tuple[str, list[Any]]
) -> None:
    url, came = listener
    if is_there:
        seed = {"key": NEW, "connected": True}
        TrialClient(shared.url, "").call("POST", "/instances", seed)
    verdict = run_verdict(shared.url, url, event=event, instance=NEW, terms=LISTENS)
    assert verdict.passed, verdict.as_table()
    assert any("was made for the trial" in note for note in verdict.notes)
    told = {each.event for each in shared.app.runtime.records.journal.deliveries.after(None)}
    assert event in told
    assert "@g.us" in json.dumps(came)


def test_the_group_that_is_there_is_used(shared: MockServer) -> None:
    story = TrialStory(TrialClient(shared.url, ""), KEY, 200_000)
    assert story.cause("5511900123400", "group-text") == "120363000000000001@g.us"
    assert story.as_notes() == ()


def test_the_usual_story_is_told_whole_where_there_was_no_group(
    shared: MockServer, listener: tuple[str, list[Any]]
) -> None:
    verdict = run_verdict(shared.url, listener[0], instance=NEW, terms=LISTENS)
    told = {each.event for each in shared.app.runtime.records.journal.deliveries.after(None)}
    assert set(EVERYTHING) - told == set()
    assert [note for note in verdict.notes if note.startswith("left out")] == []


def test_what_had_to_be_left_out_is_named(
    shared: MockServer, listener: tuple[str, list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, "sticker")
    verdict = run_verdict(shared.url, listener[0], instance=KEY, terms=LISTENS)
    assert verdict.passed
    assert [note[:17] for note in verdict.notes] == ["left out: sticker"]
    assert "note: left out: sticker" in verdict.as_table()


def test_a_story_of_which_nothing_was_told_is_exit_code_2(
    shared: MockServer, listener: tuple[str, list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, "sticker")
    arguments = ["emit", "sticker", "--to", listener[0], "--verdict", "--listens-only"]
    done = CliRunner().invoke(main, [*arguments, "--gateway", shared.url, "--quiet", "0.05"])
    assert done.exit_code == 2, done.output
    assert "nothing of sticker could be sent: event: 'no such thing'" in done.output


def test_a_webhook_that_lets_no_event_through_is_exit_code_2(
    shared: MockServer, listener: tuple[str, list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver_trial._Trial, "_deliveries", lambda *_, **__: [])
    with pytest.raises(SetupError, match="sent no webhook of call: its settings"):
        run_verdict(shared.url, listener[0], event="call", instance=KEY, terms=LISTENS)


def refuse(monkeypatch: pytest.MonkeyPatch, event: str) -> None:
    """The mock knows everything but this event."""
    ways = TrialStory._ways

    def other(story: TrialStory, contact: str, chat: str, name: str) -> Any:
        wrong = [(verb, {"event": "no such thing"}) for verb in ("inbound", "emit")]
        return wrong if name == event else ways(story, contact, chat, name)

    monkeypatch.setattr(TrialStory, "_ways", other)
