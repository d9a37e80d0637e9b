"""`megaapi-mock emit`: what the command prints, how it ends, and which options go together."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from contextlib import suppress

import pytest
from click.testing import CliRunner
from megaapi_mock.commands.main import main
from megaapi_mock.resources import root
from megaapi_mock.resources.samples import Samples

from ..emitted import Emitted
from ..processes import mock_command
from ..slowness import slowness
from ..webhooks.test_end_to_end import Receiver, receiver

__all__ = ("receiver",)

SAMPLES = Samples(root("fixtures"))
URL = "http://127.0.0.1:9/hook"


WEBHOOKS = list((root("spec") / "webhooks").glob("*.yaml"))


DEEP_PATH = ".".join(["a"] * 300) + "=1"


DEEP = "[" * 900 + "]" * 900


LONG = "12345678901234567890123"


@pytest.fixture
def watch(request: pytest.FixtureRequest) -> Emitted:
    found: Emitted = request.getfixturevalue("emitted")
    return found


@pytest.mark.parametrize("event", SAMPLES.names())
def test_every_event_is_emitted_by_one_command(
    event: str, receiver: Receiver, watch: Emitted
) -> None:
    before = time.process_time()
    done = CliRunner().invoke(main, ["emit", event, "--to", f"{receiver.url}/hook?a=%2f"])
    assert time.process_time() - before < 1 * slowness()
    assert done.exit_code == 0, done.output
    assert "1 of 1 delivered" in done.output
    ((path, _, body),) = receiver.kept
    assert path == "/hook?a=%2f"
    assert watch.judge_received([body]) == []


def _seconds_of_children() -> float:
    """Of a processor, used by the processes this one has started and waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def test_the_command_takes_little_of_a_processor(receiver: Receiver, watch: Emitted) -> None:
    took = []
    for event in ("text-plain", "qrcode", "album"):
        before = _seconds_of_children()
        done = subprocess.run(
            mock_command("emit", event, "--to", receiver.url), capture_output=True, timeout=60
        )
        took.append(_seconds_of_children() - before)
        assert done.returncode == 0, done.stderr
        assert done.stderr == b""
    # Of a processor, and the best of three: this machine may be busy with other tests.
    assert min(took) < slowness(), took
    assert watch.judge_received(body for _, _, body in receiver.kept) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_a_terminal_shows_a_bar_and_the_output_stays_clean(receiver: Receiver) -> None:
    ours, theirs = os.openpty()
    child = subprocess.Popen(
        mock_command("emit", "call", "--to", receiver.url, "--count", "20", "--json"),
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    drawn = b""
    with suppress(OSError):  # Linux says so when the other end is closed
        while piece := os.read(ours, 4096):
            drawn += piece
    os.close(ours)
    out, _ = child.communicate(timeout=60)
    assert child.returncode == 0
    assert json.loads(out)["delivered"] == 20
    assert b"20/20" in drawn


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["text-plan", "--to", URL], "there is no event 'text-plan': did you mean text-plain"),
        (["poll", "--to", URL], "poll-creation"),
        (["zzz", "--to", URL], f"`megaapi-mock events` lists all {len(WEBHOOKS)}"),
        (["text-plain", "--to", "ftp://x"], "not a URL with http:// or https://"),
        (["text-plain", "--to", "http://"], "not a host, or host and port"),
        (["text-plain", "--to", "http://x:99999"], "not a port number"),
        (["text-plain", "--to", URL, "--set", "oi"], "--set 'oi' has no value"),
        (["text-plain", "--to", URL, "--set", "key.id.x=1"], "'key.id.x' leads through a value"),
        (["text-plain", "--to", URL, "--set", "message.\udcff=1"], "must be Unicode text"),
        (["text-plain", "--to", URL, "--set", "=x"], "must be names joined by dots"),
        (["text-plain", "--to", URL, "--set", "message..x=1"], "must be names joined by dots"),
        (["text-plain", "--to", URL, "--set", "message.=1"], "must be names joined by dots"),
        (["text-plain", "--to", URL, "--set", DEEP_PATH], "must be names joined by dots"),
        (["text-plain", "--to", URL, "--set", f"a={DEEP}"], "'a': its value nests beyond 100"),
        (["text-plain", "--to", URL, "--set", f"a={LONG}"], f"'a': {LONG} does not fit in 64"),
        (["text-plain", "--to", URL, "--set", f'a=[{{"b":-{LONG}}}]'], "does not fit in 64 bits"),
        (["text-plain", "--to", URL, "--set", f"a={'9' * 5000}"], "does not fit in 64 bits"),
        (["text-plain", "--to", URL, "--count", "0"], "--count"),
        (["text-plain", "--to", URL, "--generation", "1999"], "--generation"),
        (["text-plain"], "--to"),
        (["text-plain", "--to", URL, "--junit", "x.xml"], "--junit is about the trial"),
        (["text-plain", "--to", URL, "--gateway", URL], "use it together with --verdict"),
        (["text-plain", "--to", URL, "--listens-only"], "--listens-only is about the trial"),
        (["text-plain", "--to", URL, "--verdict", "--quiet", "0"], "--quiet"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(arguments: list[str], sentence: str) -> None:
    done = CliRunner().invoke(main, ["emit", *arguments])
    assert done.exit_code == 2
    assert sentence in done.output
    assert "Traceback" not in done.output


def test_what_was_not_taken_is_exit_code_1() -> None:
    url = "http://127.0.0.1:1/"
    done = CliRunner().invoke(main, ["emit", "call", "--to", url, "--count", "3"])
    assert done.exit_code == 1
    first, second = done.output.splitlines()
    assert first.startswith(f"call to {url}: 0 of 3 delivered in ")
    assert second.startswith("  3 failed: nothing listens at 127.0.0.1:1 (connection refused)")


def test_neither_password_nor_query_of_the_receiver_is_printed(receiver: Receiver) -> None:
    url = f"{receiver.url.replace('//', '//me:TESTTOKEN0001@')}/hook?token=TESTTOKEN0001"
    shown = f"{receiver.url.replace('//', '//***@')}/hook?***"
    command = ["emit", "call", "--to", url]
    done = CliRunner().invoke(main, command)
    assert done.output.startswith(f"call to {shown}: 1 of 1 delivered in ")
    assert json.loads(CliRunner().invoke(main, [*command, "--json"]).output)["url"] == shown
    paths = [path for path, *_ in receiver.kept]
    assert paths == ["/hook?token=TESTTOKEN0001"] * 2


@pytest.mark.parametrize(
    "url",
    [
        "ftp://me:TESTTOKEN0001@a.test/hook",
        "me:TESTTOKEN0001@a.test",
        "http://me:TESTTOKEN0001@",
        "http://a.test:99999/?token=TESTTOKEN0001",
    ],
)
@pytest.mark.parametrize(
    "command",
    [
        ["emit", "call", "--to"],
        ["emit", "--verdict", "--to", URL, "--gateway"],
        ["emit", "--verdict", "--gateway", "http://127.0.0.1:1", "--to"],
        ["serve", "--port", "0", "--host"],
        ["listen", "--port", "0", "--host"],
        ["store", "check"],
    ],
    ids=["to", "gateway", "receiver", "serve", "listen", "store"],
)
def test_an_address_that_is_refused_does_not_print_its_secrets(
    command: list[str], url: str
) -> None:
    done = CliRunner().invoke(main, [*command, url])
    assert done.exit_code == 2
    assert "TESTTOKEN0001" not in done.output and "Traceback" not in done.output


def test_the_summary_for_programs(receiver: Receiver) -> None:
    command = ["emit", "call", "--to", receiver.url, "--count", "5", "--keep-alive", "--json"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 0
    shown = json.loads(done.output)
    assert (shown["event"], shown["url"]) == ("call", receiver.url)
    assert (shown["delivered"], shown["failed"]) == (5, 0)
    assert len(receiver.kept) == 5
