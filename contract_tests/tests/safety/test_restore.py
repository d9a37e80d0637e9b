"""Nothing of a run stays on somebody's instance: whatever ends it, and however much it may send."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from megaapi_contract.safety.restore_file import RestoreFile
from megaapi_mock.spec.plans import EVERY_PLAN
from megaapi_mock.testing import MockServer

from ..holding import LONG, held_once
from ..support import KEY, LISTED, TOKEN

# Whole runs, each in a process of its own.
pytestmark = pytest.mark.hosts

OWNER = "http://127.0.0.1:9/the/owners/own?x=1"
LISTENS = "a text is echoed and acknowledged"


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        ask_server(running, "POST", f"/rest/webhook/{KEY}/configWebhook", webhook(OWNER))
        yield running


def webhook(url: str) -> Any:
    return {"messageData": {"webhookUrl": url, "webhookEnabled": True}}


def ask_server(server: MockServer, method: str, path: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    client = server.app.test_client()
    answer = client.open(path, method=method, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def webhook_of(server: MockServer) -> str:
    return str(ask_server(server, "GET", f"/rest/webhook/{KEY}")["webhookData"]["webhookUrl"])


def groups_of(server: MockServer) -> Any:
    return ask_server(server, "GET", f"/rest/group/list/{KEY}")["groups"]


def command(server: MockServer, *options: str) -> list[str]:
    return [
        sys.executable, "-m", "megaapi_contract", "run", "--target", server.url, "--no-control-api",
        "--instance-key", KEY, "--quick", "--seed", "1", *options,
    ]  # fmt: skip


def environment() -> dict[str, str]:
    return os.environ | {"MEGAAPI_TOKEN": TOKEN}


def ran(server: MockServer, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(server, *options), env=environment(), capture_output=True, text=True, timeout=600
    )


CHANGES = ("--allow", "changes", "--allow", "sends", "--recipient", LISTED)


def ended_by(
    server: MockServer, number: signal.Signals, *options: str, when: Callable[[], bool]
) -> subprocess.CompletedProcess[str]:
    """A run that is ended as soon as something is so: before its next call."""
    process = subprocess.Popen(
        command(server, *CHANGES, *options, "--pace", "0"),
        env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        with held_once(server, when):
            process.send_signal(number)
            if number is signal.SIGKILL:
                process.wait(LONG)
        printed, err = process.communicate(timeout=LONG)
    finally:
        process.kill()
        process.wait()
    return subprocess.CompletedProcess(process.args, process.returncode, printed, err)


def while_it_listens(
    server: MockServer, number: signal.Signals
) -> subprocess.CompletedProcess[str]:
    """A run that is ended while the webhook points at the suite."""
    return ended_by(server, number, "--probe", LISTENS, when=lambda: webhook_of(server) != OWNER)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_run_that_is_ended_puts_the_webhook_back(
    number: signal.Signals, server: MockServer, state_folder: Path
) -> None:
    done = while_it_listens(server, number)
    assert webhook_of(server) == OWNER, done.stderr
    assert done.returncode == 130, done.stderr
    assert list(state_folder.glob("*.json")) == []


@pytest.fixture
def killed(server: MockServer, state_folder: Path) -> Path:
    """What a run that was killed has left: its file."""
    while_it_listens(server, signal.SIGKILL)
    assert webhook_of(server) != OWNER
    (file,) = state_folder.glob("restore-*.json")
    return file


def test_what_must_be_put_back_is_in_a_private_file_without_the_token(
    server: MockServer, killed: Path
) -> None:
    assert stat.S_IMODE(killed.stat().st_mode) == 0o600
    assert stat.S_IMODE(killed.parent.stat().st_mode) == 0o700
    document = json.loads(killed.read_bytes())
    assert document["put_back"] == [{"what": "webhook", "url": OWNER, "enabled": True}]
    assert KEY not in killed.name and LISTED not in killed.name
    assert f'"{TOKEN}"' not in killed.read_text()


@pytest.mark.parametrize("allowed", [(), CHANGES])
def test_the_next_run_puts_back_what_a_killed_one_left(
    allowed: tuple[str, ...], server: MockServer, killed: Path
) -> None:
    done = ran(server, *allowed, "--operation", "instance_status")
    assert webhook_of(server) == OWNER, done.stderr
    assert "an earlier run had left its webhook: put back now" in done.stderr
    assert done.returncode == 0 and not killed.exists()


def event_lists(server: MockServer) -> Any:
    return ask_server(server, "GET", f"/rest/config/{KEY}")["configData"]


def settings(server: MockServer) -> Any:
    """All that can be read of an instance and is put back; and the second address, which cannot."""
    state = server.control_api.call("GET", "/state")["state"]
    (instance,) = [each for each in state["instances"] if each["key"] == KEY]
    paths = (f"/rest/webhook/{KEY}", f"/rest/config/{KEY}", f"/rest/instance/{KEY}",
             f"/rest/group/list/{KEY}")  # fmt: skip
    return [*(ask_server(server, "GET", path) for path in paths), instance["webhook"],
            instance["filter"], instance["blocked"], instance["pinned"]]  # fmt: skip


# What changes something that outlives the run, and is put back.
SETTERS = (
    "configure_webhook", "block_events", "accept_webhook_events", "accept_status_events",
    "create_group", "pin_chat", "block_chat", "set_profile_name",
)  # fmt: skip


def test_a_run_that_may_do_everything_leaves_every_setting_as_it_was() -> None:
    data: Any = webhook(OWNER)
    data["messageData"] |= {"webhookSecondaryUrl": f"{OWNER}2", "webhookSecondaryEnabled": True}
    with MockServer(profile=EVERY_PLAN) as server:
        ask_server(server, "POST", f"/rest/webhook/{KEY}/configWebhook", data)
        # Events in an order of the owner's own.
        for path, *names in (
            ("blockEvents", "groups", "calls", "qrCode"), ("configAcceptWebhooks", "groups"),
        ):  # fmt: skip
            body = {"messageData": {"events": names}}
            ask_server(server, "POST", f"/rest/config/{KEY}/{path}", body)
        blocks, before = calls(server, "/blockEvents"), settings(server)
        asked = [option for name in SETTERS for option in ("--operation", name)]
        done = ran(server, *CHANGES, "--max-messages", "1000", "--gateway-plan", EVERY_PLAN, *asked)
        assert done.returncode in (0, 3), done.stdout + done.stderr
        assert calls(server, "/blockEvents") > blocks
        assert settings(server) == before


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_events_that_an_ended_run_has_blocked_are_sent_again(
    number: signal.Signals, server: MockServer, state_folder: Path
) -> None:
    before = event_lists(server)
    done = ended_by(
        server, number, "--operation", "block_events", "--operation", "accept_webhook_events",
        when=lambda: event_lists(server) != before,
    )  # fmt: skip
    if number is signal.SIGKILL:
        assert event_lists(server) != before
        done = ran(server, "--operation", "instance_status")
        assert re.search(r"had left the events it blocks.*: put back now", done.stderr)
    assert event_lists(server) == before, done.stderr
    assert list(state_folder.glob("*.json")) == []


def restored(file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "megaapi_contract", "restore", str(file)]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=LONG)


def test_restore_puts_back_what_a_killed_run_left(
    server: MockServer, killed: Path, tmp_path: Path
) -> None:
    elsewhere = killed.rename(tmp_path / "kept.json")
    done = restored(elsewhere)
    assert webhook_of(server) == OWNER, done.stderr
    assert (done.returncode, done.stdout) == (0, "put back: its webhook\n")
    assert not elsewhere.exists()


def test_an_address_with_the_token_in_it_is_put_back_but_not_written_down(
    server: MockServer, state_folder: Path
) -> None:
    owner = f"http://127.0.0.1:9/own?t={TOKEN}"
    ask_server(server, "POST", f"/rest/webhook/{KEY}/configWebhook", webhook(owner))
    ended_by(server, signal.SIGKILL, "--probe", LISTENS, when=lambda: webhook_of(server) != owner)
    (file,) = state_folder.glob("restore-*.json")
    entries = json.loads(file.read_bytes())["put_back"]
    assert [each["url"] for each in entries] == ["http://127.0.0.1:9/own?t={{token}}"]
    done = restored(file)
    assert (webhook_of(server), done.returncode) == (owner, 0), done.stderr


def test_restore_keeps_the_file_of_a_host_that_is_down(tmp_path: Path, killed: Path) -> None:
    document = json.loads(killed.read_bytes()) | {"target": "http://127.0.0.1:9"}
    killed.write_text(json.dumps(document))
    done = restored(killed)
    assert done.returncode == 2 and "refuses connections" in done.stderr
    assert killed.exists() and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": 1, "put_back": [5]}', "[" * 5000])
def test_a_file_that_is_none_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(text)
    done = restored(tmp_path / "a.json")
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1, done.stderr
    assert "not a file of what must be put back" in done.stderr


def test_nothing_is_changed_where_the_file_cannot_be_written(
    server: MockServer, state_folder: Path
) -> None:
    state_folder.parent.mkdir(exist_ok=True)
    state_folder.write_text("a file in the way")
    done = ran(server, *CHANGES, "--probe", LISTENS, "--operation", "send_text")
    assert webhook_of(server) == OWNER
    assert "cannot be written to a file first" in done.stdout + done.stderr


def test_two_runs_do_not_change_one_instance_at_a_time(
    server: MockServer, state_folder: Path
) -> None:
    other = RestoreFile.for_instance(server.url, KEY)
    assert other.lock()
    try:
        second = ran(server, *CHANGES, "--operation", "instance_status")
        assert second.returncode == 2, second.stderr
        assert "another run on this machine is changing this instance" in second.stderr
        reading = ran(server, "--operation", "instance_status")
        assert reading.returncode == 0, reading.stderr
    finally:
        other.unlock()
    third = ran(server, *CHANGES, "--operation", "instance_status")
    assert third.returncode == 0, third.stderr


# -- groups ----------------------------------------------------------------------------------


def calls(server: MockServer, end: str) -> int:
    exchanges = ask_server(server, "GET", "/_mock/exchanges?limit=5000")["items"]
    return sum(
        one["request"]["path"].partition("?")[0].endswith(end) and one["response"]["status"] == 200
        for one in exchanges
    )


def test_a_run_with_many_messages_makes_one_group_and_empties_it(server: MockServer) -> None:
    before = groups_of(server)
    done = ran(server, *CHANGES, "--max-messages", "1000", "--operation", "create_group",
               "--operation", "add_participants", "--operation", "leave_group",
               "--operation", "group_details")  # fmt: skip
    assert groups_of(server) == before, done.stderr
    assert webhook_of(server) == OWNER
    assert calls(server, f"/rest/group/{KEY}/create") == 1
    assert calls(server, "/removeParticipants") >= 1
    assert "it makes at most 1 group with the recipients (--max-groups)" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_group_of_an_ended_run_is_left_by_the_next_run(
    number: signal.Signals, server: MockServer, state_folder: Path
) -> None:
    before = groups_of(server)
    ended_by(
        server, number, "--operation", "create_group", "--operation", "add_participants",
        when=lambda: groups_of(server) != before,
    )  # fmt: skip
    if number is signal.SIGKILL:
        assert groups_of(server) != before
        done = ran(server, "--operation", "instance_status")
        assert "an earlier run had left a group to leave: put back now" in done.stderr
    assert groups_of(server) == before
    assert calls(server, "/removeParticipants") >= 1
    assert list(state_folder.glob("*.json")) == []


# -- the owner's customers -------------------------------------------------------------------


@pytest.fixture
def owner() -> Iterator[tuple[str, list[bytes]]]:
    """The owner's own receiver, and what came to it."""
    webhooks: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            webhooks.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            return None

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}/hook", webhooks
    listening.shutdown()
    listening.server_close()
    thread.join()


