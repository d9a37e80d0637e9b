"""The README's first message, run word for word on free ports."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .emitted import Emitted
from .processes import Process, await_port, free_port, mock_command

README = Path(__file__).resolve().parents[2] / "README.md"
BLOCKS = re.findall(r"```sh\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def ports() -> tuple[int, int]:
    return free_port(), free_port()


def ready(block: str, ports: tuple[int, int]) -> str:
    """The block with this test's ports and interpreter."""
    mock, hook = ports
    moved = block.replace("127.0.0.1:8080", f"127.0.0.1:{mock}").replace("python3", sys.executable)
    # The port, and not the same digits within a number of WhatsApp.
    return re.sub(r"\b9000\b", str(hook), moved)


@pytest.fixture
def receiver(ports: tuple[int, int]) -> Iterator[Process]:
    (block,) = [block for block in BLOCKS if "RECEIVER" in block]
    # `exec` lets the shell become the receiver, so that stopping the one stops the other.
    process = Process(["sh", "-c", "exec " + ready(block, ports)])
    await_port(ports[1])
    yield process
    process.stop(signal.SIGKILL)


@pytest.fixture
def mock(ports: tuple[int, int]) -> Iterator[Process]:
    process = Process(mock_command("serve", "--port", str(ports[0])))
    process.wait_for(r"-d '\{")
    yield process
    assert process.stop() == 0


def test_the_first_message_and_its_webhooks(
    ports: tuple[int, int], mock: Process, receiver: Process, emitted: Emitted
) -> None:
    calls, inbound = (block for block in BLOCKS if block.startswith("curl"))
    for block in (calls, inbound):
        script = ready(block, ports).replace("curl ", "curl -sS --fail ")
        subprocess.run(["sh", "-ec", script], check=True, timeout=120, capture_output=True)
        if block is calls:
            for text in ("Bom dia", '"status":2', '"status":3', '"status":4'):
                receiver.wait_for(text)
    receiver.wait_for('"conversation":"Oi!"')
    mock.wait_for("text-plain to http://127.0.0.1:")
    bodies = [line.encode() for line in receiver.output.splitlines() if line.startswith("{")]
    assert len(bodies) == 5
    assert emitted.judge_received(bodies) == []


def test_emit_and_listen(ports: tuple[int, int]) -> None:
    listen, emit = (
        ready(block, ports).replace("megaapi-mock", f"{sys.executable} -m megaapi_mock")
        for block in BLOCKS
        if block.startswith("megaapi-mock") and "--verdict" not in block
    )
    receiver = Process(["sh", "-c", f"exec {listen}"])
    try:
        await_port(ports[1])
        sent = subprocess.run(["sh", "-ec", emit], timeout=60, capture_output=True, text=True)
        assert sent.returncode == 0, sent.stderr
        assert "1,000 of 1,000 delivered" in sent.stdout
        receiver.wait_for(r'"oi"  fits text-plain\n')
    finally:
        assert receiver.stop() == 0
    assert "1,000 webhooks, 1,000 fitted the contract." in receiver.output


def test_chaos_and_the_verdict(ports: tuple[int, int], mock: Process, receiver: Process) -> None:
    calls = next(block for block in BLOCKS if block.startswith("curl"))
    (chaos,) = (block for block in BLOCKS if block.startswith("MOCK="))
    script = ready(calls + chaos, ports).replace("curl ", "curl -sS --fail ")
    done = subprocess.run(["sh", "-ec", script], check=True, timeout=120, capture_output=True)
    assert b"answered_in_time" in done.stdout
    receiver.wait_for('"messageType":"conversation"')


@pytest.mark.parametrize(("bot", "code"), [("careful_bot", 0), ("naive_bot", 1)])
def test_a_bot_is_judged(bot: str, code: int, ports: tuple[int, int], mock: Process) -> None:
    (start,) = (block for block in BLOCKS if "careful_bot.py 9000" in block)
    environment, command = ready(start, ports).replace("careful_bot", bot).strip().split("\n")
    (judge,) = (block for block in BLOCKS if "--verdict" in block)
    assert f"examples/{bot}.py" in README.read_text(encoding="utf-8")
    # The shell gives way to the bot, so that stopping the one stops the other.
    folder = shlex.quote(str(README.parent))
    process = Process(["sh", "-c", f"cd {folder}; {environment}; exec {command}"])
    try:
        await_port(ports[1])
        command = ready(judge, ports).replace("megaapi-mock", f"{sys.executable} -m megaapi_mock")
        # The gateway is not named: it is the one on its usual port.
        command = f"{command.strip()} --gateway http://127.0.0.1:{ports[0]}"
        done = subprocess.run(["sh", "-ec", command], timeout=60, capture_output=True, text=True)
    finally:
        process.stop(signal.SIGKILL)
    outcome = "failed" if code else "passed"
    assert (done.returncode, done.stdout.strip().split("\n")[-1]) == (
        code,
        f"megacode-TESTKEY0001: {outcome}",
    ), done.stdout + done.stderr


def test_the_first_message_is_the_same_in_portuguese() -> None:
    page = README.with_name("README.pt-BR.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    calls = [block for block in blocks if "RECEIVER" in block or block.startswith("curl")]
    assert len(calls) == 3
    assert set(calls) <= set(BLOCKS)


@pytest.mark.parametrize(
    ("page", "minutes"), [("README.md", "8 minutes"), ("README.pt-BR.md", "8 minutos")]
)
def test_both_pages_say_what_a_newcomer_needs_at_once(page: str, minutes: str) -> None:
    beginning = README.with_name(page).read_text(encoding="utf-8")[:2_500]
    for words in (
        "make serve PORT=8081",
        "sudo apt install make python3-venv",
        "Python 3.11",
        ". .venv/bin/activate",
        "`megaapi-mock`",
        "`megaapi-contract`",
        minutes,
    ):
        assert words in beginning


def test_the_readme_names_the_two_commands() -> None:
    assert BLOCKS[0].split("\n")[0].startswith("make serve")
    assert BLOCKS[0].split("\n")[1].startswith("make test")
