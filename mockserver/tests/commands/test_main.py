"""The command line: starts, stops, and one sentence with exit code 2 for every mistake."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from click.testing import CliRunner
from megaapi_mock.commands.main import main
from megaapi_mock.profile import SWITCHES
from megaapi_mock.resources import root

from ..processes import Process, mock_command
from ..slowness import slowness
from ..support import KEY, TOKEN


@pytest.fixture
def started() -> Iterator[Any]:
    """Mocks in processes of their own, all stopped at the end."""
    running: list[Process] = []

    def start(*arguments: str) -> tuple[Process, str]:
        process = Process(mock_command("serve", "--port", "0", *arguments))
        running.append(process)
        url = process.wait_for(r"Address +(http://\S+)").group(1)
        process.wait_for(r"-d '\{")
        return process, url

    yield start
    for process in running:
        process.stop(signal.SIGKILL)


def get(url: str) -> Any:
    with urlopen(url, timeout=60) as reply:
        return json.loads(reply.read())


def send_text(url: str) -> None:
    body = json.dumps({"messageData": {"to": "5511900000002", "text": "oi"}}).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    urlopen(Request(f"{url}/rest/sendMessage/{KEY}/text", body, headers), timeout=60).close()


def test_the_start_screen_names_all_a_first_call_needs(started: Any) -> None:
    process, url = started()
    assert get(f"{url}/_mock/health")["status"] == "ok"
    for text in (KEY, TOKEN, f"curl {url}/rest/sendMessage/{KEY}/text", f"{url}/docs/"):
        assert text in process.output
    send_text(url)
    process.wait_for(r"200 +POST /rest/sendMessage/megacode-TESTKEY0001/text +from-me-api-echo")
    assert process.stop() == 0
    assert "Traceback" not in process.output
    assert "Stopped" in process.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_with_twenty_streams_open_drains_the_courier(started: Any, number: int) -> None:
    process, url = started("--set", "stop_grace=50")
    port = int(url.rpartition(":")[2])
    streams = []
    for _ in range(20):
        stream = socket.create_connection(("127.0.0.1", port), timeout=60)
        stream.sendall(b"GET /_mock/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert b"200" in stream.recv(1000)
        streams.append(stream)
    send_text(url)
    begun = time.monotonic()
    assert process.stop(number) == 0
    assert time.monotonic() - begun < 50
    assert "Stopped, all webhooks sent." in process.output
    for stream in streams:
        stream.close()


def test_what_cannot_be_delivered_in_time_is_counted(started: Any) -> None:
    process, url = started("--set", "stop_grace=0.2")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hook = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        made = {"key": "megacode-SLOW", "token": "SLOW", "connected": True, "webhook_url": hook}
        body = json.dumps(made).encode()
        headers = {"Content-Type": "application/json"}
        urlopen(Request(f"{url}/_mock/instances", body, headers), timeout=60).close()
        inbound = Request(f"{url}/_mock/instances/megacode-SLOW/inbound", b"{}", headers)
        for _ in range(3):
            urlopen(inbound, timeout=60).close()
        assert process.stop() == 0
    assert "3 deliveries abandoned" in process.output


def test_a_start_costs_little(started: Any) -> None:
    """DESIGN: it answers within 2 s of process start, after set-up.

    Counted in processor time, which other work on the machine does not stretch; the seconds on
    the clock are in docs/benchmarks.md.
    """
    started()[0].stop()
    before = os.times()
    started()[0].stop()
    after = os.times()
    used = after.children_user - before.children_user
    used += after.children_system - before.children_system
    assert 0 < used < 2 * slowness()


def test_settings_come_from_the_environment(
    started: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MEGAAPI_MOCK_SEED", "7")
    monkeypatch.setenv("MEGAAPI_MOCK_QUIET", "true")
    process, url = started()
    assert "seed 7" in process.output
    send_text(url)
    process.stop()
    assert "POST" not in process.output


def broken_spec(folder: Path) -> str:
    (folder / "openapi.yaml").write_text("openapi: 3.1.0\npaths: [\n", encoding="utf-8")
    return str(folder)


def broken_world(folder: Path) -> str:
    world = folder / "world.yaml"
    world.write_text("instances:\n  - {key: a b, token: x}\n", encoding="utf-8")
    return str(world)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--set", "echo"], "--set 'echo' has no value: write --set NAME=VALUE"),
        (["--set", "ecko=on"], "there is no switch 'ecko'"),
        (["--set", "echo=perhaps"], "switch echo cannot be 'perhaps': use on | off"),
        (
            ["--profile", "gold"],
            "there is no profile 'gold': use one of admin, all, business, code, start",
        ),
        (["--world", "mars"], "there is no world 'mars'"),
        (
            ["--store", "mysql://x"],
            "mysql://x is not a store: it must be `memory`, sqlite:///FILE, or",
        ),
        (["--store", "sqlite:///"], "it must be `memory`, sqlite:///FILE, or"),
        (["--store", "sqlite:////no/such/place"], "/no/such/place cannot be made"),
        (["--sync", "half"], "--sync half: it must be one of normal, full"),
        (["--workers", "2"], "--workers 2"),
        (["--shared"], "--shared needs --store postgresql://"),
        (["--peer-address", "10.0.0.5"], "add --shared"),
        (["--port", "70000"], "--port 70000"),
        (["--spec", "/nowhere/at/all"], "holds no openapi.yaml"),
        *(
            ([option, f"{start}{'x' * 5000}"], "File name too long")
            for option, start in [
                ("--world", ""),
                ("--profile", ""),
                ("--fixtures", ""),
                ("--spec", ""),
                ("--store", "sqlite:///"),
            ]
        ),
        (["--nonsense"], "No such option"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(arguments: list[str], sentence: str) -> None:
    done = subprocess.run(
        mock_command("serve", "--port", "0", *arguments),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("option", "make", "place"),
    [("--spec", broken_spec, "openapi.yaml"), ("--world", broken_world, "instances/0/key")],
)
def test_a_broken_file_is_named_with_its_place(
    option: str, make: Any, place: str, tmp_path: Path
) -> None:
    command = mock_command("serve", "--port", "0", option, make(tmp_path))
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 2
    assert place in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_taken_port_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            mock_command("serve", "--port", port), capture_output=True, text=True, timeout=120
        )
    assert done.returncode == 2
    assert port in done.stderr
    assert "Traceback" not in done.stderr


def test_events_lists_every_webhook() -> None:
    shown = CliRunner().invoke(main, ["events"])
    assert shown.exit_code == 0
    lines = shown.output.splitlines()
    assert lines[0] == "text-plain                   observed    on         high    Plain text"
    assert len(lines) == len(list((root("spec") / "webhooks").glob("*.yaml")))
    for line in lines:
        # Aligned: every column begins where the first line's does.
        grade, default, arrival = line[29:41].strip(), line[41:52].strip(), line[52:60].strip()
        assert grade in ("vendor-doc", "observed", "baileys", "inferred")
        assert default in ("on", "off", "on-demand")
        assert arrival in ("high", "medium", "low")
        assert line[60] != " "
    listed = [line.split()[0] for line in lines]
    assert listed[0] == "text-plain"
    assert sorted(listed) == sorted(path.stem for path in root("spec").glob("webhooks/*.yaml"))


def test_switches_lists_every_switch() -> None:
    shown = CliRunner().invoke(main, ["switches"]).output
    for switch in SWITCHES:
        assert f"{switch.name}={switch.default}\n" in shown