@pytest.mark.parametrize("forward", [True, False])
def test_webhooks_are_passed_on_where_asked(
    forward: bool, server: MockServer, owner: tuple[str, list[bytes]]
) -> None:
    url, webhooks = owner
    ask_server(server, "POST", f"/rest/webhook/{KEY}/configWebhook", webhook(url))
    done = ran(server, *CHANGES, "--probe", LISTENS, *(["--forward"] if forward else []))
    assert done.returncode in (0, 3), done.stdout + done.stderr
    assert bool([body for body in webhooks if b"message.ack" in body]) is forward
    assert "not taken by it" not in done.stderr
    assert ("passes each on" if forward else "gets none of them") in done.stderr


def test_webhooks_the_owner_does_not_take_are_counted(server: MockServer) -> None:
    done = ran(server, *CHANGES, "--probe", LISTENS, "--forward")
    assert "webhooks passed on to the instance's own receiver: 0; not taken by it: " in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
@pytest.mark.parametrize("place", ["full", "gone"])
def test_an_output_that_cannot_be_written_leaves_nothing_behind(
    place: str, server: MockServer, state_folder: Path
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with open("/dev/full", "wb") as full, os.fdopen(writing, "wb") as gone:
        done = subprocess.run(
            command(server, *CHANGES, "--probe", LISTENS, "--operation", "send_text"),
            env=environment(), stdout=full if place == "full" else gone, stderr=subprocess.PIPE,
            text=True, timeout=300,
        )  # fmt: skip
    assert webhook_of(server) == OWNER, done.stderr
    assert list(state_folder.glob("*.json")) == []
    assert done.returncode in ((2,) if place == "full" else (0, 3)), done.stderr
    assert ("stdout cannot take what is printed" in done.stderr) == (place == "full")
