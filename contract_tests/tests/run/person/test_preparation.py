"""`--ask` as a command: on a terminal it asks, elsewhere it is refused before anything is sent."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from codecs import IncrementalDecoder, getincrementaldecoder
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from megaapi_contract.errors import SetupError
from megaapi_contract.host.target import HttpTarget
from megaapi_contract.run.notices import ASKED, plan_notices
from megaapi_contract.run.options import RunOptions
from megaapi_contract.run.person.preparation import NEEDS_CHANGES
from megaapi_contract.run.runner import prepare_run
from megaapi_contract.run.selection import chosen_probes, skip_reason
from megaapi_contract.run.terminal import NO_CI, NO_TERMINAL
from megaapi_mock.testing import MockServer

from ...support import KEY, LISTED, OWN, TOKEN
from .scripted import Phone, asked, person_at_terminal

PICTURE = "what a customer does is told once: image"
OWNERS = "https://bot.example.test/hooks"
SECONDS = 120.0


@pytest.fixture
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


def command(url: str, *more: str) -> list[str]:
    return [
        sys.executable, "-m", "megaapi_contract", "run", "--target", url, "--instance-key", KEY,
        "--token", TOKEN, "--no-control-api", "--allow", "sends", "--allow", "changes",
        "--recipient", LISTED, "--ask", "--seed", "3", "--pace", "0", "--probe", PICTURE, *more,
    ]  # fmt: skip


def environment(**more: str) -> dict[str, str]:
    return {**{name: value for name, value in os.environ.items() if name != "CI"}, **more}


@dataclass
class OnTerminal:
    """A command whose terminal somebody sits before."""

    process: subprocess.Popen[bytes]
    master: int
    screen: str = ""
    decoder: IncrementalDecoder = field(default_factory=getincrementaldecoder("utf-8"))

    def read_until(self, fits: Callable[[str], bool]) -> None:
        """Read the screen until it fits; with what stands there when it never does."""
        end = time.monotonic() + SECONDS
        while not fits(self.screen):
            assert time.monotonic() < end, self.screen
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    self.screen += self.decoder.decode(os.read(self.master, 65536))
                except OSError:
                    # The command has ended.
                    self.process.wait(timeout=SECONDS)
                    assert fits(self.screen), self.screen
                    return

    def press(self, key: str) -> None:
        os.write(self.master, key.encode())

    def exit_code(self) -> int:
        self.read_until(lambda screen: self.process.poll() is not None)
        self._read_rest()
        return self.process.wait(timeout=SECONDS)

    def _read_rest(self) -> None:
        """Read what an ended command had still written after the last look at the screen."""
        while select.select([self.master], [], [], 0)[0]:
            try:
                self.screen += self.decoder.decode(os.read(self.master, 65536))
            except OSError:
                return


@contextmanager
def on_terminal(words: list[str], **more: str) -> Iterator[OnTerminal]:
    master, slave = pty.openpty()
    process = subprocess.Popen(
        words, stdin=slave, stdout=slave, stderr=slave, env=environment(**more),
        start_new_session=True, preexec_fn=take_terminal,
    )  # fmt: skip
    os.close(slave)
    try:
        yield OnTerminal(process, master)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(timeout=SECONDS)
        os.close(master)


def take_terminal() -> None:
    """Ctrl-C on the terminal reaches the command."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def webhook_of(server: MockServer) -> Any:
    client = server.app.test_client()
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return client.get(f"/rest/webhook/{KEY}", headers=headers).get_json()["webhookData"]


def set_webhook(server: MockServer) -> None:
    body = {"messageData": {"webhookUrl": OWNERS, "webhookEnabled": True}}
    answer = server.app.test_client().post(
        f"/rest/webhook/{KEY}/configWebhook",
        json=body,
        headers={"Authorization": f"Bearer {TOKEN}"},
    )
    assert answer.status_code == 200


def test_a_person_is_asked_and_the_run_goes_on(server: MockServer) -> None:
    with on_terminal(command(server.url)) as run:
        run.read_until(lambda screen: "send a picture" in screen and "[d] done" in screen)
        Phone(server).does("image")
        assert run.exit_code() == 0, run.screen
    assert "questions to a person at the terminal: 1 done" in run.screen


def test_a_question_is_skipped_by_a_key(server: MockServer) -> None:
    with on_terminal(command(server.url)) as run:
        run.read_until(lambda screen: "[d] done" in screen)
        run.press("s")
        assert run.exit_code() == 2, run.screen
    assert "skipped by the person who was asked" in run.screen


@pytest.mark.parametrize("end", ["\x03", signal.SIGTERM])
def test_an_interrupted_question_puts_everything_back(end: Any, server: MockServer) -> None:
    set_webhook(server)
    before = webhook_of(server)
    with on_terminal(command(server.url)) as run:
        run.read_until(lambda screen: "[d] done" in screen)
        assert webhook_of(server) != before
        if isinstance(end, str):
            run.press(end)
        else:
            run.process.send_signal(end)
        assert run.exit_code() == 130, run.screen
    assert webhook_of(server) == before and before["webhookUrl"] == OWNERS
    assert "not put back" not in run.screen


def test_never_in_ci(server: MockServer) -> None:
    with on_terminal(command(server.url), CI="true") as run:
        assert run.exit_code() == 2, run.screen
    assert NO_CI in run.screen


def test_never_without_a_terminal(server: MockServer) -> None:
    ended = subprocess.run(
        command(server.url), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        env=environment(), timeout=SECONDS, check=False,
    )  # fmt: skip
    assert ended.returncode == 2 and NO_TERMINAL in ended.stderr


# -- what does not fit together --------------------------------------------------------------


def test_a_person_needs_a_number_of_theirs(server: MockServer) -> None:
    with pytest.raises(SetupError, match="--ask needs --recipient"):
        RunOptions(server.url, ask=True)
    with pytest.raises(SetupError, match="--ask is for hosts"):
        RunOptions("mock", ask=True, recipients=(LISTED,))
    with (
        person_at_terminal(lambda question: "s") as person,
        pytest.raises(SetupError, match="the instance's own number"),
        asked(server, person, recipients=(OWN, LISTED)),
    ):
        pass


def test_a_mock_with_its_control_api_acts_itself(server: MockServer) -> None:
    with (
        person_at_terminal(lambda question: "s") as person,
        pytest.raises(SetupError, match="leave --ask out, or add --no-control-api"),
        asked(server, person, control_api=True),
    ):
        pass


def reason(server: MockServer, **others: Any) -> str:
    with (
        person_at_terminal(lambda question: "s") as person,
        asked(server, person, probes=(PICTURE,), **others) as context,
    ):
        assert context.person is not None
        return context.person.why_nobody_writes("image") or skip_reason(
            chosen_probes(context)[0], context
        )


def test_it_is_said_why_nobody_is_asked(server: MockServer) -> None:
    assert reason(server) == ""
    assert reason(server, allow=frozenset({"reads", "sends"})) == NEEDS_CHANGES


def test_the_plan_says_that_somebody_is_asked(server: MockServer) -> None:
    options = RunOptions(server.url, key=KEY, token=TOKEN, ask=True, recipients=(LISTED,))
    assert ASKED in [*plan_notices(options)]
    without = RunOptions(server.url, key=KEY, token=TOKEN, recipients=(LISTED,))
    assert ASKED not in [*plan_notices(without)]


def test_without_the_option_nobody_is_asked(server: MockServer) -> None:
    options = RunOptions(server.url, key=KEY, token=TOKEN, control_api=False)
    with prepare_run(options, HttpTarget(server.url)) as context:
        assert context.person is None
