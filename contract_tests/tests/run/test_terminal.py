"""Questions on a terminal: answered by the fact or by one key, and never where nobody sits."""

from __future__ import annotations

import os
import pty
import select
import termios
import threading
from collections.abc import Callable
from typing import Any

import pytest
from megaapi_contract.errors import SetupError
from megaapi_contract.run import terminal
from megaapi_contract.run.terminal import (
    NO_CI,
    NO_TERMINAL,
    Reply,
    Terminal,
    open_terminal,
)

from .person.scripted import person_at_terminal


def never(seconds: float) -> bool:
    threading.Event().wait(min(seconds, 0.02))
    return False


@pytest.mark.parametrize(
    ("key", "reply"),
    [("s", Reply.SKIP), ("S", Reply.SKIP), ("a", Reply.SKIP_ALL), ("n", Reply.IMPOSSIBLE),
     ("xys", Reply.SKIP)],
)  # fmt: skip
def test_a_key_answers(key: str, reply: Reply) -> None:
    with person_at_terminal(lambda question: key) as person:
        assert person.terminal.ask("Send a picture", never) is reply
    assert person.questions == ["Send a picture"]
    assert "[d] done   [s] skip   [a] skip all   [n] not possible" in person.screen
    assert person.screen.endswith(f"{reply.value}\r\n")


def test_the_fact_answers_without_a_key() -> None:
    done = threading.Event()

    def act(question: str) -> str:
        done.set()
        return ""

    with person_at_terminal(act) as person:
        assert person.terminal.ask("Send a picture", done.wait) is Reply.SEEN


def test_after_done_the_fact_is_waited_for() -> None:
    pressed = threading.Event()

    def fact(seconds: float) -> bool:
        # It comes only after a look that follows the key.
        return pressed.is_set() and not never(seconds)

    def act(question: str) -> str:
        pressed.set()
        return "d"

    with person_at_terminal(act) as person:
        assert person.terminal.ask("Send a picture", fact) is Reply.SEEN


def test_done_without_the_fact_is_not_seen() -> None:
    with person_at_terminal(lambda question: "d", patience_after_done=0.2) as person:
        assert person.terminal.ask("Send a picture", never) is Reply.DONE


def test_a_key_after_done_ends_the_wait() -> None:
    with person_at_terminal(lambda question: "dn") as person:
        assert person.terminal.ask("Send a picture", never) is Reply.IMPOSSIBLE


def test_without_a_fact_the_key_is_the_answer() -> None:
    with person_at_terminal(lambda question: "d") as person:
        assert person.terminal.ask("Switch the phone to flight mode") is Reply.DONE


def test_nobody_answers_and_the_run_goes_on() -> None:
    with person_at_terminal(lambda question: "", patience=0.2) as person:
        assert person.terminal.ask("Send a picture", never) is Reply.NO_ANSWER


def test_what_was_typed_before_is_no_answer() -> None:
    with person_at_terminal(lambda question: "s") as person:
        os.write(person.master, b"aaa\n")
        # It is there before the question, as if somebody had typed during a probe.
        assert select.select([person.terminal._keys], [], [], 60)[0]
        assert person.terminal.ask("Send a picture", never) is Reply.SKIP


def test_the_terminal_is_left_as_it_was() -> None:
    with person_at_terminal(lambda question: "s") as person:
        keys = person.terminal._keys
        before = termios.tcgetattr(keys)
        person.terminal.ask("Send a picture", never)
        assert termios.tcgetattr(keys) == before


def test_ctrl_c_interrupts_and_leaves_the_terminal_as_it_was() -> None:
    def interrupted(seconds: float) -> bool:
        raise KeyboardInterrupt

    with person_at_terminal(lambda question: "") as person:
        keys = person.terminal._keys
        before = termios.tcgetattr(keys)
        with pytest.raises(KeyboardInterrupt):
            person.terminal.ask("Send a picture", interrupted)
        assert termios.tcgetattr(keys) == before
        # Cooked again: Ctrl-C is a signal, also while a question stands.
        assert before[3] & termios.ISIG


def test_a_question_keeps_ctrl_c() -> None:
    seen: list[int] = []

    def look(seconds: float) -> bool:
        seen.append(termios.tcgetattr(person.terminal._keys)[3])
        return True

    with person_at_terminal(lambda question: "") as person:
        person.terminal.ask("Send a picture", look)
    assert seen[0] & termios.ISIG and not seen[0] & termios.ICANON


def test_nobody_is_asked_once_the_terminal_is_gone() -> None:
    master, slave = pty.openpty()
    read_end, write_end = os.pipe()
    try:
        with os.fdopen(os.dup(slave), "w") as screen:
            gone = Terminal(slave, screen)
            gone._keys = read_end
            os.close(write_end)
            assert gone._read_key() is Reply.SKIP_ALL
    finally:
        for end in (master, slave, read_end):
            os.close(end)


def test_the_picture_stands_above_the_question() -> None:
    with person_at_terminal(lambda question: "s") as person:
        person.terminal.ask("Scan this code", never, picture="##\n##\n")
    assert person.screen.index("##") < person.screen.index("Scan this code")


# -- where nobody can be asked ---------------------------------------------------------------


class At:
    """A stream that is a terminal, or is not."""

    def __init__(self, is_terminal: bool) -> None:
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal

    def fileno(self) -> int:
        return 0


@pytest.fixture
def streams(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool, bool], None]:
    def put(stdin: bool, stderr: bool) -> None:
        fake: Any = type("sys", (), {"stdin": At(stdin), "stderr": At(stderr)})
        monkeypatch.setattr(terminal, "sys", fake)

    return put


@pytest.mark.parametrize("value", ["true", "1", "woodpecker"])
def test_never_in_ci(value: str, streams: Callable[[bool, bool], None]) -> None:
    streams(True, True)
    with pytest.raises(SetupError, match=NO_CI):
        open_terminal({"CI": value})


@pytest.mark.parametrize("stands", [(False, True), (True, False)])
def test_never_without_a_terminal(
    stands: tuple[bool, bool], streams: Callable[[bool, bool], None]
) -> None:
    streams(*stands)
    with pytest.raises(SetupError, match=NO_TERMINAL):
        open_terminal({})


@pytest.mark.parametrize("environment", [{}, {"CI": ""}, {"CI": "false"}, {"CI": "0"}])
def test_on_a_terminal_somebody_is_asked(
    environment: dict[str, str], streams: Callable[[bool, bool], None]
) -> None:
    streams(True, True)
    assert isinstance(open_terminal(environment), Terminal)
